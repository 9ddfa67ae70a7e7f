"""One document of a source, of any kind, to entries: the whole of what a worker does with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from digest.pull.entries import entries_of
from digest.pull.feeds import parse
from digest.pull.frames import read_mailbox
from digest.pull.kinds import type_of
from digest.pull.pages import read_listing
from digest.pull.parsed import Document, ParsedFeed, Reading
from digest.pull.sitemaps import read_sitemap
from digest.pull.telegram import read_channel
from digest.source import Source


def _feed(document: Document, _: Source) -> ParsedFeed:
    return parse(document.body, url=document.url, content_type=document.content_type)


def _page(document: Document, source: Source) -> ParsedFeed:
    return read_listing(
        document.body,
        url=document.url,
        selectors=source.selectors,
        content_type=document.content_type,
    )


def _sitemap(document: Document, source: Source) -> ParsedFeed:
    return read_sitemap(
        document.body,
        url=document.url,
        content_type=document.content_type,
        full_text=source.full_text,
    )


def _telegram(document: Document, _: Source) -> ParsedFeed:
    return read_channel(document.body, url=document.url, content_type=document.content_type)


def _imap(document: Document, source: Source) -> ParsedFeed:
    return read_mailbox(document.body, source)


Parser = Callable[[Document, Source], ParsedFeed]

PARSERS: dict[str, Parser] = {
    "feed": _feed,
    "page": _page,
    "sitemap": _sitemap,
    "telegram": _telegram,
    "imap": _imap,
}
"""How each type of source is read; every one raises ParseError and may be slow on hostile input."""


def read_document(document: Document, source: Source, now: datetime) -> Reading:
    """The entries of one document, clean and with their ids. Raises ParseError."""
    parsed = PARSERS[type_of(source)](document, source)
    entries = entries_of(parsed.entries, source=source, feed_title=parsed.title, now=now)
    return Reading(
        entries=entries,
        said=len(parsed.entries),
        problems=parsed.problems,
        ttl=parsed.ttl,
        more=parsed.more,
    )
