"""The gate on form: lengths, headings, sections, what is told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from digest.text.words import normal, sentence_case, tokens
from digest.write.casing import Casing, count_words
from digest.write.gatecontext import Context, Finding, error, shown, warning
from digest.write.gatenames import front_line
from digest.write.gatetext import CLOSING_PART, SECTION, STORY, Part, Piece, is_lede
from digest.write.headings import LONGEST

ISSUE = (700, 1000)
LEDE_WORDS = (100, 340)
STORY_WORDS = (60, 230)
SOURCES = (1, 4)
"""How long a column and its stories are, and how many sources a story is told from."""

_TITLE = 130
_ALIKE = 0.75
_MANY = 6
_HALF = 0.5
_SENTENCE = 8
_RECASED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFigures:
    """A story in numbers: ``credited`` outlets are named without being told."""

    id: str
    heading: str
    section: str
    words: int
    sources: int
    credited: int
    lede: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An issue in numbers."""

    words: int
    stories: tuple[StoryFigures, ...]
    sections: tuple[tuple[str, int], ...]
    quotations: int
    links: int


def figures_of(context: Context) -> Figures:
    """The measures the gate prints."""
    stories = tuple(_figures(part) for part in context.stories)
    names = [part.id for part in context.parts if part.kind == SECTION]
    counts = Counter(each.section for each in stories)
    told = [part for part in context.parts if part.kind != CLOSING_PART]
    return Figures(
        words=sum(count_words(part.text) for part in told),
        stories=stories,
        sections=tuple((name, counts[name]) for name in names),
        quotations=sum(len(piece.quotes) for part in context.parts for piece in part.pieces),
        links=sum(len(part.links) for part in context.parts),
    )


def _figures(part: Part) -> StoryFigures:
    told = {each for piece in part.pieces for each in _told(piece)}
    linked = {link.url for piece in part.pieces if not piece.entry_ids for link in piece.links}
    return StoryFigures(
        id=part.id,
        heading=part.heading,
        section=part.section,
        words=count_words(part.text),
        sources=len(told) + len(linked),
        credited=len(part.entry_ids - told),
        lede=is_lede(part),
    )


def _told(piece: Piece) -> tuple[str, ...]:
    """The entry a sentence is taken from; a line of credits tells from none."""
    return piece.entry_ids if len(piece.entry_ids) == 1 and not piece.confidence else ()


def check_lengths(context: Context) -> Iterator[Finding]:
    """The column's measures; other styles have shapes of their own."""
    if context.draft.meta.style != "column":
        return
    figures = figures_of(context)
    lines = {part.id: part.line for part in context.stories}
    if not ISSUE[0] <= figures.words <= ISSUE[1]:
        message = f"the issue has {figures.words} words; a column has {ISSUE[0]} to {ISSUE[1]}"
        yield warning("issue-length", message, front_line(context, "title"))
    for story in figures.stories:
        least, most = LEDE_WORDS if story.lede else STORY_WORDS
        if not least <= story.words <= most:
            kind = "the lede" if story.lede else "a story"
            message = f"“{shown(story.heading, 40)}” has {story.words} words; {kind} has "
            yield warning("story-length", f"{message}{least} to {most}", lines[story.id], story.id)
        if not SOURCES[0] <= story.sources <= SOURCES[1] + story.lede:
            message = f"“{shown(story.heading, 40)}” is told from {story.sources} sources"
            yield warning("story-sources", message, lines[story.id], story.id)


def check_headings(context: Context) -> Iterator[Finding]:
    """Headings are short lines in sentence case; at most one is a question."""
    meta = context.draft.meta
    if not meta.title.strip():
        yield error("title-missing", "the issue has no title", front_line(context, "title"))
    elif len(meta.title) > _TITLE:
        message = f"the title has {len(meta.title)} characters; {_TITLE} are enough"
        yield warning("title-long", message, front_line(context, "title"))
    if not meta.standfirst.strip():
        message = "the issue has no standfirst"
        yield warning("standfirst-missing", message, front_line(context, "standfirst"))
    casing = _casing(context)
    questions = [part for part in context.stories if part.heading.rstrip("”’\"'").endswith("?")]
    for part in questions[1:]:
        yield warning("heading-question", "a second heading is a question", part.line, part.id)
    for part in context.stories:
        yield from _heading(part, casing)


