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
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.parsers import expat

from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.text.dates import parse_date
from digest.text.html import one_line
from digest.text.urls import is_web_url

AGGREGATORS = frozenset({"news.google.com"})
"""Hosts whose entries name their true publisher in ``<source>``; any other's is not believed."""

_XML_SIGNS = (b"<?xml", b"<rss", b"<feed", b"<rdf", b"<!doctype rss", b"<channel", b"<item")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_OPENING = re.compile(rb"<(?![!?])(/?)[^<>]*?(/?)>")
_MEANT_AS_XML = 4096
_TTL_UNITS = {"hourly": 3600, "daily": 86400, "weekly": 604800}
_LONGEST_TTL = timedelta(days=7)
_BAD_ENCODINGS = frozenset(
    {"punycode", "undefined", "idna", "raw_unicode_escape", "unicode_escape"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may hold. Text is counted in characters an entry.

    ``local`` marks a file of the newsletter's own: there an entry may name its publisher and
    say that it is a paraphrase; a feed from the network may not.
    """

    local: bool = False
    entries: int = 10_000
    text: int = 1_000_000
    depth: int = 256
    size: int = 15 * 1024 * 1024


DEFAULT_LIMITS = Limits()
LOCAL_LIMITS = Limits(local=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed said. ``ttl`` is the pause it asks for between two polls."""

    title: str | None
    entries: tuple[RawEntry, ...]
    problems: tuple[Problem, ...] = ()
    lang: str | None = None
    ttl: timedelta | None = None


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
    start = body[:_MEANT_AS_XML].removeprefix(codecs.BOM_UTF8).lstrip(b"\0 \t\r\n")
    if not start:
        raise ParseError("The document is empty; check the address or try again later.")
    if start[:1] == b"{":
        from digest.pull.jsonfeed import parse_json  # noqa: PLC0415 - it imports ParsedFeed

        return parse_json(body, url=url, limits=limits)
    strict = _gate(body, limits)
    fast = _fast(body, limits) if strict and not _needs_source(url, limits) else None
    return fast or _forgiving(body, url, content_type, limits)


# --- the gate ------------------------------------------------------------------------------------


class _NotStrictError(Exception):
    """The document is not for the fast parser."""


def _gate(body: bytes, limits: Limits) -> bool:
    """True for strict XML without a DTD; raises ParseError for what no parser should see."""
    _refuse_tricks(body, limits)
    parser = expat.ParserCreate()
    depth = 0

    def opened(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.depth:
            raise ParseError(f"The feed nests elements deeper than {limits.depth}; it is not read.")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise _NotStrictError

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _NotStrictError, LookupError, ValueError):
        return False
    return True


def _refuse_tricks(body: bytes, limits: Limits) -> None:
    plain = body.replace(b"\0", b"")  # UTF-16 and UTF-32 spell the same letters with NULs between
    if b"<!ENTITY" in plain[: 1 << 20].upper():
        raise ParseError(
            "The feed declares XML entities, which can be a trap, so it is not read; "
            "ask the publisher for a feed without a DTD."
        )
    if found := _DECLARED.search(plain[:_MEANT_AS_XML]):
        name = found.group(1).decode("ascii").lower().replace("-", "_")
        if name in _BAD_ENCODINGS:
            raise ParseError(f'The feed claims the encoding "{name}", which no text has.')
    run = 0
    for tag in _OPENING.finditer(plain):
        run = 0 if tag.group(1) or tag.group(2) else run + 1
        if run > limits.depth * 8:
            raise ParseError("The feed opens elements without an end; it is not read.")


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
    if not found.entries or len(found.entries) > limits.entries:
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
        lang=_lang(feed.get("language")),
        ttl=_ttl(body, feed),
    )


def _fast_entry(item: Mapping[str, Any], limits: Limits) -> RawEntry | None:
    link, title = item.get("link") or "", item.get("title") or ""
    content = next((c.get("value") or "" for c in item.get("content") or () if c), "")
    summary = item.get("description") or ""
    published, certainty = _date(item.get("published") or item.get("updated"))
    if not (title and published and (content or summary) and is_web_url(link)):
        return None
    return RawEntry(
        title=one_line(title[: limits.text]),
        url=link,
        guid=item.get("id") or None,
        summary=summary[: limits.text],
        content=content[: limits.text],
        published=published,
        certainty=certainty,
        authors=_names(item.get("author")),
        tags=_names(*(tag.get("term") for tag in item.get("tags") or ())),
    )


# --- the forgiving parser ------------------------------------------------------------------------


def _forgiving(body: bytes, url: str, content_type: str, limits: Limits) -> ParsedFeed:
    import feedparser  # noqa: PLC0415 - only worker processes need it

    headers = {"content-location": url, "content-type": _content_type(body, content_type)}
    try:
        found = feedparser.parse(
            BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=bool(url),
        )
    except MemoryError:
        raise
    except Exception as error:
        # feedparser raises what its parts raise on hostile input: LookupError, ValueError, …
        raise ParseError(_no_feed(body)) from error
    if not found.entries and not found.version:
        raise ParseError(_no_feed(body))
    feed = found.feed
    entries = tuple(_entry(item, url, limits) for item in found.entries[: limits.entries])
    return ParsedFeed(
        title=one_line(str(feed.get("title") or ""))[:500] or None,
        entries=tuple(e for e in entries if e.title or e.summary or e.content or e.url),
        problems=_problems(found, url, limits),
        lang=_lang(feed.get("language")),
        ttl=_ttl(body, feed),
    )


def _entry(item: Mapping[str, Any], url: str, limits: Limits) -> RawEntry:
    published, certainty = _entry_date(item)
    content = max(
        (str(c.get("value") or "") for c in item.get("content") or ()), key=len, default=""
    )
    named = item.get("source") or {}
    publisher = one_line(str(named.get("title") or ""))[:200] if _needs_source(url, limits) else ""
    return RawEntry(
        title=one_line(str(item.get("title") or "")[: limits.text]),
        url=_link(item, url),
        guid=str(item.get("id") or "")[:2000] or None,
        summary=str(item.get("summary") or "")[: limits.text],
        content=content[: limits.text],
        published=published,
        certainty=certainty,
        authors=_names(*(a.get("name") for a in item.get("authors") or ()), item.get("author")),
        tags=_names(*(t.get("label") or t.get("term") for t in item.get("tags") or ())),
        lang=_lang(item.get("language") or (item.get("title_detail") or {}).get("language"))
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


def _problems(found: Any, url: str, limits: Limits) -> tuple[Problem, ...]:
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
    if len(found.entries) > limits.entries:
        message = f"The feed holds more than {limits.entries:,} entries; the rest was left out."
        problems.append(Problem(code="long-feed", message=message, where=url or None))
    return tuple(problems)


# --- small facts ---------------------------------------------------------------------------------


def yes(value: object) -> bool:
    """True for the words people write for it."""
    return str(value).strip().lower() in {"true", "yes", "1", "on"}


def _names(*values: object) -> tuple[str, ...]:
    cleaned = (one_line(str(v)[:1000])[:200] for v in values[:50] if v)
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _lang(value: object) -> str | None:
    text = str(value or "").strip().replace("_", "-").lower()
    return text if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", text) else None


def _ttl(body: bytes, feed: Mapping[str, Any]) -> timedelta | None:
    """The pause asked for by ``<ttl>`` (minutes) or the syndication module, within a week."""
    text = str(feed.get("ttl") or "").strip()
    if not text and (found := re.search(rb"<ttl>\s*(\d{1,9})\s*</ttl>", body[: 1 << 16])):
        text = found.group(1).decode("ascii")
    if text.isascii() and text.isdigit():
        return min(timedelta(minutes=int(text[:9])), _LONGEST_TTL) or None
    unit = _TTL_UNITS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if unit is None:
        return None
    times = str(feed.get("sy_updatefrequency") or "1").strip()
    often = int(times[:6]) if times.isascii() and times.isdigit() else 1
    return min(timedelta(seconds=unit / max(often, 1)), _LONGEST_TTL)


def _content_type(body: bytes, content_type: str) -> str:
    """A type feedparser trusts; the header's charset only where the document names none.

    Servers often send a default charset that the document contradicts, and the document is right.
    """
    declared = _DECLARED.search(body[:_MEANT_AS_XML])
    charset = _CHARSET.search(content_type)
    if declared or charset is None or body.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return "application/xml"
    with suppress(LookupError, ValueError):
        return f"application/xml; charset={codecs.lookup(charset.group(1)).name}"
    return "application/xml"


def _no_feed(body: bytes) -> str:
    start = body[:_MEANT_AS_XML].replace(b"\0", b"").lower()
    if b"<html" in start or b"<!doctype html" in start:
        return "This is a web page and no feed; look on it for the feed's address."
    if any(sign in start for sign in _XML_SIGNS):
        return "The feed is too damaged to be read; check the address or ask the publisher."
    return "This is no feed (RSS, Atom or JSON Feed); check the address."
