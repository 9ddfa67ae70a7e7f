"""Any bytes that claim to be a web page to a tree, or a sentence that says why not.

A parser of HTML needs quadratic time for depth: 100,000 open elements take 14 s, 5,000 take 0.04 s.
What is nested so deeply that no site can mean it is refused before it is parsed; the rest of the
worker's limits catch what comes through.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from contextlib import suppress
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from digest.errors import ParseError
from digest.pull.decode import decode
from digest.text.html import one_line
from digest.text.urls import is_web_url

DEEPEST = 2000
"""Elements open at once. Browsers stop at 512, but old pages leave <font> and <b> open for good."""

MOST_ELEMENTS = 200_000
"""Tags of one page; the longest real listings have some 10,000."""

MOST_ATTRIBUTES = 5000
"""Attributes of one element: a parser compares each with all before it."""

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BETWEEN = re.compile(r"[\s/]+")
_TOKEN = re.compile(r"<(?:(!--)|(/?)([A-Za-z][A-Za-z0-9:-]{0,30})[^<>]*>?)")
_RAW = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "xmp")
}
# Void, or closed by what follows them.
_FLAT_NAMES = (
    "area base body br col dd dt embed head hr html img input li link meta option p source td th "
    "tr track wbr"
)
_FLAT = frozenset(_FLAT_NAMES.split())
# HTML ignores the slash of "<div/>"; for elements of SVG it is an end.
_HTML_NAMES = (
    "a article aside b big blockquote button center code div em fieldset font footer form h1 h2 h3 "
    "h4 h5 h6 header i label main nav ol pre s section small span strong sub sup table tbody u ul"
)
_HTML = frozenset(_HTML_NAMES.split())
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_TEXTUAL = frozenset({"utf-7", "punycode", "idna", "undefined", "unicode_escape"})
_LONGEST_TEXT = 100_000


def html_tree(body: bytes, *, content_type: str = "") -> LexborHTMLParser:
    """The page as a tree. Raises ParseError where it is empty, or built to hurt a parser."""
    text = page_text(body, content_type=content_type).replace("\0", "")
    if not text.strip():
        raise ParseError("The page is empty; open the address in a browser to see what it shows.")
    _refuse_traps(text)
    try:
        return LexborHTMLParser(text)
    except SelectolaxError as error:  # the parser's own word for memory it does not get
        message = "The page needs too much memory to read, so it was stopped; it may be hostile."
        raise ParseError(message) from error


def page_text(body: bytes, *, content_type: str = "") -> str:
    """The page's text: UTF-8 where it can be, then the charset of its head or of HTTP."""
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8-sig")
    declared = _CHARSET.search(content_type)
    if declared and not _CHARSET.search(body[:2048].decode("latin-1")):
        with suppress(LookupError, UnicodeError):
            name = codecs.lookup(declared[1]).name
            if name not in _TEXTUAL and name != "utf-8":
                return body.decode(name, "replace")
    return decode(body)


def base_of(tree: LexborHTMLParser, url: str) -> str:
    """What relative links of the page are relative to: its ``<base>``, else its own address."""
    node = tree.css_first("base[href]")
    return (absolute(node.attributes.get("href") or "", url) if node else None) or url


def absolute(link: str, base: str) -> str | None:
    """The whole web address of a link, or ``None`` where it leads to no page of its own."""
    link = link.strip()
    if not link or link.startswith("#"):
        return None
    try:
        found = urljoin(base, link)
    except ValueError:
        return None
    return found if is_web_url(found) else None


def text_of(node: LexborNode) -> str:
    """The words of an element in one line, at most 100,000 characters of its markup read."""
    return one_line((node.html or "")[:_LONGEST_TEXT])


def title_of(tree: LexborHTMLParser) -> str | None:
    """What the site calls itself, else what the page does."""
    site = tree.css_first("meta[property='og:site_name'][content]")
    if site and (name := one_line(site.attributes.get("content") or "")):
        return name
    title = tree.css_first("title")
    return (" ".join(title.text().split()) or None) if title else None


def _refuse_traps(text: str) -> None:
    """Raise ParseError for too many elements, attributes or open elements; linear in the text."""
    at = depth = count = 0
    opened: Counter[str] = Counter()
    while token := _TOKEN.search(text, at):
        at = token.end()
        count += 1
        if count > MOST_ELEMENTS:
            raise ParseError(f"The page has more than {MOST_ELEMENTS:,} elements; it is not read.")
        if token[1]:
            at = text.find("-->", token.start() + 2)
            if at < 0:
                return
            continue
        if token.end() - token.start() > MOST_ATTRIBUTES:
            _refuse_attributes(token[0])
        name = token[3].lower()
        if not token[2] and name in _RAW:
            end = _RAW[name].search(text, at)
            if end is None:
                return
            at = end.end()
        elif name not in _FLAT and (token[2] or name in _HTML or not token[0].endswith("/>")):
            # An end tag without its beginning closes nothing.
            step = 1 if not token[2] else -1 if opened[name] else 0
            opened[name] += step
            depth += step
            if depth > DEEPEST:
                raise ParseError(f"The page nests elements deeper than {DEEPEST}; it is not read.")


def _refuse_attributes(tag: str) -> None:
    bare = _QUOTED.sub("", tag)  # a value may be long: pictures and data stand in attributes
    if len(_BETWEEN.findall(bare)) > MOST_ATTRIBUTES:
        message = f"An element of the page has more than {MOST_ATTRIBUTES:,} attributes"
        raise ParseError(f"{message}; it is not read.")
