"""Words that tell section headings from other short lines (``parts.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWords:
    """All in lower case; the comments of the data file say what each list is for."""

    labels: frozenset[str]
    closings: frozenset[str]
    desks: frozenset[str]
    credits: tuple[str, ...]
    caption_verbs: frozenset[str]
    calls: tuple[str, ...]


@cache
def load_part_words() -> PartWords:
    """The lists of ``parts.yaml``, read once."""
    data = read_yaml("parts.yaml")
    return PartWords(
        labels=frozenset(data["labels"]),
        closings=frozenset(data["closings"]),
        desks=frozenset(data["desks"]),
        credits=tuple(data["credits"]),
        caption_verbs=frozenset(data["caption_verbs"]),
        calls=tuple(data["calls"]),
    )
