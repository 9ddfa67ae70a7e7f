"""What an editor decided on an issue: by command, and by what they did to the draft."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Issue, Override, Period
from digest.pipeline.drafts import Draft, decisions
from digest.pipeline.workspace import Workspace
from digest.store.entries import entries_by_id
from digest.store.issues import issues, overrides
from digest.write.column import citation_of
from digest.write.overrides import DROP, HOLD, MOVE, NOTE, PIN, RETITLE, REWRITE, apply, noted

_OUT = frozenset({DROP, HOLD})


def decided(ws: Workspace, period: Period, standing: Draft | None) -> tuple[Override, ...]:
    """The decisions that hold for an issue, oldest first.

    What a touched draft says comes after what was said before, and undoes it where a person put
    a story back or moved it on.
    """
    with ws.store.read() as connection:
        stored = overrides(connection, ws.id, period.day)
    if standing is None or not standing.touched:
        return stored
    fresh = decisions(ws, standing)
    new = {(each.story_id, each.action) for each in fresh}
    kept = [
        each
        for each in stored
        if (each.story_id, each.action) not in new and _still_holds(each, standing.issue)
    ]
    return (*kept, *fresh)


def _still_holds(override: Override, issue: Issue) -> bool:
    """Whether a decision made earlier agrees with the draft as it stands."""
    if override.action == PIN:
        return True
    places = {
        story.id: (section.id, story) for section in issue.sections for story in section.stories
    }
    section, story = places.get(override.story_id, (None, None))
    if override.action in _OUT or story is None:
        return override.action in _OUT and story is None
    said = {MOVE: section, RETITLE: story.heading, REWRITE: story.body, NOTE: override.value}
    return said.get(override.action) == override.value


def _section_of(override: Override, issue: Issue) -> str | None:
    for section in issue.sections:
        if any(story.id == override.story_id for story in section.stories):
            return section.id
    return None


def settled(found: Sequence[Override], standing: Draft | None, ws: Workspace) -> list[Override]:
    """The decisions that the program's own draft holds already: all but a touched draft's."""
    fresh = decisions(ws, standing) if standing else ()
    return [each for each in found if each not in fresh]


def reworded(issue: Issue, found: Sequence[Override], ws: Workspace) -> Issue:
    """The issue with headings, texts and stories that an editor gave by command."""
    notes = {each.story_id: each.entry_ids for each in found if each.action == NOTE}
    with ws.store.read() as connection:
        stored = entries_by_id(connection, [each for ids in notes.values() for each in ids])
    cited = {each.id: citation_of(each) for each in stored.values()}
    issue = noted(issue, found, ws.config.sections, cited)
    words = [
        each
        for each in found
        if each.action in (RETITLE, REWRITE) or (each.action == MOVE and each.story_id in notes)
    ]
    return apply(issue, words)


def held_entries(ws: Workspace, period: Period) -> frozenset[str]:
    """The entries that the issue before held back for this one."""
    with ws.store.read() as connection:
        before = [row for row in issues(connection, ws.id) if row.day < period.day][:1]
        found = [each for row in before for each in overrides(connection, ws.id, row.day)]
    return frozenset(e for each in found if each.action == HOLD for e in each.entry_ids)
