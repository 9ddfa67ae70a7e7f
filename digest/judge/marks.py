"""Marks of entries, such as names and concepts: unit rows of a few numbers each, kept sparse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int_]


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Numbers by row: those of row r stand from ``ends[r]`` to ``ends[r + 1]``."""

    ends: Numbers
    columns: Numbers
    values: Matrix
    width: int

    def taken(self, order: Numbers) -> Marks:
        """The rows in another order."""
        sizes = np.diff(self.ends)[order]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(ends[-1]) + np.repeat(self.ends[order] - ends[:-1], sizes)
        columns, values = self.columns[places], self.values[places]
        return Marks(ends=ends, columns=columns, values=values, width=self.width)

    def parted(self, most: int) -> tuple[Matrix, Marks]:
        """The columns that more than ``most`` rows hold, as a full matrix, and the others."""
        heavy = np.bincount(self.columns, minlength=self.width) > most
        rows = self._rows
        inside = heavy[self.columns]
        places = np.cumsum(heavy) - 1
        full = np.zeros((len(self.ends) - 1, int(heavy.sum())), dtype=np.float32)
        full[rows[inside], places[self.columns[inside]]] = self.values[inside]
        sizes = np.bincount(rows[~inside], minlength=len(self.ends) - 1)
        light = Marks(
            ends=np.concatenate([[0], np.cumsum(sizes)]),
            columns=self.columns[~inside],
            values=self.values[~inside],
            width=self.width,
        )
        return full, light

    def of_rows(self, start: int, end: int) -> tuple[Numbers, Numbers, Matrix]:
        """Rows, columns and values of the rows from ``start`` to ``end``."""
        part = slice(self.ends[start], self.ends[end])
        return self._rows[part], self.columns[part], self.values[part]

    def holders(self, columns: Numbers, start: int) -> tuple[Numbers, Numbers, Matrix]:
        """Which rows from ``start`` on hold each column: rows, how many a column, their values."""
        keys, rows, values = self._by_column
        count = len(self.ends) - 1
        low = np.searchsorted(keys, columns * count + start)
        sizes = np.searchsorted(keys, (columns + 1) * count) - low
        places = np.arange(sizes.sum()) + np.repeat(low - np.cumsum(sizes) + sizes, sizes)
        return rows[places], sizes, values[places]

    @cached_property
    def _rows(self) -> Numbers:
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))

    @cached_property
    def _by_column(self) -> tuple[Numbers, Numbers, Matrix]:
        keys = self.columns * (len(self.ends) - 1) + self._rows
        order = np.argsort(keys, kind="stable")
        return keys[order], self._rows[order], self.values[order]


def marks_of(
    held: Sequence[frozenset[str]],
    usual: Mapping[str, float],
    lines: float,
    *,
    unsaid: float = 0.0,
) -> Marks:
    """Unit rows of idf. What one entry alone holds has no column, but counts in its length.

    ``usual`` says in how many of ``lines`` lines each mark stands at other times; ``unsaid`` is
    the idf of one more mark that every entry is taken to hold alone, so that one or two shared
    marks tell less than many do.
    """
    counts = Counter(mark for row in held for mark in row)
    total = np.log(lines + len(held) + 1)
    idf = {
        mark: float(total - np.log(usual.get(mark, 0) + count + 0.5))
        for mark, count in counts.items()
    }
    shared = {mark: at for at, mark in enumerate(sorted(m for m, n in counts.items() if n > 1))}
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in held:
        norm = max((unsaid**2 + sum(idf[mark] ** 2 for mark in sorted(row))) ** 0.5, 1e-9)
        known = sorted((shared[mark], idf[mark] / norm) for mark in row if mark in shared)
        columns += [column for column, _ in known]
        values += [value for _, value in known]
        ends.append(len(columns))
    return Marks(
        ends=np.array(ends, dtype=np.int_),
        columns=np.array(columns, dtype=np.int_),
        values=np.array(values, dtype=np.float32),
        width=len(shared),
    )
