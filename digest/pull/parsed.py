"""What a parser makes of one document, whatever its kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from digest.model import Problem, RawEntry


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
