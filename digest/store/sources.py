"""What the program learned about each source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter

from sqlalchemy import Connection, select

from digest.source import SourceState
from digest.store.rows import chunks, upsert
from digest.store.schema import source_states

_FIELDS = tuple(field.name for field in fields(SourceState))
_COLUMNS = tuple(source_states.c[name] for name in _FIELDS)
_values = attrgetter(*_FIELDS)


def save_state(c: Connection, state: SourceState) -> None:
    """The state is stored whole, in place of the one before."""
    save_states(c, (state,))


def save_states(c: Connection, states: Iterable[SourceState]) -> None:
    """All states are stored, each in place of the one before; quick for thousands."""
    statement = upsert(source_states)
    for part in chunks(states):
        c.execute(statement, [dict(zip(_FIELDS, _values(state), strict=True)) for state in part])


def find_state(c: Connection, source_id: str) -> SourceState | None:
    """The state of one source; nothing for a source that was never asked."""
    row = c.execute(select(*_COLUMNS).where(source_states.c.source_id == source_id)).first()
    return None if row is None else SourceState(**dict(zip(_FIELDS, row, strict=True)))


def all_states(c: Connection) -> tuple[SourceState, ...]:
    """Every stored state, in the order of the source ids."""
    rows = c.execute(select(*_COLUMNS).order_by(source_states.c.source_id))
    return tuple(SourceState(**dict(zip(_FIELDS, row, strict=True))) for row in rows)
