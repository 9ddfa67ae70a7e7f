"""Single fields of a feed: yes and no, names, languages, pauses, encodings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from digest.text.html import one_line

HEAD = 4096
"""Bytes within which a document says what it is."""

DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{1,40})[\"']")
_LONGEST_TTL = timedelta(days=7)
_TTL_UNITS = {"hourly": 3600, "daily": 86400, "weekly": 604800}
_LANGUAGE = re.compile(rb"<(?:dc:)?language>\s{0,20}([A-Za-z_-]{2,20})\s{0,20}<")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)


def yes(value: object) -> bool:
    """True for the words people write for it."""
    return str(value).strip().lower() in {"true", "yes", "1", "on"}


def names(*values: object) -> tuple[str, ...]:
    """People or tags, each once and as plain text; at most 50."""
    cleaned = (one_line(str(v)[:1000])[:200] for v in values[:50] if v)
    return tuple(dict.fromkeys(name for name in cleaned if name))


def language_tag(value: object) -> str | None:
    """A language tag in lower case, or None for what is none (RFC 5646, roughly)."""
    text = str(value or "").strip().replace("_", "-").lower()
    return text if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", text) else None


def said_language(body: bytes) -> str | None:
    """What the head of an RSS document says in ``<language>``, for a parser that skips it."""
    found = _LANGUAGE.search(body[: 1 << 16])
    return language_tag(found.group(1).decode("ascii")) if found else None


def asked_pause(body: bytes, feed: Mapping[str, Any]) -> timedelta | None:
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


def trusted_type(body: bytes, content_type: str) -> str:
    """A type feedparser trusts; the header's charset only where the document names none.

    Servers often send a default charset that the document contradicts, and the document is right.
    """
    declared = DECLARED.search(body[:HEAD])
    charset = _CHARSET.search(content_type)
    if declared or charset is None or body.startswith((codecs.BOM_UTF8, b"\xff\xfe", b"\xfe\xff")):
        return "application/xml"
    with suppress(LookupError, ValueError):
        return f"application/xml; charset={codecs.lookup(charset.group(1)).name}"
    return "application/xml"
