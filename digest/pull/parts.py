"""A local text cut into its parts: one for each section heading, or one in all.

Markdown says which lines are headings. A plain text does not, so a heading is known by where it
stands: a short line alone in its paragraph, without final punctuation (a question mark may end
it), after running text and right before running text. Captions, credits, bylines, desks ("Foreign
Affairs"), dates, labels ("A timeline", "To note, part 1:") and list lines are none, and neither
is any line inside a block quotation that a lead-in opens with a colon and [Source] closes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from itertools import pairwise

from digest.data.parts import load_part_words
from digest.model import Certainty
from digest.text.clean import without_chrome
from digest.text.dates import parse_date
from digest.text.html import plain_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a text; ``heading`` is None for a text that has none."""

    heading: str | None
    text: str
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts in order; ``date`` is what a date line at the top says of all of them."""

    parts: tuple[Part, ...]
    date: tuple[datetime, Certainty] | None = None


class _Kind(Enum):
    TEXT = auto()
    SHORT = auto()  # may be a heading
    DATE = auto()
    LABEL = auto()
    CLOSING = auto()
    LIST = auto()
    CAPTION = auto()
    BYLINE = auto()


_LONGEST_HEADING = 120
_MOST_WORDS = 20
_FEWEST_WORDS = 3
_FEWEST_HAN = 6
_SHORTEST_TEXT = 40
_SHORTEST_HAN_TEXT = 16
_DATE_LINE = 40
_DEEPEST_PART = 2
_HAN = re.compile(r"[\u3400-\u9fff]")
_LIST = re.compile(r"\s*(?:[•‣◦▪●·*–—-]\s+|\d{1,2}[.)]\s+)")
_END = re.compile(r"[.!?:;,…。！？：；，、]['\"”’»)\]）」』]*$")
_QUESTION = re.compile(r"[?？]['\"”’»]?$")
_INITIALS = re.compile(r"(?:\b[A-Za-zА-Я]\.){2,}$")
_BY = re.compile(r"(?:by|от|автор:?|文/|作者：?)\s+(.+)", re.IGNORECASE)
_NAME = re.compile(r"(?:[A-ZА-ЯЁ][\w’'.-]*\s+){1,3}[A-ZА-ЯЁ][\w’'.-]*")
_TIMELINE = re.compile(
    r"\d{1,2}\s(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b.{0,6}\.\s"
)
_SOURCE = re.compile(r"\[(?:Source|Источник|来源|來源)\]\s*$", re.IGNORECASE)


def text_parts(text: str) -> Parts:
    """The parts of a plain text whose site chrome is cut already.

    Lists and timeline lines keep their markers; desks, bylines, credits and captions that stand
    alone are left out. Without section headings there is one part, with the title line as its
    heading where the text opens with one.
    """
    blocks = [_block(block) for block in re.split(r"\n[ \t]*\n", text) if block.strip()]
    date, blocks = _leading_date(blocks)
    kinds = [_kind(block) for block in blocks]
    title = 0 if len(blocks) > 1 and _may_be_title(blocks[0], kinds[0]) else None
    starts = [-1 if title is None else title, *_headings(blocks, kinds, after=title)]
    ends = [*starts[1:], len(blocks)]
    parts = []
    for start, end in zip(starts, ends, strict=True):
        heading = blocks[start] if start >= 0 else None
        part = _part(heading, blocks[start + 1 : end], kinds[start + 1 : end])
        if part.text or heading:
            parts.append(part)
    return Parts(parts=tuple(parts), date=date)


def _block(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def _leading_date(
    blocks: list[str],
) -> tuple[tuple[datetime, Certainty] | None, list[str]]:
    """The date line among the first three short lines, and the blocks without it."""
    for index, block in enumerate(blocks[:3]):
        if len(block) > _LONGEST_HEADING:
            break
        if _kind(block) is _Kind.DATE:
            return parse_date(block), blocks[:index] + blocks[index + 1 :]
    return None, blocks


def _may_be_title(block: str, kind: _Kind) -> bool:
    """True for what can head a text: also a word or two, which is a byline elsewhere."""
    return kind is _Kind.SHORT or (kind is _Kind.BYLINE and not _BY.fullmatch(block))


def _headings(blocks: list[str], kinds: list[_Kind], *, after: int | None) -> list[int]:
    closing = next((i for i, k in enumerate(kinds) if k is _Kind.CLOSING), len(blocks))
    quoted = _inside_quotations(blocks)
    found: list[int] = []
    seen_text = False
    for index in range(0 if after is None else after + 1, closing):
        kind = kinds[index]
        if kind is not _Kind.SHORT:
            seen_text = seen_text or kind in {_Kind.TEXT, _Kind.LIST}
            continue
        # A second short line under a heading is its standfirst, hence the running text between.
        if seen_text and index not in quoted and _opens_text(blocks, kinds, index):
            found.append(index)
            seen_text = False
    questions = [i for i in found if _QUESTION.search(blocks[i])]
    # Mostly questions: an interview, whose answers make one text.
    return [] if len(found) > 2 and len(questions) * 2 > len(found) else found  # noqa: PLR2004


def _opens_text(blocks: list[str], kinds: list[_Kind], index: int) -> bool:
    """True if running text follows, with nothing but desk, byline, date or standfirst between."""
    short = 0
    for block, kind in zip(blocks[index + 1 :], kinds[index + 1 :], strict=True):
        if kind is _Kind.TEXT:
            han = len(_HAN.findall(block)) >= _SHORTEST_HAN_TEXT
            return han or len(block) >= _SHORTEST_TEXT
        short += kind is _Kind.SHORT
        if kind in {_Kind.LABEL, _Kind.CLOSING} or short > 1:
            return False
        if kind is _Kind.LIST:
            return True
    return False


def _inside_quotations(blocks: list[str]) -> frozenset[int]:
    """The blocks between a lead-in that ends with a colon and the [Source] that closes it."""
    inside: set[int] = set()
    for close, block in enumerate(blocks):
        if not _SOURCE.search(block):
            continue
        span = []
        for index in range(close, -1, -1):
            if index < close and (_SOURCE.search(blocks[index]) or blocks[index].endswith(":")):
                break
            span.append(index)
        else:
            continue  # no lead-in: the quotation's start is not known
        inside.update(span)
    return frozenset(inside)


def _part(heading: str | None, blocks: list[str], kinds: list[_Kind]) -> Part:
    authors: list[str] = []
    kept: list[str] = []
    for index, (block, kind) in enumerate(zip(blocks, kinds, strict=True)):
        if kind is _Kind.CAPTION or (kind is _Kind.SHORT and _before_label(kinds, index)):
            continue
        if kind is _Kind.BYLINE and not any(k is _Kind.TEXT for k in kinds[:index]):
            if not _is_desk(block):
                named = _BY.fullmatch(block)
                authors.append(named.group(1) if named else block)
            continue
        kept.append(block)
    return Part(heading=heading, text="\n\n".join(kept), authors=tuple(authors))


def _before_label(kinds: list[_Kind], index: int) -> bool:
    """A short line right above a label is the caption of a picture that did not come along."""
    return index > 0 and index + 1 < len(kinds) and kinds[index + 1] is _Kind.LABEL


# --- what one block is ---------------------------------------------------------------------------


def _kind(block: str) -> _Kind:
    low = " ".join(block.lower().split())
    return next(kind for kind, applies in _KINDS if applies(block, low))


def _is_list(block: str, _low: str) -> bool:
    return bool(_LIST.match(block) or _TIMELINE.match(block))


def _is_closing(_block: str, low: str) -> bool:
    return low.rstrip(":： .") in load_part_words().closings


def _is_label(block: str, low: str) -> bool:
    named = low.rstrip(":： .") in load_part_words().labels
    return named or (low.endswith((":", "：")) and len(block) <= _DATE_LINE)


def _is_date(block: str, _low: str) -> bool:
    # A headline with a year in it parses as a date too, so little else may stand in the line.
    if len(block) > _DATE_LINE or not re.search(r"\d", block):
        return False
    letters = re.sub(r"[\d\W_]", "", block)
    return len(letters) <= 20 and parse_date(block) is not None  # noqa: PLR2004


def _is_byline(block: str, _low: str) -> bool:
    if _BY.fullmatch(block):
        return len(block) <= _DATE_LINE
    few = len(block.split()) < _FEWEST_WORDS and len(_HAN.findall(block)) < _FEWEST_HAN
    return few and _is_short_line(block)


def _is_caption(block: str, low: str) -> bool:
    words = load_part_words()
    if len(block) > _LONGEST_HEADING * 2:
        return False
    credit = any(re.search(rf"{re.escape(sign)}(?!\w)", low) for sign in words.credits)
    if credit or low.startswith(words.calls):
        return len(block.split()) <= _MOST_WORDS
    if _END.search(block):
        return False
    names = re.match(r"(?:[A-ZА-ЯЁ][\w’'-]*\s+(?:(?:of|the|and|de|von|van)\s+)*){1,8}", block)
    if names is None:
        return False
    following = block[names.end() :].split(maxsplit=1)
    return bool(following) and following[0] in words.caption_verbs


def _is_short_line(block: str) -> bool:
    """A line in the form of a heading."""
    if "\n" in block or len(block) > _LONGEST_HEADING or len(block.split()) > _MOST_WORDS:
        return False
    if block[0] in '"“‘«[(（「『…' or block[0].islower() or _SOURCE.search(block):
        return False
    if _QUESTION.search(block):
        return not re.search(r"[.!?。！？] ", block[:-1])
    return not _END.search(block) or _INITIALS.search(block) is not None


def _is_desk(block: str) -> bool:
    return any(word in load_part_words().desks for word in block.lower().split())


_KINDS: tuple[tuple[_Kind, Callable[[str, str], bool]], ...] = (
    (_Kind.LIST, _is_list),
    (_Kind.CLOSING, _is_closing),
    (_Kind.LABEL, _is_label),
    (_Kind.DATE, _is_date),
    (_Kind.CAPTION, _is_caption),
    (_Kind.BYLINE, _is_byline),
    (_Kind.SHORT, lambda block, _low: _is_short_line(block)),
    (_Kind.TEXT, lambda _block, _low: True),
)
"""The first that applies says what a block is."""


# --- Markdown ------------------------------------------------------------------------------------


def markdown_parts(text: str) -> Parts:
    """The parts of a Markdown text as plain text, a part for each heading of level 1 or 2.

    Headings inside code, HTML or lists do not count, and neither do deeper ones and labels
    ("Background"). A level-1 heading without text of its own before the next heading is the
    document's title and makes no part.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only Markdown files need it

    reader = MarkdownIt("commonmark")
    tokens = reader.parse(text)
    lines = text.split("\n")
    words = load_part_words()
    marks: list[tuple[int, int, str]] = []
    for index, token in enumerate(tokens):
        if token.type != "heading_open" or token.level or token.tag not in {"h1", "h2"}:
            continue
        heading = " ".join(plain_text(reader.renderInline(tokens[index + 1].content)).split())
        if token.map and heading.lower().rstrip(":") not in words.labels | words.closings:
            marks.append((token.map[0], token.map[1], heading))
    edges = [(0, 0, ""), *marks, (len(lines), len(lines), "")]
    parts = []
    for (_, start, heading), (end, _, _) in pairwise(edges):
        body = _markdown_text(reader.render("\n".join(lines[start:end])))
        if body:
            parts.append(Part(heading=heading or None, text=body))
    if not parts and marks:
        parts = [Part(heading=marks[0][2], text="")]
    date, parts = _date_above(parts)
    return Parts(parts=tuple(parts), date=date)


