"""What a source does with its addresses and guids over the days neither loses nor doubles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

import pytest

from digest.pipeline.outcomes import outcome_of
from digest.pipeline.pull import _store
from digest.pipeline.reader import Pulled
from digest.pipeline.workspace import open_workspace
from digest.pull.parsed import Document
from digest.pull.reading import read_document
from digest.source import Source
from digest.store.entries import entries_seen_between, revisions_of

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
HOME = "https://letter.example/"
PAGE = "https://letter.example/live"


@dataclass(frozen=True)
class Item:
    title: str
    link: str | None = None
    guid: str | None = None
    hours: float = 0
    text: str = "What the report says, in one sentence."

    def xml(self) -> str:
        parts = [f"<title>{escape(self.title)}</title>", f"<description>{self.text}</description>"]
        parts += [f"<link>{escape(self.link)}</link>"] if self.link else []
        parts += [f'<guid isPermaLink="false">{escape(self.guid)}</guid>'] if self.guid else []
        date = MONDAY - timedelta(days=1) + timedelta(hours=self.hours)
        return f"<item>{''.join(parts)}<pubDate>{format_datetime(date)}</pubDate></item>"


def feed(items: list[Item]) -> bytes:
    head = '<?xml version="1.0"?><rss version="2.0"><channel><title>A feed</title>'
    return f"{head}{''.join(item.xml() for item in items)}</channel></rss>".encode()


def numbered(**values: Any) -> list[Item]:
    return [
        Item(title=f"Report number {n}", hours=n, **{k: v.format(n) for k, v in values.items()})
        for n in range(3)
    ]


DAYS: dict[str, tuple[list[list[Item]], int]] = {
    "text, title and time are changed": (
        [
            [Item("Talks open", f"{HOME}a", "tag:a-1")],
            [Item("Talks open in Beijing", f"{HOME}a", "tag:a-1", 3, "Another text.")],
        ],
        1,
    ),
    "a live blog has one report at a time under one address": (
        [
            [Item("First", PAGE, "live-0001", 1)],
            [Item("Second", PAGE, "live-0002", 5)],
            [Item("Second", PAGE, "live-0002", 5), Item("First", PAGE, "live-0001", 1)],
            [Item("First", PAGE, "live-0001", 1)],
        ],
        2,
    ),
    "all entries link home": (
        [numbered(link=HOME, guid="guid-number-{}"), numbered(link=HOME, guid="guid-number-{}")],
        3,
    ),
    "all link home, and one day the guids are gone": (
        [numbered(link=HOME, guid="guid-number-{}"), numbered(link=HOME)],
        3,
    ),
    "all link home, and one day there are guids": (
        [numbered(link=HOME), numbered(link=HOME, guid="guid-number-{}")],
        3,
    ),
    "the guids are gone one day and come back": (
        [
            numbered(link=HOME + "{}", guid="guid-number-{}"),
            numbered(link=HOME + "{}"),
            numbered(link=HOME + "{}", guid="guid-number-{}"),
        ],
        3,
    ),
    "the guids are written anew": (
        [
            numbered(link=HOME + "{}", guid="http://letter.example/?p={}"),
            numbered(link=HOME + "{}", guid="https://letter.example/?p={}"),
        ],
        3,
    ),
    "the addresses are written anew": (
        [
            numbered(link=HOME + "old/{}", guid="guid-number-{}"),
            numbered(link=HOME + "new/{}", guid="guid-number-{}"),
        ],
        3,
    ),
    "the links are gone one day": (
        [numbered(link=HOME + "{}", guid="guid-number-{}"), numbered(guid="guid-number-{}")],
        3,
    ),
    "the guid counts revisions": (
        [
            [Item("Talks open", f"{HOME}a", f"{HOME}a#0")],
            [Item("Talks end", f"{HOME}a", f"{HOME}a#1", 7)],
        ],
        1,
    ),
    "the guid counts places in the list": (
        [
            [Item("First", f"{HOME}a", "1", 1), Item("Second", f"{HOME}b", "2", 2)],
            [Item("Third", f"{HOME}c", "1", 3), Item("First", f"{HOME}a", "2", 1)],
        ],
        3,
    ),
    "a guid stands twice in one document": (
        [[Item("First", f"{HOME}a", "same-guid"), Item("Second", f"{HOME}b", "same-guid", 2)]] * 2,
        2,
    ),
    "neither address nor guid": ([numbered(), numbered()], 3),
    "tracking in the addresses": (
        [numbered(link=HOME + "{}?utm_source=rss"), numbered(link=HOME + "{}?utm_source=mail")],
        3,
    ),
    "one report stands twice": ([[Item("First", f"{HOME}a", "guid-a")] * 2] * 2, 1),
}


def pull(ws: Any, items: list[Item], now: datetime, source: str = "feed") -> None:
    known = Source(id=source, name="A feed", url=f"https://{source}.example/rss")
    reading = read_document(Document(body=feed(items), url=f"{HOME}rss"), known, now)
    outcome = outcome_of(known, "ok")
    _store(ws, [Pulled(outcome=outcome, entries=reading.entries, again=now != MONDAY)])


@pytest.mark.parametrize("days", DAYS)
def test_entries_are_neither_lost_nor_doubled(letter: Any, days: str) -> None:
    letter.configure("sources: [{url: 'https://letter.example/rss'}]\n")
    pulls, expected = DAYS[days]
    with open_workspace(letter.config, now=MONDAY) as ws:
        titles: set[str] = set()
        for day, items in enumerate(pulls):
            ws.now = MONDAY + timedelta(days=day)
            pull(ws, items, ws.now)
            with ws.store.read() as c:
                stored = entries_seen_between(c, MONDAY, MONDAY + timedelta(days=9))
            # What the document says today is there today, each report once.
            titles = {item.title for item in items}
            assert titles <= {entry.title for entry in stored}
        assert len(stored) == expected


def test_a_changed_text_is_another_revision_of_the_same_entry(letter: Any) -> None:
    letter.configure("sources: [{url: 'https://letter.example/rss'}]\n")
    with open_workspace(letter.config, now=MONDAY) as ws:
        for day, text in enumerate(("One.", "Two.", "One.")):
            ws.now = MONDAY + timedelta(days=day)
            pull(ws, [Item("Talks", f"{HOME}a", "guid-a", text=text)], ws.now)
        with ws.store.read() as c:
            (entry,) = entries_seen_between(c, MONDAY, MONDAY + timedelta(days=9))
            assert [each.text for each in revisions_of(c, entry.id)] == ["One.", "Two."]
    assert entry.text == "One."


def test_two_feeds_with_one_report_store_it_once(letter: Any) -> None:
    letter.configure("sources: [{url: 'https://letter.example/rss'}]\n")
    item = Item("Talks", f"{HOME}a", "guid-a")
    with open_workspace(letter.config, now=MONDAY) as ws:
        for day in range(2):
            ws.now = MONDAY + timedelta(days=day)
            pull(ws, [item], ws.now, source="one")
            pull(ws, [item], ws.now, source="two")
        with ws.store.read() as c:
            (entry,) = entries_seen_between(c, MONDAY, MONDAY + timedelta(days=9))
    assert entry.source_id == "one"
