"""Statements that differ between databases, and the cutting of long lists: one place for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import Insert, insert

T = TypeVar("T")

CHUNK = 500
"""Values in one ``IN (…)`` and rows in one executemany: below every limit, and near the fastest."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most ``size``, in order."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def upsert(table: Table) -> Insert:
    """An INSERT that replaces the other columns where the primary key is there already.

    ``ON CONFLICT … DO UPDATE`` is the same in PostgreSQL; only this import would change.
    """
    statement = insert(table)
    keys = [column.name for column in table.primary_key.columns]
    values = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=values)
