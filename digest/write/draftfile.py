"""The draft: one Markdown file an issue, read and written here and nowhere else.

Reading keeps the exact source of every block, so ``write(parse(text)) == text`` for every text
that can be read. An issue made by ``issue_of`` comes back whole:
``issue_of(parse(draft_of(issue))) == issue``; ``normal_issue`` brings any other issue into that
form. ``##`` is a section, ``###`` a story; everything else is free Markdown. Text above the first
section is the introduction; the section with the id ``closing`` is the closing, whose Markdown
begins with the section's title as a ``####`` heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.errors import DraftError
from digest.model import Citation, Issue, IssueSection, IssueStory, Period, Section
from digest.text.markdown import traces
from digest.write import blocks, frontmatter
from digest.write.frontmatter import FENCE, FrontMatter
from digest.write.reader import CLOSING, BodyReader, SectionBlock, StoryBlock

_BOM = "\ufeff"
_TITLED = re.compile(r"#### (?P<title>[^\n]+)\n\n(?P<text>[^\n].*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFile:
    """A draft as read: its values, and the exact source of every block."""

    meta: FrontMatter
    front: str
    introduction: str
    sections: tuple[SectionBlock, ...]


def parse(text: str, *, path: str, sections: Sequence[Section] = ()) -> DraftFile:
    """The draft that ``text`` holds. Read the file with ``newline=""``, so that CRLF stays.

    A ``##`` without an id is the section of ``sections`` with that title, else its title's slug.
    A ``###`` without an id is a new story with an id made from its place and heading.
    Raises DraftError with the line: no front matter, a wrong value in it, an id that stands
    twice, a known story outside every section.
    """
    front, source = _front(text, path)
    meta = frontmatter.read(source, path=path)
    reader = BodyReader(path, len(blocks.lines(front)), meta, sections)
    introduction, found = reader.read(text[len(front) :])
    return DraftFile(meta=meta, front=front, introduction=introduction, sections=found)


def write(draft: DraftFile) -> str:
    """The text of a draft: exactly what was read where nothing was changed."""
    parts = [draft.front, draft.introduction]
    for section in draft.sections:
        parts += [section.source, section.intro]
        parts += [part for story in section.stories for part in (story.source, story.body)]
    return "".join(parts)


def with_ids(draft: DraftFile) -> DraftFile:
    """The draft with its id written behind every new story's heading; nothing else changes."""
    return replace(draft, sections=tuple(_with_ids(section) for section in draft.sections))


def issue_of(draft: DraftFile) -> Issue:
    r"""The issue a draft means; bodies have ``\n`` line ends and no blank lines around.

    A story cites the entries its traces name and those it links to.
    """
    meta = draft.meta
    closing = [section for section in draft.sections if section.id == CLOSING]
    return Issue(
        newsletter=meta.newsletter,
        number=meta.number,
        period=Period(start=meta.start, end=meta.end, day=meta.day),
        title=meta.title,
        standfirst=meta.standfirst,
        sections=tuple(
            _section(section, meta.entries) for section in draft.sections if section not in closing
        ),
        introduction=blocks.normal_body(draft.introduction),
        closing="".join(_closing(section) for section in closing),
        style=meta.style,
        sample=meta.sample,
    )


def draft_of(issue: Issue) -> str:
    """The draft of an issue as the program writes it."""
    meta = FrontMatter(
        newsletter=issue.newsletter,
        number=issue.number,
        day=issue.period.day,
        start=issue.period.start,
        end=issue.period.end,
        title=issue.title,
        standfirst=issue.standfirst,
        style=issue.style,
        sample=issue.sample,
        entries=_entries(issue.stories),
    )
    parts = [blocks.normal_body(issue.introduction)]
    for section in issue.sections:
        parts.append(blocks.heading_line(blocks.SECTION, section.title, identity=section.id))
        parts.append(blocks.normal_body(section.intro))
        for story in section.stories:
            parts += [_story_line(story, section.id), blocks.normal_body(story.body)]
    if issue.closing:
        parts += _closing_source(blocks.normal_body(issue.closing))
    return "\n\n".join([frontmatter.emit(meta).rstrip("\n"), *filter(None, parts)]) + "\n"


def normal_issue(issue: Issue) -> Issue:
    """The issue as it comes back from its own draft."""
    return issue_of(parse(draft_of(issue), path="draft"))


def revised(draft: DraftFile, issue: Issue) -> DraftFile:
    """The draft with an issue's content: what is unchanged keeps its source byte for byte.

    Comments and spacing of changed blocks are made anew. ``issue_of`` of the result is ``issue``
    for an issue in normal form.
    """
    fresh = parse(draft_of(issue), path="draft")
    entries = {entry.entry_id: entry for entry in (*draft.meta.entries, *fresh.meta.entries)}
    meta = replace(fresh.meta, entries=tuple(entries.values()))
    old = {section.id: section for section in draft.sections}
    stories = {story.id: story for section in draft.sections for story in section.stories}
    same_introduction = _same(draft.introduction, fresh.introduction)
    made = DraftFile(
        meta=meta,
        front=draft.front if draft.meta == meta else frontmatter.emit(meta),
        introduction=apart(draft.introduction) if same_introduction else fresh.introduction,
        sections=tuple(
            _revised(section, old.get(section.id), stories) for section in fresh.sections
        ),
    )
    text, before = write(made).rstrip("\r\n"), write(draft)
    if text == before.rstrip("\r\n"):
        return draft
    return parse(text + "\n", path="draft")


