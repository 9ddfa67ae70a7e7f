"""Which entries an issue may be made of: its period, what came late, what was not told yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.model import Certainty, Entry, Period
from digest.pipeline.deciding import held_entries
from digest.pipeline.workspace import Workspace
from digest.store.entries import entries_between, entries_seen_between
from digest.store.issues import last_closed_before, told_entries

LATE = timedelta(days=7)
"""A report first seen after the issue before was closed may still be told if it is not older."""

MEMORY = timedelta(days=14)
"""Stories are gathered over this time before the period too, so that one that goes on keeps its
id and what was told already is recognised."""


def candidates(ws: Workspace, period: Period) -> tuple[Entry, ...]:
    """The entries that may enter the issue, oldest first.

    Dated in the period, or dated at most seven days before it and either first seen since the
    issue before was closed or held back by it; not told in a closed issue dated before this one.
    Sample entries serve only when there is nothing else.
    """
    with ws.store.read() as connection:
        told = told_entries(connection, ws.id, period.day)
        before = last_closed_before(connection, ws.id, period.day)
        found = {e.id: e for e in entries_between(connection, period.start - LATE, period.end)}
        since = before.closed_at if before and before.closed_at else None
        late: frozenset[str] = frozenset()
        if since is not None:
            seen = entries_seen_between(connection, since, ws.now + timedelta(seconds=1))
            late = frozenset(e.id for e in seen)
    late |= held_entries(ws, period)
    ours = frozenset(source.id for source in ws.config.sources if source.enabled) | {ADDED}
    open_entries = [
        entry
        for entry in found.values()
        if entry.id not in told
        and entry.source_id in ours
        and (period.start <= moment_of(entry, ws) < period.end or _is_late(entry, late, period, ws))
    ]
    real = [entry for entry in open_entries if not entry.sample]
    return tuple(sorted(real or open_entries, key=lambda e: (e.date, e.id)))


ADDED = "added"
"""The source id of what a person added by hand."""


def moment_of(entry: Entry, ws: Workspace) -> datetime:
    """When an entry counts: a date without a time is 00:00 of that day in the newsletter's zone."""
    if entry.certainty is not Certainty.DAY:
        return entry.date
    return entry.date.replace(tzinfo=ws.config.zone)


def _is_late(entry: Entry, late: frozenset[str], period: Period, ws: Workspace) -> bool:
    return entry.id in late and period.start - LATE <= moment_of(entry, ws) < period.start
