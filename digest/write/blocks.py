"""Where the headings of a draft stand, found with a real CommonMark parser's source positions.

A heading inside a code fence, an HTML block, a comment, a list or a block quotation is content.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

SECTION = 2
STORY = 3
_DEMOTED = "####"

# The line ends of markdown-it (CommonMark §2.1): U+2028 and form feed are none.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ATX = re.compile(r"^( {0,3})#{2,3}(?=[ \t\r\n]|$)")
_ID = re.compile(r"<!--[ \t]*([\w-]+)(?:[ \t]+([\w-]+))?[ \t]*-->[ \t]*$")
_SPACE = re.compile(r"\s+")
# What may end an HTML block (CommonMark §4.6, kinds 1 to 5).
_CLOSERS = ("-->", "</pre>", "?>", "]]>", ">")
_SENTINEL = "\n\n## sentinel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A structural heading: its level (2 or 3), first line (from 0) and the text after ``##``."""

    level: int
    line: int
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a heading line says: plain text, and the two words of its id comment."""

    text: str
    id: str | None = None
    topic: str | None = None


def lines(text: str) -> list[str]:
    """The lines of a Markdown text with their ends; joined they are the text."""
    return _LINE.findall(text)


def headings(text: str) -> tuple[Heading, ...]:
    """The ``##`` and ``###`` headings of a text, in order."""
    found = []
    tokens = _block_parser().parse(text)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            level = len(token.markup)
            if token.markup.startswith("#") and level in (SECTION, STORY):
                found.append(Heading(level=level, line=token.map[0], content=inline.content))
    return tuple(found)


def label(content: str, *, pattern: str = "") -> Label:
    """What a heading's source says; an id that does not match ``pattern`` is only a comment."""
    found = _ID.search(content)
    if found is None or (pattern and not re.fullmatch(pattern, found[1])):
        return Label(text=plain(content))
    return Label(text=plain(content[: found.start()]), id=found[1], topic=found[2])


def without_id(content: str) -> str:
    """A heading's source without an id comment at its end."""
    return _ID.sub("", content).strip()


def plain(source: str) -> str:
    """The text of a line of inline Markdown, without markup and comments."""
    return _folded("".join(_text(token) for token in _inline_tokens(source)))


def heading_line(level: int, text: str, *, identity: str) -> str:
    """A heading line without its end; ``label`` reads the same text and identity from it."""
    comment = f"<!-- {identity} -->"
    text = _folded(text.replace("\0", "\ufffd"))
    return " ".join(part for part in ("#" * level, _escaped(text, comment), comment) if part)


def normal_body(source: str) -> str:
    r"""A body as a model value: ``\n`` line ends, no blank lines around, everything closed.

    A fence or HTML block left open is closed, so that it cannot swallow what follows in a draft;
    a ``##`` or ``###`` heading in it becomes ``####``. Idempotent.
    """
    text = re.sub(r"\r\n?", "\n", source).replace("\0", "\ufffd")
    text = _demoted(_trimmed(text))
    return text if _contained(text) else _demoted(_closed(text))


def is_open(source: str) -> bool:
    """Whether a body leaves a fence or HTML block open, so that it would swallow what follows."""
    return not _contained(source)


def is_blank(line: str) -> bool:
    """Whether a line is blank to Markdown."""
    return not line.strip(" \t\r\n")


def _trimmed(text: str) -> str:
    kept = lines(text)
    while kept and is_blank(kept[0]):
        del kept[0]
    while kept and is_blank(kept[-1]):
        del kept[-1]
    return "".join(kept).removesuffix("\n")


def _demoted(text: str) -> str:
    found = headings(text)
    if not found:
        return text
    kept = lines(text)
    for heading in found:
        kept[heading.line] = _ATX.sub(rf"\g<1>{_DEMOTED}", kept[heading.line])
    return "".join(kept)


def _contained(text: str) -> bool:
    return len(headings(text + _SENTINEL)) > len(headings(text))


def _closed(text: str) -> str:
    fences = [token.markup for token in _block_parser().parse(text) if token.type == "fence"]
    for closer in (*fences[-1:], *_CLOSERS):
        candidate = f"{text}\n{closer}"
        if _contained(candidate):
            return candidate
    return text


def _escaped(text: str, comment: str) -> str:
    """The most readable source whose plain text is ``text``, also in front of the comment."""
    for source in (text, _lightly(text), re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)):
        if plain(source) == text and plain(f"{source} {comment}") == text:
            return source
    return re.sub(r"([!-/:-@\[-`{-~])", lambda found: f"&#{ord(found[0])};", text)


def _lightly(text: str) -> str:
    return re.sub(r"([\\`*_\[\]])", r"\\\1", html.escape(text, quote=False))


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _text(token: Token) -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    if token.type == "image":
        return "".join(_text(child) for child in token.children or ())
    return " " if token.type in ("softbreak", "hardbreak") else ""


def _inline_tokens(source: str) -> list[Token]:
    tokens = _inline_parser().parseInline(source)
    return [child for token in tokens for child in token.children or ()]


@lru_cache(maxsize=1)
def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@lru_cache(maxsize=1)
def _inline_parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def linked(source: str) -> frozenset[str]:
    """The addresses a Markdown text links to, as the parser normalises them."""
    found = set()
    for token in _inline_parser().parse(source):
        for child in token.children or ():
            href = child.attrGet("href") if child.type == "link_open" else None
            if href:
                found.add(str(href))
    return frozenset(found)


def normal_link(url: str) -> str:
    """An address as ``linked`` shows it."""
    return _inline_parser().normalizeLink(url)
