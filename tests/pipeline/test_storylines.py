"""Matters that go on over weeks: entries of our own through judge, draft, publish, and again."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from digest.model import Entry, Ranked, Standing
from digest.pipeline.asof import period_of
from digest.pipeline.judge import judge
from digest.pipeline.window import ADDED, candidates
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.entries import save_entries
from digest.store.issues import IssueRow, close_issue, save_issue
from digest.store.stories import find_story, stories_touching
from digest.store.storylines import storylines_touching
from digest.write.column import citation_of
from tests.judge.builders import entry

NOW = datetime(2026, 3, 23, tzinfo=UTC)
DAYS = ("2026-03-05", "2026-03-12", "2026-03-19")
HEAD = """\
newsletter: {id: letter, title: The Letter, timezone: UTC, schedule: "0 7 * * THU", period: 7d,
             first_issue: 2026-01-01, base_url: "https://letter.example.org/"}
sources:
  - {name: Notes, path: notes/}
"""

STORM = """\
2026-03-02 | Harbour Wire | en | Storm stops loading at Caspian Pipeline Consortium terminal
  Two of three moorings of the Caspian Pipeline Consortium near Novorossiysk were damaged. Oil of
  Kazakhstan on its way to China and Europe waits in tanks, the consortium said.
2026-03-03 | Steppe Herald | en | Kazakh oil exports fall as CPC moorings wait for repair
  Kazakhstan loads a third of its usual volume at the Caspian Pipeline Consortium terminal. The
  energy ministry in Astana expects the repair to take a month.
2026-03-03 | Порт и море | ru | КТК остановил отгрузку нефти на двух причальных устройствах
  Каспийский трубопроводный консорциум сообщил о повреждениях после шторма у Новороссийска.
"""
REPAIR = """\
2026-03-10 | Harbour Wire | en | Divers mend first mooring at Caspian Pipeline Consortium
  The Caspian Pipeline Consortium took one damaged mooring back into service near Novorossiysk.
  Loading for China and Europe rises to two thirds, the consortium said.
2026-03-11 | Steppe Herald | en | CPC terminal loads two tankers as repair goes on
  Kazakhstan ships more oil through the Caspian Pipeline Consortium after the storm. The last
  mooring is still out of service.
"""
NORMAL = """\
2026-03-17 | Harbour Wire | en | Caspian Pipeline Consortium terminal back at full capacity
  The last mooring damaged by the storm works again, the Caspian Pipeline Consortium said.
  Kazakhstan expects its oil exports to China and Europe to return to plan in April.
"""
TOUR = """\
2026-03-11 | Capital Courier | en | China sends envoy Li Hui to Kyiv and Moscow
  The special representative Li Hui leaves Beijing on Monday for talks with both sides. Ukraine
  and Russia have agreed to receive him, the Chinese foreign ministry said.
2026-03-11 | 东方评论 | zh | 中方特使李辉将访问乌克兰和俄罗斯
  外交部宣布，中国政府欧亚事务特别代表李辉下周启程，就政治解决危机同各方沟通。
"""
KYIV = """\
2026-03-17 | Capital Courier | en | Envoy Li Hui hears Ukraine's terms in Kyiv
  Ukraine told the Chinese special representative Li Hui that it accepts no frozen conflict. The
  envoy goes on to Moscow, the foreign ministry in Kyiv said.
"""
OTHERS = """\
2026-03-03 | Capital Courier | en | Xi and Putin congratulate each other on record trade
  Trade between China and Russia rose by a tenth, the two presidents noted in letters.
2026-03-04 | Steppe Herald | en | Kazakhstan sells uranium to Chinese fuel maker
  Shareholders of Kazatomprom in Kazakhstan approved a contract with CNNC of China.
2026-03-10 | Capital Courier | en | Putin receives Chinese defence minister in Kremlin
  Vladimir Putin praised drills of Russia and China in the talks with the minister.
2026-03-10 | Steppe Herald | en | Tokayev opens school built by China in Astana
  The president of Kazakhstan thanked Xi Jinping for the gift to the pupils.
2026-03-17 | Capital Courier | en | Xi and Putin speak at summit of young scientists
  China and Russia will found a joint prize, both presidents said by video link.
2026-03-18 | Steppe Herald | en | Kazakhstan bans export of cattle to China for a month
  Veterinarians of Kazakhstan found a disease on farms near the border with China.
