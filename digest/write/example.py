"""An issue made up of everything a style may meet, to try a template on.

Outlets, people and events are invented; characters that act in Markdown and HTML are in them on
purpose.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

from digest.model import (
    Certainty,
    Entry,
    Ownership,
    Period,
    Ranked,
    Reason,
    Section,
    Selection,
    Story,
)
from digest.text.mentions import NameFinder
from digest.write.brief import Brief, Past
from digest.write.column import compose
from digest.write.composed import ComposedIssue

_END = datetime(2024, 5, 9, 6, tzinfo=UTC)
_START = datetime(2024, 5, 2, 6, tzinfo=UTC)
_SECTIONS = (Section(id="energy", title="Energy"), Section(id="economy", title="Trade & money"))


def example_issue(style: str, finder: NameFinder | None = None) -> ComposedIssue:
    """A composed issue of four stories: notes, publishers' words, other languages, one source."""
    stories = {story.story.id: story for story in _stories()}
    lede = stories["s-00000001"]
    rest = tuple(stories[key] for key in ("s-00000002", "s-00000003"))
    brief = Brief(
        newsletter="example",
        number=12,
        period=Period(start=_START, end=_END, day=date(2024, 5, 9)),
        sections=_SECTIONS,
        names=finder,
        style=style,
        past={
            lede.story.id: (
                Past(
                    day=date(2024, 5, 2),
                    heading="Harbour of Example closes for repairs",
                    address="https://example.org/issues/2024-05-02/#s-00000009",
                ),
                Past(day=date(2024, 4, 25), heading="Port of Example plans repairs"),
            )
        },
    )
    selection = Selection(
        lede=lede,
        sections=(("energy", rest), ("economy", (stories["s-00000004"],))),
        further=(stories["s-00000005"],),
    )
    return compose(selection, brief)


def _stories() -> tuple[Ranked, ...]:
    note = (
        "The harbour of Example opened again on May 3 after ten days of repairs. The operator "
        "expected 40 tankers in May. Two workers had been injured in the storm."
    )
    port = _entry("Example Post", "Harbour opens again after ten days", note, paraphrase=True)
    other = replace(
        port,
        id="b" * 12,
        publisher="Second & Sons *Daily*",
        url="https://example.com/a_b_(c)?x=1&y=2",
        title="Ministry denies a leak at the harbour",
        text="Three workers were injured, the port doctor said. "
        "The ministry denied the report of a leak at the harbour.",
    )
    ours = _official("Ministry of Northland", "NO", "Northland speaks of an orderly reopening")
    theirs = _official("Ministry of Southland", "ZA", "Southland calls the reopening late")
    words = (
        "The pipeline to the coast was filled with oil on Friday <b>morning</b>, the operator "
        "said in a statement. 1. This line looks like a list but is none and goes on for a while. "
        "Ann Example, the head of the port, said: “We will have 40 tankers here before the summer.”"
    )
    quoted = _entry("Example Times", "Pipeline Filled With Oil: [Exclusive] | Times", words)
    russian = _entry("Пример", "Порт снова открыт", "Порт открылся 3 мая. Ждут 40 танкеров.")
    russian = replace(russian, lang="ru", ownership=Ownership.STATE, country="RU")
    figures = "Trade grew by 4.5 percent. Prices of 12 goods fell, the office wrote."
    alone = _entry("Example Trade", "Trade grew by 4.5 percent", figures, paraphrase=True)
    link = _entry("Far Weekly", "What comes next for the ports?", "")
    return (
        _ranked("s-00000001", (port, other, ours, theirs), "energy", 9.0),
        _ranked("s-00000002", (quoted,), "energy", 7.0),
        _ranked("s-00000003", (russian,), "energy", 6.0),
        _ranked("s-00000004", (alone,), "economy", 5.0),
        _ranked("s-00000005", (link,), "economy", 2.0),
    )


def _official(publisher: str, country: str, title: str) -> Entry:
    text = f"{title}, its minister told the press. The text speaks of 12 further talks."
    made = _entry(publisher, title, text, paraphrase=True)
    return replace(made, ownership=Ownership.OFFICIAL, country=country)


def _entry(publisher: str, title: str, text: str, *, paraphrase: bool = False) -> Entry:
    key = hashlib.sha256(f"{publisher}{title}".encode()).hexdigest()
    return Entry(
        id=key[:12],
        source_id="example",
        url=f"https://example.org/{key[:6]}",
        publisher=publisher,
        title=title,
        text=text,
        lang="en",
        date=datetime(2024, 5, 4, tzinfo=UTC),
        certainty=Certainty.DAY,
        first_seen=_END,
        fingerprint=key[:8],
        paraphrase=paraphrase,
    )


def _ranked(key: str, entries: tuple[Entry, ...], section: str, score: float) -> Ranked:
    story = Story(id=key, entry_ids=tuple(entry.id for entry in entries), section=section)
    reasons = (Reason(feature="example", weight=score),)
    return Ranked(story=story, entries=entries, score=score, reasons=reasons, origins=len(entries))
