"""The body of a draft cut at its headings into sections and stories, each with its source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.errors import DraftError
from digest.model import Section
from digest.write import blocks
from digest.write.frontmatter import FrontMatter

CLOSING = "closing"

_STORY_ID = r"s-[\w-]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBlock:
    """One ``###`` with its text.

    ``source`` is the heading's line and ``body`` all lines up to the next heading, both as they
    stand; ``content`` is what the line says after ``###``. ``new``: the file gives no id yet.
    """

    id: str
    heading: str
    topic: str | None
    source: str
    body: str
    line: int
    content: str
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionBlock:
    """One ``##``: its line, the lines above its first story, its stories."""

    id: str
    title: str
    source: str
    intro: str
    stories: tuple[StoryBlock, ...]


class BodyReader:
    """Cuts the text below the front matter at its headings."""

    def __init__(self, path: str, offset: int, meta: FrontMatter, known: Sequence[Section]) -> None:
        self.path = path
        self.offset = offset
        self.meta = meta
        self.known = {section.title.casefold(): section.id for section in known}
        self.seen: dict[str, int] = {}

    def read(self, text: str) -> tuple[str, tuple[SectionBlock, ...]]:
        """The text above the first section, and the sections. Raises DraftError."""
        lines = blocks.lines(text)
        found = blocks.headings(text)
        self._reserve(found)
        starts = self._structural(found)
        ends = [*(heading.line for heading in starts[1:]), len(lines)][: len(starts)]
        introduction = "".join(lines[: starts[0].line]) if starts else text
        sections: list[SectionBlock] = []
        for heading, end in zip(starts, ends, strict=True):
            source, rest = lines[heading.line], "".join(lines[heading.line + 1 : end])
            if heading.level == blocks.SECTION:
                sections.append(self._section(heading, source, rest))
            else:
                story = self._story(heading, source, rest)
                sections[-1] = replace(sections[-1], stories=(*sections[-1].stories, story))
        return introduction, tuple(sections)

    def _structural(self, found: tuple[blocks.Heading, ...]) -> list[blocks.Heading]:
        """The headings that open a section or story; a ``###`` elsewhere is content."""
        kept = []
        inside = False
        for heading in found:
            label = _label(heading)
            if heading.level == blocks.SECTION:
                inside = self._section_id(label) != CLOSING
            elif not inside:
                if label.id:
                    message = "a story stands above the first section or in the closing: move it"
                    raise self._problem(message, heading)
                continue
            kept.append(heading)
        return kept

    def _reserve(self, found: tuple[blocks.Heading, ...]) -> None:
        """Note every id that is written, so that no new one meets it; twice is an error."""
        for heading in found:
            identity = _label(heading).id
            if identity is None:
                continue
            if identity in self.seen:
                message = f"the id “{identity}” stands in line {self.seen[identity]} too"
                raise self._problem(message, heading)
            self.seen[identity] = self._line(heading)

    def _section_id(self, label: blocks.Label) -> str:
        return label.id or self.known.get(label.text.casefold()) or _slug(label.text)

    def _section(self, heading: blocks.Heading, source: str, intro: str) -> SectionBlock:
        label = _label(heading)
        identity = self._section_id(label)
        if label.id is None:
            identity = self._free(identity)
        return SectionBlock(id=identity, title=label.text, source=source, intro=intro, stories=())

    def _story(self, heading: blocks.Heading, source: str, body: str) -> StoryBlock:
        label = _label(heading)
        return StoryBlock(
            id=label.id or self._new_id(label.text),
            heading=label.text,
            topic=label.topic,
            source=source,
            body=body,
            line=self._line(heading),
            content=heading.content,
            new=label.id is None,
        )

    def _new_id(self, heading: str) -> str:
        stem = f"{self.meta.newsletter} {self.meta.day} {heading}"
        count = 0
        while (identity := "s-" + hashlib.sha256(f"{stem} {count}".encode()).hexdigest()[:8]) in (
            self.seen
        ):
            count += 1
        self.seen[identity] = 0
        return identity

    def _free(self, stem: str) -> str:
        identity, count = stem, 1
        while identity in self.seen:
            count += 1
            identity = f"{stem}-{count}"
        self.seen[identity] = 0
        return identity

    def _line(self, heading: blocks.Heading) -> int:
        return self.offset + heading.line + 1

    def _problem(self, message: str, heading: blocks.Heading) -> DraftError:
        return DraftError(message, where=f"{self.path}:{self._line(heading)}")


def _label(heading: blocks.Heading) -> blocks.Label:
    """The heading's label; a comment that is no id of its level is only a comment."""
    if heading.level == blocks.STORY:
        return blocks.label(heading.content, pattern=_STORY_ID)
    label = blocks.label(heading.content)
    return replace(label, id=None) if label.topic else label


def _slug(title: str) -> str:
    return re.sub(r"[\W_]+", "-", title.casefold()).strip("-") or "section"
