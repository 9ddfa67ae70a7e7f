"""Feed bytes to raw entries: RSS, RDF, Atom, their podcast and media relatives, JSON Feed.

Two parsers stand behind one gate. A document that is strict XML without a DTD and in which
fastfeedparser finds title, link, date and body of every entry is taken from it (some fifty times
faster); all others go to feedparser, which forgives more and knows more. Nothing is sanitised
here: what reaches a page is sanitised when the page is made. Run hostile input through
``workers.ParserPool``: both parsers have inputs that take them minutes.
"""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull.fields import (
    HEAD,
    asked_pause,
    language_tag,
    names,
    said_language,
    trusted_type,
    yes,
)
from digest.pull.gate import DEFAULT_LIMITS, Limits, is_strict, shortened
from digest.pull.jsonfeed import parse_json
from digest.pull.parsed import ParsedFeed
from digest.text.dates import parse_date
from digest.text.html import one_line
from digest.text.urls import is_web_url

AGGREGATORS = frozenset({"news.google.com"})
"""Hosts whose entries name their true publisher in ``<source>``; any other's is not believed."""

_XML_SIGNS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<!doctype rss", b"<channel", b"<item")
# feedparser searches names for mail addresses in quadratic time, so a "name" ends somewhere.
_LONG_NAME = re.compile(
    rb"(<(?:\w{1,20}:)?(?:author|creator|contributor|email|managingEditor|name|publisher|webMaster)"
    rb"\b[^<>]{0,500}>\s{0,100}(?:<!\[CDATA\[)?[^<]{1,1000})[^<]*",
    re.IGNORECASE,
)
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF
_REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]+|[0-9]+);")


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
    start = body[:HEAD].removeprefix(codecs.BOM_UTF8).lstrip(b"\0 \t\r\n")
    if not start:
        raise ParseError("The document is empty; check the address or try again later.")
    if start[:1] == b"{":
        return parse_json(body, url=url, limits=limits)
    short = shortened(body, limits)
    strict = is_strict(short, limits)
    fast = _fast(short, limits) if strict and not _needs_source(url, limits) else None
    feed = fast or _forgiving(short, url, content_type, limits)
    return feed if short is body else _with_long_problem(feed, url, limits)


def _needs_source(url: str, limits: Limits) -> bool:
    return limits.local or (urlsplit(url).hostname or "") in AGGREGATORS


# --- the fast parser -----------------------------------------------------------------------------


def _fast(body: bytes, limits: Limits) -> ParsedFeed | None:
    """What fastfeedparser reads, or None where a single entry lacks anything."""
    import fastfeedparser  # noqa: PLC0415 - only worker processes need it

    try:
        found = fastfeedparser.parse(body, include_media=False, include_enclosures=False)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the other parser decides
        return None
    if not found.entries:
        return None
    entries = []
    for item in found.entries:
        entry = _fast_entry(item, limits)
        if entry is None:
            return None
        entries.append(entry)
    feed = found.feed
    return ParsedFeed(
        title=one_line(feed.get("title") or "") or None,
        entries=tuple(entries),
        lang=language_tag(feed.get("language")) or said_language(body),
        ttl=asked_pause(body, feed),
    )


def _fast_entry(item: Mapping[str, Any], limits: Limits) -> RawEntry | None:
    link, title = item.get("link") or "", item.get("title") or ""
    content = next((c.get("value") or "" for c in item.get("content") or () if c), "")
    summary = item.get("description") or ""
    published, certainty = _date(item.get("published") or item.get("updated"))
    if not (title and published and (content or summary) and is_web_url(link)):
        return None
    return RawEntry(
        title=title[: limits.text].strip(),
        url=link,
        guid=item.get("id") or None,
        summary=summary[: limits.text],
        content="" if content == summary else content[: limits.text],
        published=published,
        certainty=certainty,
        authors=names(item.get("author")),
        tags=names(*(tag.get("term") for tag in item.get("tags") or ())),
    )


# --- the forgiving parser ------------------------------------------------------------------------


def _forgiving(body: bytes, url: str, content_type: str, limits: Limits) -> ParsedFeed:
    found = _feedparser(body, content_type)
    if not found.entries and found.get("bozo"):
        repaired = _repaired(body, url, limits)
        if repaired:
            return repaired
    if not found.entries and not found.version:
        raise ParseError(_no_feed(body))
    feed = found.feed
    entries = tuple(_entry(item, url, limits) for item in found.entries[: limits.entries])
    return ParsedFeed(
        title=one_line(str(feed.get("title") or ""))[:500] or None,
        entries=tuple(e for e in entries if e.title or e.summary or e.content or e.url),
        problems=_problems(found, url),
        lang=language_tag(feed.get("language")),
        ttl=asked_pause(body, feed),
    )