"""


def rows_of(text: str) -> list[tuple[str, ...]]:
    """Day, publisher, language, title and text: a line with bars, then indented ones."""
    parts = re.findall(r"^(\S.*)\n((?:  .*\n)+)", text, re.MULTILINE)
    return [(*head.split(" | "), " ".join(body.split())) for head, body in parts]


APART = rows_of(OTHERS)
WEEKS = (
    (*rows_of(STORM), *APART[:2]),
    (*rows_of(REPAIR), *rows_of(TOUR), *APART[2:4]),
    (*rows_of(NORMAL), *rows_of(KYIV), *APART[4:]),
)


def entries_of(rows: Sequence[tuple[str, ...]]) -> list[Entry]:
    """The rows as stored entries."""
    return [
        entry(
            sha256(title.encode()).hexdigest()[:12],
            title,
            text,
            source_id=ADDED,
            publisher=publisher,
            lang=lang,
            date=datetime.fromisoformat(f"{day}T00:00:00+00:00"),
            first_seen=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
            url=f"https://news.example.org/{sha256(title.encode()).hexdigest()[:8]}",
            fingerprint=title,
        )
        for day, publisher, lang, title, text in rows
    ]


def notes_of(rows: Sequence[tuple[str, ...]]) -> str:
    """The rows as a file of notes in our words."""
    keys = ("date", "publisher", "lang", "title", "text")
    lines = [
        dict(zip(keys, row, strict=True))
        | {"url": f"https://news.example.org/{number}-{row[0]}", "paraphrase": True}
        for number, row in enumerate(rows)
    ]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n"


def told(letter: Any, week: int) -> str:
    """The draft of a week's issue, published and closed."""
    folder = letter.folder / "notes"
    folder.mkdir(exist_ok=True)
    (folder / f"week-{week}.jsonl").write_text(notes_of(WEEKS[week]), "utf-8")
    code, _, err = letter.run("run", "--offline", "--as-of", DAYS[week])
    assert code == 0, err
    assert letter.run("publish", DAYS[week], "--final")[0] == 0
    return str((letter.folder / "drafts" / f"{DAYS[week]}.md").read_text("utf-8"))


def story_of(draft: str, words: str) -> tuple[str, str]:
    """Id and text of the story in whose heading the words stand."""
    parts = re.findall(
        r"^### (.+?) <!-- (s-\w+)[^>]*-->\n(.*?)(?=^#{2,3} |\Z)", draft, re.MULTILINE | re.DOTALL
    )
    return next((key, text) for heading, key, text in parts if words in heading)


def stored(letter: Any) -> list[str]:
    """Everything the database holds of stories and storylines."""
    tables = ("stories", "story_entries", "storylines", "storyline_stories", "gists")
    with closing(sqlite3.connect(letter.folder / ".digest" / "digest.sqlite3")) as database:
        return [str(sorted(map(str, database.execute(f"select * from {t}")))) for t in tables]  # noqa: S608


def test_an_issue_says_what_it_goes_on_with(letter: Any) -> None:
    letter.config.write_text(HEAD, "utf-8")
    drafts = [told(letter, week) for week in range(3)]
    assert "Update:" not in drafts[0]
    ids = [story_of(draft, "Caspian Pipeline Consortium")[0] for draft in drafts]
    links = [
        f"https://letter.example.org/issues/{day}/#{key}"
        for day, key in zip(DAYS, ids, strict=True)
    ]
    second, third = (story_of(draft, "Caspian Pipeline Consortium")[1] for draft in drafts[1:])
    assert f"Update: the issue of [5 March 2026]({links[0]}) noted: Storm stops" in second
    assert f"Update: the issue of [12 March 2026]({links[1]}) noted: Divers mend" in third
    assert f"]({links[0]}) – the issue of 5 March 2026" in third
    for day, key in zip(DAYS, ids, strict=True):
        page = (letter.folder / "output" / "issues" / day / "index.html").read_text("utf-8")
        assert f' id="{key}"' in page
    assert "noted: China sends envoy Li Hui" in story_of(drafts[2], "Li Hui")[1]
    assert [draft.count("Update:") for draft in drafts] == [0, 1, 2]
    _what_is_shown(letter, ids)
    before = stored(letter), letter.files()
    for day in (*DAYS, *DAYS):
        assert letter.run("judge", "--as-of", day)[0] == 0
    assert (stored(letter), letter.files()) == before


def _what_is_shown(letter: Any, ids: list[str]) -> None:
    _, lines, _ = letter.run("storylines", "--as-of", DAYS[2])
    found = {line["title"]: line for line in lines["storylines"]}
    assert len(found) == 2
    line = next(each for each in found.values() if ids[0] in str(each["stories"]))
    assert [each["id"] for each in line["stories"] if each["id"] in ids] == ids
    assert line["told"] == list(DAYS)
    _, judged, _ = letter.run("judge", "--as-of", DAYS[2])
    standing = {each["id"]: (each["standing"], each["storyline"]) for each in judged["stories"]}
    assert standing[ids[2]] == ("update", line["id"])
    assert sorted(each for each, _ in standing.values()) == ["new", "new", "update", "update"]
    _, why, _ = letter.run("why", ids[2])
    assert (why["standing"], why["storyline"]) == ("update", line["id"])
    assert why["continues"] in ids[:2]
    _, made, _ = letter.run("draft", "--as-of", DAYS[2], "--storyline", line["id"])
    text = Path(made["draft"]).read_text("utf-8")
    timeline = text.partition("#### Timeline")[2].partition("####")[0]
    assert re.findall(r"^- \*\*(\d+ March) ?\d*\*\*", timeline, re.MULTILINE) == [
        "2 March", "3 March", "3 March", "10 March", "11 March", "17 March",
    ]  # fmt: skip
    code, found, _ = letter.run("check", DAYS[2])
    assert (code, found["errors"]) == (0, 0), found["findings"]


