"""The editor's live corrections as lessons for the classifier."""

from __future__ import annotations

from collections.abc import Iterable

from digest.judge.lessons import Lesson
from digest.model import Correction
from digest.store.database import Store
from digest.store.entries import entries_by_id
from digest.store.judgements import corrections


def lessons_of(store: Store, newsletter: str) -> tuple[Lesson, ...]:
    """The live corrections with their entries, oldest first; of one entry the newest counts."""
    with store.read() as connection:
        live = live_corrections(corrections(connection, newsletter))
        entries = entries_by_id(connection, [each.entry_id for each in live])
    last = {each.entry_id: each.section for each in live if each.entry_id in entries}
    return tuple(Lesson(entry=entries[at], section=section) for at, section in last.items())


def live_corrections(made: Iterable[Correction]) -> list[Correction]:
    """Those that were not taken back, in order."""
    return [each for each in made if not each.undone]
