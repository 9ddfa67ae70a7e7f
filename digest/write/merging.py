"""Three drafts become one: what the program wrote, what a person made of it, what it writes now.

A story is the unit, known by its id. Whatever a person touched stays; what they left as it was
follows the program. Where both changed the same words, both stand in the draft between comments
that are valid Markdown and that the gate refuses until they are gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.write import blocks, frontmatter
from digest.write.draftfile import DraftFile, apart, citations, write
from digest.write.editing import headed, placed, told_in, with_block
from digest.write.gatetidy import CONFLICT
from digest.write.reader import CLOSING, SectionBlock, StoryBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The text of the merged draft, what came in, and what both sides changed."""

    text: str
    taken: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def merge(base: DraftFile, mine: DraftFile, theirs: DraftFile) -> Merged:
    """The touched draft ``mine`` with what changed between ``base`` and ``theirs``."""
    return _Merge(base, mine, theirs).merged()


class _Merge:
    def __init__(self, base: DraftFile, mine: DraftFile, theirs: DraftFile) -> None:
        self.drafts = (base, mine, theirs)
        self.base, self.mine, self.theirs = (_stories(draft) for draft in self.drafts)
        self.sections = {section.id: section for section in mine.sections}
        self.taken: list[str] = []
        self.conflicts: list[str] = []

    def merged(self) -> Merged:
        _, mine, _ = self.drafts
        sections = tuple(self._kept(section) for section in mine.sections)
        sections = self._arrived(sections)
        sections = tuple(section for section in sections if self._is_wanted(section))
        introduction, marks = self._texts()
        made = replace(
            mine,
            introduction=introduction + marks,
            sections=tuple(self._worded(section) for section in sections),
        )
        return Merged(
            text=self._with_front(made),
            taken=tuple(self.taken),
            conflicts=tuple(self.conflicts),
        )

    # --- stories -------------------------------------------------------------------------------

    def _kept(self, section: SectionBlock) -> SectionBlock:
        """A person's section with the program's changes to stories that stay in it."""
        stories = []
        for story in section.stories:
            told = self._story(story, section.id)
            if told is not None and self._place(story.id, section.id) == section.id:
                stories.append(told)
        return replace(section, stories=tuple(stories))

    def _place(self, identity: str, section: str) -> str:
        """Where a story of the person's draft belongs: where they put it, else where it went."""
        old, new = self.base.get(identity), self.theirs.get(identity)
        if old is None or new is None or section != old[0]:
            return section
        return new[0]

    def _story(self, story: StoryBlock, section: str) -> StoryBlock | None:
        """The story with both sides' changes; nothing where the program took it out untouched."""
        before, after = self.base.get(story.id), self.theirs.get(story.id)
        old, new = before[1] if before else None, after[1] if after else None
        if new is None:
            touched = old is None or not _alike(story, old) or (before and before[0] != section)
            if not touched:
                self.taken.append(f"out: {story.heading}")
            return story if touched else None
        told = self._headed(story, old, new, section)
        return self._bodied(told, old, new)

    def _headed(
        self, story: StoryBlock, old: StoryBlock | None, new: StoryBlock, section: str
    ) -> StoryBlock:
        before = old.heading if old else None
        if new.heading in (story.heading, before):
            return story
        if story.heading == before:
            self.taken.append(f"heading: {new.heading}")
            return headed(story, new.heading, section)
        self.conflicts.append(f"heading: {story.heading}")
        note = f"\n{_mark(f'heading proposed: {new.heading}')}\n"
        return replace(story, body=note + apart(story.body))

    def _bodied(self, story: StoryBlock, old: StoryBlock | None, new: StoryBlock) -> StoryBlock:
        body, conflict = _three(old.body if old else None, story.body, new.body)
        if conflict:
            self.conflicts.append(f"text: {story.heading}")
        elif body != story.body:
            self.taken.append(f"text: {story.heading}")
        return replace(story, body=body)

    def _arrived(self, sections: tuple[SectionBlock, ...]) -> tuple[SectionBlock, ...]:
        """The sections with stories that are new in the proposal, or that it moved."""
        order = [section.id for section in self.drafts[2].sections]
        for section in self.drafts[2].sections:
            after: str | None = None
            for story in section.stories:
                standing = self.mine.get(story.id)
                comes = standing is None and story.id not in self.base
                moves = standing is not None and (
                    standing[0] != section.id == self._place(story.id, standing[0])
                )
                told = story if comes else None
                if moves and standing is not None:
                    told = self._story(told_in(standing[1], section.id), standing[0])
                if told is not None:
                    if all(each.id != section.id for each in sections):
                        fresh = replace(section, intro=apart(section.intro), stories=())
                        sections = with_block(sections, fresh, order)
                    sections = placed(sections, told, section.id, after=after)
                    self.taken.append(f"{'in' if comes else 'moved'}: {told.heading}")
                if any(each.id == story.id for each in _all(sections)):
                    after = story.id
        return sections

    def _is_wanted(self, section: SectionBlock) -> bool:
        """Whether a section still has something to hold; what a person left empty stays."""
        if section.stories or section.intro.strip() or section.id == CLOSING:
            return True
        before = self.sections.get(section.id)
        return before is not None and not before.stories

    # --- texts between and above ---------------------------------------------------------------

    def _worded(self, section: SectionBlock) -> SectionBlock:
        """The section with both sides' changes to the text above its first story."""
        found = [_section(draft, section.id) for draft in self.drafts]
        old, _, new = found
        if new is None:
            return section
        intro, conflict = _three(old.intro if old else None, section.intro, new.intro)
        if conflict:
            self.conflicts.append(f"text of the section {section.title}")
        return replace(section, intro=intro)

    def _texts(self) -> tuple[str, str]:
        """The introduction, and marks for a title or standfirst that both changed."""
        base, mine, theirs = self.drafts
        text, conflict = _three(base.introduction, mine.introduction, theirs.introduction)
        if conflict:
            self.conflicts.append("the introduction")
        marks = ""
        for key in ("title", "standfirst"):
            old, own, new = (str(getattr(draft.meta, key)) for draft in self.drafts)
            if own not in (old, new) and new != old:
                self.conflicts.append(f"the {key}")
                marks += f"{_mark(f'{key} proposed: {new}')}\n\n"
        return (apart(text) if marks else text), marks

    def _with_front(self, made: DraftFile) -> str:
        """The text with a front matter that names all that is cited."""
        base, mine, theirs = self.drafts
        known = {each.entry_id: each for each in (*mine.meta.entries, *theirs.meta.entries)}
        bodies = [story.body for section in made.sections for story in section.stories]
        cited = {each.entry_id: each for body in bodies for each in citations(body, known.values())}
        title, standfirst = (
            getattr(
                theirs.meta if getattr(mine.meta, key) == getattr(base.meta, key) else mine.meta,
                key,
            )
            for key in ("title", "standfirst")
        )
        entries = tuple(cited.values())
        if {each.entry_id for each in mine.meta.entries} >= set(cited):
            entries = mine.meta.entries
        meta = replace(mine.meta, title=title, standfirst=standfirst, entries=entries)
        if meta != mine.meta:
            made = replace(made, meta=meta, front=frontmatter.emit(meta))
        return write(made)


