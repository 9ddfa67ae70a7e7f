"""story: an editor's decision on one story, by command; the same a person makes in the draft.

An untouched draft is made anew at once. A touched one is theirs: the command changes that one
story in it and leaves every other byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from digest.errors import ConflictError, NotFoundError, UsageError
from digest.model import IssueStory, Override
from digest.pipeline.asof import issue_day, newest_draft, period_of
from digest.pipeline.closing import closed_days, is_closed
from digest.pipeline.draft import draft
from digest.pipeline.drafts import Draft, find_draft
from digest.pipeline.files import write_file
from digest.pipeline.result import Result
from digest.pipeline.textfile import text_of
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.entries import entries_at
from digest.store.issues import overrides, replace_overrides
from digest.store.stories import find_story
from digest.text.markdown import traces
from digest.write import blocks
from digest.write.draftfile import DraftFile, write
from digest.write.editing import (
    moved_story,
    noted_story,
    retitled_story,
    rewritten_story,
    without_story,
)
from digest.write.overrides import DROP, HOLD, MOVE, NOTE, PIN, RETITLE, REWRITE, note, told_by

UNDO = "undo"
LIST = "list"
ACTIONS = (LIST, PIN, DROP, HOLD, MOVE, RETITLE, REWRITE, NOTE, UNDO)

_NEEDS_VALUE = {MOVE: "SECTION", RETITLE: "HEADING", REWRITE: "FILE", NOTE: "FILE"}
_HEADED = re.compile(r"\s*#{1,6}[ \t]+(?P<heading>\S[^\r\n]*)\r?\n(?P<body>.*)", re.DOTALL)
_AGAINST = {PIN: {DROP, HOLD}, DROP: {PIN, HOLD}, HOLD: {PIN, DROP}}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOptions:
    """The words of ``digest story``; for a note, ``story`` is the section it goes to."""

    action: str
    story: str | None = None
    value: str | None = None
    issue: str | None = None


def story_command(config: Path, options: StoryOptions, *, now: datetime) -> Result:
    """The result of ``digest story``.

    Raises ``UsageError`` for words that do not fit, ``NotFoundError`` for a story nobody knows,
    ``ConflictError`` for a closed issue.
    """
    _check_words(options)
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        day = issue_day(options.issue) if options.issue else newest_draft(ws, closed_days(ws))
        if options.action == LIST:
            return _list(ws, day)
        if is_closed(ws, day):
            raise ConflictError("it is closed; nothing is changed any more", where=f"issue {day}")
        _check_section(ws, options)
        standing = find_draft(ws, day)
        if options.action == NOTE:
            override = _noted(ws, day, options)
        else:
            override = _override(ws, day, standing, options)
        _store(ws, override)
        changed = _carry_out(ws, day, standing, override)
    return Result(
        text=f"Issue of {day}: {override.action} {override.story_id}. {changed}",
        document={
            "issue": day.isoformat(),
            "action": override.action,
            "story": override.story_id,
            "value": override.value,
        },
    )


def _check_words(options: StoryOptions) -> None:
    if options.action not in ACTIONS:
        message = f"{options.action!r} is nothing to do with a story; say {', '.join(ACTIONS)}"
        raise UsageError(message, where="ACTION")
    if options.action == LIST:
        return
    if options.story is None:
        raise UsageError("which story? `digest story list` names them", where="STORY")
    wanted = _NEEDS_VALUE.get(options.action)
    if wanted and not (options.value or "").strip():
        raise UsageError(f"{options.action} needs a {wanted} behind the story", where=wanted)
    if not wanted and options.value is not None:
        message = f"{options.action} takes no further words"
        raise UsageError(message, where=options.value)


def _check_section(ws: Workspace, options: StoryOptions) -> None:
    known = [section.id for section in ws.config.sections]
    wanted = {MOVE: options.value, NOTE: options.story}.get(options.action)
    if wanted is not None and wanted not in known:
        message = f"the newsletter has no such section; it has {', '.join(known)}"
        raise UsageError(message, where=wanted)


def _noted(ws: Workspace, day: date, options: StoryOptions) -> Override:
    """The decision that brings in a story of the editor's own; its id follows from its heading."""
    found = _HEADED.match(text_of(Path(str(options.value))))
    body = blocks.normal_body(found["body"]) if found else ""
    if found is None or not body:
        message = "a note is a heading, as in ### HEADING, and the text below it"
        raise UsageError(message, where=str(options.value))
    heading = blocks.plain(found["heading"])
    stem = f"note {ws.id} {day} {heading}"
    identity = f"s-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"
    with ws.store.read() as connection:
        linked = entries_at(connection, sorted(blocks.linked(body)))
    ids = dict.fromkeys((*traces(body), *(entry.id for entry in linked)))
    section = str(options.story)
    story = IssueStory(id=identity, heading=heading, section=section, body=body, citations=())
    return Override(
        issue=day,
        story_id=identity,
        action=NOTE,
        value=note(story, section),
        entry_ids=tuple(ids),
    )


