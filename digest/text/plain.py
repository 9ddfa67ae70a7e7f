"""Sanitised HTML as wrapped plain text, for mail readers that show nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

_BLOCKS = frozenset(
    (
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"),
        *("table", "tr", "dl", "dt", "dd", "hr", "thead", "tbody"),
    )
)
_DEEPEST = 100  # below it elements are no longer told apart
_WIDE = frozenset("WF")
_UNIT = re.compile(r"\n| +|[^ \n]+")


@dataclass(slots=True)
class _Writer:
    """Collects blocks: each a text with the prefix of its first and of its other lines."""

    width: int
    blocks: list[str] = field(default_factory=list)
    tight: set[int] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)
    prefix: str = ""
    bullet: str = ""
    depth: int = 0

    def flush(self, *, verbatim: str = "") -> None:
        text = verbatim or re.sub(r" ?\n ?", "\n", "".join(self.parts)).strip()
        self.parts.clear()
        if not text:
            return
        first = self.prefix[: len(self.prefix) - len(self.bullet)] + self.bullet
        self.bullet = ""
        room = max(self.width - _columns(self.prefix), 20)
        lines = text.split("\n") if verbatim else _wrap(text, room)
        shown = [f"{first if at == 0 else self.prefix}{line}" for at, line in enumerate(lines)]
        self.blocks.append("\n".join(line.rstrip() for line in shown))


def wrapped(html: str, width: int) -> str:
    """The text of sanitised HTML in lines of at most ``width`` columns, blocks apart.

    Links are ``label (address)``; list items start with ``- `` or their number, quotations with
    ``> ``, table cells stand apart by `` | ``. A word wider than a line (an address) stays whole.
    """
    body = LexborHTMLParser(html).body
    writer = _Writer(width=width)
    if body is not None:
        _write_children(body, writer)
        writer.flush()
    return _joined(writer)


def _joined(writer: _Writer) -> str:
    out = []
    for at, block in enumerate(writer.blocks):
        out.append("" if at == 0 else "\n" if at in writer.tight else "\n\n")
        out.append(block)
    return "".join(out)


def _write_children(parent: LexborNode, writer: _Writer) -> None:
    if writer.depth > _DEEPEST:
        writer.parts.append(parent.text())
        return
    writer.depth += 1
    for node in parent.iter(include_text=True):
        _write(node, writer)
    writer.depth -= 1


def _write(node: LexborNode, writer: _Writer) -> None:
    name = node.tag or ""
    if node.is_text_node:
        writer.parts.append(re.sub(r"\s+", " ", node.text_content or ""))
    elif name == "br":
        writer.parts.append("\n")
    elif name == "a":
        _write_link(node, writer)
    elif name == "hr":
        writer.flush(verbatim="* * *")
    elif name == "pre":
        writer.flush()
        writer.flush(verbatim=(node.text() or "").rstrip("\n"))
    elif name in ("td", "th"):
        if _element_before(node) is not None and any(part.strip() for part in writer.parts):
            writer.parts.append(" | ")
        _write_children(node, writer)
    elif name in _BLOCKS:
        _write_block(node, name, writer)
    else:
        _write_children(node, writer)


def _write_block(node: LexborNode, name: str, writer: _Writer) -> None:
    writer.flush()
    before = writer.prefix
    start = len(writer.blocks)
    if name == "blockquote":
        writer.prefix += "> "
    elif name == "li":
        writer.bullet = _bullet(node)
        writer.prefix += " " * len(writer.bullet)
    _write_children(node, writer)
    writer.flush()
    writer.prefix, writer.bullet = before, ""
    if name in ("li", "tr", "tbody") and _element_before(node) and len(writer.blocks) > start:
        writer.tight.add(start)


def _element_before(node: LexborNode) -> LexborNode | None:
    before = node.prev
    while before is not None and not before.is_element_node:
        before = before.prev
    return before


def _bullet(item: LexborNode) -> str:
    parent = item.parent
    if parent is None or parent.tag != "ol":
        return "- "
    start = parent.attributes.get("start") or "1"
    number = int(start) if re.fullmatch(r"\d{1,9}", start) else 1
    before = _element_before(item)
    while before is not None:
        number += 1
        before = _element_before(before)
    return f"{number}. "


def _write_link(node: LexborNode, writer: _Writer) -> None:
    start = len(writer.parts)
    _write_children(node, writer)
    label = "".join(writer.parts[start:]).strip()
    address = (node.attributes.get("href") or "").strip()
    if address and label not in (address, address.removeprefix("mailto:")):
        writer.parts.append(f" ({address})" if label else address)


# --- lines ---------------------------------------------------------------------------------------


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in _WIDE else 1
        for c in text
    )


_NOT_FIRST = "，。！？；：、”’）》」』】…,.!?;:)"
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def _units(word: str) -> list[str]:
    """The pieces of a word between which a line may end: Chinese characters stand alone."""
    if not _HAN.search(word):
        return [word]
    pieces: list[str] = []
    for char in word:
        glued = pieces and (char in _NOT_FIRST or pieces[-1][-1] in "（《「『【“‘(")
        joins = pieces and not _HAN.search(char) and not _HAN.search(pieces[-1])
        if glued or joins:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _wrap(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used, gap = "", 0, ""
        for unit in _UNIT.findall(paragraph):
            if unit.startswith(" "):
                gap = " "
                continue
            for piece in _units(unit):
                size = _columns(piece)
                if line and used + len(gap) + size > width:
                    lines.append(line)
                    line, used, gap = "", 0, ""
                line, used, gap = f"{line}{gap}{piece}", used + len(gap) + size, ""
        lines.append(line)
    return lines
