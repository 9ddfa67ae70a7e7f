"""What the editor's corrections teach: entries like those that were moved go where they went.

For each section that entries were moved to there is a gate: a ridge regression over what entries
are compared by (``judge/kinds``) that tells the moved ones from others, which are those moved
elsewhere and a fixed part of the labelled lines. A few lines among the most like the moved ones
are taken for more of the kind and do not count against it: the editor outranks them.

A gate opens where its own corrections show that it may. Each moved entry and each line is foretold
by a gate that did not see it; the bar is as low as it may be while no more lines come in than
moved entries. Moves with nothing in common foretell nothing of each other, so they open it for
near copies alone, as a single move does. A gate's chance is given to its section and the rest
stays with the model, so what is unlike every correction keeps its placement. Everything is worked
out anew from the live corrections, so taking one back undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import Entry

RULES = "gates2"
"""Part of the judgement's version once something was taught."""

PENALTY = 8.0
"""How little a gate follows a single correction (measured by ``benchmarks/lessons.py``, as are
the numbers below)."""

MOVED = 0.1
"""The weight of all moved entries beside that of all others, which are many more."""

_OF_THE_KIND = 3
"""So many times the moved entries, at most, are lines taken for more of their kind."""

_NEAR_COPY = 0.75
_LOWEST = 0.3
_SLOPE = 6.0
_LIKE = 0.35
_LEAST = 0.4
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
    """The gates of all sections that entries were moved to; rows as from ``judge/kinds``."""

    def __init__(self, sections: Sequence[str], rows: Numbers, others: Numbers) -> None:
        self._sections = np.array(sections)
        self._rows = rows
        self._gates = {
            section: _gate(rows[self._sections == section], rows[self._sections != section], others)
            for section in dict.fromkeys(sections)
        }

    def of(self, row: Numbers) -> dict[str, Taught]:
        """What the gates say of an entry, by section; sections with hardly a chance are left out.

        The chances sum to less than 1.
        """
        found = {section: gate(row) for section, gate in self._gates.items()}
        open_to = {section: chance for section, chance in found.items() if chance >= _LEAST}
        if not open_to:
            return {}
        share = min(1.0, _MOST / sum(open_to.values()))
        like = self._rows @ row >= _LIKE
        return {
            section: Taught(
                chance=chance * share, like=max(1, int(like[self._sections == section].sum()))
            )
            for section, chance in open_to.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    weights: Numbers
    bias: float

    def __call__(self, row: Numbers) -> float:
        return float(1.0 / (1.0 + np.exp(-np.clip(row @ self.weights + self.bias, -30.0, 30.0))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """A regression on 1 for moved entries and 0 for others, which come after them.

    ``unseen`` is what it would say of each row without having seen it, ``seen`` what it says of
    the moved ones on the whole.
    """

    weights: Numbers
    bias: float
    unseen: Numbers
    seen: float


def _gate(moved: Numbers, elsewhere: Numbers, lines: Numbers) -> _Gate:
    many = len(moved)
    fit = _fitted(moved, elsewhere, lines)
    of_the_kind = fit.unseen[many + len(elsewhere) :] >= np.median(fit.unseen[:many])
    if many > 1 and 0 < of_the_kind.sum() <= _OF_THE_KIND * many:
        fit = _fitted(moved, elsewhere, lines[~of_the_kind])
    near_copy = _NEAR_COPY * fit.seen / np.sqrt(many)
    bar = max(_bar(fit.unseen[:many], fit.unseen[many:]), near_copy, _LOWEST)
    slope = _SLOPE / max(fit.seen - bar, 1e-3)
    return _Gate(weights=fit.weights * slope, bias=float((fit.bias - bar) * slope))


def _fitted(moved: Numbers, elsewhere: Numbers, lines: Numbers) -> _Fit:
    """Ridge regression in the dual: few rows, many columns; leaving one out needs no further fit.

    What was moved elsewhere by hand weighs as much as what was moved here.
    """
    rows = np.vstack([moved, elsewhere, lines])
    target = np.zeros(len(rows))
    target[: len(moved)] = 1.0
    weight = np.ones(len(rows))
    weight[: len(moved) + len(elsewhere)] = max(1.0, MOVED * len(lines) / len(moved))
    middle = weight @ rows / weight.sum()
    level = weight @ target / weight.sum()
    rows = rows - middle
    inverse = np.linalg.inv(rows @ rows.T + np.diag(PENALTY / weight))
    alpha = inverse @ (target - level)
    weights = rows.T @ alpha
    return _Fit(
        weights=weights,
        bias=float(level - middle @ weights),
        unseen=target - alpha / np.diag(inverse),
        seen=float((rows[: len(moved)] @ weights).mean() + level),
    )


def _bar(moved: Numbers, others: Numbers) -> float:
    """The value of the lowest moved entry down to which no more others come in than moved ones."""
    moved = np.sort(moved)[::-1]
    let_in = (others >= moved[:, None]).sum(axis=1)
    allowed = moved[let_in <= np.arange(1, len(moved) + 1)]
    return float(allowed.min()) if len(allowed) else float(others.max())
