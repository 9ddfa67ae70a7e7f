"""A person's changes to a draft are decisions: differences between issues as overrides, and back.

Order within a section is no decision of its own: it lives in the touched draft.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.model import Issue, IssueSection, IssueStory, Override

DROP = "drop"
MOVE = "move"
RETITLE = "retitle"
REWRITE = "rewrite"
NOTE = "note"
PIN = "pin"
HOLD = "hold"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A story and the id of the section it stands in."""

    story: IssueStory
    section: str


def differences(written: Issue, touched: Issue) -> tuple[Override, ...]:
    """What a person decided between the draft as last written and the draft as found.

    A missing story is a drop, one in another section a move (value: the section), one under
    another heading a retitle, one with another body a rewrite (value: Markdown), a new one a
    note (value: ``### heading``, a blank line and the Markdown). In the order of the drafts.
    """
    before, after = _placed(written), _placed(touched)
    found: list[Override] = []
    for identity, old in before.items():
        new = after.get(identity)
        if new is None:
            found.append(_override(written, old.story, DROP, None))
        else:
            found.extend(_changes(written, old, new))
    found.extend(
        _override(written, new.story, NOTE, f"### {new.story.heading}\n\n{new.story.body}")
        for identity, new in after.items()
        if identity not in before
    )
    return tuple(found)


def apply(issue: Issue, overrides: Sequence[Override]) -> Issue:
    """The issue with decisions carried out; the newest of a kind wins.

    A story is found by its id, else by an entry it cites. A section that a story moves to is
    used where it exists; a move to a section the issue does not have is left out, and so are
    notes, pins and holds: those are for whoever selects.
    """
    decided = {(_find(issue, override), override.action): override for override in overrides}
    moved: dict[str, list[IssueStory]] = {}
    sections = []
    for section in issue.sections:
        stories = []
        for story in section.stories:
            told = _decided(story, decided)
            target = decided.get((story.id, MOVE))
            if told is None:
                continue
            if target is not None and target.value in {s.id for s in issue.sections}:
                moved.setdefault(str(target.value), []).append(told)
            else:
                stories.append(told)
        sections.append(replace(section, stories=tuple(stories)))
    return replace(issue, sections=tuple(_joined(section, moved) for section in sections))


def _placed(issue: Issue) -> dict[str, _Placed]:
    return {
        story.id: _Placed(story, section.id)
        for section in issue.sections
        for story in section.stories
    }


def _changes(issue: Issue, old: _Placed, new: _Placed) -> list[Override]:
    found = []
    if new.section != old.section:
        found.append(_override(issue, old.story, MOVE, new.section))
    if new.story.heading != old.story.heading:
        found.append(_override(issue, old.story, RETITLE, new.story.heading))
    if new.story.body != old.story.body:
        found.append(_override(issue, old.story, REWRITE, new.story.body))
    return found


def _override(issue: Issue, story: IssueStory, action: str, value: str | None) -> Override:
    return Override(
        issue=issue.period.day,
        story_id=story.id,
        action=action,
        value=value,
        entry_ids=tuple(citation.entry_id for citation in story.citations),
    )


def _find(issue: Issue, override: Override) -> str:
    if any(story.id == override.story_id for story in issue.stories):
        return override.story_id
    wanted = set(override.entry_ids)
    for story in issue.stories:
        if wanted & {citation.entry_id for citation in story.citations}:
            return story.id
    return override.story_id


def _decided(story: IssueStory, decided: dict[tuple[str, str], Override]) -> IssueStory | None:
    if (story.id, DROP) in decided:
        return None
    heading, body = decided.get((story.id, RETITLE)), decided.get((story.id, REWRITE))
    target = decided.get((story.id, MOVE))
    if heading is not None and heading.value:
        story = replace(story, heading=heading.value)
    if body is not None and body.value is not None:
        story = replace(story, body=body.value)
    if target is not None and target.value:
        story = replace(story, section=target.value)
    return story


def _joined(section: IssueSection, moved: dict[str, list[IssueStory]]) -> IssueSection:
    return replace(section, stories=(*section.stories, *moved.get(section.id, ())))
