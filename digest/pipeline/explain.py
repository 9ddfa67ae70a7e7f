"""An explainer of one storyline: all its stories over the weeks as one draft of its own.

The draft stands beside the weekly ones as ``drafts/DATE.explainer.md`` and is the editor's at once:
it is written anew only when it is asked for again, and never published by a run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.errors import NotFoundError
from digest.judge.duplicates import origins
from digest.model import Entry, Period, Ranked, Reason, Selection, Standing, Story, Storyline
from digest.pipeline.asof import period_of
from digest.pipeline.drafts import draft_text
from digest.pipeline.files import write_file
from digest.pipeline.result import Result
from digest.pipeline.styles import brief_of, style_of
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.entries import entries_by_id
from digest.store.stories import find_story, stories_by_id
from digest.store.storylines import find_storyline
from digest.write.column import compose
from digest.write.issue import issue_from
from digest.write.spelling import spelled_one_way

_STYLE = "explainer"


def explain_command(
    config: Path, storyline: str, *, as_of: str | None, style: str | None, now: datetime
) -> Result:
    """The result of ``digest draft --storyline ID``: the draft's path.

    ``ID`` is a storyline or a story, whole or its beginning; a story stands for its storyline.
    Raises ``NotFoundError`` for one that is not stored or has no entry by then.
    """
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        period = period_of(as_of, ws)
        ranked = _told(ws, storyline, period)
        name = style_of(ws, style or _STYLE)
        oldest = min(entry.date for entry in ranked.entries)
        span = replace(period, start=min(oldest, period.start))
        selection = Selection(lede=ranked, sections=())
        made = compose(selection, brief_of(ws, span, name, selection))
        issue = issue_from(made, ws.templates.style_bodies(name, made))
        path = ws.drafts / f"{period.day.isoformat()}.explainer.md"
        write_file(path, draft_text(spelled_one_way(issue, ws.finder)).encode())
    entries = len(ranked.entries)
    return Result(
        text=f"Explainer of {ranked.story.id}, {entries} reports: {path}",
        document={"story": ranked.story.id, "draft": str(path), "entries": entries},
    )


def _told(ws: Workspace, asked: str, period: Period) -> Ranked:
    """The storyline as one story, its newest story leading."""
    with ws.store.read() as connection:
        line = find_storyline(connection, ws.id, asked)
        story = None if line else find_story(connection, ws.id, asked)
        if story is not None and story.storyline_id:
            line = find_storyline(connection, ws.id, story.storyline_id)
        found = _stories(line, story)
        known = stories_by_id(connection, ws.id, found) if line else {}
        parts = list(known.values()) or ([story] if story else [])
        ids = [entry_id for part in parts for entry_id in part.entry_ids]
        entries = entries_by_id(connection, ids)
    groups = [
        kept
        for part in parts
        if (kept := [entries[i] for i in part.entry_ids if _is_known(entries.get(i), period)])
    ]
    if not groups:
        message = "there is no such storyline or story with entries; `digest storylines` lists them"
        raise NotFoundError(message, where=asked)
    groups.sort(key=lambda group: max(entry.date for entry in group), reverse=True)
    members = tuple(dict.fromkeys(entry for group in groups for entry in group))
    return _ranked(parts, members, line)


def _stories(line: Storyline | None, story: Story | None) -> tuple[str, ...]:
    if line is not None:
        return line.story_ids
    return (story.id,) if story else ()


def _is_known(entry: Entry | None, period: Period) -> bool:
    return entry is not None and entry.date < period.end


def _ranked(parts: list[Story], members: tuple[Entry, ...], line: Storyline | None) -> Ranked:
    newest = next(p for p in parts if members[0].id in p.entry_ids)
    story = replace(
        newest,
        entry_ids=tuple(entry.id for entry in members),
        storyline_id=line.id if line else newest.storyline_id,
        merged=tuple(dict.fromkeys(p.id for p in parts if p.id != newest.id)),
    )
    reason = Reason(feature="asked for by the editor", weight=1.0)
    return Ranked(
        story=story,
        entries=members,
        score=1.0,
        reasons=(reason,),
        origins=len(origins(members)),
        standing=Standing.UPDATE if line else Standing.NEW,
    )
