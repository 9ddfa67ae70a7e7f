"""What is stored of how much each source brings, and when; and a source that got another id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, Select, case, delete, func, select, union_all, update

from digest.store.schema import entries, shared_entries, source_states

_AT_ONCE = 1000
_REAL = entries.c.sample.is_(False)
# A date to come is a mistake or an announcement: what counts is when it was there to be read.
_WHEN = case((entries.c.date > entries.c.first_seen, entries.c.first_seen), else_=entries.c.date)


def days_of_sources(c: Connection, since: datetime) -> Iterator[tuple[str, list[tuple[date, int]]]]:
    """Each source with the days on which it published and how many entries, oldest first.

    Of entries dated since then; what another source brought first counts for both. One source at
    a time, for all days of thousands of sources would take more memory than a pull may.
    """
    own = _dated(entries.c.source_id, since)
    also = _dated(shared_entries.c.source_id, since).join(
        shared_entries, shared_entries.c.entry_id == entries.c.id
    )
    # What it owns by now and shared once is counted once.
    also = also.where(shared_entries.c.source_id != entries.c.source_id)
    both = union_all(own, also).subquery()
    rows = c.execute(
        select(both.c.source_id, both.c.day, func.count())
        .group_by(both.c.source_id, both.c.day)
        .order_by(both.c.source_id, both.c.day)
    )
    for source_id, same in groupby(rows.yield_per(_AT_ONCE), key=itemgetter(0)):
        yield source_id, [(date.fromisoformat(str(day)), number) for _, day, number in same]


def sources_of_shared(c: Connection, since: datetime) -> tuple[tuple[str, ...], ...]:
    """For each entry since then that several sources brought: the sources, its owner first."""
    rows = c.execute(
        select(entries.c.id, entries.c.source_id, shared_entries.c.source_id)
        .join(shared_entries, shared_entries.c.entry_id == entries.c.id)
        .where(since <= entries.c.date, shared_entries.c.source_id != entries.c.source_id)
        .order_by(entries.c.id, shared_entries.c.source_id)
    )
    found: dict[str, list[str]] = {}
    for entry_id, owner, other in rows:
        found.setdefault(entry_id, [owner]).append(other)
    return tuple(map(tuple, found.values()))


def rename_sources(c: Connection, ids: Mapping[str, str]) -> None:
    """The sources' states and entries stand under their new ids, new from old.

    Nothing else of an entry changes, its id neither. A state that stood under a new id is
    dropped, entries there become one source's with the old ones. The sources have not moved any
    more: they stand where they are asked.
    """
    for new, old in ids.items():
        c.execute(delete(source_states).where(source_states.c.source_id == new))
        state = update(source_states).where(source_states.c.source_id == old)
        c.execute(state.values(source_id=new, moved_to=None))
        c.execute(update(entries).where(entries.c.source_id == old).values(source_id=new))
        both = select(shared_entries.c.entry_id).where(shared_entries.c.source_id == new)
        shared = shared_entries.c.source_id == old
        c.execute(delete(shared_entries).where(shared, shared_entries.c.entry_id.in_(both)))
        c.execute(update(shared_entries).where(shared).values(source_id=new))


def _dated(source_id: object, since: datetime) -> Select[tuple[str, str]]:
    return (
        select(source_id.label("source_id"), func.date(_WHEN).label("day"))  # type: ignore[attr-defined]
        .select_from(entries)
        .where(since <= entries.c.date, _REAL)
    )
