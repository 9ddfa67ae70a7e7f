"""Feeds that are not well-formed, or not known for certain, to raw entries by feedparser.

feedparser has inputs that take it minutes and inputs that make it raise; the first are cut short
here where their pattern is known, and stopped by ``ParserPool`` where not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull.fields import (
    asked_pause,
    bodies,
    entry_date,
    feed_title,
    first_link,
    language_tag,
    names,
    permalink,
    person,
    text_as_html,
    yes,
)
from digest.pull.gate import Limits
from digest.pull.nofeed import why_no_feed
from digest.pull.parsed import ParsedFeed
from digest.text.html import one_line

# feedparser searches names for mail addresses in quadratic time, so a "name" ends somewhere.
_LONG_NAME = re.compile(
    rb"(<(?:\w{1,20}:)?(?:author|creator|contributor|email|managingEditor|name|owner|publisher"
    rb"|webMaster)\b[^<>]{0,500}>\s{0,100}(?:<!\[CDATA\[)?[^<]{1,1000})[^<]*",
    re.IGNORECASE,
)
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF
_REFERENCE = re.compile(rb"&#([xX][0-9a-fA-F]{1,400}|[0-9]{1,400});")
_PATIENCE = 200
_HARMLESS = frozenset({"CharacterEncodingOverride", "NonXMLContentType"})


def read_forgiving(body: bytes, *, url: str, limits: Limits, named: bool = False) -> ParsedFeed:
    """The feed in a document in UTF-8, as far as feedparser reads it.

    ``named`` believes ``<source>`` about an entry's publisher. Raises ParseError.
    """
    found = _feedparser(body)
    if not found.entries and not found.get("version"):
        raise ParseError(why_no_feed(body))
    feed = found.feed
    atom = str(found.get("version") or "").startswith("atom")
    inherited = _people(feed) if atom else ()
    made: list[RawEntry] = []
    for item in found.entries[: limits.entries]:
        # A feed writes its dates in one way; a hostile one does not get 10,000 slow attempts.
        when = _entry_date(item, patient=len(made) < _PATIENCE)
        made.append(_entry(item, when, url, limits, atom=atom, named=named))
    entries = tuple(e if e.authors else replace(e, authors=inherited) for e in made)
    pause = (feed.get(key) for key in ("ttl", "sy_updateperiod", "sy_updatefrequency"))
    return ParsedFeed(
        title=feed_title(_title(feed, atom=atom)),
        entries=tuple(e for e in entries if e.title or e.summary or e.content or e.url),
        problems=_problems(found, url),
        lang=language_tag(feed.get("language")),
        ttl=asked_pause(*pause),
    )


def _feedparser(body: bytes) -> Any:
    import feedparser  # noqa: PLC0415 - only worker processes need it

    # It is not told the address: it would resolve guids like links, and a guid is opaque.
    headers = {"content-type": "application/xml; charset=utf-8"}
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
    raise ParseError(why_no_feed(body)) from failure


def _possible(reference: re.Match[bytes]) -> bytes:
    """The character reference, or nothing where it names a surrogate or no character at all."""
    text = reference.group(1).decode("ascii")
    number = int(text[1:9], 16) if text[0] in "xX" else int(text[:9])
    return (
        reference.group()
        if number < _FIRST_SURROGATE or _LAST_SURROGATE < number <= sys.maxunicode
        else b""
    )


def _entry(
    item: Mapping[str, Any],
    when: tuple[datetime | None, Certainty],
    url: str,
    limits: Limits,
    *,
    atom: bool,
    named: bool,
) -> RawEntry:
    summary, content = _bodies(item, limits, atom=atom)
    source = item.get("source") or {}
    publisher = one_line(str(source.get("title") or ""))[:200] if named else ""
    told = item.get("language") or (item.get("title_detail") or {}).get("language")
    return RawEntry(
        title=_title(item, atom=atom)[: limits.text].strip(),
        url=_link(item, url),
        # A link as written tells more than the canonical address (fragments of a live blog).
        guid=str(item.get("id") or item.get("link") or "")[:2000] or None,
        summary=summary,
        content=content,
        published=when[0],
        certainty=when[1],
        authors=_people(item),
        tags=names(*(t.get("label") or t.get("term") for t in item.get("tags") or ())),
        lang=language_tag(told) if limits.local else None,
        publisher=publisher or None,
        paraphrase=limits.local and yes(item.get("digest_paraphrase")),
    )


def _title(item: Mapping[str, Any], *, atom: bool) -> str:
    detail = item.get("title_detail") or {}
    title = str(item.get("title") or "")
    plain = atom and detail.get("type") == "text/plain"
    return text_as_html(title, title=True) if plain else title


def _bodies(item: Mapping[str, Any], limits: Limits, *, atom: bool) -> tuple[str, str]:
    texts = []
    details = [item.get("summary_detail") or {}, *(item.get("content") or ())]
    values = [item.get("summary"), *(c.get("value") for c in details[1:])]
    for value, detail in zip(values, details, strict=True):
        plain = atom and detail.get("type") == "text/plain"
        texts.append(text_as_html(str(value or "")) if plain else str(value or ""))
    full = str(item.get("yandex_full-text") or "")
    return bodies(texts[0] or full, (*texts[1:], full), limits.text)


def _people(item: Mapping[str, Any]) -> tuple[str, ...]:
    listed = [person(str(a.get("name"))) for a in item.get("authors") or () if a.get("name")]
    return names(*listed) or names(person(str(item.get("author") or "")))


def _entry_date(item: Mapping[str, Any], *, patient: bool) -> tuple[datetime | None, Certainty]:
    for key in ("published", "updated", "created"):
        text = item.get(key) if key in item else None
        published, certainty = (
            entry_date(str(text), patient=patient) if text else (None, Certainty.GUESS)
        )
        if published:
            return published, certainty
        parts = item.get(f"{key}_parsed") if f"{key}_parsed" in item else None
        if parts:
            with suppress(ValueError):
                year, month, day, hour, minute, second = parts[:6]
                when = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
                return when, Certainty.TIME
    return None, Certainty.GUESS


def _link(item: Mapping[str, Any], url: str) -> str | None:
    link, guid = str(item.get("link") or ""), str(item.get("id") or "")
    if item.get("guidislink") and link == guid:
        link = permalink(guid)  # it stands in for the link that there is not
    links = [str(item.get("feedburner_origlink") or ""), link]
    links += [str(e.get("href") or "") for e in item.get("enclosures") or ()]
    return first_link(url, *links)


def _problems(found: Any, url: str) -> tuple[Problem, ...]:
    error = found.get("bozo_exception")
    if not found.get("bozo") or type(error).__name__ in _HARMLESS:
        return ()
    say = " ".join(str(error).split())[:200]
    message = f"The feed is not well-formed ({say}); what could be read was taken."
    return (Problem(code="malformed-feed", message=message, where=url or None),)
