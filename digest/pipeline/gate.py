"""The gate before publish and send: a draft with what the store knows of all that it cites.

What readers may have seen before are the issues that are closed or published.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from digest.errors import GateError
from digest.pipeline.closing import closed_days
from digest.pipeline.drafts import Draft
from digest.pipeline.workspace import Workspace
from digest.store.entries import entries_at, entries_by_id, revisions_of
from digest.store.issues import pinned_citations
from digest.write.gate import errors, examine
from digest.write.gatecontext import (
    Cited,
    Context,
    Earlier,
    Finding,
    Wording,
    earlier_of,
    parts_of,
)

MEMORY = 104
"""How many earlier issues are looked through for what they linked to and quoted."""


def gate(ws: Workspace, draft: Draft) -> tuple[Finding, ...]:
    """What the gate finds in a draft, without the network."""
    return examine(context_of(ws, draft))


def refuse(ws: Workspace, draft: Draft) -> None:
    """Raises ``GateError`` where the gate finds errors in a draft."""
    found = errors(gate(ws, draft))
    if found:
        first = found[0]
        message = (
            f"the gate found {counted(len(found), 'error')}, the first in line {first.line}: "
            f"{first.message}; `digest check {draft.issue.date}` shows all, "
            "--despite-errors goes on all the same"
        )
        raise GateError(message, where=str(draft.path))


def finding_line(path: Path, finding: Finding) -> str:
    """A finding on one line, as compilers write theirs."""
    place = f"{path}:{finding.line}" if finding.line else str(path)
    return f"{place}: {finding.severity} {finding.code}: {finding.message}"


def context_of(ws: Workspace, draft: Draft) -> Context:
    """Everything the gate looks at for one draft."""
    day = draft.issue.date
    parts = parts_of(draft.file)
    ids = {each.entry_id for each in draft.file.meta.entries}
    ids.update(entry_id for part in parts for entry_id in part.entry_ids)
    urls = {link.url for part in parts for link in part.links}
    with ws.store.read() as connection:
        stored = entries_by_id(connection, sorted(ids))
        pinned = pinned_citations(connection, ws.id, day)
        linked = entries_at(connection, (form for url in urls for form in _spellings(url)))
        old = {
            entry_id: next(
                (
                    Wording(title=each.title, text=each.text)
                    for each in revisions_of(connection, entry_id)
                    if each.fingerprint == pinned[entry_id]
                ),
                None,
            )
            for entry_id, entry in stored.items()
            if pinned.get(entry_id) not in (None, entry.fingerprint)
        }
    cited = {}
    for entry_id, entry in stored.items():
        now = Wording(title=entry.title, text=entry.text)
        before = old.get(entry_id)
        wordings = (before, now) if before else (now,)
        cited[entry_id] = Cited(entry=entry, wordings=wordings, changed=entry_id in old)
    return Context(
        draft=draft.file,
        cited=cited,
        finder=ws.finder,
        language=ws.config.newsletter.language,
        sections=ws.config.sections,
        linked=linked,
        earlier=_earlier(ws, day, sample=draft.file.meta.sample),
        base_url=ws.config.newsletter.base_url,
        parts=parts,
    )


def _spellings(url: str) -> set[str]:
    """An address as a link shows it, and as it may be stored: brackets and quotes in the clear."""
    return {url, re.sub(r"%2[02789]", lambda found: unquote(found[0]), url), unquote(url)}


def _earlier(ws: Workspace, day: date, *, sample: bool) -> tuple[Earlier, ...]:
    """What the issues before that day told their readers, newest first."""
    days = {each for each in closed_days(ws) if each < day}
    for folder in (ws.output / "issues").glob("[0-9]*-[0-9]*-[0-9]*"):
        try:
            found = date.fromisoformat(folder.name)
        except ValueError:
            continue
        days |= {found} if found < day else set()
    told = []
    for each in sorted(days, reverse=True)[:MEMORY]:
        try:
            text = ws.draft_path(each).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if (re.search(r"^sample: true", text, re.MULTILINE) is not None) == sample:
            told.append(earlier_of(text, each))
    return tuple(told)


def counted(count: int, word: str) -> str:
    """``1 error``, ``2 stories``."""
    if count == 1:
        return f"1 {word}"
    return f"{count} {word.removesuffix('y')}ies" if word.endswith("y") else f"{count} {word}s"
