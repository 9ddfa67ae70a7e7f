from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.model import Certainty, RawEntry
from digest.pull.files import find, read, read_lines
from digest.pull.workers import ParserPool
from digest.source import FileFacts, Source

LOCAL = Source(id="notes", name="Notes", path="notes/")


def read_text(folder: Path, name: str, text: str | bytes, **source: Any) -> Any:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    values = {"id": "notes", "name": "Notes", "path": "notes/"} | source
    return read(path, root=folder, source=Source(**values))


def titles(entries: tuple[RawEntry, ...]) -> list[str]:
    return [entry.title for entry in entries]


# --- texts ---------------------------------------------------------------------------------------

COLUMN = """3 May 2022

Ferry link across the strait opens again

World Affairs

After a winter in dock, the boats are back on their timetable and carry freight at night.

A ferry leaves the harbour. Image courtesy of the port authority.

The first crossing took forty minutes, the harbour master told reporters on the quay.

  • Tickets cost ten crowns.
  • Children travel free of charge.

Customs officers to check lorries on both shores of the U.K.

By Ann Other

A new agreement lets inspectors work on the other side, which should shorten the queues.

Will the bridge be built after all?

Engineers are split over the ground beneath the northern pier, according to a draft report.
"""


def test_a_pasted_column_gives_an_entry_for_each_heading(tmp_path: Path) -> None:
    entries, problems = read_text(tmp_path, "column.txt", COLUMN)
    assert problems == ()
    assert titles(entries) == [
        "Ferry link across the strait opens again",
        "Customs officers to check lorries on both shores of the U.K.",
        "Will the bridge be built after all?",
    ]
    assert {e.published for e in entries} == {datetime(2022, 5, 3, tzinfo=UTC)}
    assert {e.certainty for e in entries} == {Certainty.DAY}
    assert entries[1].authors == ("Ann Other",)
    first = entries[0].content
    assert "• Tickets cost ten crowns.\n• Children" in first
    assert "World Affairs" not in first
    assert "courtesy" not in first
    assert all(e.path == "column.txt" and e.heading == e.title for e in entries)


ONE_STORY = """Quiet diplomacy

Quiet steps behind a loud quarrel

Two delegations met in a hotel outside the capital and agreed to meet again next month.

Peter Smith during the opening of the winter fair in the old town hall

A timeline

4 March. The envoys exchange letters about the border post and its opening hours.

9 March. A first meeting ends without a statement, but with a handshake on the stairs.

Members of the second delegation on their way to the evening reception

To note, part 1:

  • Neither side has named its negotiator, and neither denies that there is one.

What might follow? A trade office would cost little and mean much to both capitals.

Past reporting

The border problem

How did a customs post become the subject of a quarrel between two old friends?
"""


def test_labels_captions_and_pointers_are_no_headings(tmp_path: Path) -> None:
    entries, _ = read_text(tmp_path, "story.txt", ONE_STORY)
    assert titles(entries) == ["Quiet diplomacy"]
    text = entries[0].content
    assert "4 March. The envoys" in text
    assert "• Neither side" in text
    assert "Peter Smith" not in text
    assert "Members of the second" not in text


ROUNDUP = """Cautious welcome for the harbour deal

The agreement on the harbour was signed on Tuesday after a year of talks behind closed doors.

Jane Roe reported for the Harbour Gazette on what the deal would mean for the fishing fleet:

The fleet may land its catch on either shore, and the inspectors will come aboard together.

A note on the quotas set for next year

[…] Nobody expects the cod to wait for the politicians, as one skipper put it. [Source]

Some were less pleased, and said so in public and at some length. The Coast Times had this:

It is a deal that nobody asked for and that everybody will have to pay for. [Source]
"""


def test_a_quotation_closed_by_source_holds_no_heading(tmp_path: Path) -> None:
    entries, _ = read_text(tmp_path, "roundup.txt", ROUNDUP)
    assert titles(entries) == ["Cautious welcome for the harbour deal"]
    assert entries[0].content.count("[Source]") == 2


