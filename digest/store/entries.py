"""Entries, their revisions, and the search over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, or_, select
from sqlalchemy import text as sql
from sqlalchemy import update as update_table

from digest.errors import NotFoundError
from digest.model import Certainty, Entry, KnownEntry
from digest.store.bigrams import match_expression
from digest.store.columns import clean
from digest.store.rows import CHUNK, chunks, insert_rows, insert_where_missing
from digest.store.schema import entries, revisions, shared_entries

_FIELDS = tuple(field.name for field in fields(Entry))
_TEXTS = ("title", "text")
_OWN = tuple(name for name in _FIELDS if name not in _TEXTS)
_own_values = attrgetter(*_OWN)
_SEEN = _OWN.index("first_seen") + 1
_COLUMNS = (*_OWN[:_SEEN], "last_seen", *_OWN[_SEEN:])
_WORDING = ("entry_id", "fingerprint", "title", "text", "seen_at")

_KEPT = ("id", "first_seen")
"""What a rerun never changes; ``date`` and ``certainty`` follow a rule of their own."""

_SEARCHED_AT_ONCE = 5
"""How many ids an ambiguous beginning names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One wording of an entry, as seen first at ``seen_at``."""

    entry_id: str
    fingerprint: str
    title: str
    text: str
    seen_at: datetime


def save_entries(c: Connection, found: Iterable[Entry], *, now: datetime) -> frozenset[str]:
    """The ids of the entries that are new; all of them are stored.

    - ``first_seen`` of a stored entry stays, and so does its date where the new one is a guess.
    - Another fingerprint is another revision; revisions are kept.
    - The source that brought an entry first owns it: from another one only ``last_seen`` is
      taken, so two feeds with one address do not rewrite each other at every pull; that it
      brought it too is kept beside. A real source takes over from a sample.

    ``now`` becomes ``last_seen`` and the time of new revisions.
    """
    return frozenset(key for part in chunks(found) for key in _save_part(c, part, now))


def entries_between(c: Connection, start: datetime, end: datetime) -> tuple[Entry, ...]:
    """The entries dated in ``[start, end)``, oldest first, then by id."""
    inside = (entries.c.date >= start) & (entries.c.date < end)
    return _select(c, _current().where(inside).order_by(entries.c.date, entries.c.id))


def entries_seen_between(c: Connection, start: datetime, end: datetime) -> tuple[Entry, ...]:
    """The entries first seen in ``[start, end)``, oldest date first, then by id."""
    inside = (entries.c.first_seen >= start) & (entries.c.first_seen < end)
    return _select(c, _current().where(inside).order_by(entries.c.date, entries.c.id))


def entries_by_id(c: Connection, ids: Iterable[str]) -> dict[str, Entry]:
    """The stored ones of these entries by id, in the order asked for."""
    wanted = tuple(dict.fromkeys(ids))
    stored = {
        entry.id: entry
        for part in chunks(wanted)
        for entry in _select(c, _current().where(entries.c.id.in_(part)))
    }
    return {entry_id: stored[entry_id] for entry_id in wanted if entry_id in stored}


def entries_at(c: Connection, urls: Iterable[str]) -> tuple[Entry, ...]:
    """The entries with one of these addresses, as they are stored."""
    found = {
        entry.id: entry
        for part in chunks(dict.fromkeys(urls))
        for entry in _select(c, _current().where(entries.c.url.in_(part)))
    }
    return tuple(found.values())


def known_guids(c: Connection, ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """The source and guid of those of the entries that are stored, by id."""
    named = select(entries.c.id, entries.c.source_id, entries.c.guid)
    return {
        row.id: (row.source_id, row.guid)
        for part in chunks(ids)
        for row in c.execute(named.where(entries.c.id.in_(part)))
    }


def known_entries(c: Connection, source_id: str, found: Iterable[Entry]) -> tuple[KnownEntry, ...]:
    """What is stored of this source under an id, guid or address of these entries, oldest first.

    Where one of them has no address, the newest stored ones without an address are among them.
    """
    known: dict[str, KnownEntry] = {}
    for part in chunks(found):
        for row in c.execute(_alike(source_id, part)):
            known.setdefault(row.id, KnownEntry(**row._mapping))  # noqa: SLF001 — SQLAlchemy's public name
    return tuple(known.values())


def _alike(source_id: str, part: Sequence[Entry]) -> Select[Any]:
    own = entries.c.source_id == source_id
    named = [
        entries.c.id.in_([entry.id for entry in part]),
        own & entries.c.guid.in_([entry.guid for entry in part if entry.guid]),
        own & entries.c.url.in_([entry.url for entry in part if entry.url]),
    ]
    if not all(entry.url for entry in part):
        newest = select(entries.c.id).where(own, entries.c.url.is_(None))
        named.append(entries.c.id.in_(newest.order_by(entries.c.first_seen.desc()).limit(CHUNK)))
    columns = [
        (revisions if field.name in _TEXTS else entries).c[field.name]
        for field in fields(KnownEntry)
    ]
    same = (revisions.c.entry_id == entries.c.id) & (
        revisions.c.fingerprint == entries.c.fingerprint
    )
    return (
        select(*columns)
        .select_from(entries.join(revisions, same))
        .where(own, or_(*named))
        .order_by(entries.c.first_seen, entries.c.id)
    )


def find_entry(c: Connection, id_or_prefix: str) -> Entry | None:
    """The entry of this id, else the only one whose id begins so.

    Raises:
        NotFoundError: the beginning fits several entries.

    """
    exact = _select(c, _current().where(entries.c.id == id_or_prefix))
    if exact or not id_or_prefix:
        return exact[0] if exact else None
    found = find_id(c, entries.c.id, id_or_prefix)
    return None if found is None else entries_by_id(c, (found,))[found]


def find_id(
    c: Connection,
    column: ColumnElement[str],
    prefix: str,
    *where: ColumnElement[bool],
) -> str | None:
    """The only value of an id column that begins so.

    Raises:
        NotFoundError: several begin so; the message names the first.

    """
    begins = select(column).where(column.startswith(prefix, autoescape=True), *where)
    found = c.scalars(begins.order_by(column).limit(_SEARCHED_AT_ONCE)).all()
    if len(found) > 1:
        raise NotFoundError(
            f"several ids begin so ({', '.join(found)}); write more of it", where=prefix
        )
    return found[0] if found else None


def index_entries(c: Connection) -> int:
    """How many revisions were put into the search index; all stored ones are in it now.

    Storing does not index: it would take three times as long, and most entries are never
    searched for. A revision never changes, so the index only ever grows by new ones.
    """
    # The index's own list of its rows, so that what is indexed and what is listed cannot part.
    indexed = c.execute(sql("SELECT coalesce(max(id), 0) FROM entries_fts_docsize")).scalar_one()
    newest = c.execute(select(func.coalesce(func.max(revisions.c.id), 0))).scalar_one()
    if indexed == newest:
        return 0
    if c.exec_driver_sql("PRAGMA query_only").scalar():
        raise ValueError("entries wait to be indexed: search on a connection of Store.write")
    return c.execute(
        sql(
            "INSERT INTO entries_fts (rowid, title, text)"
            " SELECT id, bigrams(title), bigrams(text) FROM revisions WHERE id > :indexed"
        ),
        {"indexed": indexed},
    ).rowcount


def search(c: Connection, query: str, limit: int = 20) -> tuple[Entry, ...]:
    """The entries whose current title and text hold all words of the query, best first.

    Needs a connection of ``Store.write``: entries stored since the last search are indexed first,
    so that none is missing (10,000 entries of news take about a second, once). Within
    ``Store.read`` it raises ValueError where entries wait to be indexed.

    A title counts four times a text. Words of four letters or more match longer words too;
    Chinese matches any run of characters; words in double quotes match as a phrase.
    """
    expression = match_expression(clean(query))
    if not expression:
        return ()
    index_entries(c)
    hits = sql(
        "SELECT revisions.entry_id FROM entries_fts"
        " JOIN revisions ON revisions.id = entries_fts.rowid"
        " JOIN entries ON entries.id = revisions.entry_id"
        " AND entries.fingerprint = revisions.fingerprint"
        " WHERE entries_fts MATCH :expression"
        " ORDER BY bm25(entries_fts, 4.0, 1.0), entries.date DESC, entries.id LIMIT :limit"
    )
    found = c.scalars(hits, {"expression": expression, "limit": limit}).all()
    return tuple(entries_by_id(c, found).values())


def count(c: Connection) -> int:
    """How many entries are stored."""
    return c.execute(select(func.count()).select_from(entries)).scalar_one()


def revisions_of(c: Connection, entry_id: str) -> tuple[Revision, ...]:
    """Every wording of an entry that was seen, first seen first."""
    columns = [revisions.c[field.name] for field in fields(Revision)]
    rows = c.execute(
        select(*columns).where(revisions.c.entry_id == entry_id).order_by(revisions.c.id)
    )
    return tuple(Revision(**row._mapping) for row in rows)  # noqa: SLF001 — SQLAlchemy's public name


def _current() -> Select[Any]:
    """Entries with the title and text that are current, columns in the order of the model."""
    columns = [(revisions if name in _TEXTS else entries).c[name] for name in _FIELDS]
    same = (revisions.c.entry_id == entries.c.id) & (
        revisions.c.fingerprint == entries.c.fingerprint
    )
    return select(*columns).select_from(entries.join(revisions, same))


def _select(c: Connection, statement: Select[Any]) -> tuple[Entry, ...]:
    return tuple(Entry(**dict(zip(_FIELDS, row, strict=True))) for row in c.execute(statement))


# --- saving ------------------------------------------------------------------------------------


def _save_part(c: Connection, part: Sequence[Entry], now: datetime) -> list[str]:
    said, part = part, _first_of_each(part)
    stored = _stored(c, part)
    fresh = [entry for entry in part if clean(entry.id) not in stored]
    known = [entry for entry in part if clean(entry.id) in stored]
    owned = [entry for entry in known if _owns(entry, stored[clean(entry.id)])]
    insert_rows(c, entries, _COLUMNS, [_stored_values(entry, now) for entry in fresh])
    if owned:
        _update(c, owned, stored)
    if known:
        seen = update_table(entries).where(entries.c.id == bindparam("key"))
        c.execute(seen.values(last_seen=now), [{"key": entry.id} for entry in known])
    changed = [e for e in owned if not _same(e.fingerprint, stored[clean(e.id)].fingerprint)]
    wordings = fresh + _without_known_wordings(c, changed)
    insert_rows(c, revisions, _WORDING, [_wording(entry, now) for entry in wordings])
    if len(said) > len(part) or len(owned) < len(known):
        _share(c, said, fresh + owned, stored)
    return [entry.id for entry in fresh]


def _share(
    c: Connection, said: Sequence[Entry], owned: Sequence[Entry], stored: Mapping[str, Row[Any]]
) -> None:
    """Keep which entries came from a source that does not own them; samples do not count."""
    owner = {key: row.source_id for key, row in stored.items()}
    owner |= {clean(entry.id): clean(entry.source_id) for entry in owned}
    pairs = {
        (clean(entry.source_id), clean(entry.id))
        for entry in said
        if not entry.sample and owner[clean(entry.id)] != clean(entry.source_id)
    }
    rows = [{"source_id": source, "entry_id": entry} for source, entry in sorted(pairs)]
    insert_where_missing(c, shared_entries, rows)


def _first_of_each(part: Sequence[Entry]) -> list[Entry]:
    """Without repeats of an id; the last wording of the first source wins, as in two calls."""
    kept: dict[str, Entry] = {}
    for entry in part:
        key = clean(entry.id)
        if key not in kept or (kept[key].source_id == entry.source_id):
            kept[key] = entry
    return list(kept.values())


def _stored(c: Connection, part: Sequence[Entry]) -> Mapping[str, Row[Any]]:
    columns = [entries.c[name] for name in _OWN]
    ids = [entry.id for entry in part]
    rows = c.execute(select(*columns).where(entries.c.id.in_(ids)))
    return {row.id: row for row in rows}


def _owns(entry: Entry, stored: Row[Any]) -> bool:
    return (bool(stored.sample) and not entry.sample) or _same(entry.source_id, stored.source_id)


def _same(given: str, stored: str) -> bool:
    return clean(given) == stored


def _update(c: Connection, owned: Sequence[Entry], stored: Mapping[str, Row[Any]]) -> None:
    """Write the facts that differ from what is stored; most reruns bring none."""
    rows = []
    for entry in owned:
        standing = stored[clean(entry.id)]
        row = _row(entry) | {name: getattr(standing, name) for name in _KEPT}
        if entry.certainty is Certainty.GUESS:
            row |= {"date": standing.date, "certainty": standing.certainty}
        if tuple(row.values()) != tuple(standing):
            rows.append(row | {"key": entry.id})
    if rows:
        values: dict[str, Any] = {name: bindparam(name) for name in _OWN if name != "id"}
        statement = update_table(entries).where(entries.c.id == bindparam("key")).values(values)
        c.execute(statement, rows)


def _without_known_wordings(c: Connection, changed: Sequence[Entry]) -> list[Entry]:
    """The entries whose wording was never seen: a text may also change back."""
    if not changed:
        return []
    pairs = select(revisions.c.entry_id, revisions.c.fingerprint).where(
        revisions.c.entry_id.in_([entry.id for entry in changed])
    )
    known = {tuple(row) for row in c.execute(pairs)}
    return [e for e in changed if (clean(e.id), clean(e.fingerprint)) not in known]


def _row(entry: Entry) -> dict[str, Any]:
    return dict(zip(_OWN, _own_values(entry), strict=True))


def _stored_values(entry: Entry, now: datetime) -> tuple[Any, ...]:
    values = _own_values(entry)
    return (*values[:_SEEN], now, *values[_SEEN:])


def _wording(entry: Entry, now: datetime) -> tuple[Any, ...]:
    return (entry.id, entry.fingerprint, entry.title, entry.text, now)
