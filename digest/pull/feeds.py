"""Feed bytes to raw entries: RSS, RDF, Atom, their podcast and media relatives, JSON Feed.

The document is brought to UTF-8 (``charset``) and rid of what cannot hurt or help; then two
parsers stand behind one gate. Strict XML without a DTD is read by ``fast``, as long as everything
in it is known for certain; all else goes to ``forgiving``, which knows more and takes fifty times
as long. Nothing is sanitised here: what reaches a page is sanitised when the page is made. Run
hostile input through ``workers.ParserPool``, which bounds time and memory.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from digest.errors import ParseError
from digest.model import Problem
from digest.pull.charset import HEAD, as_utf8, said_utf8
from digest.pull.fast import read_strict
from digest.pull.forgiving import read_forgiving
from digest.pull.gate import (
    DEFAULT_LIMITS,
    Limits,
    refuse_crowd,
    refuse_depth,
    shortened,
    without_doctype,
)
from digest.pull.jsonfeed import parse_json
from digest.pull.nofeed import is_page, refuse_other_kind, why_no_feed
from digest.pull.parsed import ParsedFeed

AGGREGATORS = frozenset({"news.google.com"})
"""Hosts whose entries name their true publisher in ``<source>``; any other's is not believed."""

_PLAIN_SIZE = 400_000
"""Bytes that hold too few elements to be counted before they are parsed."""

_LONGEST_FORGIVEN = 3 << 20
"""Bytes that feedparser reads within a worker's time; it takes about a second for one MiB."""

_BEFORE = re.compile(rb"<\?xml\s|<(?:\w{1,20}:)?(?:rss|feed|rdf)\b", re.IGNORECASE)
_AFTER = re.compile(rb"</(?:\w{1,20}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_CONTROLS = bytes({*range(32), 0x7F} - {9, 10, 13})


def parse(
    body: bytes, *, url: str, content_type: str = "", limits: Limits = DEFAULT_LIMITS
) -> ParsedFeed:
    """The entries of a feed in document order, links absolute, undated ones left undated.

    ``url`` is where the body was found; relative links are resolved against it (or xml:base).
    For a local file it may be empty: relative links are then dropped.
    Raises ParseError with the reason and what to do. May take long or much memory on hostile
    input; ``ParserPool.parse`` is this function with both bounded.
    """
    if len(body) > limits.size:
        raise ParseError(f"The feed is larger than {limits.size:,} bytes; raise network.max_body.")
    refuse_other_kind(body)
    named = limits.local or (urlsplit(url).hostname or "") in AGGREGATORS
    if said_utf8(body) and not limits.local and len(body) <= _PLAIN_SIZE:
        # What nearly every feed is takes no other look than the parser's own.
        strict = without_doctype(body)
        feed = read_strict(strict, url=url, limits=limits, named=named)
        if feed is not None:
            return feed
    return _parse_unusual(as_utf8(body, content_type), url, limits, named=named)


def _parse_unusual(text: bytes, url: str, limits: Limits, *, named: bool) -> ParsedFeed:
    start = text[:HEAD].lstrip(b"\0 \t\r\n\xef\xbb\xbf")
    if not start:
        raise ParseError("The document is empty; check the address or try again later.")
    if start[:1] == b"{":
        return parse_json(text, url=url, limits=limits)
    whole = without_doctype(text)
    short = shortened(whole, limits)
    refuse_crowd(short, limits)
    feed = _read(short, url, limits, named=named)
    if not feed.entries:
        message = "The feed holds no entries; it may be new, or its address may have changed."
        feed = _with_problem(feed, "empty-feed", message, url)
    if short is whole:
        return feed
    message = f"The feed holds more than {limits.entries:,} entries; the rest was left out."
    return _with_problem(feed, "long-feed", message, url)


def _read(text: bytes, url: str, limits: Limits, *, named: bool) -> ParsedFeed:
    if limits.local:  # what its own files say of themselves only feedparser is asked for
        return _forgiven(text, url, limits, named=named)
    feed = read_strict(text, url=url, limits=limits, named=named)
    if feed is not None:
        return feed
    clean = trimmed(text)
    feed = read_strict(clean, url=url, limits=limits, named=named) if clean != text else None
    if feed is None:
        return _forgiven(clean, url, limits, named=named)
    message = "The feed has control characters or something before or after it; they were left out."
    return _with_problem(feed, "malformed-feed", message, url)


def _forgiven(text: bytes, url: str, limits: Limits, *, named: bool) -> ParsedFeed:
    if is_page(text):
        raise ParseError(why_no_feed(text))
    refuse_depth(text, limits)
    if len(text) <= _LONGEST_FORGIVEN:
        return read_forgiving(text, url=url, limits=limits, named=named)
    feed = read_strict(text, url=url, limits=limits, named=named, recover=True)
    if feed is None or not feed.entries:
        raise ParseError(why_no_feed(text))
    message = "The feed is large and not well-formed; what could be read was taken."
    return _with_problem(feed, "malformed-feed", message, url)


def trimmed(text: bytes) -> bytes:
    """The document without control characters, and without what stands before or after the feed.

    Blanks, warnings of a script and counters of visitors stand there.
    """
    text = text.translate(None, _CONTROLS)
    begin = _BEFORE.search(text, 0, HEAD)
    ends = _AFTER.search(text, max(len(text) - HEAD, 0))
    end = ends.end() if ends else len(text)
    start = begin.start() if begin else 0
    return text[start : end if end > start else None]


def _with_problem(feed: ParsedFeed, code: str, message: str, url: str) -> ParsedFeed:
    problem = Problem(code=code, message=message, where=url or None)
    return replace(feed, problems=(*feed.problems, problem))