def _three(base: str | None, mine: str, theirs: str) -> tuple[str, bool]:
    """One text of three, and whether both sides changed it; a person's own keeps its bytes."""
    old = None if base is None else blocks.normal_body(base)
    own, new = blocks.normal_body(mine), blocks.normal_body(theirs)
    if new in (own, old):
        return mine, False
    if own == old:
        return apart(theirs), False
    both = (_mark("yours"), own, _mark("proposed"), new, _mark("end"))
    return "\n" + "\n\n".join(part for part in both if part) + "\n\n", True


def _mark(text: str) -> str:
    told = text.replace("--", "–").replace(">", "›")
    return f"<!-- {CONFLICT} {told} -->"


def _stories(draft: DraftFile) -> dict[str, tuple[str, StoryBlock]]:
    return {
        story.id: (section.id, story) for section in draft.sections for story in section.stories
    }


def _all(sections: tuple[SectionBlock, ...]) -> list[StoryBlock]:
    return [story for section in sections for story in section.stories]


def _section(draft: DraftFile, identity: str) -> SectionBlock | None:
    return next((section for section in draft.sections if section.id == identity), None)


def _alike(one: StoryBlock, other: StoryBlock) -> bool:
    same = blocks.normal_body(one.body) == blocks.normal_body(other.body)
    return same and one.heading == other.heading
