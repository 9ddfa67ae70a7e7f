"""A document of a source, what a parser makes of it, and the entries it gives in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from digest.model import Entry, Problem, RawEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What came over the wire; ``url`` is where it was found, for relative links."""

    body: bytes
    url: str
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed said. ``ttl`` is the pause it asks for between two polls.

    ``more`` are addresses of further documents that belong to this one (of a sitemap index).
    """

    title: str | None
    entries: tuple[RawEntry, ...]
    problems: tuple[Problem, ...] = ()
    lang: str | None = None
    ttl: timedelta | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The entries of a document; ``said`` counts what it held before any was left out.

    ``more`` are addresses to read for this source too (see ``ParsedFeed.more``).
    """

    entries: tuple[Entry, ...]
    said: int
    problems: tuple[Problem, ...] = ()
    ttl: timedelta | None = None
    more: tuple[str, ...] = ()
