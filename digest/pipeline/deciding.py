"""What an editor decided on an issue: by command, and by what they did to the draft."""

from __future__ import annotations

from collections.abc import Sequence

from digest.model import Issue, Override, Period
from digest.pipeline.drafts import Draft, decisions
from digest.pipeline.workspace import Workspace
from digest.store.issues import issues, overrides
from digest.write.overrides import DROP, HOLD, MOVE, PIN, RETITLE, REWRITE, apply

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
    """Whether a decision made earlier agrees with the draft as it stands.

    Headings, texts and notes are told by the draft itself.
    """
    if override.action == PIN:
        return True
    section = _section_of(override, issue)
    if override.action in _OUT:
        return section is None
    return override.action == MOVE and section == override.value


def _section_of(override: Override, issue: Issue) -> str | None:
    for section in issue.sections:
        if any(story.id == override.story_id for story in section.stories):
            return section.id
    return None


def reworded(issue: Issue, found: Sequence[Override]) -> Issue:
    """The issue with headings and texts that an editor gave by command."""
    return apply(issue, [each for each in found if each.action in (RETITLE, REWRITE)])


def held_entries(ws: Workspace, period: Period) -> frozenset[str]:
    """The entries that the issue before held back for this one."""
    with ws.store.read() as connection:
        before = [row for row in issues(connection, ws.id) if row.day < period.day][:1]
        found = [each for row in before for each in overrides(connection, ws.id, row.day)]
    return frozenset(e for each in found if each.action == HOLD for e in each.entry_ids)
