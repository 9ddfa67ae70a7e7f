"""Judging generated weeks: how many CPU-seconds and how much memory an issue takes.

    python benchmarks/judge.py [--only cold,stored,again,growth] [--entries 10000]

cold    1,000 new entries and those of the sample weeks, judged in a fresh process, vectors made
stored  an issue of one week of ``--entries`` over stored vectors: judge, draft and publish
again   the same once more with nothing new, in the process that made it first
growth  the issue of the last of 20 weeks of 5,000 entries, beside that of one such week alone

Figures are CPU-seconds of fresh processes, their start included unless it says otherwise, and
their peak memory; the load of the machine is printed with them. Entries are generated from word
lists in three languages around events, the same in every run. But for ``cold`` their vectors are
made up: what a vector holds does not change what it takes to read and compare it.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
from pull import Figures
from pull import measured as measured_command

from digest.data.names import load_names
from digest.data.weights import load_weights
from digest.judge.embed import DIMENSIONS, groups_to_encode
from digest.model import Certainty, Entry
from digest.pipeline.run import RunOptions, run
from digest.pipeline.workspace import open_workspace
from digest.store.entries import save_entries
from digest.store.judgements import save_vectors

END = datetime(2026, 11, 19, 7, tzinfo=UTC)
NOW = END + timedelta(hours=1)
WEEK = timedelta(days=7)
GROWN_WEEKS, GROWN_SIZE = 20, 5000
PUBLISHERS = 60
ROOT = Path(__file__).resolve().parents[1]

WORDS = {
    "en": (
        "pipeline talks ministers border trade summit delegation agreement sanctions export gas "
        "oil rail freight yuan rouble bank envoy exercise fleet satellite reactor grain coal "
        "customs port committee statement spokesman quarter growth corridor visit ceremony "
        "contract supplier court network operator breach campaign station university student "
        "visa flight tourism festival the a of to in on for with after before between against "
        "under over new joint first second and that from which their has been is was by as at"
    ).split(),
    "ru": (
        "трубопровод переговоры министры граница торговля саммит делегация соглашение санкции "
        "экспорт газ нефть поезд юань рубль банк посланник учения флот спутник реактор зерно "
        "уголь таможня порт комитет заявление квартал рост коридор визит контракт поставщик суд "
        "сеть оператор утечка кампания станция студент виза рейс туризм фестиваль и в на с по "
        "для после до между против под новый совместный первый второй что из который их был"
    ).split(),
    "zh": (
        "管道 会谈 部长 边境 贸易 峰会 代表团 协议 制裁 出口 "
        "天然气 石油 铁路 货运 人民币 卢布 银行 特使 演习 "
        "舰队 卫星 反应堆 粮食 煤炭 海关 港口 委员会 声明 "
        "发言人 季度 增长 走廊 访问 仪式 合同 供应商 法院 "
        "网络 运营商 攻击 运动 车站 大学 学生 签证 航班 旅游 "
        "节日 的 在 与 之后 之前 之间 新 联合 第一"
    ).split(),
}
SYLLABLES = {
    "en": "ba be bor cal dan dor el fen gar hol in ka lan mer nor or pal ran tor ven".split(),
    "ru": "ба бор ве гал дан до ен жа зин кал ла мер ни ор па рон сел та ур ван чен".split(),
    "zh": list("安本昌道恩方光海建江康林民南平庆荣山泰文新阳"),
}
SIZES = (1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6, 12)
"""How many entries tell of one event: most stand alone, as in a real week."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="cold,stored,again,growth")
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--made", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.made:
        make_twice(options.made)
        return
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"load {load} on {os.cpu_count()} cores", flush=True)
    print(f"start of the program with its libraries: {started()}", flush=True)
    for name in options.only.split(","):
        {"cold": cold, "stored": stored, "again": again, "growth": growth}[name](options.entries)


def cold(_: int) -> None:
    with newsletter() as folder:
        shutil.copytree(ROOT / "seeds", folder / "seeds")
        fill(folder, week(1000, END), vectors=False)
        said = f"1,000 entries judged from cold: {judged(folder)}"
        print(f"{said} (bar: 6 s, 350 MB)", flush=True)
        print(f"  and the first sample week: {judged(folder, '--as-of', '2022-04-07')}", flush=True)
        print(f"  the 1,000 judged again: {judged(folder)}", flush=True)


def stored(size: int) -> None:
    with newsletter() as folder:
        fill(folder, week(size, END), vectors=True)
        made = measured("run", "--offline", *at(END), "--config", str(folder / "sources.yaml"))
        print(
            f"an issue of {size:,} entries, vectors stored: {told(made)} (bar: 2.5 s)", flush=True
        )


