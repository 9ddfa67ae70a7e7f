"""A draft taken apart for the gate: its blocks with their lines, sentences with what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.model import LEDE
from digest.text.markdown import traces
from digest.text.sentences import sentences
from digest.write import blocks
from digest.write.draftfile import DraftFile
from digest.write.reader import CLOSING

_TRACE = re.compile(r"<!--\s*e:[^>]*-->")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_QUOTED = re.compile(
    r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|「[^「」]*」|『[^『』]*』|(?<![\w\"])\"[^\"\n]*\"(?!\w)"
)
BREAK = "\n"
"""What stands where words of others were taken out: no run of words goes across it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as a reader meets it."""

    label: str
    url: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The sentence in front of a trace comment, or sentences that no trace names.

    ``text`` is what a reader sees; ``own`` is ``text`` without quotations and link labels, empty
    for a block quotation, whose words are ``quotes``. ``confidence`` is set for the lines in which
    a style says how sure it is; ``block`` counts paragraphs.
    """

    line: int
    entry_ids: tuple[str, ...]
    block: int
    text: str = ""
    own: str = ""
    quotes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    quotation: bool = False
    confidence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section's introduction, a story, the issue's introduction or its closing, with its lines.

    ``line`` is where its heading stands, or where it begins when it has none.
    """

    kind: str
    id: str
    section: str
    heading: str
    line: int
    source: str
    pieces: tuple[Piece, ...] = ()
    headings: tuple[tuple[int, int, str], ...] = ()
    images: tuple[Link, ...] = ()
    tables: tuple[tuple[int, bool], ...] = ()

    @property
    def text(self) -> str:
        """All that a reader sees of the body."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def entry_ids(self) -> frozenset[str]:
        """The entries its traces name."""
        return frozenset(entry_id for piece in self.pieces for entry_id in piece.entry_ids)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links of the body, in order."""
        return tuple(link for piece in self.pieces for link in piece.links)


INTRODUCTION, SECTION, STORY, CLOSING_PART = "introduction", "section", "story", "closing"


def parts(draft: DraftFile) -> tuple[Part, ...]:
    """All parts of a draft in reading order, each with the lines of the file it stands in."""
    line = len(blocks.lines(draft.front)) + 1
    found = [_part(INTRODUCTION, "", "", "", line, draft.introduction, heads=0)]
    line += len(blocks.lines(draft.introduction))
    for section in draft.sections:
        kind = CLOSING_PART if section.id == CLOSING else SECTION
        found.append(_part(kind, section.id, section.id, section.title, line, section.intro))
        line += 1 + len(blocks.lines(section.intro))
        for story in section.stories:
            found.append(_part(STORY, story.id, section.id, story.heading, line, story.body))
            line += 1 + len(blocks.lines(story.body))
    return tuple(found)


def is_lede(part: Part) -> bool:
    """Whether a story is the lede."""
    return part.section == LEDE


def quoted_runs(text: str) -> tuple[str, ...]:
    """What stands in quotation marks, without them."""
    return tuple(run[0][1:-1].strip() for run in _QUOTED.finditer(text))


def without_quotations(text: str) -> str:
    """The text with a break where words stood in quotation marks."""
    return _QUOTED.sub(BREAK, text)


# --- inside ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    pieces: list[Piece] = field(default_factory=list)
    headings: list[tuple[int, int, str]] = field(default_factory=list)
    images: list[Link] = field(default_factory=list)
    tables: list[tuple[int, bool]] = field(default_factory=list)


def _part(  # noqa: PLR0913 - the places of one part
    kind: str, identity: str, section: str, heading: str, line: int, source: str, *, heads: int = 1
) -> Part:
    found = _read(source, line + heads)
    return Part(
        kind=kind,
        id=identity,
        section=section,
        heading=heading,
        line=line,
        source=source,
        pieces=tuple(found.pieces),
        headings=tuple(found.headings),
        images=tuple(found.images),
        tables=tuple(found.tables),
    )


def _read(source: str, first: int) -> _Found:
    found = _Found()
    quotations = 0
    level = 0
    for number, token in enumerate(_blocks().parse(source)):
        if token.type in ("blockquote_open", "blockquote_close"):
            quotations += token.nesting
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "table_open" and token.map:
            found.tables.append((first + token.map[0], _has_header(source, token.map[0])))
        elif token.type in ("inline", "html_block") and token.map:
            line = first + token.map[0]
            if level:
                found.headings.append((line, level, blocks.plain(token.content)))
            else:
                _block(found, token.content, line, number, quotation=quotations > 0)
    return found


def _block(found: _Found, content: str, line: int, number: int, *, quotation: bool) -> None:
    """Cut one block at its traces; each piece begins where the one before ended."""
    at = 0
    sure = re.search(r"<!--\s*confidence\s*-->", content) is not None
    for mark in (*_TRACE.finditer(content), None):
        raw = content[at : mark.start() if mark else len(content)]
        lead = len(raw) - len(raw.lstrip())
        here = line + content.count("\n", 0, at + lead)
        at = mark.end() if mark else at
        seen = _walked(_COMMENT.sub("", raw), here)
        found.images += seen.images
        if not seen.text.strip() and not seen.links:
            continue
        whole = quotation or sure or mark is None
        cut = 0 if whole else _last_sentence(seen.text)
        ids = traces(mark[0]) if mark else ()
        spans = ((0, cut, ()), (cut, len(seen.text), ids)) if cut else ((0, len(seen.text), ids),)
        kind = Piece(line=here, entry_ids=(), block=number, quotation=quotation, confidence=sure)
        found.pieces += [
            _piece(seen, start, end, replace(kind, entry_ids=own)) for start, end, own in spans
        ]


def _piece(seen: _Seen, start: int, end: int, piece: Piece) -> Piece:
    """The piece with its words: what of the block stands between two places."""
    text = seen.text[start:end]
    links = [(at - start, to - start, link) for at, to, link in seen.links if start <= at <= end]
    own = list(text)
    for at, to, _ in links:
        own[at:to] = [BREAK] * max(to - at, 0)
    return replace(
        piece,
        text=text.strip(),
        own="" if piece.quotation else re.sub(r"\n+", BREAK, without_quotations("".join(own))),
        quotes=_block_quotes(text) if piece.quotation else quoted_runs(text),
        links=tuple(link for _, _, link in links),
    )


def _last_sentence(text: str) -> int:
    """Where the sentence in front of a trace begins: the trace names that one alone."""
    hidden = _QUOTED.sub(lambda run: re.sub(r"[^\W_](?=.)|[.!?](?=.{2})", "x", run[0]), text)
    told = sentences(hidden, "en")
    if len(told) < 2:  # noqa: PLR2004 - one sentence needs no cut
        return 0
    return max(hidden.rfind(told[-1]), 0)


def _block_quotes(text: str) -> tuple[str, ...]:
    """The words of a block quotation without its source and language marks."""
    bare = re.sub(r"\s*\[\s*Source\s*\]", "", text, flags=re.IGNORECASE)
    bare = re.sub(r"\s*\[[a-z]{2,3}(?:-\w+)?\]\s*$", "", bare).strip()
    return (bare,) if bare else ()


@dataclass(slots=True)
class _Seen:
    """Inline Markdown as a reader sees it; links with the places of their labels."""

    text: str = ""
    links: list[tuple[int, int, Link]] = field(default_factory=list)
    images: list[Link] = field(default_factory=list)


def _walked(source: str, line: int) -> _Seen:
    seen = _Seen()
    opened: list[tuple[str, int]] = []
    for token in _inline(source.strip()):
        if token.type == "link_open":
            opened.append((str(token.attrGet("href") or ""), len(seen.text)))
        elif token.type == "link_close" and opened:
            url, start = opened.pop()
            link = Link(label=seen.text[start:].strip(), url=url, line=line)
            seen.links.append((start, len(seen.text), link))
        elif token.type == "image":
            alt = "".join(child.content for child in token.children or ())
            seen.images.append(Link(label=alt, url=str(token.attrGet("src") or ""), line=line))
        elif token.type in ("softbreak", "hardbreak"):
            line += 1
            seen.text += " "
        elif token.type in ("text", "text_special", "code_inline"):
            seen.text += token.content
    return seen


def _has_header(source: str, line: int) -> bool:
    cells = blocks.lines(source)[line].strip().strip("|").split("|")
    return all(cell.strip() for cell in cells)


def _inline(source: str) -> Iterator[Token]:
    for token in _inlines().parseInline(source):
        yield from token.children or ()


@lru_cache(maxsize=1)
def _blocks() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@lru_cache(maxsize=1)
def _inlines() -> MarkdownIt:
    return MarkdownIt("commonmark")