def _text(options: StoryOptions) -> str | None:
    """What the decision holds: for a rewrite the Markdown of the file it names."""
    if options.action != REWRITE:
        return options.value
    body = blocks.normal_body(text_of(Path(str(options.value))))
    if not body:
        raise UsageError("is empty; `digest story drop` takes a story out", where=options.value)
    return body


def _override(ws: Workspace, day: date, standing: Draft | None, options: StoryOptions) -> Override:
    """The decision with the story's whole id and its entries."""
    wanted = str(options.story)
    told = standing.issue.stories if standing else ()
    found = [story for story in told if story.id.startswith(wanted)]
    if len(found) > 1:
        ids = ", ".join(story.id for story in found)
        raise NotFoundError(f"several ids begin so ({ids}); write more of it", where=wanted)
    bare = Override(issue=day, story_id=wanted, action=options.action, value=_text(options))
    if found:
        ids_ = tuple(citation.entry_id for citation in found[0].citations)
        return replace(bare, story_id=found[0].id, entry_ids=ids_)
    with ws.store.read() as connection:
        stored = find_story(connection, ws.id, wanted)
        held = [o for o in overrides(connection, ws.id, day) if o.story_id.startswith(wanted)]
    if stored is not None:
        return replace(bare, story_id=stored.id, entry_ids=stored.entry_ids)
    if held:
        return replace(bare, story_id=held[0].story_id, entry_ids=held[0].entry_ids)
    message = "no story has that id; `digest story list` and the pool beside the draft name them"
    raise NotFoundError(message, where=wanted)


def _store(ws: Workspace, override: Override) -> None:
    """The decision stands after all others; what it takes back is gone."""
    against = {override.action} | _AGAINST.get(override.action, set())
    with ws.store.write() as connection:
        standing = overrides(connection, ws.id, override.issue)
        kept = [
            each
            for each in standing
            if each.story_id != override.story_id
            or (override.action != UNDO and each.action not in against)
        ]
        fresh = [] if override.action == UNDO else [override]
        replace_overrides(connection, ws.id, override.issue, [*kept, *fresh])


def _carry_out(ws: Workspace, day: date, standing: Draft | None, override: Override) -> str:
    """What was done to the draft, as a sentence."""
    if standing is None:
        return "The draft will follow when it is made."
    if not standing.touched:
        made = draft(ws, period_of(day.isoformat(), ws))
        return f"The draft was made anew: {made.path}"
    edit = _EDITS.get(override.action)
    if edit is None:
        return "The draft has your changes and is kept; `digest draft`, then `digest merge`."
    text = write(edit(ws, standing.file, override))
    if text != standing.text:
        write_file(standing.path, text.encode())
    return f"Changed in your draft: {standing.path}"


_EDITS: dict[str, Callable[[Workspace, DraftFile, Override], DraftFile]] = {
    DROP: lambda _, file, o: without_story(file, o.story_id),
    HOLD: lambda _, file, o: without_story(file, o.story_id),
    MOVE: lambda ws, file, o: moved_story(file, o.story_id, str(o.value), ws.config.sections),
    RETITLE: lambda _, file, o: retitled_story(file, o.story_id, str(o.value)),
    REWRITE: lambda _, file, o: rewritten_story(file, o.story_id, str(o.value)),
    NOTE: lambda ws, file, o: noted_story(file, told_by(o), ws.config.sections),
}


def _list(ws: Workspace, day: date) -> Result:
    """The stories of the draft with their sections, and the decisions that hold."""
    standing = find_draft(ws, day)
    with ws.store.read() as connection:
        found = overrides(connection, ws.id, day)
    sections = standing.issue.sections if standing else ()
    rows = [(s.id, story.id, story.heading) for s in sections for story in s.stories]
    lines = [f"{story}  {section}: {heading}" for section, story, heading in rows]
    lines += [f"decided: {o.action} {o.story_id}" for o in found]
    return Result(
        text="\n".join(lines) or f"The issue of {day} has no story yet.",
        document={
            "issue": day.isoformat(),
            "stories": [dict(zip(("section", "id", "heading"), row, strict=True)) for row in rows],
            "decided": [{"action": o.action, "story": o.story_id, "value": o.value} for o in found],
        },
    )