def again(size: int) -> None:
    with newsletter() as folder:
        fill(folder, week(size, END), vectors=True)
        command = [sys.executable, __file__, "--made", str(folder)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        first, second = map(float, said.split())
        share = f"{second / first:.1%} of it (bar: 10 %)"
        print(f"in one process {first:.2f} CPU-seconds, again {second:.2f}: {share}", flush=True)


def growth(_: int) -> None:
    figures = []
    for weeks in (1, GROWN_WEEKS):
        with newsletter() as folder:
            for number in range(weeks):
                fill(folder, week(GROWN_SIZE, END - number * WEEK), vectors=number < 1)
            figures.append(
                measured("run", "--offline", *at(END), "--config", str(folder / "sources.yaml"))
            )
            print(f"{GROWN_SIZE:,} a week, {weeks} weeks: {told(figures[-1])}", flush=True)
    print(f"growth of the last issue: {figures[1].cpu / figures[0].cpu:.2f} times (bar: 1)")


def make_twice(folder: Path) -> None:
    """Prints what a first and a second run take in this process."""
    for _ in range(2):
        before = time.process_time()
        made = run(folder / "sources.yaml", RunOptions(offline=True, as_of=at(END)[1]), now=NOW)
        assert made.code == 0, made.text
        print(time.process_time() - before)


# --- entries -------------------------------------------------------------------------------------


class Events:
    """Entries of the week that ends then, event after event; the same for the same end."""

    def __init__(self, end: datetime) -> None:
        self._end = end
        self._chance = random.Random(end.isoformat())
        self._names: dict[str, list[str]] = {lang: [] for lang in WORDS}
        for name in load_names():
            for lang, form in name.forms:
                if lang in self._names and "*" not in form:
                    self._names[lang].append(form)
        self._rare = {lang: [self._coined(lang) for _ in range(4000)] for lang in WORDS}

    def entries(self, size: int) -> list[Entry]:
        found: list[Entry] = []
        while len(found) < size:
            found += self._event(len(found))
        return found[:size]

    def _coined(self, lang: str) -> str:
        return "".join(self._chance.choices(SYLLABLES[lang], k=self._chance.choice((2, 3))))

    def _event(self, number: int) -> Iterator[Entry]:
        chance = self._chance
        own = {lang: chance.sample(self._rare[lang], 6) for lang in WORDS}
        told = {lang: chance.sample(self._names[lang], 3) for lang in WORDS}
        start = self._end - timedelta(minutes=chance.randrange(60 * 24 * 5) + 60 * 24 * 2)
        for at in range(chance.choice(SIZES)):
            lang = chance.choices(("en", "ru", "zh"), (6, 3, 2))[0]
            date = start + timedelta(minutes=chance.randrange(60 * 24 * 2))
            words = [*own[lang], *told[lang]]
            yield replace(self._entry(f"{number}-{at}", lang, date, words), tags=(str(number),))

    def _entry(self, key: str, lang: str, date: datetime, own: list[str]) -> Entry:
        chance = self._chance
        title = self._sentence(lang, own, 9)
        count = chance.choice((1, 2, 4))
        text = ". ".join(self._sentence(lang, own, 14) for _ in range(count))
        publisher = chance.randrange(PUBLISHERS)
        key = sha256(f"{self._end} {key}".encode()).hexdigest()
        return Entry(
            id=key[:16],
            source_id="added",
            url=f"https://publisher{publisher}.example/news/{key[:12]}",
            publisher=f"Publisher {publisher}",
            title=title,
            text=f"{text}.",
            lang=lang,
            date=date,
            certainty=Certainty.TIME,
            first_seen=date,
            fingerprint=sha256(f"{title}\n{text}".encode()).hexdigest()[:16],
        )

    def _sentence(self, lang: str, own: list[str], length: int) -> str:
        chance = self._chance
        third = length // 3
        drawn = [
            *chance.sample(own, third),
            *chance.choices(self._rare[lang], k=third),
            *chance.choices(WORDS[lang], k=length - 2 * third),
        ]
        chance.shuffle(drawn)
        said = ("" if lang == "zh" else " ").join(drawn)
        return f"{said[0].upper()}{said[1:]}"


def week(size: int, end: datetime) -> list[Entry]:
    """So many entries of the week that ends then."""
    return Events(end).entries(size)


def fill(folder: Path, entries: list[Entry], *, vectors: bool) -> None:
    """Store the entries, and made-up vectors where asked."""
    with open_workspace(folder / "sources.yaml", now=NOW) as ws:
        with ws.store.write() as connection:
            save_entries(connection, entries, now=NOW)
        if vectors:
            with ws.store.write() as connection:
                save_vectors(connection, made_up(entries))


def made_up(entries: list[Entry]) -> dict[str, bytes]:
    """Vectors for what judging would encode: near each other where words are shared."""
    made = np.random.default_rng(7)
    means = load_weights()["language_means"]
    direction: dict[str, np.ndarray] = {}
    found: dict[str, bytes] = {}
    for entry in entries:
        mean = means[("en", "ru", "zh").index(entry.lang)]
        words = direction.setdefault(entry.tags[0], made.normal(size=DIMENSIONS) / 20)
        rows = mean + words + made.normal(size=(2, DIMENSIONS)) / 40
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        for key in groups_to_encode([entry]):
            found[key] = rows.astype("<f2").tobytes()
    return found


# --- processes -----------------------------------------------------------------------------------


@contextmanager
def newsletter() -> Iterator[Path]:
    """A folder with the shipped newsletter and no source but the sample weeks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        head, _, _ = (ROOT / "sources.yaml").read_text("utf-8").partition("sources:\n")
        sources = "sources:\n  - {name: Sample weeks, path: seeds/, sample: true}\n"
        (folder / "sources.yaml").write_text(head + sources, "utf-8")
        yield folder


def at(end: datetime) -> tuple[str, str]:
    return "--as-of", end.date().isoformat()


def judged(folder: Path, *words: str) -> str:
    return told(measured("judge", *(words or at(END)), "--config", str(folder / "sources.yaml")))


def started() -> str:
    return told(measured("judge", "--help"))


def told(figures: Figures) -> str:
    return f"{figures.cpu:.2f} CPU-seconds, {figures.own:.0f} MB"


def measured(*words: str) -> Figures:
    """The figures of one command of the program."""
    return measured_command([sys.executable, "-m", "digest", *words], {})


if __name__ == "__main__":
    main()
