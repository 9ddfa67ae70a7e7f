"""The chance that two entries tell of one event, from what they share.

A logistic model over seven facts about a pair: how close their vectors are (each less the mean of
its language), their words, their names and their concepts (cosines, the rare ones weighing more),
how many days lie between them, whether one has no date, and whether one is led by an actor whose
country the other never mentions. It has one set of weights for pairs in one language, one for
pairs across languages, and the same without vectors. What is rare is counted over the shipped
lines and the window together, so that the subject everybody writes about tells little.

Rows are compared in blocks, and only pairs with a chance worth keeping are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.judge.traits import SparseRows, Traits

LEAST = 0.2
"""Chances below this are taken for none."""

NEAR_COPY = 0.82
"""Likeness of words from which two entries in one language are copies of one text."""

_BLOCK = 256
_LEAST_ODDS = float(np.log(LEAST / (1 - LEAST)))
_MOST_DAYS = 60

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each fact adds to the log-odds.

    ``most_words`` is the most that words are trusted to add to a pair that has little else: pairs
    that would need more are not looked at.
    """

    bias: float
    vectors: float
    words: float
    names: float
    concepts: float
    days: float
    undated: float
    actor: float
    most_words: float


WITHIN = Weights(
    bias=-3.7, vectors=4.5, words=4.5, names=1.5, concepts=2.8,
    days=-1.2, undated=-1.3, actor=-0.5, most_words=1.5,
)  # fmt: skip
ACROSS = Weights(
    bias=-3.4, vectors=6.0, words=22.0, names=2.3, concepts=3.2,
    days=-1.1, undated=-2.2, actor=-1.0, most_words=1.5,
)  # fmt: skip
WITHIN_PLAIN = Weights(
    bias=-3.0, vectors=0.0, words=9.8, names=1.6, concepts=3.3,
    days=-1.2, undated=-1.8, actor=-0.6, most_words=9.8,
)  # fmt: skip
ACROSS_PLAIN = Weights(
    bias=-2.5, vectors=0.0, words=36.0, names=3.4, concepts=4.2,
    days=-1.1, undated=-2.6, actor=-1.0, most_words=9.8,
)  # fmt: skip
"""Fitted with a penalty, then rounded; docs/architecture.md says on what and how well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The pairs with a chance of at least ``LEAST``: first < second; ``copies`` among them."""

    chances: tuple[tuple[int, int, float], ...]
    copies: tuple[tuple[int, int], ...]


def likely_pairs(traits: Traits) -> Pairs:
    """The pairs of entries that may tell of one event, and those that are copies."""
    chances: list[tuple[int, int, float]] = []
    copies: list[tuple[int, int]] = []
    for first, second, odds, words in _candidates(traits):
        near = second[
            (words >= NEAR_COPY) & (traits.langs[second] == traits.langs[first]) & np.isfinite(odds)
        ]
        copies += [(first, later) for later in near.tolist()]
        kept = odds > _LEAST_ODDS
        # Rounding takes off what the size of a block may change in the last digits.
        made = np.round(1 / (1 + np.exp(-odds[kept].astype(np.float64))), 4)
        chances += [
            (first, later, chance)
            for later, chance in zip(second[kept].tolist(), made.tolist(), strict=True)
        ]
    return Pairs(chances=tuple(chances), copies=tuple(copies))


def _candidates(
    traits: Traits,
) -> Iterator[tuple[int, NDArray[np.int_], Matrix, Matrix]]:
    """For each entry: the later ones that may go with it, their log-odds, likeness of words.

    Editions of one series are no match whatever they share: their odds are minus infinity.
    """
    size = len(traits.langs)
    scratch = np.zeros(traits.words.width, dtype=np.float32)
    for start in range(0, size, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, size))
        weights = _Block(traits, rows, start)
        odds = _odds(traits, rows, start, weights)
        open_ = odds > _LEAST_ODDS - weights.of("most_words")
        worth = weights.of("words")
        for at, row in enumerate(rows):
            later = np.flatnonzero(open_[at, at + 1 :]) + at + 1
            if not later.size:
                continue
            second = later + start
            words = _common(traits.words, int(row), second, scratch)
            made = np.asarray(odds[at, later] + worth[at, later] * words, dtype=np.float32)
            made[traits.editions_apart(int(row), second)] = -np.inf
            yield int(row), second, made, words


class _Block:
    """The weights of each pair of a block of entries with all from ``start`` on."""

    def __init__(self, traits: Traits, rows: NDArray[np.int_], start: int) -> None:
        self._same = traits.langs[rows][:, None] == traits.langs[None, start:]
        plain = traits.vectors is None
        self._within, self._across = (WITHIN_PLAIN, ACROSS_PLAIN) if plain else (WITHIN, ACROSS)

    def of(self, fact: str) -> Matrix:
        """What a fact weighs: as within a language, or as across languages."""
        pair = (getattr(self._within, fact), getattr(self._across, fact))
        return np.where(self._same, *(np.float32(weight) for weight in pair))


def _odds(traits: Traits, rows: NDArray[np.int_], start: int, weights: _Block) -> Matrix:
    """The log-odds without words of a block of entries with all from ``start`` on."""
    made = weights.of("bias")
    made += weights.of("names") * (traits.names[rows] @ traits.names[start:].T)
    made += weights.of("concepts") * (traits.concepts[rows] @ traits.concepts[start:].T)
    if traits.vectors is not None:
        made += weights.of("vectors") * (traits.vectors[rows] @ traits.vectors[start:].T)
    apart = np.abs(traits.days[rows][:, None] - traits.days[None, start:])
    far = weights.of("days") * np.log1p(np.minimum(apart, _MOST_DAYS))
    made += np.where(np.isnan(apart), weights.of("undated"), far)
    known = traits.countries
    silent = (~known[start:, traits.actors[rows]]).T.astype(np.float32)
    silent += ~known[rows][:, traits.actors[start:]]
    made += weights.of("actor") * silent
    return made


def _common(rows: SparseRows, row: int, others: NDArray[np.int_], scratch: Matrix) -> Matrix:
    """The cosines of one sparse row with others; ``scratch`` is all zero before and after."""
    columns, values = rows.row(row)
    scratch[columns] = values
    places, starts = rows.places(others)
    # An empty row would take its neighbour's first product; every row holds at least one.
    made = np.add.reduceat(scratch[rows.columns[places]] * rows.values[places], starts)
    scratch[columns] = 0.0
    return np.asarray(made, dtype=np.float32)
