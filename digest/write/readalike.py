"""Whether Python-Markdown, which renders an issue, and CommonMark parsers read a text alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from digest.text.markdown import published, to_html

_HEADINGS = {f"h{level}" for level in range(1, 7)}
_BLOCKS = _HEADINGS | {"p", "li", "blockquote", "pre", "td", "th", "hr", "ol", "ul"}
_LOOSE = frozenset({"p"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place that is read in two ways: what each parser makes of it, in one line."""

    ours: str
    theirs: str


def difference_in(markdown: str) -> Difference | None:
    """The first block of a body that the two parsers read differently; nothing where none is.

    Links, emphasis and the text itself count as well as the kind of block. Comments are left out.
    """
    text = published(markdown)
    ours, theirs = _read(to_html(text)), _read(_parser().render(text))
    if ours == theirs:
        return None
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag != "equal":
            return Difference(ours=_shown(ours[a:b]), theirs=_shown(theirs[c:d]))
    return None


def _shown(blocks: list[tuple[str, str]]) -> str:
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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            # A paragraph inside a list item or a quotation is the same text, loose or tight.
            if (
                tag in _LOOSE
                and self.blocks
                and self.blocks[-1] in (("li", ""), ("blockquote", ""))
            ):
                return
            self.blocks.append((tag, ""))
        elif tag in ("a", "em", "strong", "code"):
            href = dict(attrs).get("href") or ""
            self._add(f"<{tag} {href}>" if href else f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "em", "strong", "code"):
            self._add(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        if not self.blocks:
            if not text.strip():
                return
            self.blocks.append(("", ""))
        tag, before = self.blocks[-1]
        self.blocks[-1] = (tag, before + text)


def _read(html: str) -> list[tuple[str, str]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [(tag, re.sub(r"\s+", " ", text).strip()) for tag, text in reader.blocks]
