"""The elements of feeds that say something of an entry, by namespace: names, no code.

Namespaces are those in which real feeds write RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0 and their
modules. Names and namespaces are compared in lower case, as feeds confuse it.
"""

from __future__ import annotations

ATOM = frozenset(
    {
        "http://www.w3.org/2005/atom",
        "http://purl.org/atom/ns#",
        "http://purl.org/pie/",
    }
)
BASE = ATOM | {
    "",
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://purl.org/rss/1.0/modules/rss091#",
}
MODULES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://news.yandex.ru": "yandex",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
PREFIXES = frozenset(MODULES.values()) | {"atom", "atom10", "a10", "rss"}
"""Prefixes that mean a module even where a feed declares them with a wrong address."""

MEANINGS = {
    meaning: frozenset(names.split())
    for meaning, names in {
        "title": "title dc:title",
        "media_title": "media:title",
        "link": "link",
        "original": "feedburner:origlink",
        "guid": "guid id",
        "enclosure": "enclosure",
        "summary": "description abstract summary dc:description itunes:summary media:description",
        "content": "content:encoded fullitem yandex:full-text",
        "atom_content": "content",
        "published": "pubdate published issued dcterms:issued",
        "updated": "updated modified lastbuilddate date dc:date dcterms:modified",
        "created": "created dcterms:created",
        "author": "author managingeditor dc:creator dc:author itunes:author",
        "category": "category keywords dc:subject itunes:category media:category",
        "words": "itunes:keywords media:keywords",
        "within": "media:group media:content",
        "source": "source",
        "unsure": "body tags xhtml:body item entry",
    }.items()
}
"""What an element of an entry says; one of ``unsure`` leaves the whole feed to feedparser."""

MOST_TAGS = 4096
"""Element names that are remembered from feed to feed."""

ITEMS = frozenset({"item", "entry"})
ROOTS = frozenset({"rss", "feed", "rdf:rdf", "rdf"})


def known_name(tag: str) -> str | None:
    """``dc:date`` for ``{http://purl.org/dc/elements/1.1/}Date``; None in an unknown namespace.

    >>> known_name("{http://purl.org/dc/elements/1.1/}Date"), known_name("pubDate")
    ('dc:date', 'pubdate')
    """
    space, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    space, local = space.lower(), local.lower()
    if space in BASE or "backend.userland.com/rss" in space:
        return local
    return f"{MODULES[space]}:{local}" if space in MODULES else None


class _KnownNames(dict[str, str | None]):
    """``known_name`` of every tag met so far; a hostile feed may hold a million."""

    def __missing__(self, tag: str) -> str | None:
        name = known_name(tag)
        if len(self) < MOST_TAGS:
            self[tag] = name
        return name


KNOWN_NAMES = _KnownNames()
"""``known_name`` as a mapping, at a tenth of the cost for a tag met before."""


def is_atom(tag: str) -> bool:
    """Whether the element is one of Atom's, whose texts say of themselves whether they are HTML."""
    return tag.startswith("{") and tag[1:].rpartition("}")[0].lower() in ATOM
