"""OPML 2.0 subscription lists: read into feeds, written from sources. Folders are sections."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from digest.errors import ParseError
from digest.model import Section
from digest.source import Source
from digest.text.urls import is_web_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list; ``folder`` is the innermost outline it stands in."""

    name: str
    url: str
    folder: str | None = None


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
    """The feeds of a newsletter as OPML; a source with a section stands in its folder."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    folders: dict[str, ET.Element] = {}
    for source in sources:
        if source.url is None:
            continue
        parent = body
        if source.section is not None:
            if source.section not in folders:
                name = sections[source.section].title
                folders[source.section] = ET.SubElement(body, "outline", text=name, title=name)
            parent = folders[source.section]
        ET.SubElement(
            parent, "outline", type="rss", text=source.name, title=source.name, xmlUrl=source.url
        )
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


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
        values = {key.lower(): " ".join(value.split()) for key, value in attributes.items()}
        folder = self.folders[-1] if self.folders else None
        name = values.get("title") or values.get("text") or ""
        url = _address(values.get("xmlurl", ""))
        if url is not None:
            self.found.setdefault(url, Subscription(name=name or url, url=url, folder=folder))
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
    return text if is_web_url(text) else None
