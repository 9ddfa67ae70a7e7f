"""Sanitised HTML of a body written as Markdown again, in forms that all parsers read alike."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from digest.text.markdown import Md, escape, link

BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr table caption div dl dt dd",
    )
)
"""The elements that stand by themselves, but for the parts of a table."""

_VOID = frozenset(("br", "hr", "wbr", "col"))
_MARKS = {"em": "*", "strong": "**"}
_ALIGNED = {"left": ":---", "right": "---:", "center": ":---:"}
_INDENT = " " * 4


def markdown_of(html: str) -> str:
    r"""The Markdown of well-formed HTML, block by block; what Markdown cannot say stays HTML.

    >>> markdown_of("<h4>A</h4><p>It <em>is</em>.</p><ul><li>one</li><li>two</li></ul>")
    '#### A\n\nIt *is*.\n\n- one\n- two'
    """
    return "\n\n".join(_blocks(_tree(html).children))


def html_lines(html: str) -> str:
    r"""The HTML itself, a block on one line each, which every parser leaves as it is.

    >>> html_lines("<pre>a\n b</pre><p>c\nd</p>")
    '<pre>a&#10; b</pre>\n\n<p>c d</p>'
    """
    return "\n\n".join(map(_html, _grouped(_tree(html).children)))


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[_Node]:
        """The children with one of these tags."""
        return [each for each in self.children if isinstance(each, _Node) and each.tag in tags]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Node("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs if name != "rel"})
        self.open[-1].children.append(node)
        if tag not in _VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag == tag and tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _tree(html: str) -> _Node:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.open[0]


# --- blocks ------------------------------------------------------------------------------------


def _blocks(children: Sequence[_Node | str]) -> list[str]:
    return [made for made in map(_block, _grouped(children)) if made.strip()]


def _grouped(children: Sequence[_Node | str]) -> Iterator[_Node]:
    """Blocks only: text and marked words between them as paragraphs."""
    between: list[_Node | str] = []
    for child in (*children, _Node("p")):
        if not isinstance(child, _Node) or child.tag not in BLOCKS:
            between.append(child)
            continue
        for block in (_Node("p", children=between), child):
            if block.tag != "p" or any(not isinstance(c, str) or c.strip() for c in block.children):
                yield block
        between = []


def _block(node: _Node) -> str:
    written = _WRITERS[node.tag](node) if node.tag in _WRITERS else ""
    return written or _html(node)


def _heading(node: _Node) -> str:
    return "#" * int(node.tag[1]) + " " + " ".join(_inlines(node.children).split())


def _quotation(node: _Node) -> str:
    lines = "\n\n".join(_blocks(node.children)).split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _list(node: _Node) -> str:
    start = node.attributes.get("start", "")
    number = int(start) if start.isdigit() else 1
    items, loose = [], False
    for place, item in enumerate(node.all("li")):
        mark = f"{number + place}. " if node.tag == "ol" else "- "
        inside = _blocks(item.children)
        loose = loose or bool(item.all("p"))
        gap = "\n\n" if item.all("p") else "\n"
        items.append(mark + gap.join(inside).replace("\n", f"\n{_INDENT}").strip())
    text = ("\n\n" if loose else "\n").join(items)
    return re.sub(r"^ +$", "", text, flags=re.MULTILINE)


def _code(node: _Node) -> str:
    text = "".join(_strings(node)).removesuffix("\n")
    ticks = "`" * max([2, *(len(run) for run in re.findall(r"`+", text))])
    return f"{ticks}`\n{text}\n{ticks}`"


def _table(node: _Node) -> str:
    """A table of pipes, where its rows are of one length and nothing is joined; else nothing."""
    rows = [row for part in node.all("thead", "tbody") for row in part.all("tr")]
    cells = [row.all("th", "td") for row in rows]
    joined = any(cell.attributes.keys() - {"align"} for row in cells for cell in row)
    if not cells or joined or len({len(row) for row in cells}) != 1 or not node.all("thead"):
        return ""
    rules = [_ALIGNED.get(cell.attributes.get("align", ""), "---") for cell in cells[0]]
    lines = [[_inlines(cell.children) for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rules, *lines[1:]))


_WRITERS: dict[str, Callable[[_Node], str]] = {
    **{f"h{level}": _heading for level in range(1, 7)},
    "p": lambda node: _inlines(node.children),
    "hr": lambda _: "---",
    "blockquote": _quotation,
    "ul": _list,
    "ol": _list,
    "pre": _code,
    "table": _table,
}


# --- inside a block ----------------------------------------------------------------------------


def _inlines(children: Sequence[_Node | str]) -> str:
    text = "".join(map(_inline, children))
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return "  \n".join(line for line in lines if line)


def _inline(child: _Node | str) -> str:
    if isinstance(child, str):
        folded = re.sub(r"\s+", " ", child)
        bare = folded.strip()
        return folded.replace(bare, str(escape(bare)), 1) if bare else folded
    if child.tag == "br":
        return "\n"
    inside = "".join(map(_inline, child.children))
    if child.tag in _MARKS and not child.attributes:
        return _around(inside, _MARKS[child.tag])
    if child.tag == "code":
        return _ticked("".join(_strings(child)))
    if child.tag == "a" and child.attributes.keys() == {"href"}:
        return str(link(Md(inside), child.attributes["href"]))
    opened = f"<{child.tag}{_attributes(child)}>"
    return opened if child.tag in _VOID else f"{opened}{inside}</{child.tag}>"


def _around(text: str, mark: str) -> str:
    """The text between marks, its blanks outside of them."""
    bare = text.strip()
    return text.replace(bare, f"{mark}{bare}{mark}", 1) if bare else text


def _ticked(text: str) -> str:
    ticks = "`" * (1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    blank = " " if re.match(r"`|.*`$", text) else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


# --- what Markdown cannot say --------------------------------------------------------------------


def _html(node: _Node | str) -> str:
    if isinstance(node, str):
        return re.sub(r"\s+", " ", entities.escape(node, quote=False))
    opened = f"<{node.tag}{_attributes(node)}>"
    if node.tag in _VOID:
        return opened
    inside = "".join(map(_html, node.children))
    inside = inside.strip() if node.tag in BLOCKS else inside
    if node.tag == "pre":
        text = entities.escape("".join(_strings(node)), quote=False).replace("\n", "&#10;")
        inside = f"<code>{text}</code>" if node.all("code") else text
    return f"{opened}{inside}</{node.tag}>"


def _attributes(node: _Node) -> str:
    return "".join(f' {name}="{entities.escape(v)}"' for name, v in node.attributes.items())


def _strings(node: _Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _strings(child)
