"""Judgements, sentence vectors, and the editor's corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from digest.errors import NotFoundError
from digest.model import Correction, Entry, Judgement, Placement
from digest.store.rows import chunks, upsert
from digest.store.schema import corrections as correction_rows
from digest.store.schema import judgements, vectors

_CORRECTION = tuple(
    correction_rows.c[name] for name in ("id", "entry_id", "section", "made_at", "undone")
)


def save_judgements(c: Connection, judged: Iterable[Judgement]) -> None:
    """All are stored, in place of what an earlier model or correction decided on these entries.

    A version is ``MODEL-SECTIONS-STATE``: judgements of the same model for the same sections are
    replaced, and those of other models, which nothing asks for again. The entries must be stored
    already.
    """
    statement = upsert(judgements)
    for part in chunks(judged):
        for version in {judgement.version for judgement in part}:
            held = [each for each in part if each.version == version]
            _forget(c, [each.entry_id for each in held], version)
        c.execute(statement, [_row(judgement) for judgement in part])


def _forget(c: Connection, entry_ids: Sequence[str], version: str) -> None:
    family, _, _ = version.rpartition("-")
    model, _, _ = family.rpartition("-")
    old = judgements.c.version
    gone = old.startswith(f"{family}-", autoescape=True) | (old == version)
    if model:
        gone |= ~old.startswith(f"{model}-", autoescape=True)
    c.execute(delete(judgements).where(judgements.c.entry_id.in_(entry_ids), gone))


def judgements_for(c: Connection, entries: Sequence[Entry], version: str) -> dict[str, Judgement]:
    """What this version decided about these very revisions, by entry id; others are left out."""
    wanted = {entry.id: entry.fingerprint for entry in entries}
    found: dict[str, Judgement] = {}
    for part in chunks(wanted):
        rows = c.execute(
            select(judgements).where(
                judgements.c.entry_id.in_(part), judgements.c.version == version
            )
        )
        found |= {
            row.entry_id: _judgement(row) for row in rows if row.fingerprint == wanted[row.entry_id]
        }
    return {entry_id: found[entry_id] for entry_id in wanted if entry_id in found}


def save_vectors(c: Connection, by_hash: Mapping[str, bytes]) -> None:
    """The vectors (float16, as bytes) are stored by the hash of model and text; equal ones stay."""
    statement = upsert(vectors)
    for part in chunks(by_hash.items()):
        c.execute(statement, [{"text_hash": key, "vector": value} for key, value in part])


def vectors_for(c: Connection, hashes: Iterable[str]) -> dict[str, bytes]:
    """The stored vectors of these hashes; others are left out."""
    found: dict[str, bytes] = {}
    for part in chunks(dict.fromkeys(hashes)):
        rows = c.execute(
            select(vectors.c.text_hash, vectors.c.vector).where(vectors.c.text_hash.in_(part))
        )
        found |= {row.text_hash: row.vector for row in rows}
    return found


def add_correction(
    c: Connection, newsletter: str, entry_id: str, section: str, *, now: datetime
) -> Correction:
    """The correction as stored, with its number."""
    row = {
        "newsletter": newsletter,
        "entry_id": entry_id,
        "section": section,
        "made_at": now,
        "undone": False,
    }
    statement = insert(correction_rows).values(row).returning(*_CORRECTION)
    return _correction(c.execute(statement).one())


def corrections(c: Connection, newsletter: str) -> tuple[Correction, ...]:
    """Every correction in the order made, those taken back too."""
    rows = c.execute(
        select(*_CORRECTION)
        .where(correction_rows.c.newsletter == newsletter)
        .order_by(correction_rows.c.id)
    )
    return tuple(_correction(row) for row in rows)


def undo_correction(c: Connection, newsletter: str, correction_id: int) -> Correction:
    """The correction, taken back and kept; taking it back twice changes nothing.

    Raises:
        NotFoundError: this newsletter has no such correction.

    """
    statement = (
        update(correction_rows)
        .where(
            correction_rows.c.newsletter == newsletter,
            correction_rows.c.id == correction_id,
        )
        .values(undone=True)
        .returning(*_CORRECTION)
    )
    row = c.execute(statement).first()
    if row is None:
        raise NotFoundError("there is no such correction", where=f"correction {correction_id}")
    return _correction(row)


def _row(judgement: Judgement) -> dict[str, Any]:
    placement = judgement.placement
    return {
        "entry_id": judgement.entry_id,
        "fingerprint": judgement.fingerprint,
        "version": judgement.version,
        "lang": judgement.lang,
        "names": judgement.names,
        "section": placement.section,
        "score": placement.score,
        "also": placement.also,
        "reasons": placement.reasons,
        "decided_by": placement.decided_by,
    }


def _judgement(row: Row[Any]) -> Judgement:
    return Judgement(
        entry_id=row.entry_id,
        fingerprint=row.fingerprint,
        version=row.version,
        lang=row.lang,
        names=row.names,
        placement=Placement(
            section=row.section,
            score=row.score,
            also=row.also,
            reasons=row.reasons,
            decided_by=row.decided_by,
        ),
    )


def _correction(row: Row[Any]) -> Correction:
    return Correction(
        id=row.id,
        entry_id=row.entry_id,
        section=row.section,
        made_at=row.made_at,
        undone=row.undone,
    )
