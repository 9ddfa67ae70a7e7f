"""Statements that differ between databases, and the cutting of long lists: one place for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Table
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


def insert_where_missing(c: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """The rows are stored but for those whose primary key is there already."""
    if rows:
        c.execute(insert(table).on_conflict_do_nothing(), rows)


def insert_rows(
    c: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """The rows are stored; the values of each stand in the order of ``columns``.

    For thousands of rows at a time: the columns' own types make of each value what is stored, as
    in any statement (``None`` stays NULL), but the statement is made once and rows never become
    dictionaries, which is half the time of storing an entry.
    """
    if not rows:
        return
    statement, processors = _insertion(table, columns, c.dialect)
    made = [
        tuple(
            [
                value if value is None or process is None else process(value)
                for process, value in zip(processors, row, strict=True)
            ]
        )
        for row in rows
    ]
    c.exec_driver_sql(statement, made)


@cache
def _insertion(
    table: Table, columns: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[Any, ...]]:
    statement = insert(table).compile(dialect=dialect, column_keys=list(columns))
    # The text names columns in the order of the table, whatever the order asked for.
    if tuple(statement.positiontup or ()) != columns:
        raise ValueError(f"name the columns in the order of the table {table.name}")
    types = [table.c[name].type.dialect_impl(dialect) for name in columns]
    return str(statement), tuple(type_.bind_processor(dialect) for type_ in types)
