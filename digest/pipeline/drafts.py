"""The drafts on disk: which are as the program wrote them, and which a person has touched.

A draft carries the hash of itself (``written:`` in its front matter), so that a crash between
two files, a lost database or a copied folder can never make the program take a person's work for
its own. The text as last written is kept under ``.digest/written/`` to tell what was changed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from digest.errors import DraftError, NotFoundError
from digest.model import Issue, Override
from digest.pipeline.files import write_file
from digest.pipeline.workspace import Workspace
from digest.store.entries import entries_by_id
from digest.text.markdown import traces
from digest.write.column import citation_of
from digest.write.draftfile import DraftFile, draft_of, issue_of, parse
from digest.write.overrides import differences

STAMP = re.compile(r"^written: ([0-9a-f]{16})\r?\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft as it stands on disk."""

    path: Path
    text: str
    file: DraftFile
    touched: bool

    @property
    def issue(self) -> Issue:
        """The issue it means."""
        return issue_of(self.file)


def find_draft(ws: Workspace, day: date) -> Draft | None:
    """The draft of an issue, or nothing.

    Raises ``DraftError`` with its line for one that can't be read.
    """
    path = ws.draft_path(day)
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DraftError(f"cannot be read: {error}", where=str(path)) from error
    file = _with_stored(ws, parse(text, path=str(path), sections=ws.config.sections))
    if file.meta.day != day:
        message = f"says it is the issue of {file.meta.day}; its name and its date must agree"
        raise DraftError(message, where=str(path))
    return Draft(path=path, text=text, file=file, touched=not _is_ours(text))


def _with_stored(ws: Workspace, file: DraftFile) -> DraftFile:
    """The draft with what its traces name and its front matter does not list.

    A story pasted from the pool, or from another draft, brings its traces only.
    """
    listed = {entry.entry_id for entry in file.meta.entries}
    bodies = [story.body for section in file.sections for story in section.stories]
    missing = [each for body in bodies for each in traces(body) if each not in listed]
    if not missing:
        return file
    with ws.store.read() as connection:
        found = entries_by_id(connection, missing)
    entries = (*file.meta.entries, *(citation_of(entry) for entry in found.values()))
    return replace(file, meta=replace(file.meta, entries=entries))


def get_draft(ws: Workspace, day: date) -> Draft:
    """The draft of an issue.

    Raises ``NotFoundError`` when there is none.
    """
    draft = find_draft(ws, day)
    if draft is None:
        message = "there is no draft of that issue; `digest run --as-of DATE` makes one"
        raise NotFoundError(message, where=str(ws.draft_path(day)))
    return draft


def draft_text(issue: Issue) -> str:
    """The draft of an issue with its stamp: the same issue gives the same bytes."""
    text = draft_of(issue)
    first, rest = text.split("\n", 1)
    return f"{first}\nwritten: {_hash(text)}\n{rest}"


def write_draft(ws: Workspace, issue: Issue) -> Path:
    """Where the draft now stands; a file that says the same is left alone."""
    path, content = ws.draft_path(issue.date), draft_text(issue).encode()
    if not path.exists() or path.read_bytes() != content:
        write_file(path, content)
    kept = _kept(ws, issue.date)
    if not kept.exists() or kept.read_bytes() != content:
        write_file(kept, content)
    return path


def write_proposal(ws: Workspace, issue: Issue) -> Path:
    """Where the program's own draft stands beside one that a person has touched."""
    path, content = ws.proposal_path(issue.date), draft_text(issue).encode()
    if not path.exists() or path.read_bytes() != content:
        write_file(path, content)
    return path


def write_pool(ws: Workspace, day: date, text: str) -> Path:
    """Where the stories that found no place stand."""
    path, content = ws.drafts / f"{day.isoformat()}.pool.md", text.encode()
    if not path.exists() or path.read_bytes() != content:
        write_file(path, content)
    return path


def decisions(ws: Workspace, draft: Draft) -> tuple[Override, ...]:
    """What a person decided in a touched draft, against the text as last written."""
    if not draft.touched:
        return ()
    before = written(ws, draft.issue.date)
    return () if before is None else differences(issue_of(before), draft.issue)


def written(ws: Workspace, day: date) -> DraftFile | None:
    """The draft as the program last wrote it, or last saw it merged."""
    kept = _kept(ws, day)
    if not kept.exists():
        return None
    with kept.open(encoding="utf-8", newline="") as file:
        return parse(file.read(), path=str(kept), sections=ws.config.sections)


def keep_written(ws: Workspace, day: date, text: str) -> None:
    """From now on a person's changes are told against this text."""
    write_file(_kept(ws, day), text.encode())


def _kept(ws: Workspace, day: date) -> Path:
    return ws.state / "written" / f"{day.isoformat()}.md"


def _is_ours(text: str) -> bool:
    stamp = STAMP.search(text[:200])
    if stamp is None:
        return False
    return _hash(text[: stamp.start()] + text[stamp.end() :]) == stamp[1]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
