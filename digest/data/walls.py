"""What stands on a page in place of its text, read from ``walls.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """Patterns by kind of page, for text in lower case: matched at titles, searched in texts."""

    titles: Mapping[str, re.Pattern[str]]
    texts: Mapping[str, re.Pattern[str]]


@cache
def load_walls() -> Walls:
    """The patterns, compiled once."""
    data = read_yaml("walls.yaml")
    return Walls(titles=_compiled(data["titles"]), texts=_compiled(data["texts"]))


def _compiled(kinds: Mapping[str, list[str]]) -> dict[str, re.Pattern[str]]:
    return {kind: re.compile("|".join(f"(?:{p})" for p in rows)) for kind, rows in kinds.items()}
