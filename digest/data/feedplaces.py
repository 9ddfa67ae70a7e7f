"""Where feeds are when a page does not say: the lists of ``feed_places.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """How a site makes the address of a feed from that of a page; ``host`` narrows the site."""

    site: str
    match: re.Pattern[str]
    feed: str
    why: str
    host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlaces:
    """Conventions by site, paths to try, paths by generator, and what marks comments."""

    sites: tuple[Convention, ...]
    paths: tuple[str, ...]
    generators: Mapping[str, str]
    comments: re.Pattern[str]


@cache
def load_feed_places() -> FeedPlaces:
    """The shipped lists; the same object on every call."""
    data = read_yaml("feed_places.yaml")
    return FeedPlaces(
        sites=tuple(
            Convention(**{**row, "match": re.compile(row["match"])}) for row in data["sites"]
        ),
        paths=tuple(data["paths"]),
        generators=data["generators"],
        comments=re.compile(data["comments"], re.IGNORECASE),
    )
