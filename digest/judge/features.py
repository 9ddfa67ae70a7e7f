"""The numbers a section is judged by, apart from sentence vectors: words and names.

``WORDS`` columns (one a section and off-topic) hold log(1 + worth/2) of the lexicon hits;
``NAMES`` columns say whose names stand in title and text. Every number has a name a person
understands, so that a decision can be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from digest.data.training import Line
from digest.judge.lexicon import Hit, LexiconMatcher
from digest.model import OFF_TOPIC, Certainty, Entry
from digest.text.mentions import NameFinder

LABELS = (
    "diplomacy",
    "military",
    "energy",
    "economy",
    "technology",
    "cyber",
    "information",
    "central-asia",
    "society",
    OFF_TOPIC,
)
"""The labels the shipped weights know, in the order of their columns."""

CENTRAL_ASIA = frozenset({"KZ", "UZ", "KG", "TJ", "TM"})
_GROUPS = {"CN": "China", "HK": "China", "TW": "Taiwan", "RU": "Russia", "UA": "Ukraine"}
NAMES = (
    "it names China",
    "it names Russia",
    "it names Ukraine",
    "it names Central Asia",
    "it names Taiwan",
    "it names other countries",
    "its title names Central Asia",
    "it names China and Russia together",
    "it names nobody of the field",
    "it names people",
    "it names organisations",
    "it names places",
    "it names things",
)
"""What the name columns are, in order; shown as reasons."""

_KINDS = {"person": "people", "organisation": "organisations", "place": "places", "thing": "things"}
_TITLE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What was counted in one entry; ``hits`` are the words behind ``words``."""

    hits: tuple[Hit, ...]
    words: NDArray[np.float64]
    names: NDArray[np.float64]
    name_ids: tuple[str, ...]


class Counter:
    """Counts words and names of entries."""

    def __init__(self, matcher: LexiconMatcher, finder: NameFinder) -> None:
        self._matcher = matcher
        self._finder = finder

    def count(self, entry: Entry) -> Features:
        """The features of one entry."""
        hits = self._matcher.hits(entry.title, entry.text)
        in_title = tuple(m.name_id for m in self._finder.find(entry.title))
        in_text = tuple(m.name_id for m in self._finder.find(entry.text))
        return Features(
            hits=hits,
            words=word_columns(hits),
            names=self._name_columns(in_title, in_text),
            name_ids=tuple(dict.fromkeys([*in_title, *in_text])),
        )

    def _name_columns(self, title: Sequence[str], text: Sequence[str]) -> NDArray[np.float64]:
        sums = dict.fromkeys(NAMES, 0.0)
        for ids, worth in ((title, _TITLE), (text, 1.0)):
            for name_id in sorted(set(ids)):
                name = self._finder.name(name_id)
                sums[f"it names {_KINDS[name.kind]}"] += worth
                if name.country:
                    sums[f"it names {group_of(name.country)}"] += worth
                if name.country in CENTRAL_ASIA and worth == _TITLE:
                    sums["its title names Central Asia"] = 1.0
        pair = min(sums["it names China"], sums["it names Russia"])
        sums["it names China and Russia together"] = float(pair > 0)
        field = ("China", "Russia", "Ukraine", "Central Asia")
        sums["it names nobody of the field"] = float(not any(sums[f"it names {c}"] for c in field))
        made: NDArray[np.float64] = np.log1p(np.array([sums[name] for name in NAMES]))
        return made


def entry_of(number: int, line: Line) -> Entry:
    """The line as the entry that is judged."""
    then = datetime(2022, 1, 1, tzinfo=UTC)
    return Entry(
        id=f"{number:05d}",
        source_id="training",
        url=None,
        publisher="",
        title=line.title,
        text=line.text,
        lang=line.lang,
        date=then,
        certainty=Certainty.DAY,
        first_seen=then,
        fingerprint="",
    )


def group_of(country: str) -> str:
    """The group a country's names are counted in."""
    return "Central Asia" if country in CENTRAL_ASIA else _GROUPS.get(country, "other countries")


def word_columns(hits: Sequence[Hit]) -> NDArray[np.float64]:
    """log(1 + worth/2) a label."""
    sums = dict.fromkeys(LABELS, 0.0)
    for hit in hits:
        if hit.section in sums:
            sums[hit.section] += hit.worth
    made: NDArray[np.float64] = np.log1p(np.array([sums[label] for label in LABELS]) / 2.0)
    return made