def heading_parts(blocks: Sequence[tuple[int | None, str]]) -> Parts:
    """The parts of a document whose paragraphs come as (level, text), None for running text.

    Cut as a Markdown text is; where no paragraph is a heading, as a plain text.
    """
    words = load_part_words()
    heading: str | None = None
    first: str | None = None
    texts: list[str] = []
    parts: list[Part] = []
    for level, text in (*blocks, (1, "")):
        named = text.lower().rstrip(":") in words.labels | words.closings
        if level is None or level > _DEEPEST_PART or named:
            texts.append(text)
            continue
        if texts:
            parts.append(Part(heading=heading, text="\n\n".join(texts)))
        heading, texts = text, []
        first = first or heading
    if not first:
        return text_parts(without_chrome("\n\n".join(part.text for part in parts)))
    if not parts:
        parts = [Part(heading=first, text="")]
    date, parts = _date_above(parts)
    return Parts(parts=tuple(parts), date=date)


def _date_above(parts: list[Part]) -> tuple[tuple[datetime, Certainty] | None, list[Part]]:
    if len(parts) > 1 and parts[0].heading is None and _kind(parts[0].text) is _Kind.DATE:
        return parse_date(parts[0].text), parts[1:]
    return None, parts


def _markdown_text(html: str) -> str:
    """Plain text in which list items keep a marker."""
    return plain_text(re.sub(r"<li>\s*(<p>)?", r"<li>\1• ", html))
