"""Markdown of drafts: text into it without acting, and out of it as HTML and as plain text.

What is written here reads the same for Python-Markdown, which renders it, and for CommonMark
parsers, which read drafts and which editors use.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Self

import markdown
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

from digest.text.html import sanitise
from digest.text.plain import wrapped
from digest.text.urls import host_of, is_web_url

# --- into Markdown -------------------------------------------------------------------------------

_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BLANKS = re.compile(r"[ \t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
_PLAIN_BRACKETS = re.compile(r"\[[^\[\]\\`]*\](?=[^(\[:])")
_ACTING = re.compile(r"[&<`|\[\]\\*_]")
_LINE_START = re.compile(
    r"(?P<before>\s*)(?:"
    r"(?P<mark>[#>=]|[-+](?![^\W_])|~(?=~))"
    r"|(?P<number>\d+)(?P<stop>[.)])(?=\s|$))"
)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class Md(Markup):
    """Markdown that may stand as it is; whatever is joined to it is escaped for Markdown.

    ``Md("[{}]({})").format(title, url)`` is safe for any title. HTML markup is text here.
    """

    __slots__ = ()

    def __new__(cls, text: object = "") -> Self:
        """The text as Markdown, taken as it is."""
        return str.__new__(cls, text)

    @classmethod
    def escape(cls, s: object, /) -> Self:
        """``s`` as one line of Markdown that shows exactly this text; Markdown stays as it is."""
        if isinstance(s, Md):
            return cls(s)
        return cls(_escaped(str.__str__(s) if isinstance(s, str) else str(s)))


def escape(text: object) -> Md:
    r"""The text as Markdown that shows it exactly: one line, no tags, no HTML.

    Blanks and line ends are folded, control characters dropped. ``&`` and ``<`` become entities;
    other characters get a backslash only where Markdown would act on them, wherever the result is
    placed: in a sentence, at the start of a line, in the label of a link, in a table.

    >>> str(escape("R&D of snake_case * 2 [sic] *soon*"))
    'R&amp;D of snake_case * 2 [sic] \\*soon\\*'
    """
    return Md.escape(text)


def _escaped(text: str) -> str:
    text = _BLANKS.sub(" ", _UNPRINTABLE.sub("", text))
    kept = {at for m in _PLAIN_BRACKETS.finditer(text) for at in (m.start(), m.end() - 1)}
    out = _ACTING.sub(lambda m: m[0] if m.start() in kept else _acting(text, m.start()), text)
    if start := _LINE_START.match(out):
        at = start.end("number") if start["number"] else start.end("before")
        out = f"{out[:at]}\\{out[at:]}"
    if out.endswith("#"):  # in a heading a final "#" would close it
        bare = out.rstrip("#")
        out = bare.removesuffix("\\") + "\\#" * (len(out) - len(bare))
    if re.match(r"https?://\S+$", out):  # may be meant as the target of a link
        out = out.replace("(", "\\(").replace(")", "\\)")
    return out


def _acting(text: str, at: int) -> str:
    """The character at ``at`` as Markdown: escaped where it would act."""
    char = text[at]
    if char == "&":
        return "&amp;"
    if char == "<":
        return "&lt;"
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if char in "*_":
        lone = before == after == " " and text[:at].strip() != ""
        inside = char == "_" and _is_letter(before) and _is_letter(after)
        return char if lone or inside else f"\\{char}"
    if char == "\\" and after.strip() and after not in _PUNCTUATION:
        return char
    return f"\\{char}"


def _is_letter(char: str) -> bool:
    return bool(char) and char.isalnum()


_IN_TARGET = re.compile(r"[\s()<>\"'`\\|\[\]{}^\x00-\x20\x7f-\x9f\ud800-\udfff]")


def link(label: object, url: str) -> Md:
    """``[label](url)``; just the label where ``url`` is no http, https or mailto address.

    Characters that could end the target are percent-encoded; an empty label becomes the host.

    >>> str(link("A_B", "https://example.org/a (1)"))
    '[A_B](https://example.org/a%20%281%29)'
    """
    url = url.strip()
    shown = (label if isinstance(label, Md) else escape(str(label).strip())).strip()
    if not _is_target(url):
        return shown
    literal = re.match(r"[a-zA-Z]+://\[[0-9a-fA-F:.]+\]|", url)  # the brackets of an IPv6 host
    head = literal[0] if literal else ""
    address = url[len(head) :]
    target = head + _IN_TARGET.sub(_percent, address)
    target = re.sub(r"&(?=#?\w+;)", "&amp;", target)
    return Md(f"[{shown or escape(host_of(url) or url)}]({target})")


def _is_target(url: str) -> bool:
    if url[:7].lower() == "mailto:":
        return "@" in url
    return (
        is_web_url(re.sub(r"[\s\\]", "", url))
        and "\\" not in url.partition("://")[2].partition("/")[0]
    )


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "ignore"))


# --- comments ------------------------------------------------------------------------------------

_COMMENT = re.compile(r"<!--(?:>|->|.*?-->)", re.DOTALL)
_COMMENT_AND_BLANKS = re.compile(
    rf"^(?P<indent>[ \t]*)(?:{_COMMENT.pattern}[ \t]*)+|[ \t]*(?:{_COMMENT.pattern})(?:[ \t]*$)?",
    re.DOTALL | re.MULTILINE,
)
_TRACE = re.compile(r"<!--\s*e:\s*([^>]*?)\s*-->")
_ENTRY_ID = re.compile(r"[A-Za-z0-9._:-]*[A-Za-z0-9]")
_CLASS_COMMENT = re.compile(
    r"<!--\s*(confidence|note)\s*-->(?=(?:[ \t]*<!--.*?-->)*[ \t]*"
    r"(?:$|\n[ \t>]*(?:\n|$|[-*+] |\d+[.)] |#)))",
    re.DOTALL,
)
_MARKERS = {"confidence": "\ufdd0", "note": "\ufdd1"}


def trace(*entry_ids: str) -> Md:
    """The comment that names the entries a sentence comes from; "" without any.

    Raises ValueError for an id that could end the comment.
    """
    for entry_id in entry_ids:
        if not _ENTRY_ID.fullmatch(entry_id) or "--" in entry_id:
            raise ValueError(f"{entry_id!r} cannot stand in a comment")
    return Md(f"<!-- e:{' '.join(entry_ids)} -->" if entry_ids else "")


def traces(markdown: str) -> tuple[str, ...]:
    """The ids of the entries a piece of a draft names, in order, without repeats.

    >>> traces("One. <!-- e:a1 b2 --> Two. <!-- e:b2 -->")
    ('a1', 'b2')
    """
    found = (entry_id for match in _TRACE.finditer(markdown) for entry_id in match[1].split())
    return tuple(dict.fromkeys(found))


def published(markdown: str) -> str:
    """The Markdown without any comment, and without the blanks that stood around them.

    >>> published("One. <!-- e:a1 --> Two. <!-- e:b2 -->")
    'One. Two.'
    """
    while _COMMENT.search(markdown):  # again: taking one out may join the halves of another
        markdown = _COMMENT_AND_BLANKS.sub(lambda m: m["indent"] or "", markdown)
    return markdown


# --- out of Markdown -----------------------------------------------------------------------------


class _Classes(Treeprocessor):
    """Moves a marker at the end of a block into the class of its element."""

    def run(self, root: ET.Element) -> None:
        for element in root.iter():
            for name, marker in _MARKERS.items():
                if _take_last(element, marker):
                    element.set("class", name)


def _take_last(element: ET.Element, marker: str) -> bool:
    """Whether the element's own text ends with the marker, which is taken away."""
    if element.tag not in ("p", "li", "div", "td", "h4", "h5", "h6"):
        return False
    last = element[-1] if len(element) else None
    text = (element.text if last is None else last.tail) or ""
    bare = text.rstrip()
    if not bare.endswith(marker):
        return False
    if last is None:
        element.text = bare[:-1].rstrip()
    else:
        last.tail = bare[:-1].rstrip()
    return True