def judged(ws: Workspace, day: str, rows: Sequence[Entry] = ()) -> dict[str, Ranked]:
    """The stories of the issue by the title of their best entry, after one more pull."""
    with ws.store.write() as connection:
        save_entries(connection, rows, now=NOW)
    period = period_of(day, ws)
    selection = judge(ws, period, candidates(ws, period), ())
    placed = [each for _, held in selection.sections for each in held]
    found = [selection.lede, *placed, *(unused.ranked for unused in selection.unused)]
    return {each.entries[0].title: each for each in found if each is not None}


def close(ws: Workspace, day: str, stories: Sequence[Ranked]) -> None:
    """An issue that told these stories is closed."""
    with ws.store.write() as connection:
        save_issue(connection, ws.id, IssueRow(day=date.fromisoformat(day)))
        cited = [citation_of(entry) for each in stories for entry in each.entries]
        close_issue(connection, ws.id, date.fromisoformat(day), cited, NOW)


@pytest.fixture
def ws(letter: Any) -> Iterator[Workspace]:
    letter.config.write_text(HEAD, "utf-8")
    with open_workspace(letter.config, now=NOW) as workspace:
        yield workspace


def standing_of(stories: dict[str, Ranked], words: str) -> Standing:
    return next(each.standing for title, each in stories.items() if words in title)


def test_what_no_issue_told_is_a_follow_up(ws: Workspace) -> None:
    first = judged(ws, DAYS[0], entries_of(WEEKS[0]))
    assert {each.standing for each in first.values()} == {Standing.NEW}
    storm = {row[3] for row in rows_of(STORM)}
    close(ws, DAYS[0], [each for title, each in first.items() if title not in storm])
    second = judged(ws, DAYS[1], entries_of(WEEKS[1]))
    assert standing_of(second, "Divers") is Standing.FOLLOW_UP
    assert standing_of(second, "Li Hui") is Standing.NEW
    close(ws, DAYS[1], list(second.values()))
    third = judged(ws, DAYS[2], entries_of(WEEKS[2]))
    assert standing_of(third, "full capacity") is Standing.UPDATE
    assert standing_of(third, "Li Hui") is Standing.UPDATE
    assert standing_of(third, "scientists") is standing_of(third, "cattle") is Standing.NEW
    assert standing_of(judged(ws, DAYS[1]), "Divers") is Standing.FOLLOW_UP


def test_a_story_that_was_told_stays_as_it_was_told(ws: Workspace) -> None:
    storm = entries_of(rows_of(STORM))
    story = next(iter(judged(ws, DAYS[0], storm[:2]).values())).story
    close(ws, DAYS[0], list(judged(ws, DAYS[0]).values()))
    day = datetime.fromisoformat("2026-03-06T00:00:00+00:00")
    more = judged(ws, DAYS[1], [replace(each, date=day) for each in storm[2:]])
    (update,) = more.values()
    assert update.story.id != story.id
    assert update.standing is Standing.UPDATE
    with ws.store.read() as connection:
        assert find_story(connection, ws.id, story.id) == replace(
            story, storyline_id=update.story.storyline_id
        )


def test_however_entries_came_in_the_storylines_are_the_same(letter: Any, tmp_path: Path) -> None:
    everything = entries_of([row for week in WEEKS for row in week])

    def lines(name: str, pulls: Sequence[Sequence[Entry]], days: Sequence[str]) -> set[object]:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "sources.yaml").write_text(HEAD, "utf-8")
        with open_workspace(folder / "sources.yaml", now=NOW) as ws:
            for pull in pulls:
                for day in days:
                    judged(ws, day, pull)
            with ws.store.read() as connection:
                stories = stories_touching(connection, ws.id, [e.id for e in everything])
                found = storylines_touching(connection, ws.id, [s.id for s in stories])
        held = {story.id: story.entry_ids for story in stories}
        return {(line.title, tuple(frozenset(held[s]) for s in line.story_ids)) for line in found}

    expected = lines("one", [everything], DAYS)
    assert len(expected) == 2
    for seed in range(2):
        chance = random.Random(seed)  # noqa: S311 - a test's shuffle
        order = chance.sample(everything, len(everything))
        days = chance.sample(DAYS, len(DAYS))
        pulls = [order[:4], order[4:11], order[11:]]
        assert lines(f"many-{seed}", pulls, days) == expected
