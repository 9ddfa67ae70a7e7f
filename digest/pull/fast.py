"""Strict XML feeds to raw entries in one pass over lxml's tree: RSS, RDF, Atom, their modules.

Exact or not at all: it reads an entry as feedparser does (``tests/pull/test_feeds_agree.py`` holds
the two side by side) and gives up the whole document on anything it does not know for certain,
such as markup that is not escaped, a date in a form of its own, or a well-known prefix under an
unknown address. Then ``forgiving`` reads it, some fifty times slower.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from digest.model import Certainty, RawEntry
from digest.pull.elements import (
    READ,
    READERS,
    Found,
    UnsureError,
    atom_text,
    element_text,
    read_author,
)
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
)
from digest.pull.gate import Limits
from digest.pull.parsed import ParsedFeed
from digest.pull.vocabulary import (
    ITEMS,
    KNOWN_NAMES,
    ROOTS,
    is_atom,
)
from digest.text.dates import usual_time
from digest.text.html import one_line

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_TIME = Certainty.TIME


def read_strict(
    body: bytes, *, url: str, limits: Limits, named: bool = False, recover: bool = False
) -> ParsedFeed | None:
    """The feed in a strict XML document in UTF-8 without DTD; None where another must read it.

    ``named`` believes ``<source>`` about an entry's publisher. ``recover`` reads a damaged
    document as far as it goes instead of refusing it. libxml2 itself refuses more than 256
    elements within one another and texts over 10 MB.
    """
    from lxml import etree  # noqa: PLC0415 - for workers

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
            reader = READERS[child.tag]
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
                READ[reader](found, child)
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
        head[name] = atom_text(child, title=True) if is_atom(child.tag) else element_text(child)
    return head


def _inherited(channel: Any) -> tuple[str, ...]:
    """The authors of an Atom feed: of its entries too that name none (RFC 4287, 4.2.1)."""
    found: Found = {}
    for child in channel:
        if KNOWN_NAMES[child.tag] == "author":
            read_author(found, child)
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