INTERVIEW = """A talk with the harbour master

She has run the port for twenty years and has seen nine ministers come and go again.

How did it begin for you?

With a summer job on the pilot boat, which paid badly and smelled of diesel all day long.

What has changed since then?

Everything but the tide. The ships are four times as long and carry half the people.

Will you miss the sea?

I live on the sea wall, so it will be hard to miss it, even with the windows closed.
"""


def test_an_interview_is_one_text(tmp_path: Path) -> None:
    entries, _ = read_text(tmp_path, "talk.txt", INTERVIEW)
    assert titles(entries) == ["A talk with the harbour master"]


def test_russian_and_chinese_headings(tmp_path: Path) -> None:
    russian = """Паром снова ходит через пролив

После зимнего ремонта суда вернулись на линию и возят грузы по ночам, сообщили в порту.

Таможня проверит грузовики на обоих берегах

Новое соглашение позволяет инспекторам работать на другой стороне, и очереди сократятся.
"""
    chinese = """海峡渡轮恢复通航

经过冬季检修，渡轮本周恢复通航，夜间也运送货物，港务局负责人对记者说。

海关将在两岸检查货车

新协议允许检查人员在对岸工作，预计排队时间将大幅缩短，官员说。
"""
    assert len(read_text(tmp_path, "ru.txt", russian)[0]) == 2
    assert titles(read_text(tmp_path, "zh.txt", chinese)[0]) == [
        "海峡渡轮恢复通航",
        "海关将在两岸检查货车",
    ]


def test_a_text_without_headings_is_one_entry(tmp_path: Path) -> None:
    text = "Only one line of running text, which ends as a sentence does."
    (entry,), _ = read_text(tmp_path, "a.txt", text)
    assert (entry.title, entry.content, entry.published) == ("", text, None)


MARKDOWN = """---
title: "Week in notes: the harbour"
date: 2022-05-03
publisher: Harbour Gazette
url: https://example.org/week
lang: en
paraphrase: true
mood: sunny
---
# Notes of the week

## Ferry is *back*

The boats are **back**, [officials said](https://example.org/x).

- one
- two

```
## not a heading
```

## Background

Not a part of its own.

## Bridge delayed

A report says why.
"""


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    entries, problems = read_text(tmp_path, "week.md", MARKDOWN)
    assert titles(entries) == ["Ferry is back", "Bridge delayed"]
    assert [p.code for p in problems] == ["unknown-key"]
    assert "mood" in problems[0].message
    first = entries[0]
    assert first.publisher == "Harbour Gazette"
    assert first.url == "https://example.org/week"
    assert first.paraphrase
    assert first.published == datetime(2022, 5, 3, tzinfo=UTC)
    assert "The boats are back, officials said." in first.content
    assert "• one" in first.content
    assert "## not a heading" in first.content
    assert "Not a part of its own." in first.content


def test_a_note_without_headings_takes_the_title_of_its_front_matter(tmp_path: Path) -> None:
    note = "---\ntitle: Ferry: back again\ndate: tomorrow-ish\n---\nThe boats are back.\n"
    (entry,), problems = read_text(tmp_path, "note.md", note)
    assert (entry.title, entry.content) == ("Ferry: back again", "The boats are back.")
    assert [p.code for p in problems] == ["bad-date"]


def test_the_editors_facts_fill_what_the_file_does_not_say(tmp_path: Path) -> None:
    facts = (
        FileFacts(pattern="col*", publisher="Gazette", date=datetime(2022, 1, 1, tzinfo=UTC)),
        FileFacts(pattern="*", publisher="Other", lang="en", paraphrase=True),
    )
    entries, _ = read_text(tmp_path, "column.txt", COLUMN, files=facts)
    assert {e.publisher for e in entries} == {"Gazette"}
    assert {e.lang for e in entries} == {"en"}
    assert {e.published for e in entries} == {datetime(2022, 5, 3, tzinfo=UTC)}
    assert all(e.paraphrase for e in entries)


