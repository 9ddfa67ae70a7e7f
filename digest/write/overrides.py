"""A person's changes to a draft are decisions: differences between issues as overrides, and back.

Order within a section is no decision of its own: it lives in the touched draft.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model import LEDE, Citation, Issue, IssueSection, IssueStory, Override, Section
from digest.write import blocks

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
    note (value: as in a draft, see ``note``). In the order of the drafts.
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
        _override(written, new.story, NOTE, note(new.story, new.section))
        for identity, new in after.items()
        if identity not in before
    )
    return tuple(found)


def apply(issue: Issue, overrides: Sequence[Override]) -> Issue:
    """The issue with decisions carried out; the newest of a kind wins.

    A story is found by its id, else by an entry it cites. A section that a story moves to is
    used where it exists; a move to a section the issue does not have is left out, and so are
    pins and holds: those are for whoever selects. Notes are for ``noted``.
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


def note(story: IssueStory, section: str) -> str:
    """An editor's own story as the value of a decision: its heading line with id and section, a
    blank line, its Markdown.
    """
    line = blocks.heading_line(blocks.STORY, story.heading, identity=f"{story.id} {section}")
    return f"{line}\n\n{story.body}"


def noted(
    issue: Issue,
    decided: Sequence[Override],
    known: Sequence[Section],
    cited: Mapping[str, Citation],
) -> Issue:
    """The issue with the editor's own stories at the end of their sections.

    A section is made where it is missing. What was dropped since, or stands in the issue
    already, is left out.
    """
    gone = {each.story_id for each in decided if each.action in (DROP, HOLD)}
    for each in decided:
        if each.action != NOTE or each.story_id in gone | {story.id for story in issue.stories}:
            continue
        citations = tuple(cited[each_id] for each_id in each.entry_ids if each_id in cited)
        told = replace(told_by(each), citations=citations)
        if not told.section:
            continue
        sections = _with_section(issue.sections, told.section, known)
        issue = replace(issue, sections=tuple(_joined(s, {told.section: [told]}) for s in sections))
    return issue


def told_by(override: Override) -> IssueStory:
    """The story of the editor's own that a note holds."""
    line, _, body = (override.value or "").partition("\n")
    label = blocks.label(line.removeprefix("###").strip())
    return IssueStory(
        id=override.story_id,
        heading=label.text,
        section=label.topic or "",
        body=blocks.normal_body(body),
        citations=(),
    )


def _with_section(
    sections: tuple[IssueSection, ...], wanted: str, known: Sequence[Section]
) -> tuple[IssueSection, ...]:
    if any(section.id == wanted for section in sections):
        return sections
    order = [LEDE, *(section.id for section in known)]
    title = next((section.title for section in known if section.id == wanted), wanted)
    later = order[order.index(wanted) :] if wanted in order else []
    at = next((n for n, each in enumerate(sections) if each.id in later), len(sections))
    return (*sections[:at], IssueSection(id=wanted, title=title, stories=()), *sections[at:])


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
