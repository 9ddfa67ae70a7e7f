"""Strict XML feeds to raw entries in one pass over lxml's tree: RSS, RDF, Atom, their modules.

Exact or not at all: it reads an entry as feedparser does (``tests/pull/test_feeds_agree.py`` holds
the two side by side) and gives up the whole document on anything it does not know for certain,
such as markup that is not escaped, a date in a form of its own, or a well-known prefix under an
unknown address. Then ``forgiving`` reads it, some fifty times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape
from typing import Any

from digest.model import Certainty, RawEntry
from digest.pull.fields import (
    asked_pause,
    bodies,
    entry_date,
    feed_title,
    first_link,
    is_whole,
    joined,
    language_tag,
    names,
    permalink,
    person,
    text_as_html,
)
from digest.pull.gate import Limits
from digest.pull.parsed import ParsedFeed
from digest.pull.vocabulary import (
    ITEMS,
    KNOWN_NAMES,
    MEANINGS,
    MOST_TAGS,
    PREFIXES,
    ROOTS,
    is_atom,
)
from digest.text.dates import usual_time
from digest.text.html import one_line

Found = dict[str, Any]
Reader = Callable[[Found, Any], None]

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TIME = Certainty.TIME
_DEEPEST = 4  # groups of media within one another
_WHOLE = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"", "text", "plain", "text/plain"})
_HTML = frozenset({"html", "text/html"})
_XHTML = frozenset({"xhtml", "application/xhtml+xml"})


class UnsureError(Exception):
    """The document holds what only the forgiving parser reads."""


def read_strict(
    body: bytes, *, url: str, limits: Limits, named: bool = False, recover: bool = False
) -> ParsedFeed | None:
    """The feed in a strict XML document in UTF-8 without DTD; None where another must read it.

    ``named`` believes ``<source>`` about an entry's publisher. ``recover`` reads a damaged
    document as far as it goes instead of refusing it. libxml2 itself refuses more than 256
    elements within one another and texts over 10 MB.
    """
    from lxml import etree  # noqa: PLC0415 - only worker processes need it

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    try:
        root = etree.fromstring(body, parser)
        return None if root is None else _feed(root, body, url, limits, named=named)
    except (etree.XMLSyntaxError, UnsureError):
        return None


def _feed(root: Any, body: bytes, url: str, limits: Limits, *, named: bool) -> ParsedFeed | None:
    name = KNOWN_NAMES[root.tag]
    channel, items = _layout(root, name)
    if not items or len(items) > limits.entries:
        return None
    based = b":base" in body
    head = _head(channel)
    authors = _inherited(channel) if is_atom(root.tag) else ()
    entries = []
    for item in items:
        # Where xml:base is used a link is never read on the spot.
        found: Found = {"based": True, "link": ""} if based else {}
        if about := item.get(_ABOUT):
            found["about"] = about
        for child in item:
            reader = _READERS[child.tag]
            if reader is None:
                continue
            if (
                reader.__class__ is str
                and reader not in found
                and (text := child.text)
                and not len(child)
            ):
                found[reader] = text
            else:
                _READ[reader](found, child)
        entries.append(_entry(found, url, limits, authors, named=named))
    language = head.get("language") or head.get("dc:language")
    language = language or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    return ParsedFeed(
        title=feed_title(head.get("title") or head.get("dc:title") or ""),
        entries=tuple([e for e in entries if e.title or e.summary or e.content or e.url]),
        lang=language_tag(language),
        ttl=asked_pause(*map(head.get, ("ttl", "sy:updateperiod", "sy:updatefrequency"))),
    )


def _layout(root: Any, name: str | None) -> tuple[Any, list[Any]]:
    """The element that describes the feed, and its entries: beside it in RDF, else within.

    An entry that stands alone has no feed to describe.
    """
    if name == "entry":
        return (), [root]
    if name not in ROOTS:
        return root, []
    channel, items = root, []
    for child in root:
        kind = KNOWN_NAMES[child.tag]
        if kind == "channel":
            channel = child
            items += [each for each in child if KNOWN_NAMES[each.tag] in ITEMS]
        elif kind in ITEMS:
            items.append(child)
    return channel, items


_HEAD = frozenset(
    {"title", "dc:title", "language", "dc:language", "ttl", "sy:updateperiod", "sy:updatefrequency"}
)


def _head(channel: Any) -> dict[str, str]:
    """What the feed says of itself; of a title the first, of the rest the last."""
    head: dict[str, str] = {}
    for child in channel:
        name = KNOWN_NAMES[child.tag]
        if name not in _HEAD or (name == "title" and name in head):
            continue
        head[name] = _atom_text(child, title=True) if is_atom(child.tag) else _text(child)
    return head


def _inherited(channel: Any) -> tuple[str, ...]:
    """The authors of an Atom feed: of its entries too that name none (RFC 4287, 4.2.1)."""
    found: Found = {}
    for child in channel:
        if KNOWN_NAMES[child.tag] == "author":
            _read_author(found, child)
    return names(*found.get("authors", ()))


def _entry(
    found: Found, url: str, limits: Limits, inherited: tuple[str, ...], *, named: bool
) -> RawEntry:
    get = found.get
    link: str = get("link", "").strip()
    if "&amp;" in link:  # addresses are often escaped twice
        link = link.replace("&amp;", "&")
    guid = _guid(found)
    summary, contents = get("summary", "").strip(), get("contents")
    published, certainty = _when(found)
    content = ""
    if contents:
        summary, content = bodies(summary or contents[0], contents, limits.text)
    title: str = get("title", "").strip() or get("media_title", "")
    return RawEntry(
        title=title[: limits.text],
        url=_url(found, link, url),
        guid=(guid or link)[:2000] or None,
        summary=summary[: limits.text],
        content=content,
        published=published,
        certainty=certainty,
        authors=names(*found["authors"]) if "authors" in found else inherited,
        tags=names(*found["tags"]) if "tags" in found else (),
        publisher=one_line(get("source", ""))[:200] or None if named else None,
    )


def _url(found: Found, link: str, base: str) -> str | None:
    if "original" in found:
        link = found["original"].strip() or link
    if is_whole(link):
        return link
    guid = found.get("guid")
    own = guid is not None and (guid.get("isPermaLink") or "true") == "true"
    own_link = permalink(_guid(found)) if own else ""
    return first_link(base, link, own_link, *found.get("enclosures", ()))


def _guid(found: Found) -> str:
    element = found.get("guid")
    if element is None:
        return str(found.get("about", ""))
    text: str = (element.text or "").strip()
    if text and "based" in found and (element.get("isPermaLink") or "true") == "true":
        text = joined(element.base or "", text)
    return text


def _when(found: Found) -> tuple[datetime | None, Certainty]:
    usual = usual_time(found.get("published", ""))
    if usual is not None and (usual.hour or usual.minute or usual.second):
        return usual, _TIME
    for key in ("published", "updated", "created"):
        if text := found.get(key):
            published, certainty = entry_date(text.strip())
            if published is not None:
                return published, certainty
            if text.strip():
                raise UnsureError
    return None, Certainty.GUESS


# --- one element of an entry ---------------------------------------------------------------------


def _text(element: Any) -> str:
    if len(element):
        raise UnsureError
    text: str | None = element.text
    return text.strip() if text else ""


def _atom_text(element: Any, *, title: bool = False) -> str:
    """The value of a text construct as HTML (RFC 4287, 3.1; Atom 0.3 names media types)."""
    kind = (element.get("type") or "").lower()
    if kind in _XHTML and len(element):
        return _inner(element)
    mode = element.get("mode", "xml")
    if mode == "base64" or (mode == "escaped" and kind in _XHTML):
        raise UnsureError
    if kind in _PLAIN or kind in _XHTML:
        return text_as_html(_text(element), title=title)
    if kind in _HTML:
        return _text(element)
    raise UnsureError


def _inner(element: Any) -> str:
    """The mark-up within an element."""
    from lxml import etree  # noqa: PLC0415 - only worker processes need it

    if any(child.prefix for child in element):
        raise UnsureError
    pieces = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return (escape(element.text or "", quote=False) + "".join(pieces)).strip()


def _read_title(found: Found, element: Any) -> None:
    """Another title: the first that is not empty counts."""
    if not found.get("title", "").strip():
        found["title"] = _text(element)


def _read_atom_title(found: Found, element: Any) -> None:
    if not found.get("title", "").strip():
        found["title"] = _atom_text(element, title=True)


def _read_media_title(found: Found, element: Any) -> None:
    found["media_title"] = _text(element)


def _read_link(found: Found, element: Any) -> None:
    href = element.get("href") or element.get("url") or element.get("uri")
    if href is None:
        found["link"] = _resolved(found, element, _text(element))
        return
    rel = (element.get("rel") or "alternate").lower()
    if rel == "enclosure":
        _read_enclosure(found, element)
    elif rel == "alternate" and (element.get("type") or "text/html").lower() in _WHOLE:
        found["link"] = _resolved(found, element, href.strip())


def _resolved(found: Found, element: Any, link: str) -> str:
    return joined(element.base or "", link) if "based" in found and link else link


def _read_enclosure(found: Found, element: Any) -> None:
    href = element.get("url") or element.get("href")
    if href:
        found.setdefault("enclosures", []).append(_resolved(found, element, href.strip()))


def _read_guid(found: Found, element: Any) -> None:
    if len(element):
        raise UnsureError
    found["guid"] = element


def _read_summary(found: Found, element: Any) -> None:
    _add_summary(found, _text(element))


def _read_atom_summary(found: Found, element: Any) -> None:
    _add_summary(found, _atom_text(element))


def _add_summary(found: Found, text: str) -> None:
    """A second summary is a body, but beside a body the last of the outermost is the summary."""
    depth = found.get("depth", 0)
    if "summary" not in found:
        found["summary"], found["summary_depth"] = text, depth
    elif "contents" not in found:
        found["contents"] = [text]
    elif depth <= found.get("summary_depth", 0):
        found["summary"], found["summary_depth"] = text, depth


def _read_content(found: Found, element: Any) -> None:
    found.setdefault("contents", []).append(_text(element))


def _read_atom_content(found: Found, element: Any) -> None:
    found.setdefault("contents", []).append(_atom_text(element))


def _read_again(name: str) -> Reader:
    """A reader of texts of which the last counts."""

    def read(found: Found, element: Any) -> None:
        found[name] = _text(element)

    return read


def _read_author(found: Found, element: Any) -> None:
    if len(element):
        name = next((_text(e) for e in element if KNOWN_NAMES[e.tag] == "name"), "")
    else:
        name = _text(element)
    found.setdefault("authors", []).append(person(name))


def _read_category(found: Found, element: Any) -> None:
    tags = found.setdefault("tags", [])
    term, label = element.get("term") or element.get("text"), element.get("label")
    if label or term:
        tags.append(label or term)
    for nested in element:  # of a podcast: a category within its category
        _read_category(found, nested)
    if (text := (element.text or "").strip()) and (term or not label):
        tags.append(text)


def _read_words(found: Found, element: Any) -> None:
    found.setdefault("tags", []).extend(word.strip() for word in _text(element).split(","))


def _read_within(found: Found, element: Any) -> None:
    found["depth"] = found.get("depth", 0) + 1
    if found["depth"] > _DEEPEST:
        raise UnsureError
    for child in element:
        reader = _READERS[child.tag]
        if reader is not None:
            _READ[reader](found, child)
    found["depth"] -= 1


def _read_source(found: Found, element: Any) -> None:
    if not len(element):
        found["source"] = _text(element)


def _read_unsure(_found: Found, _element: Any) -> None:
    raise UnsureError


def _read_foreign(_found: Found, element: Any) -> None:
    """An element of another vocabulary says nothing, if it does not only seem to be of another."""
    if element.prefix is None or element.prefix in PREFIXES:
        raise UnsureError


_BY_MEANING: dict[str, Reader] = {
    "title": _read_title,
    "media_title": _read_media_title,
    "link": _read_link,
    "original": _read_again("original"),
    "guid": _read_guid,
    "enclosure": _read_enclosure,
    "summary": _read_summary,
    "content": _read_content,
    "atom_content": _read_unsure,
    "published": _read_again("published"),
    "updated": _read_again("updated"),
    "created": _read_again("created"),
    "author": _read_author,
    "category": _read_category,
    "words": _read_words,
    "within": _read_within,
    "source": _read_source,
    "unsure": _read_unsure,
}
_OF_ATOM: dict[str, Reader] = _BY_MEANING | {
    "title": _read_atom_title,
    "summary": _read_atom_summary,
    "atom_content": _read_atom_content,
}
_MEANING = {name: meaning for meaning, all_names in MEANINGS.items() for name in all_names}
_PLAIN_TEXTS = frozenset({"title", "link", "summary", "published", "updated", "created"})

# Most elements hold one plain text: those are read on the spot, by the name they are kept under.
# All others have a function, as has the second of a name.
_READ: dict[str | Reader, Reader] = {name: _BY_MEANING[name] for name in _PLAIN_TEXTS}
_READ |= {reader: reader for reader in (*_BY_MEANING.values(), *_OF_ATOM.values(), _read_foreign)}


class _Readers(dict[str, "str | Reader | None"]):
    """How every element met so far is read; None for what says nothing of an entry."""

    def __missing__(self, tag: str) -> str | Reader | None:
        reader = _reader(tag)
        if len(self) < MOST_TAGS:
            self[tag] = reader
        return reader


def _reader(tag: str) -> str | Reader | None:
    name = KNOWN_NAMES[tag]
    if name is None:
        return _read_foreign
    meaning = _MEANING.get(name)
    if meaning is None:
        return None
    readers = _OF_ATOM if is_atom(tag) else _BY_MEANING
    typed = readers is _OF_ATOM and meaning in ("title", "summary", "link")
    return meaning if meaning in _PLAIN_TEXTS and not typed else readers[meaning]


_READERS = _Readers()