def test_only_a_source_that_says_so_takes_the_files_time(tmp_path: Path) -> None:
    text = "Only one line of running text, which ends as a sentence does."
    (tmp_path / "a.txt").write_text(text)
    os.utime(tmp_path / "a.txt", (1_650_000_000, 1_650_000_000))
    for dates, published in (
        ("content", None),
        ("none", None),
        ("file", datetime.fromtimestamp(1_650_000_000, tz=UTC)),
    ):
        source = Source(id="n", name="N", path=".", dates=dates)
        (entry,), _ = read(tmp_path / "a.txt", root=tmp_path, source=source)
        assert (entry.published, entry.certainty) == (published, Certainty.GUESS)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Нефть и газ: поставки выросли в мае на треть, сообщило ведомство."),
        ("utf-8-sig", "Нефть и газ: поставки выросли в мае на треть, сообщило ведомство."),
        ("utf-16", "Нефть и газ: поставки выросли в мае на треть, сообщило ведомство."),
        ("utf-16-le", "Oil and gas: deliveries rose in May by a third, the ministry said."),
        ("windows-1251", "Нефть и газ: поставки выросли в мае на треть, сообщило ведомство."),
        ("koi8-r", "Нефть и газ: поставки выросли в мае на треть, сообщило ведомство."),
        ("gb18030", "五月份石油和天然气的供应量增加了三分之一，这个部门的负责人说。"),
        ("big5", "五月份石油和天然氣的供應量增加了三分之一，這個部門的負責人說。"),
        ("windows-1252", "The café’s owner said “no”, and the rumour – an old one – died down."),
    ],
)
def test_texts_are_read_in_the_encoding_they_were_saved_in(
    tmp_path: Path, encoding: str, text: str
) -> None:
    (entry,), _ = read_text(tmp_path, "a.txt", text.encode(encoding))
    assert entry.content == text


# --- other kinds ---------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="ru"><head><title>Ferry | Gazette</title>
<link rel="canonical" href="https://example.org/ferry"><meta name="author" content="Ann Other">
<meta property="og:title" content="Ferry is back"><meta property="og:site_name" content="Gazette">
<meta property="article:published_time" content="2022-05-03T10:00:00+02:00">
<meta name="digest:paraphrase" content="true"></head>
<body><nav>Menu</nav><main><h1>Ferry is back</h1><p>The boats are back.</p>
<script>alert(1)</script><aside>More news</aside></main><footer>Imprint</footer></body></html>"""


def test_a_saved_page(tmp_path: Path) -> None:
    (entry,), problems = read_text(tmp_path, "page.html", PAGE)
    assert problems == ()
    assert (entry.title, entry.publisher, entry.lang) == ("Ferry is back", "Gazette", "ru")
    assert entry.url == "https://example.org/ferry"
    assert entry.published == datetime(2022, 5, 3, 8, tzinfo=UTC)
    assert entry.authors == ("Ann Other",)
    assert entry.paraphrase
    assert "The boats are back." in entry.content
    for noise in ("Menu", "alert", "More news", "Imprint"):
        assert noise not in entry.content


LINES = """{"title": "One", "text": "First.", "date": "2022-05-03", "lang": "en", "url": "https://example.org/1"}
not json

