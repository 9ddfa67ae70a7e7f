"""Whether Python-Markdown, which renders an issue, and CommonMark parsers read a text alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote

from markdown_it import MarkdownIt

from digest.text.fromhtml import BLOCKS, html_lines, markdown_of
from digest.text.html import sanitise
from digest.text.markdown import published, to_html

_BLOCKS = BLOCKS | {"td", "th"}
# What the two parsers say in their own ways, or add: the same to a reader.
_SILENT = frozenset(("tbody", "thead", "tr"))
_OWN = frozenset(("class", "style", "rel", "align"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place that is read in two ways: what each parser makes of it, in one line.

    ``line`` counts the lines of the text, from 0: the block stands there or just behind.
    """

    ours: str
    theirs: str
    line: int = 0


def difference_in(markdown: str) -> Difference | None:
    """The first block of a body that the two parsers read differently; nothing where none is.

    Links, emphasis and the text itself count as well as the kind of block. Comments are left out.
    """
    found = _difference(markdown)
    if found is None:
        return None
    lines = markdown.splitlines(keepends=True)
    for first, end in _ends(markdown):
        part = _difference("".join(lines[:end]))
        if part is not None:
            return Difference(ours=part.ours, theirs=part.theirs, line=first)
    return found


def reads_as(markdown: str, html: str) -> bool:
    """Whether both parsers read a text as the blocks, links and marked words of some HTML.

    HTML in the text that a page would not show counts too.
    """
    theirs = _parser().render(markdown)
    return all(_read(each) == _read(html) for each in (to_html(markdown), theirs, sanitise(theirs)))


def alike(markdown: str, html: str) -> str:
    """The Markdown of which every parser makes this HTML: the text itself where that holds.

    Else it is written anew from the HTML, and stays HTML where Markdown has no word for it.
    """
    for made in (published(markdown), markdown_of(html)):
        if reads_as(made, html):
            return made
    return html_lines(html)


def _difference(markdown: str) -> Difference | None:
    text = published(markdown)
    ours, theirs = _read(to_html(text)), _read(sanitise(_parser().render(text)))
    if ours == theirs:
        return None
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            return Difference(ours=_shown(ours[a:b]), theirs=_shown(theirs[c:d]))
    return None


def _ends(markdown: str) -> list[tuple[int, int]]:
    """First line and end of each block that stands by itself."""
    tokens = _parser().parse(markdown)
    return [(t.map[0], t.map[1]) for t in tokens if t.level == 0 and t.map and t.nesting >= 0]


def _shown(blocks: Sequence[tuple[str, str]]) -> str:
    if not blocks:
        return "nothing"
    tag, text = blocks[0]
    return f"<{tag}> {text[:60]}".strip()


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


class _Reader(HTMLParser):
    """The blocks of HTML in order, each with its text and the inline tags in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str]] = []
        self.closed = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = sorted((name, _plain(name, value)) for name, value in attrs if name not in _OWN)
        told = "".join(f" {name}={value}" for name, value in shown)
        if tag in _BLOCKS:
            # A paragraph inside a list item or a quotation is the same text, loose or tight.
            above, text = self.blocks[-1] if self.blocks else ("", "")
            if tag != "p" or above not in ("li", "blockquote") or text.strip():
                self.blocks.append((tag + told, ""))
            self.closed = tag == "hr"
        elif tag not in _SILENT:
            self._add(f"<{tag}{told}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _BLOCKS | _SILENT:
            self._add(f"</{tag}>")
            return
        if tag in ("ul", "ol", "blockquote", "table", "dl", "div"):
            self.blocks.append((f"/{tag}", ""))
        self.closed = self.closed or tag in _BLOCKS

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        if self.closed:
            if not text.strip():
                return
            self.blocks.append(("p", ""))
            self.closed = False
        tag, before = self.blocks[-1]
        self.blocks[-1] = (tag, before + text)


def _plain(name: str, value: str | None) -> str:
    """An attribute's value; one parser encodes what another leaves in an address."""
    return unquote(value or "") if name in ("href", "src") else value or ""


def _read(html: str) -> list[tuple[str, str]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    found = [(tag, re.sub(r"\s+", " ", _nested(text)).strip()) for tag, text in reader.blocks]
    return [block for block in found if block != ("p", "")]


def _nested(text: str) -> str:
    """Text that is both strong and emphasised in one order: no reader sees which is within."""
    return text.replace("<em><strong>", "<strong><em>").replace("</strong></em>", "</em></strong>")
