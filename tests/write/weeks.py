"""The two sample weeks as fixed selections, so that only the writing is under test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from digest.data.sections import SHIPPED_SECTIONS
from digest.model import Entry, Issue, Period, Ranked, Reason, Selection, Story
from digest.pull.entries import entries_of
from digest.pull.files import find, read
from digest.render.environment import Templates
from digest.source import Source
from digest.write.brief import Brief
from digest.write.column import compose, fitted
from digest.write.issue import issue_from
from digest.write.spelling import spelled_one_way
from tests.shipped import shipped_finder

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
FOLDERS = {"2022-04-07": "week-2022-04-07", "2023-04-27": "week-2023-04-28"}
STYLES = ("column", "roundup", "explainer", "links")
SEEN = datetime(2023, 5, 1, tzinfo=UTC)


@cache
def templates() -> Templates:
    """The shipped templates, compiled once."""
    return Templates([ROOT / "templates"])


@cache
def entries(day: str) -> Mapping[str, Entry]:
    """The entries of a sample week by publisher and title."""
    folder = ROOT / "seeds" / FOLDERS[day]
    source = Source(id="sample", name="Sample weeks", path="seeds/", sample=True)
    raw = [item for path in find(folder, ".") for item in read(path, root=folder, source=source)[0]]
    made = entries_of(raw, source=source, feed_title=None, now=SEEN)
    return {f"{entry.publisher} | {entry.title}": entry for entry in made}


def period(day: str) -> Period:
    """The week up to seven in the morning of that day, in Berlin."""
    end = datetime.fromisoformat(f"{day}T06:00:00+00:00")
    return Period(start=end - timedelta(days=7), end=end, day=date.fromisoformat(day))


@cache
def selection(day: str) -> Selection:
    """The stories of the week as they were judged when the golden issues were made."""
    data = json.loads((GOLDEN / f"{day}.json").read_text("utf-8"))
    known = entries(day)

    def ranked(row: Mapping[str, Any]) -> Ranked:
        found = tuple(known[key] for key in row["entries"])
        story = Story(
            id=row["id"],
            entry_ids=tuple(each.id for each in found),
            section=row["section"],
            storyline_id=row.get("storyline"),
        )
        reasons = (Reason(feature="as judged", weight=row["score"]),)
        return Ranked(
            story=story,
            entries=found,
            score=row["score"],
            reasons=reasons,
            origins=row["origins"],
        )

    return Selection(
        lede=ranked(data["lede"]),
        sections=tuple((name, tuple(map(ranked, rows))) for name, rows in data["sections"]),
        further=tuple(map(ranked, data["further"])),
    )


def brief(day: str, style: str = "column") -> Brief:
    """A newsletter in English with the shipped sections."""
    return Brief(
        newsletter="china-russia-report",
        number=None,
        period=period(day),
        sections=SHIPPED_SECTIONS,
        names=shipped_finder(),
        style=style,
        shape=style,
    )


def issue(chosen: Selection, told: Brief) -> Issue:
    """The issue as ``digest draft`` makes it of a selection."""
    made = compose(fitted(chosen, told), told)
    bodies = templates().style_bodies(told.style, made)
    return spelled_one_way(issue_from(made, bodies), told.names or shipped_finder())
