"""OPML 2.0 subscription lists: read into feeds, written from sources. Folders are sections."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.errors import ParseError
from digest.model import Section, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed of a list; ``folder`` is the innermost outline it stands in."""

    name: str
    url: str
    folder: str | None = None


def read_opml(body: bytes, *, where: str) -> tuple[Subscription, ...]:
    """The feeds of an OPML file, in order, each address once.

    Raises ``ParseError`` for anything that is no OPML, or that defines entities.
    """
    if b"<!ENTITY" in body or b"<!DOCTYPE" in body:
        raise ParseError("has a document type; remove it and try again", where=where)
    try:
        root = ET.fromstring(body)  # noqa: S314 - without a DTD there is nothing to expand
    except ET.ParseError as error:
        raise ParseError(f"is not valid XML: {error}", where=where) from error
    outlines = root.find("body")
    if root.tag != "opml" or outlines is None:
        raise ParseError("is no OPML: it has no <opml> with a <body>", where=where)
    found: dict[str, Subscription] = {}
    _collect(outlines, None, found)
    return tuple(found.values())


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


def _collect(parent: ET.Element, folder: str | None, found: dict[str, Subscription]) -> None:
    for outline in parent.findall("outline"):
        name = (outline.get("title") or outline.get("text") or "").strip()
        url = (outline.get("xmlUrl") or "").strip()
        if url:
            found.setdefault(url, Subscription(name=name or url, url=url, folder=folder))
        else:
            _collect(outline, name or folder, found)