def _feedparser(body: bytes, content_type: str) -> Any:
    import feedparser  # noqa: PLC0415 - only worker processes need it

    # It is not told the address: it would resolve guids like links, and a guid is opaque.
    headers = {"content-type": trusted_type(body, content_type)}
    body = _LONG_NAME.sub(rb"\1", body)
    for text in (body, _REFERENCE.sub(_possible, body)):
        try:
            return feedparser.parse(
                BytesIO(text),
                response_headers=headers,
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001
            # Hostile input makes its parts raise LookupError, ValueError, UnicodeError and more.
            failure = error
    raise ParseError(_no_feed(body)) from failure


def _possible(reference: re.Match[bytes]) -> bytes:
    """The character reference, or nothing where it names a surrogate or no character at all."""
    text = reference.group(1).decode("ascii")
    number = int(text[1:9], 16) if text[0] in "xX" else int(text[:9])
    return (
        reference.group()
        if number < _FIRST_SURROGATE or _LAST_SURROGATE < number <= sys.maxunicode
        else b""
    )


def _repaired(body: bytes, url: str, limits: Limits) -> ParsedFeed | None:
    """What the other parser makes of a document that gave feedparser nothing, else None."""
    import fastfeedparser  # noqa: PLC0415 - only worker processes need it

    try:
        found = fastfeedparser.parse(body, include_media=False, include_enclosures=False)
    except Exception:  # noqa: BLE001 - then there is nothing to be had
        return None
    entries = [_fast_entry(item, limits) for item in found.entries[: limits.entries]]
    good = tuple(entry for entry in entries if entry)
    message = "The feed is badly damaged; what could be read was taken."
    problem = Problem(code="malformed-feed", message=message, where=url or None)
    title = one_line(str(found.feed.get("title") or ""))[:500]
    return ParsedFeed(title=title or None, entries=good, problems=(problem,)) if good else None


def _entry(item: Mapping[str, Any], url: str, limits: Limits) -> RawEntry:
    published, certainty = _entry_date(item)
    content = max(
        (str(c.get("value") or "") for c in item.get("content") or ()), key=len, default=""
    )
    named = item.get("source") or {}
    publisher = one_line(str(named.get("title") or ""))[:200] if _needs_source(url, limits) else ""
    return RawEntry(
        title=str(item.get("title") or "")[: limits.text].strip(),
        url=_link(item, url),
        # A link as written tells more than the canonical address (fragments of a live blog).
        guid=str(item.get("id") or item.get("link") or "")[:2000] or None,
        summary=str(item.get("summary") or "")[: limits.text],
        content=content[: limits.text],
        published=published,
        certainty=certainty,
        authors=names(*(a.get("name") for a in item.get("authors") or ()), item.get("author")),
        tags=names(*(t.get("label") or t.get("term") for t in item.get("tags") or ())),
        lang=language_tag(item.get("language") or (item.get("title_detail") or {}).get("language"))
        if limits.local
        else None,
        publisher=publisher or None,
        paraphrase=limits.local and yes(item.get("digest_paraphrase")),
    )


def _entry_date(item: Mapping[str, Any]) -> tuple[datetime | None, Certainty]:
    for key in ("published", "updated", "created"):
        published, certainty = _date(item.get(key) if key in item else None)
        if published:
            return published, certainty
        parts = item.get(f"{key}_parsed") if f"{key}_parsed" in item else None
        if parts:
            with suppress(ValueError):
                year, month, day, hour, minute, second = parts[:6]
                when = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
                return when, Certainty.TIME
    return None, Certainty.GUESS


def _date(text: object) -> tuple[datetime | None, Certainty]:
    """The date a feed wrote. Midnight sharp is how a day without a time is mostly written."""
    found = parse_date(str(text)[:100]) if text else None
    if found is None:
        return None, Certainty.GUESS
    when, certainty = found
    if (when.hour, when.minute, when.second) == (0, 0, 0):
        certainty = Certainty.DAY
    return when, certainty


def _link(item: Mapping[str, Any], url: str) -> str | None:
    guid = str(item.get("id") or "")
    links = [str(item.get("link") or "")]
    links += [str(e.get("href") or "") for e in item.get("enclosures") or ()]
    if item.get("guidislink"):
        links.insert(1, guid)
    for link in links:
        with suppress(ValueError):
            whole = urljoin(url, link.strip()) if link else ""
            if is_web_url(whole):
                return whole
    return None


def _problems(found: Any, url: str) -> tuple[Problem, ...]:
    problems = []
    error = found.get("bozo_exception")
    named = type(error).__name__ if error else ""
    if found.get("bozo") and named not in {"CharacterEncodingOverride", "NonXMLContentType"}:
        say = " ".join(str(error).split())[:200]
        message = f"The feed is not well-formed ({say}); what could be read was taken."
        problems.append(Problem(code="malformed-feed", message=message, where=url or None))
    if not found.entries:
        message = "The feed holds no entries; it may be new, or its address may have changed."
        problems.append(Problem(code="empty-feed", message=message, where=url or None))
    return tuple(problems)


def _with_long_problem(feed: ParsedFeed, url: str, limits: Limits) -> ParsedFeed:
    message = f"The feed holds more than {limits.entries:,} entries; the rest was left out."
    problem = Problem(code="long-feed", message=message, where=url or None)
    return replace(feed, problems=(*feed.problems, problem))


# --- when there is none --------------------------------------------------------------------------


def _no_feed(body: bytes) -> str:
    start = body[:HEAD].replace(b"\0", b"").lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "This is a web page and no feed; look on it for the feed's address."
    if any(sign in start for sign in _XML_SIGNS):
        return "The feed is too damaged to be read; check the address or ask the publisher."
    return "This is no feed (RSS, Atom or JSON Feed); check the address."
