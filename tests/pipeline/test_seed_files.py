"""Published newsletters as seed files: what comes out of the five that lie beside us."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from digest.pull.entries import entries_of
from digest.pull.files import find, read
from digest.source import Source
from digest.text.dates import parse_date

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SEEDS = SHARED / "seeds"
SNAPSHOTS = SHARED / "feeds" / "snapshots"

FACTS = """\
    files:
      - {pattern: "000*", publisher: The China Project, date: 2022-04-07}
      - {pattern: "001*", publisher: China Digital Times, date: 2023-04-28}
      - {pattern: "002*", publisher: The China Project}
      - {pattern: "003*", publisher: Tortoise, date: 2022-03-16}
      - {pattern: "004*", publisher: China Digital Times, date: 2023-03-03}
"""

TABLE = {
    "000": [
        ("Xi, Zelenskyy weigh", {"diplomacy"}),
        ("Foreign Ministry and state media", {"information", "diplomacy"}),
        ("Potential pre-invasion Chinese hack", {"cyber"}),
        ("Caspian Pipeline", {"energy", "central-asia"}),
        ("Central Asian states", {"central-asia"}),
    ],
    "001": [("Cautious Optimism", {"diplomacy"})],
    "002": [
        ("The China-Russia-Kazakhstan", {"central-asia", "energy"}),
        ("Kazakh President Toqaev", {"central-asia", "military"}),
        ("China is considering filling", {"energy"}),
        ("Chinese cyberspies", {"cyber"}),
        ("People", {"information", "economy"}),
        ("China’s muted response", {"diplomacy"}),
    ],
    "003": [("Beijing backchannel", {"diplomacy"})],
    "004": [("Calling for Peace", {"diplomacy", "military"})],
}
CHROME = ("Subscribe", "Google Ads", "No comments:", "ad blocker", "\ufffd", "Open popup")

needs_seeds = pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed files are not beside us")


@pytest.fixture
def seeded(letter: Any) -> Any:
    shutil.copytree(SEEDS, letter.folder / "seeds", copy_function=shutil.copyfile)
    letter.configure("sources:\n  - name: Seeds\n    path: seeds/\n" + FACTS)
    text = letter.config.read_text().replace("period: 7d", "period: 800d")
    letter.config.write_text(text, "utf-8")
    return letter


@needs_seeds
@pytest.mark.parametrize("number", TABLE)
def test_each_file_gives_its_entries_under_their_sections(seeded: Any, number: str) -> None:
    code, document, _ = seeded.run("pull", "--offline")
    assert code == 0
    assert document["sources"][0]["entries"] == 14
    for beginning, sections in TABLE[number]:
        code, found, _ = seeded.run("search", " ".join(beginning.split()[:3]), "--limit", "50")
        entry = next(e for e in found["entries"] if e["title"].startswith(beginning))
        publishers = {"000": "The China Project", "002": "The China Project", "003": "Tortoise"}
        assert entry["publisher"] == publishers.get(number, "China Digital Times")
        code, why, _ = seeded.run("why", entry["id"])
        assert why["placement"]["section"] in sections, (entry["title"], why["placement"])


@needs_seeds
def test_an_issue_of_them_shows_no_chrome(seeded: Any) -> None:
    code, document, _ = seeded.run("run", "--offline", "--as-of", "2023-05-04")
    assert code == 0
    assert document["stories"] >= 8
    for name, content in seeded.files().items():
        text = content.decode("utf-8")
        assert not [word for word in CHROME if word in text], name


@pytest.mark.skipif(not SNAPSHOTS.is_dir(), reason="the feed snapshots are not beside us")
def test_all_feed_snapshots_are_read_in_one_run(letter: Any) -> None:
    shutil.copytree(SNAPSHOTS, letter.folder / "feeds", copy_function=shutil.copyfile)
    table = (SNAPSHOTS / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S+\.\w+) \|(?:[^|]*\|){5} *(\d+) \|", table, re.MULTILINE)
    assert len(rows) == 26
    sources = "".join(f"  - {{name: {name}, path: feeds/{name}}}\n" for name, _ in rows)
    letter.configure("sources:\n" + sources)
    code, document, _ = letter.run("pull", "--offline")
    assert code == 0
    found = {source["name"]: source for source in document["sources"]}
    for name, entries in rows:
        assert found[name]["entries"] >= int(entries), found[name]
    code, run, _ = letter.run("run", "--offline")
    assert any("malformed" in str(problem["where"]) for problem in run["problems"])


def test_an_undated_text_is_dated_when_first_seen(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A title\n\nSome text about China and Russia.\n", "utf-8")
    source = Source(id="s", name="Notes", path=".")
    (path,) = find(tmp_path, ".")
    raw, problems = read(path, root=tmp_path, source=source)
    when = parse_date("2024-05-01")
    assert when is not None
    (entry,) = entries_of(raw, source=source, feed_title=None, now=when[0])
    assert problems == ()
    assert (entry.date, entry.certainty.value, entry.publisher) == (when[0], "guess", "Notes")
