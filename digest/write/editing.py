"""Changes to a draft that leave every other block as it stands, byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from digest.model import IssueStory, Section
from digest.write import blocks
from digest.write.draftfile import DraftFile, apart, line_of
from digest.write.reader import CLOSING, SectionBlock, StoryBlock


def find_story(draft: DraftFile, identity: str) -> StoryBlock | None:
    """The story of that id."""
    found = (story for section in draft.sections for story in section.stories)
    return next((story for story in found if story.id == identity), None)


def without_story(draft: DraftFile, identity: str) -> DraftFile:
    """The draft without the story; a section that held nothing else goes with it."""
    return replace(draft, sections=tuple(_without(draft.sections, identity)))


def moved_story(draft: DraftFile, identity: str, to: str, known: Sequence[Section]) -> DraftFile:
    """The draft with the story at the end of another section, which is made where it is missing."""
    story = find_story(draft, identity)
    if story is None:
        return draft
    sections = with_section(tuple(_without(draft.sections, identity)), to, known)
    return replace(draft, sections=placed(sections, told_in(story, to), to, after=None))


def retitled_story(draft: DraftFile, identity: str, heading: str) -> DraftFile:
    """The draft with another heading over the story."""
    return _changed(draft, identity, lambda story, section: headed(story, heading, section))


def rewritten_story(draft: DraftFile, identity: str, body: str) -> DraftFile:
    """The draft with another text under the story's heading."""
    return _changed(
        draft,
        identity,
        lambda story, _: replace(story, source=line_of(story.source), body=f"\n{body}\n\n"),
    )


def _changed(
    draft: DraftFile, identity: str, change: Callable[[StoryBlock, str], StoryBlock]
) -> DraftFile:
    return replace(
        draft,
        sections=tuple(
            replace(
                section,
                stories=tuple(
                    change(story, section.id) if story.id == identity else story
                    for story in section.stories
                ),
            )
            for section in draft.sections
        ),
    )


def noted_story(draft: DraftFile, story: IssueStory, known: Sequence[Section]) -> DraftFile:
    """The draft with a story of the editor's own at the end of its section, or its text renewed."""
    if find_story(draft, story.id) is not None:
        told = retitled_story(draft, story.id, story.heading)
        return rewritten_story(told, story.id, story.body)
    line = blocks.heading_line(blocks.STORY, story.heading, identity=story.id)
    block = StoryBlock(
        id=story.id,
        heading=story.heading,
        topic=None,
        source=f"{line}\n",
        body=f"\n{story.body}\n\n",
        line=0,
        content=line[4:],
    )
    sections = with_section(draft.sections, story.section, known)
    return replace(draft, sections=placed(sections, block, story.section, after=None))


def headed(story: StoryBlock, heading: str, section: str) -> StoryBlock:
    """The story under another heading."""
    topic = story.topic if story.topic and story.topic != section else None
    identity = f"{story.id} {topic}" if topic else story.id
    line = blocks.heading_line(blocks.STORY, heading, identity=identity)
    return replace(story, heading=heading, source=line + "\n", content=line[4:], new=False)


def told_in(story: StoryBlock, section: str) -> StoryBlock:
    """The story as it stands in another section: it takes that one for its topic."""
    if story.topic is None:
        return story
    return headed(replace(story, topic=None), story.heading, section)


def with_section(
    sections: tuple[SectionBlock, ...], identity: str, known: Sequence[Section]
) -> tuple[SectionBlock, ...]:
    """The sections with one of that id, in the order of the newsletter."""
    if any(section.id == identity for section in sections):
        return sections
    order = [section.id for section in known]
    title = next((section.title for section in known if section.id == identity), identity)
    line = blocks.heading_line(blocks.SECTION, title, identity=identity)
    fresh = SectionBlock(id=identity, title=title, source=f"{line}\n", intro="\n", stories=())
    return with_block(sections, fresh, order)


def with_block(
    sections: tuple[SectionBlock, ...], fresh: SectionBlock, order: Sequence[str]
) -> tuple[SectionBlock, ...]:
    """The sections with another one in front of the first that comes after it in ``order``."""
    later = set(order[order.index(fresh.id) + 1 :]) if fresh.id in order else set()
    places = (n for n, section in enumerate(sections) if section.id in later | {CLOSING})
    at = next(places, len(sections))
    return (*map(_ended, sections[:at]), fresh, *sections[at:])


def placed(
    sections: tuple[SectionBlock, ...], story: StoryBlock, to: str, *, after: str | None
) -> tuple[SectionBlock, ...]:
    """The sections with a story in the one of id ``to``, behind the story ``after`` or last."""
    made = []
    for section in sections:
        if section.id != to:
            made.append(section)
            continue
        ended = _ended(section)
        ids = [each.id for each in ended.stories]
        at = ids.index(after) + 1 if after in ids else len(ids)
        fresh = replace(story, source=line_of(story.source), body=apart(story.body))
        stories = (*ended.stories[:at], fresh, *ended.stories[at:])
        made.append(replace(ended, stories=stories))
    return tuple(made)


def _without(sections: Sequence[SectionBlock], identity: str) -> list[SectionBlock]:
    made = []
    for section in sections:
        stories = tuple(story for story in section.stories if story.id != identity)
        emptied = section.stories and not stories and not section.intro.strip()
        if not emptied:
            made.append(replace(section, stories=stories))
    return made


def _ended(section: SectionBlock) -> SectionBlock:
    """The section with a blank line at its end, so that something may follow it."""
    if not section.stories:
        return replace(section, source=line_of(section.source), intro=apart(section.intro))
    last = section.stories[-1]
    last = replace(last, source=line_of(last.source), body=apart(last.body))
    return replace(section, stories=(*section.stories[:-1], last))