{"id": "x", "title": "Two", "publisher": "Gazette", "paraphrase": true}
{"title": ""}
{"title": "Three", "date": "whenever"}
[1, 2]
"""


def test_lines_are_read_in_order_and_bad_ones_named(tmp_path: Path) -> None:
    lines = read_lines(LINES)
    assert [line.id for line in lines] == ["1", "2", "x", "5", "6", "7"]
    assert [line.error is None for line in lines] == [True, False, True, False, False, False]
    entries, problems = read_text(tmp_path, "a.jsonl", LINES)
    assert titles(entries) == ["One", "Two"]
    assert entries[1].paraphrase
    assert [p.message.partition(":")[0] for p in problems] == [
        f"Line {number}" for number in (2, 5, 6, 7)
    ]


def test_a_feed_file_may_name_publishers(tmp_path: Path, pool: ParserPool) -> None:
    feed = b"""<rss version="2.0" xmlns:digest="urn:digest:entry:1"><channel><title>Notes</title>
    <item><title>A</title><link>https://example.org/a</link><source url="x">Gazette</source>
    <digest:paraphrase>true</digest:paraphrase></item></channel></rss>"""
    (tmp_path / "a.xml").write_bytes(feed)
    (entry,), _ = read(tmp_path / "a.xml", root=tmp_path, source=LOCAL, parser=pool.parse)
    assert (entry.publisher, entry.paraphrase) == ("Gazette", True)


# --- folders -------------------------------------------------------------------------------------


def test_folders_patterns_and_single_files(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "sub/c.xml", ".hidden.md", "README.md", "list.opml", "x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [p.relative_to(tmp_path).as_posix() for p in find(tmp_path, ".")]
    assert names == ["a.txt", "b.md", "sub/c.xml"]
    assert find(tmp_path, "*.md") == (tmp_path / "b.md",)
    assert find(tmp_path, "sub") == (tmp_path / "sub/c.xml",)
    assert find(tmp_path, "x.png") == (tmp_path / "x.png",)
    assert find(tmp_path, "nothing") == ()


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("A secret that stays where it is, as it should.")
    (tmp_path / "inside" / "link.txt").symlink_to(tmp_path / "secret.txt")
    root = tmp_path / "inside"
    for path in (root / "link.txt", root / ".." / "secret.txt", tmp_path / "secret.txt"):
        entries, (problem,) = read(path, root=root, source=LOCAL)
        assert entries == ()
        assert problem.code == "outside"


def test_what_cannot_be_read_is_a_problem_that_names_the_file(tmp_path: Path) -> None:
    for name, data, code in (
        ("a.xml", b"<rss", "parse"),
        ("b.json", b"{}", "parse"),
        ("c.png", b"", "unknown-kind"),
        ("d.txt", b"", "empty-file"),
        ("e.txt", b"x" * 6_000_000, "too-large"),
    ):
        entries, problems = read_text(tmp_path, name, data)
        assert entries == ()
        assert [(p.code, p.where) for p in problems] == [(code, name)]
    entries, problems = read(tmp_path / "none.txt", root=tmp_path, source=LOCAL)
    assert [p.code for p in problems] == ["unreadable"]


# --- shared data ---------------------------------------------------------------------------------

SEEDS = {"000": 5, "001": 1, "002": 6, "003": 1, "004": 1}


def test_the_five_newsletters_give_the_entries_they_should(shared: Path) -> None:
    folder = shared / "seeds"
    if not folder.is_dir():
        pytest.skip("the newsletters are not there")
    for path in find(folder, "."):
        entries, problems = read(path, root=folder, source=LOCAL)
        assert len(entries) == SEEDS[path.name[:3]], path.name
        assert problems == ()
        text = "\n".join(f"{e.title}\n{e.content}" for e in entries)
        for chrome in ("Subscribe", "Google Ads", "No comments", "ad blocker", "\ufffd"):
            assert chrome not in text, (path.name, chrome)
        if path.name.startswith("002"):
            assert {e.published for e in entries} == {datetime(2022, 5, 24, tzinfo=UTC)}
            assert entries[0].authors == ("Joe Webster",)
        if path.name.startswith("003"):
            assert entries[0].title == "Beijing backchannel"
            assert entries[0].content.count("\n• ") == 6
            assert "\n14 March. On" in entries[0].content.replace("\xa0", " ")


def test_every_snapshot_gives_the_entries_its_list_says(shared: Path, pool: ParserPool) -> None:
    folder = shared / "feeds" / "snapshots"
    rows = [
        [cell.strip() for cell in line.split("|")]
        for line in (folder / "README.md").read_text(encoding="utf-8").split("\n")
        if line.startswith("| ") and not line.startswith("| file")
    ]
    expected = {row[1]: (int(row[7]), row[9]) for row in rows}
    assert len(expected) == 26
    for name, (count, flag) in expected.items():
        entries, problems = read(folder / name, root=folder, source=LOCAL, parser=pool.parse)
        assert len(entries) >= count, name
        named = [p for p in problems if p.code == "malformed-feed"]
        assert bool(named) == (flag == "bozo"), name
        assert all(p.where == name for p in problems)
