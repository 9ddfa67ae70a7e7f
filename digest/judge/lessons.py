"""What the editor's corrections teach: entries like those that were moved go where they went.

For each section that entries were moved to there is a gate: the chance that an entry is of the
kind that was moved there, a logistic curve over sentence vectors (runs of characters without an
encoder) that tells the moved entries from others: from entries moved elsewhere and from a fixed
part of the labelled lines. Lines that look like the moved ones themselves do not count against
them: the editor outranks them. The gate's chance is given to that section, the rest stays with
the model, so what is unlike every correction keeps its placement. Everything is worked out anew
from the live corrections, so taking one back undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import Entry

STRENGTH = 10.0
"""How freely a gate follows the corrections (1/penalty; measured with MOVED)."""

MOVED = 0.1
"""The weight of all moved entries beside that of all others, which are many more."""

_STEPS = 25
_OF_THE_KIND = 0.2
_LIKE = 0.3
_LEAST = 0.02
_MOST = 0.98

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One live correction: this entry belongs in that section."""

    entry: Entry
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What a gate says of an entry: its chance, and how many moved entries it is like."""

    chance: float
    like: int


class Gates:
    """The gates of all sections that entries were moved to; rows are unit rows of one kind."""

    def __init__(self, sections: Sequence[str], rows: Numbers, others: Numbers) -> None:
        self._sections = tuple(sections)
        self._rows = rows
        self._gates = {
            section: _gate(
                rows[[s == section for s in sections]],
                np.vstack([rows[[s != section for s in sections]], others]),
                sum(s != section for s in sections),
            )
            for section in dict.fromkeys(sections)
        }

    def of(self, row: Numbers) -> dict[str, Taught]:
        """What the gates say of an entry, by section; sections with hardly a chance are left out.

        The chances sum to less than 1.
        """
        found = {section: gate(row) for section, gate in self._gates.items()}
        total = sum(found.values())
        near = self._rows @ row
        return {
            section: Taught(
                chance=chance * min(1.0, _MOST / total),
                like=max(1, self._like(section, near)),
            )
            for section, chance in found.items()
            if chance >= _LEAST
        }

    def _like(self, section: str, near: Numbers) -> int:
        pairs = zip(self._sections, near, strict=True)
        return sum(bool(value >= _LIKE) for each, value in pairs if each == section)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    weights: Numbers
    bias: float

    def __call__(self, row: Numbers) -> float:
        return float(_curve(row @ self.weights + self.bias))


def _gate(moved: Numbers, others: Numbers, fixed: int) -> _Gate:
    """The gate of one section. The first ``fixed`` of the others were moved elsewhere by hand."""
    first = _fitted(moved, others)
    chance = _curve(others @ first.weights + first.bias)
    near = (others @ moved.T).max(axis=1)
    unlike = (chance < _OF_THE_KIND) & (near < _LIKE)
    unlike[:fixed] = True
    return _fitted(moved, others[unlike])


def _fitted(moved: Numbers, others: Numbers) -> _Gate:
    """Ridge logistic regression by Newton steps in the dual: few rows, many columns."""
    rows = np.vstack([moved, others])
    target = np.concatenate([np.ones(len(moved)), np.zeros(len(others))])
    share = max(1.0, MOVED * len(others) / len(moved))
    weight = np.where(target > 0, share, 1.0)
    likeness = rows @ rows.T * _SCALE
    alpha, bias = np.zeros(len(rows)), 0.0
    system = np.zeros((len(rows) + 1, len(rows) + 1))
    system[:-1, -1] = system[-1, :-1] = 1.0
    for _ in range(_STEPS):
        reached = likeness @ alpha + bias
        chance = np.clip(_curve(reached), 1e-6, 1 - 1e-6)
        spread = weight * chance * (1 - chance)
        system[:-1, :-1] = likeness + np.diag(1.0 / (STRENGTH * spread))
        wanted = reached + weight * (target - chance) / spread
        made = np.linalg.solve(system, np.append(wanted, 0.0))
        moved_by = float(np.abs(made[:-1] - alpha).max())
        alpha, bias = made[:-1], float(made[-1])
        if moved_by < _ENOUGH:
            break
    return _Gate(weights=rows.T @ alpha * _SCALE, bias=bias)


_SCALE = 25.0
_ENOUGH = 1e-6


def _curve(value: Numbers) -> Numbers:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -30.0, 30.0))))