def _new_parser() -> markdown.Markdown:
    parser = markdown.Markdown(
        extensions=["tables", "sane_lists", "fenced_code"],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )
    # CommonMark lets a backslash escape any ASCII punctuation; Python-Markdown only some.
    parser.ESCAPED_CHARS = sorted(_PUNCTUATION)
    parser.treeprocessors.register(_Classes(parser), "digest_classes", 15)
    return parser


def to_html(markdown: str) -> str:
    """The HTML of a story's body or another piece of a draft, sanitised last.

    A block that ends with ``<!-- confidence -->`` or ``<!-- note -->`` gets that class; every
    other comment is dropped. Extensions: tables, sane lists, fenced code.

    >>> to_html("*So* it is. <!-- e:a1 --> <!-- note -->")
    '<p class="note"><em>So</em> it is.</p>'
    """
    text = re.sub(r"[\ufdd0-\ufdef\ud800-\udfff]", "", markdown)
    text = published(_CLASS_COMMENT.sub(lambda m: _MARKERS[m[1]], text))
    return sanitise(_new_parser().convert(text)).strip()


def to_plain(markdown: str, width: int = 76) -> str:
    """The text for a plain mail: wrapped at ``width`` columns, links as ``label (url)``.

    Addresses are never broken; a Chinese character counts two columns and may end a line.
    """
    return wrapped(to_html(markdown), width)
