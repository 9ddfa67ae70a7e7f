"""The pairs of entries that may tell of one event, found block by block among all pairs.

What most pairs are told apart by (vectors, and names and concepts that many entries hold) is one
product of matrices a block; what few entries hold is added from lists of who holds it. Entries
stand by language and day meanwhile, so that in a block a pair's days apart and its weights hang
on the later entry alone. No pair is missed: every one is compared, and only what can do nothing
but lower its odds is left for later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.judge.marks import Marks, Matrix, Numbers
from digest.judge.traits import Traits

_BLOCK = 256
_MOST_DAYS = 60
_HEAVY = 64
"""A mark that one entry in so many holds is cheaper in the product of matrices."""


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
    apart: float
    most_words: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Pairs of entries with their log-odds but for words; ``first`` and ``second`` are indices."""

    first: Numbers
    second: Numbers
    same: NDArray[np.bool_]
    odds: Matrix


class Blocks:
    """The pairs whose log-odds may pass ``floor`` with the most that words may add."""

    def __init__(self, traits: Traits, within: Weights, across: Weights, floor: float) -> None:
        days = np.where(np.isnan(traits.days), np.inf, traits.days)
        self._order: Numbers = np.lexsort((days, traits.langs))
        self._days, self._langs = days[self._order], traits.langs[self._order]
        self._traits, self._weights, self._floor = traits, (across, within), floor
        self._packed = [np.packbits(each, axis=1) for each in (traits.opened, traits.countries)]
        count = len(self._order)
        dense: list[Matrix] = []
        facts: list[str] = []
        if traits.vectors is not None:
            dense.append(traits.vectors[self._order])
            facts += ["vectors"] * traits.vectors.shape[1]
        self._light: list[tuple[Marks, tuple[float, float]]] = []
        for marks, fact in ((traits.names, "names"), (traits.concepts, "concepts")):
            heavy, light = marks.taken(self._order).parted(max(count // _HEAVY, 1))
            dense.append(heavy)
            facts += [fact] * heavy.shape[1]
            self._light.append((light, (getattr(across, fact), getattr(within, fact))))
        self._dense = np.hstack(dense)
        self._factors = [
            np.array([getattr(weights, fact) for fact in facts], dtype=np.float32)
            for weights in self._weights
        ]

    def __iter__(self) -> Iterator[Open]:
        """The open pairs of one block after the other."""
        for start, end in self._bounds():
            yield self._open(start, end)

    def _bounds(self) -> Iterator[tuple[int, int]]:
        """Runs of one language and day, at most ``_BLOCK`` long."""
        count = len(self._order)
        new = (np.diff(self._langs) != 0) | (self._days[1:] != self._days[:-1])
        edges = [0, *(np.flatnonzero(new) + 1).tolist(), count]
        for low, high in pairwise(edges):
            for start in range(low, high, _BLOCK):
                yield start, min(start + _BLOCK, high)

    def _open(self, start: int, end: int) -> Open:
        same = self._langs[start:] == self._langs[start]
        made = self._product(start, end, int(same.sum()))
        for light, factors in self._light:
            _add(made, light, (start, end), np.where(same, factors[1], factors[0]))
        fixed = self._fixed(start, same)
        least = np.where(same, *(self._floor - self._weights[way].most_words for way in (1, 0)))
        found = made > (least - fixed).astype(np.float32)
        size = end - start
        found[:, :size] &= np.triu(np.ones((size, size), dtype=bool), 1)
        rows, columns = np.nonzero(found)
        odds = made[rows, columns] + fixed[columns]
        first, second = self._order[rows + start], self._order[columns + start]
        one = same[columns]
        odds += self._worth("actor", one) * self._silent(first, second)
        odds += self._worth("apart", one) * self._apart(first, second)
        kept = odds > least[columns]
        return Open(
            first=first[kept],
            second=second[kept],
            same=one[kept],
            odds=odds[kept].astype(np.float32),
        )

    def _product(self, start: int, end: int, same: int) -> Matrix:
        """The weighted cosines of what is dense: ``same`` columns within a language, the rest."""
        rows, cut = self._dense[start:end], start + same
        made = np.empty((end - start, len(self._order) - start), dtype=np.float32)
        np.matmul(rows * self._factors[1], self._dense[start:cut].T, out=made[:, :same])
        np.matmul(rows * self._factors[0], self._dense[cut:].T, out=made[:, same:])
        return made

    def _fixed(self, start: int, same: NDArray[np.bool_]) -> Matrix:
        """What the block's day and the later entry's alone say, and the bias."""
        across, within = self._weights
        day, days = self._days[start], self._days[start:]
        known = np.isfinite(days) & np.isfinite(day)
        apart = np.minimum(np.abs(np.where(known, days, 0) - (day if known[0] else 0)), _MOST_DAYS)
        made = np.where(
            known,
            np.where(same, within.days, across.days) * np.log1p(apart),
            np.where(same, within.undated, across.undated),
        )
        return np.asarray(made + np.where(same, within.bias, across.bias), dtype=np.float32)

    def _worth(self, fact: str, same: NDArray[np.bool_]) -> Matrix:
        across, within = (np.float32(getattr(weights, fact)) for weights in self._weights)
        return np.asarray(np.where(same, within, across), dtype=np.float32)

    def _silent(self, first: Numbers, second: Numbers) -> Matrix:
        """How many of the two say nothing of the other's actor."""
        known, actors = self._traits.countries, self._traits.actors
        made = (~known[second, actors[first]]).astype(np.float32)
        made += ~known[first, actors[second]]
        return made

    def _apart(self, first: Numbers, second: Numbers) -> Matrix:
        """Whether each of the two opens with a country that the other never names."""
        opened, known = self._packed
        one = np.any(opened[first] & ~known[second], axis=1)
        other = np.any(opened[second] & ~known[first], axis=1)
        return np.asarray(one & other, dtype=np.float32)


def _add(made: Matrix, marks: Marks, block: tuple[int, int], factors: NDArray[np.float64]) -> None:
    """Add the weighted products of rare marks of the block with all entries from its start on."""
    start, end = block
    rows, columns, values = marks.of_rows(start, end)
    if not len(rows):
        return
    others, sizes, theirs = marks.holders(columns, start)
    mine = np.repeat(values, sizes) * theirs * factors[others - start]
    flat = np.repeat(rows - start, sizes) * made.shape[1] + (others - start)
    np.add.at(made.reshape(-1), flat, mine.astype(np.float32))
