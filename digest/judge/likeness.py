"""The chance that two entries tell of one event, from what they share.

A logistic model over eight facts about a pair: how close their vectors are (each less the mean of
its language), their words, their names and their concepts (cosines, the rare ones weighing more),
how many days lie between them, whether one has no date, whether one is led by an actor whose
country the other never mentions, and whether each opens with such a country. It has one set of
weights for pairs in one language, one for pairs across languages, and the same without vectors.
What is rare is counted over the shipped lines and the window together, so that the subject
everybody writes about tells little.

Pairs are compared in blocks (``judge/blocks``), and only those with a chance worth keeping are
kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from digest.judge.blocks import Blocks, Weights
from digest.judge.marks import Matrix, Numbers
from digest.judge.traits import SparseRows, Traits

LEAST = 0.2
"""Chances below this are taken for none."""

NEAR_COPY = 0.82
"""Likeness of words from which two entries in one language are copies of one text."""

_LEAST_ODDS = float(np.log(LEAST / (1 - LEAST)))


WITHIN = Weights(
    bias=-3.7, vectors=4.5, words=4.5, names=1.5, concepts=4.5,
    days=-1.2, undated=-1.3, actor=-0.5, apart=-0.8, most_words=1.5,
)  # fmt: skip
ACROSS = Weights(
    bias=-3.4, vectors=6.0, words=22.0, names=2.3, concepts=5.1,
    days=-1.2, undated=-2.2, actor=-1.0, apart=-1.5, most_words=1.5,
)  # fmt: skip
WITHIN_PLAIN = Weights(
    bias=-3.0, vectors=0.0, words=9.8, names=1.6, concepts=5.0,
    days=-1.2, undated=-1.8, actor=-0.6, apart=-0.8, most_words=9.8,
)  # fmt: skip
ACROSS_PLAIN = Weights(
    bias=-2.5, vectors=0.0, words=36.0, names=3.4, concepts=6.3,
    days=-1.1, undated=-2.6, actor=-1.0, apart=-1.5, most_words=9.8,
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
    plain = traits.vectors is None
    within, across = (WITHIN_PLAIN, ACROSS_PLAIN) if plain else (WITHIN, ACROSS)
    for found in Blocks(traits, within, across, _LEAST_ODDS):
        words = _common(traits.words, found.first, found.second)
        worth = np.where(found.same, np.float32(within.words), np.float32(across.words))
        odds = found.odds + worth * words
        likely = np.flatnonzero((odds > _LEAST_ODDS) | (words >= NEAR_COPY))
        likely = likely[~traits.editions_apart(found.first[likely], found.second[likely])]
        first = np.minimum(found.first[likely], found.second[likely])
        second = np.maximum(found.first[likely], found.second[likely])
        near = (words[likely] >= NEAR_COPY) & found.same[likely]
        copies += zip(first[near].tolist(), second[near].tolist(), strict=True)
        kept = odds[likely] > _LEAST_ODDS
        # Rounding takes off what the size of a block may change in the last digits.
        made = np.round(1 / (1 + np.exp(-odds[likely][kept].astype(np.float64))), 4)
        chances += zip(first[kept].tolist(), second[kept].tolist(), made.tolist(), strict=True)
    return Pairs(chances=tuple(sorted(chances)), copies=tuple(sorted(copies)))


def _common(rows: SparseRows, first: Numbers, second: Numbers) -> Matrix:
    """The cosines of pairs of sparse rows; pairs stand by their first row."""
    made = np.zeros(len(first), dtype=np.float32)
    scratch = np.zeros(rows.width, dtype=np.float32)
    edges = [0, *(np.flatnonzero(np.diff(first)) + 1).tolist(), len(first)]
    for start, end in pairwise(edges):
        if start == end:
            continue
        columns, values = rows.row(int(first[start]))
        scratch[columns] = values
        places, starts = rows.places(second[start:end])
        # An empty row would take its neighbour's first product; every row holds at least one.
        made[start:end] = np.add.reduceat(
            scratch[rows.columns[places]] * rows.values[places], starts
        )
        scratch[columns] = 0.0
    return made