# --- reading -----------------------------------------------------------------------------------


def _front(text: str, path: str) -> tuple[str, str]:
    """The front matter with its fences and the blank-free YAML between them."""
    lines = blocks.lines(text)
    if not lines or lines[0].removeprefix(_BOM).rstrip() != FENCE:
        raise DraftError(
            "a draft begins with a line of three dashes and its front matter", where=f"{path}:1"
        )
    for index, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "".join(lines[: index + 1]), "".join(lines[1:index])
    raise DraftError("the front matter is not closed by a line of three dashes", where=f"{path}:1")


def _section(section: SectionBlock, entries: tuple[Citation, ...]) -> IssueSection:
    return IssueSection(
        id=section.id,
        title=section.title,
        stories=tuple(_story(story, section.id, entries) for story in section.stories),
        intro=blocks.normal_body(section.intro),
    )


def _closing(section: SectionBlock) -> str:
    """The closing's Markdown: a title that the draft gives it stands on top as ``####``."""
    text = blocks.normal_body(section.intro)
    title = blocks.without_id(blocks.headings(section.source)[0].content)
    return f"#### {title}\n\n{text}" if title and text else text


def _story(story: StoryBlock, section: str, entries: tuple[Citation, ...]) -> IssueStory:
    body = blocks.normal_body(story.body)
    return IssueStory(
        id=story.id,
        heading=story.heading,
        section=story.topic or section,
        body=body,
        citations=citations(body, entries),
    )


def citations(body: str, entries: Iterable[Citation]) -> tuple[Citation, ...]:
    """The entries a body cites: those its traces name, in order, then those it links to.

    Entries cut from one page share its address: a link to it adds none of them beside a trace.
    """
    known = {entry.entry_id: entry for entry in entries}
    cited = [known[entry_id] for entry_id in traces(body) if entry_id in known]
    urls = {blocks.normal_link(entry.url) for entry in cited if entry.url}
    links = blocks.linked(body) - urls
    for entry in known.values():
        if links and entry.url and blocks.normal_link(entry.url) in links:
            links -= {blocks.normal_link(entry.url)}
            cited.append(entry)
    return tuple(cited)


# --- writing -----------------------------------------------------------------------------------


def _with_ids(section: SectionBlock) -> SectionBlock:
    return replace(section, stories=tuple(_with_id(story) for story in section.stories))


def _with_id(story: StoryBlock) -> StoryBlock:
    if not story.new:
        return story
    end = story.source[len(story.source.rstrip("\r\n")) :]
    comment = f"<!-- {story.id} -->"
    # Not appended to the line: its closing ``###`` would become text.
    line = " ".join(part for part in ("###", story.content, comment) if part)
    return replace(story, source=line + end, content=line[4:], new=False)


def _story_line(story: IssueStory, section: str) -> str:
    identity = story.id if story.section == section else f"{story.id} {story.section}"
    return blocks.heading_line(blocks.STORY, story.heading, identity=identity)


def _closing_source(closing: str) -> list[str]:
    """The closing as a section, which takes its title from a ``####`` heading on top."""
    found = _TITLED.fullmatch(closing)
    title = found["title"] if found else ""
    whole = found is not None and blocks.normal_body(found["text"]) == found["text"]
    if found is None or not whole or blocks.without_id(title) != title:
        return [f"## <!-- {CLOSING} -->", closing]
    return [f"## {title} <!-- {CLOSING} -->", found["text"]]


def _entries(stories: Iterable[IssueStory]) -> tuple[Citation, ...]:
    found: dict[str, Citation] = {}
    for story in stories:
        for citation in story.citations:
            found.setdefault(citation.entry_id, citation)
    return tuple(found.values())


def _same(old: str, new: str) -> bool:
    return blocks.normal_body(old) == blocks.normal_body(new)


def _revised(
    fresh: SectionBlock, old: SectionBlock | None, stories: dict[str, StoryBlock]
) -> SectionBlock:
    told = tuple(_kept(story, stories.get(story.id)) for story in fresh.stories)
    if old is None:
        return replace(fresh, stories=told)
    return replace(
        fresh,
        source=line_of(old.source) if _same_title(old, fresh) else fresh.source,
        intro=apart(old.intro) if _same(old.intro, fresh.intro) else fresh.intro,
        stories=told,
    )


def _same_title(old: SectionBlock, fresh: SectionBlock) -> bool:
    return old.title == fresh.title and (old.id != CLOSING or _closing(old) == _closing(fresh))


def _kept(fresh: StoryBlock, old: StoryBlock | None) -> StoryBlock:
    if old is None:
        return fresh
    same_line = (old.heading, old.topic) == (fresh.heading, fresh.topic) and not old.new
    return replace(
        fresh,
        source=line_of(old.source) if same_line else fresh.source,
        body=apart(old.body) if _same(old.body, fresh.body) else fresh.body,
    )


def line_of(source: str) -> str:
    """The line with a line end."""
    return source if source.endswith(("\n", "\r")) else source + "\n"


def apart(source: str) -> str:
    """The lines of a block with at least one blank line at their end; unclosed ones closed."""
    closed = blocks.normal_body(source)
    if blocks.is_open(source):
        return f"\n{closed}\n\n"
    lines = blocks.lines(source)
    if not lines:
        return "\n"
    if blocks.is_blank(lines[-1]) and lines[-1].endswith(("\n", "\r")):
        return source
    return line_of(source) + "\n"