def _heading(part: Part, casing: Casing) -> Iterator[Finding]:
    if not part.heading.strip():
        yield error("heading-missing", "the story has no heading", part.line, part.id)
        return
    if len(part.heading) > LONGEST:
        message = f"the heading has {len(part.heading)} characters; {LONGEST} are enough"
        yield warning("heading-long", message, part.line, part.id)
    cased = sentence_case(part.heading, casing.kept(part.heading))
    pairs = zip(part.heading.split(), cased.split(), strict=False)
    if sum(one != other and other.islower() for one, other in pairs) >= _RECASED:
        message = f"the heading is not in sentence case: {shown(cased, LONGEST)}"
        yield warning("heading-case", message, part.line, part.id)


def _casing(context: Context) -> Casing:
    """Knows the words that keep their capital: those the entries and the issue write so."""
    texts = [w.text for each in context.cited.values() for w in each.wordings]
    texts += [part.text for part in context.parts]
    return Casing(texts, context.finder)


def check_sections(context: Context) -> Iterator[Finding]:
    """No section is empty, over its limit or the better half of the issue; no story is bare."""
    stories = context.stories
    if not stories:
        yield error("issue-empty", "the issue has no story", None)
    counts = Counter(part.section for part in stories)
    limits = {section.id: section.limit for section in context.sections}
    for part in context.parts:
        if part.kind == STORY and not part.text.strip():
            yield error("story-empty", "nothing stands under this heading", part.line, part.id)
        if part.kind != SECTION:
            continue
        count = counts[part.id]
        if not count and not part.text.strip():
            # No error: every published form leaves it out, and a person may have dropped its story.
            message = f"the section “{part.heading}” is empty: fill it or take its line away"
            yield warning("section-empty", message, part.line)
        elif count > limits.get(part.id, count):
            message = f"the section “{part.heading}” has {count} stories; {limits[part.id]} fit"
            yield warning("section-lopsided", message, part.line)
        elif len(stories) >= _MANY and count > _HALF * len(stories):
            message = f"“{part.heading}” has {count} of {len(stories)} stories"
            yield warning("section-lopsided", message, part.line)


def check_doubles(context: Context) -> Iterator[Finding]:
    """No story is told twice: no entry, no heading, no sentence in two stories."""
    stories = context.stories
    told: dict[str, Part] = {}
    credited: dict[str, Part] = {}
    said: dict[str, int] = {}
    reported: set[tuple[str, str]] = set()
    for part in stories:
        own = {each for piece in part.pieces for each in _told(piece)}
        for each in sorted(own):
            other = told.setdefault(each, part)
            if other is not part and (other.id, part.id) not in reported:
                reported.add((other.id, part.id))
                message = f"{_publisher(context, each)}’s report is told in line {other.line} too"
                yield error("told-twice", message, part.line, part.id)
        for each in sorted(part.entry_ids):
            other = credited.setdefault(each, part)
            if other is not part and (other.id, part.id) not in reported:
                reported.add((other.id, part.id))
                message = f"{_publisher(context, each)}’s report is cited in line {other.line} too"
                yield warning("cited-twice", message, part.line, part.id)
        for piece in part.pieces:
            known = normal(piece.text)
            if count_words(piece.text) < _SENTENCE or _leads_in(piece):
                continue
            if known in said:
                message = f"“{shown(piece.text)}” stands in line {said[known]} too"
                yield error("said-twice", message, piece.line, part.id)
            said.setdefault(known, piece.line)
    yield from _alike(stories)


def _leads_in(piece: Piece) -> bool:
    """Whether a sentence only leads a quotation in, or says how sure the issue is."""
    return piece.confidence or piece.text.endswith((":", "："))


def _alike(stories: tuple[Part, ...]) -> Iterator[Finding]:
    words = [(part, frozenset(tokens(part.heading, "en"))) for part in stories]
    for at, (part, mine) in enumerate(words):
        for other, theirs in words[:at]:
            union = mine | theirs
            if union and len(mine & theirs) / len(union) >= _ALIKE:
                message = f"the heading is much like the one in line {other.line}"
                grave = error if mine == theirs else warning
                yield grave("headings-alike", message, part.line, part.id)
                break


def _publisher(context: Context, entry_id: str) -> str:
    cited = context.cited.get(entry_id)
    return cited.entry.publisher if cited else entry_id
