"""teach: the editor says where an entry belongs; the next run places entries like it there too."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from digest.errors import NotFoundError, UsageError
from digest.model import OFF_TOPIC, Correction, Entry
from digest.pipeline.lessons import live_corrections
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.entries import entries_by_id, find_entry
from digest.store.judgements import add_correction, corrections, undo_correction


def teach(config: Path, *, entry: str, section: str, now: datetime) -> Result:
    """The result of ``digest teach ENTRY SECTION``: the correction as stored.

    Raises ``UsageError`` for a section the newsletter does not have, ``NotFoundError`` for an
    entry that is not stored, and what ``find_entry`` raises for a prefix of several.
    """
    with open_workspace(config, now=now) as ws:
        _known(ws, section)
        with ws.store.write() as connection:
            found = find_entry(connection, entry)
            if found is None:
                message = "no entry has that id; `digest search WORDS` finds entries"
                raise NotFoundError(message, where=entry)
            made = add_correction(connection, ws.id, found.id, section, now=now)
    row = _row(made, found)
    return Result(text=f"{row}\nholds from the next run on", document=_document(made, found))


def list_corrections(config: Path, *, now: datetime) -> Result:
    """The result of ``digest teach --list``: the live corrections, oldest first."""
    with open_workspace(config, now=now) as ws, ws.store.read() as connection:
        live = live_corrections(corrections(connection, ws.id))
        entries = entries_by_id(connection, [each.entry_id for each in live])
    rows = [_row(each, entries.get(each.entry_id)) for each in live]
    document = [_document(each, entries.get(each.entry_id)) for each in live]
    text = "\n".join(rows) or "nothing was taught yet; `digest teach ENTRY SECTION` does"
    return Result(text=text, document=document)


def take_back(config: Path, number: int, *, now: datetime) -> Result:
    """The result of ``digest teach --undo N``. Raises ``NotFoundError`` for no such number."""
    with open_workspace(config, now=now) as ws, ws.store.write() as connection:
        made = undo_correction(connection, ws.id, number)
        entry = entries_by_id(connection, [made.entry_id]).get(made.entry_id)
    return Result(text=f"taken back: {_row(made, entry)}", document=_document(made, entry))


def _known(ws: Workspace, section: str) -> None:
    known = (*(each.id for each in ws.config.sections), OFF_TOPIC)
    if section not in known:
        raise UsageError(f"no section {section!r}; known: {', '.join(known)}", where="SECTION")


def _row(made: Correction, entry: Entry | None) -> str:
    title = entry.title if entry else "(no longer stored)"
    return f"{made.id}  {made.entry_id} belongs in {made.section}: {title}"


def _document(made: Correction, entry: Entry | None) -> dict[str, object]:
    return {
        "correction": made.id,
        "entry": made.entry_id,
        "section": made.section,
        "title": entry.title if entry else None,
        "made": made.made_at.isoformat(),
        "undone": made.undone,
    }
