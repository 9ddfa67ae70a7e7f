from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from digest.model import Certainty, Entry, Period, Placement

START = datetime(2022, 3, 31, tzinfo=UTC)
END = datetime(2022, 4, 7, tzinfo=UTC)
PERIOD = Period(start=START, end=END, day=END.date())
DAY = datetime(2022, 4, 5, tzinfo=UTC)

_PLAIN = Entry(
    id="e",
    source_id="s",
    url=None,
    publisher="P",
    title="T",
    text="",
    lang="en",
    date=DAY,
    certainty=Certainty.DAY,
    first_seen=DAY,
    fingerprint="f",
)


def entry(entry_id: str, title: str = "T", text: str = "", **changes: object) -> Entry:
    return replace(_PLAIN, id=entry_id, title=title, text=text, **changes)  # type: ignore[arg-type]


def placed(section: str, score: float = 0.9, *also: str) -> Placement:
    return Placement(section=section, score=score, also=also)
