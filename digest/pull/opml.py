"""OPML 2.0 subscription lists: read into feeds, written from sources. Folders are sections.

What OPML has no place for stands in ``category``, as slash-delimited paths of the specification
("/ownership/state"); the language has an attribute of its own. Other readers show or ignore them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote
from xml.parsers import expat

from digest.errors import ParseError
from digest.model import Section
from digest.source import Source
from digest.text.urls import is_web_url, without_userinfo

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and what would end a line."""

_BREAKS = re.compile(r"\s*[\t\n\r\x0b\x0c\x85\u2028\u2029]\s*")
_LONGEST = 2000
"""Characters of a name or an address; a hostile list may hold one of megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list; ``folder`` is the innermost outline it stands in.

    The rest is what ``category`` and ``language`` said, unchecked.
    """

    name: str
    url: str
    folder: str | None = None
    section: str | None = None
    ownership: str | None = None
    publisher: str | None = None
    country: str | None = None
    type: str | None = None
    lang: str | None = None


def read_opml(body: bytes, *, where: str) -> tuple[Subscription, ...]:
    """The feeds of an OPML file, in order, each address once; ``feed:`` addresses as http(s).

    Outlines without a web address are folders. Read as a stream, so that no depth of nesting and
    no encoding slips past the refusal of entities.

    Raises ``ParseError`` for anything that is no OPML, or that defines entities.
    """
    reader = _Reader(where=where)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise ParseError(f"is not valid XML: {error}", where=where) from error
    if not reader.has_body:
        raise ParseError("is no OPML: it has no <opml> with a <body>", where=where)
    return tuple(reader.found.values())


def write_opml(sources: Iterable[Source], sections: Mapping[str, Section], *, title: str) -> str:
    """The feeds of a newsletter as OPML; a source with a section stands in its folder.

    Without passwords: a list is made to be given away. See ``is_listed`` for what is left out.
    """
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = _writable(title)
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for source in sources:
        if source.url is None or not is_listed(source):
            continue
        parent = body
        if source.section is not None:
            if source.section not in folders:
                name = _writable(sections[source.section].title)
                folders[source.section] = ET.SubElement(body, "outline", text=name, title=name)
            parent = folders[source.section]
        ET.SubElement(parent, "outline", _attributes(source, source.url))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def is_listed(source: Source) -> bool:
    """Whether a source can stand in a list: no files, no mailbox, no page read by selectors."""
    return source.url is not None and is_web_url(source.url) and source.type not in _OWN_TYPES


_OWN_TYPES = frozenset({"page", "imap", "files"})
_SAFE = " "
_KEPT = ("section", "ownership", "country", "type", "publisher")


def _attributes(source: Source, url: str) -> dict[str, str]:
    name = _writable(without_userinfo(source.name))
    values = {"type": "rss", "text": name, "title": name, "xmlUrl": without_userinfo(url)}
    if source.lang:
        values["language"] = source.lang
    facts = {key: str(value) for key in _KEPT if (value := getattr(source, key))}
    if facts:
        paths = (f"/{key}/{quote(_writable(fact), safe=_SAFE)}" for key, fact in facts.items())
        values["category"] = ",".join(paths)
    return values


def _facts(category: str) -> dict[str, str]:
    """What our own paths among the categories say; those of others are theirs."""
    facts = {}
    for path in category.split(","):
        _, key, value, *more = [*path.strip().split("/"), "", "", ""][:4]
        if key in _KEPT and value and not any(more):
            facts[key] = unquote(value)[:_LONGEST]
    return facts


def _writable(text: str) -> str:
    return _UNWRITABLE.sub(" ", text)


@dataclass(slots=True)
class _Reader:
    """What expat calls; ``folders`` holds the name in force at each open outline."""

    where: str
    found: dict[str, Subscription] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    folders: list[str | None] = field(default_factory=list)
    has_body: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(tag)
        if self.path[:2] != ["opml", "body"]:
            return
        self.has_body = True
        if tag != "outline":
            return
        # xmlurl and XMLURL are about, too.
        values = {key.lower(): _BREAKS.sub(" ", text).strip() for key, text in attributes.items()}
        folder = self.folders[-1] if self.folders else None
        name = (values.get("title") or values.get("text") or "")[:_LONGEST]
        url = _address(values.get("xmlurl", ""))
        if url is not None:
            facts = _facts(values.get("category", ""))
            lang = values.get("language", "").lower().partition("-")[0] or None
            feed = Subscription(name=name or url, url=url, folder=folder, lang=lang, **facts)
            self.found.setdefault(url, feed)
            name = ""
        self.folders.append(name or folder)

    def end(self, tag: str) -> None:
        if tag == "outline" and self.path[:2] == ["opml", "body"]:
            self.folders.pop()
        self.path.pop()

    def entity(self, *_declared: object) -> None:
        raise ParseError("defines entities; remove its document type", where=self.where)


def _address(text: str) -> str | None:
    scheme, _, rest = text.partition(":")
    if scheme.lower() == "feed":
        text = f"http:{rest}" if rest.startswith("//") else rest
    return text if len(text) <= _LONGEST and is_web_url(text) else None
