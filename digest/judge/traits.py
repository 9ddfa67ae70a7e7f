"""What is compared of entries: unit rows of words, names and concepts, days, actors, editions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from digest.data.names import load_names
from digest.data.weights import load_weights
from digest.judge.concepts import concepts_in, usual_concepts
from digest.judge.embed import Vectors
from digest.judge.grams import bucket, grams, name_bucket

LANGUAGES = ("en", "ru", "zh")
"""Languages with a shipped mean vector; others take that of the same script."""

_KIN = {"uk": "ru", "be": "ru", "kk": "ru", "ky": "ru", "bg": "ru", "zh": "zh", "ru": "ru"}
_TEXT = 400
_NUMBER = re.compile(r"\d+")

Matrix = NDArray[np.float32]
Numbers = NDArray[np.int_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What clustering looks at in an entry; ``day`` is ``None`` where the date is a guess.

    ``names`` are ids of the name book, those of the title first.
    """

    id: str
    title: str
    text: str
    lang: str
    day: date | None = None
    names: tuple[str, ...] = ()
    vectors: Vectors | None = field(default=None, compare=False)
    url: str | None = None


class SparseRows:
    """Unit rows of a few numbers each; no row is empty."""

    def __init__(self, rows: Sequence[Mapping[int, float]], width: int) -> None:
        self.width = width + 1
        held = [row or {width: 1.0} for row in rows]
        self._ends = np.cumsum([0, *(len(row) for row in held)])
        self.columns: Numbers = np.array([c for row in held for c in row], dtype=np.int_)
        values = np.array([v for row in held for v in row.values()], dtype=np.float32)
        norms = np.sqrt(np.add.reduceat(values**2, self._ends[:-1])) if held else values
        self.values: Matrix = values / np.repeat(np.maximum(norms, 1e-9), np.diff(self._ends))

    def row(self, at: int) -> tuple[Numbers, Matrix]:
        """Columns and values of one row."""
        part = slice(self._ends[at], self._ends[at + 1])
        return self.columns[part], self.values[part]

    def places(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Where the numbers of these rows stand one after the other, and where each row begins."""
        lengths = self._ends[rows + 1] - self._ends[rows]
        starts = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(self._ends[rows] - starts, lengths)
        return places, starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is compared, a row an entry.

    ``actors`` is the country of the first name, ``countries`` whose names stand in an entry; an
    entry without names has all of them. Column 0 is nobody's and stands everywhere.
    """

    langs: Numbers
    vectors: Matrix | None
    words: SparseRows
    names: Matrix
    concepts: Matrix
    days: NDArray[np.float32]
    actors: Numbers
    countries: NDArray[np.bool_]
    editions: tuple[tuple[str, tuple[str, ...]] | None, ...]

    def editions_apart(self, row: int, others: Numbers) -> NDArray[np.bool_]:
        """Which of the others are another edition of the series that the entry belongs to."""
        own = self.editions[row]
        made = np.zeros(len(others), dtype=bool)
        if own is not None:
            for at, other in enumerate(others):
                theirs = self.editions[other]
                made[at] = theirs is not None and theirs[0] == own[0] and theirs[1] != own[1]
        return made


def traits_of(items: Sequence[Item]) -> Traits:
    """The rows of the items, in their order."""
    codes = {lang: at for at, lang in enumerate(sorted({item.lang for item in items}))}
    actors, countries = _countries(items)
    return Traits(
        langs=np.array([codes[item.lang] for item in items], dtype=np.int_),
        vectors=_vectors(items),
        words=_words(items),
        names=_names(items),
        concepts=_concepts(items),
        days=np.array(
            [np.nan if item.day is None else item.day.toordinal() for item in items],
            dtype=np.float32,
        ),
        actors=actors,
        countries=countries,
        editions=tuple(_edition(item) for item in items),
    )


def _vectors(items: Sequence[Item]) -> Matrix | None:
    """The vectors, less the mean of their language; nothing if one entry has none.

    The title counts twice: once alone, once with the lead (reactions repeat the event
    they are about in their lead, and seldom in their title).
    """
    rows = [item.vectors.sum(axis=0) for item in items if item.vectors is not None]
    if len(rows) < len(items):
        return None
    langs = [LANGUAGES.index(_KIN.get(item.lang, "en")) for item in items]
    return _unit(_unit(np.stack(rows)) - load_weights()["language_means"][langs])


def _unit(rows: Matrix) -> Matrix:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)


def _words(items: Sequence[Item]) -> SparseRows:
    counts = [Counter(grams(f"{item.title} {item.text[:_TEXT]}", item.lang)) for item in items]
    columns: dict[str, int] = {}
    for row in counts:
        for gram in row:
            columns.setdefault(gram, len(columns))
    usual, lines = _usual("idf")
    held = Counter(gram for row in counts for gram in row)
    idf = {
        gram: np.log((lines + len(items) + 1) / (usual[bucket(gram)] + held[gram] + 0.5))
        for gram in columns
    }
    return SparseRows(
        [{columns[g]: (1 + np.log(n)) * idf[g] for g, n in row.items()} for row in counts],
        len(columns),
    )


@lru_cache(maxsize=2)
def _usual(name: str) -> tuple[NDArray[np.float64], float]:
    """In how many shipped lines each bucket stood, and how many lines there were, from the idf."""
    idf = load_weights()[name].astype(np.float64)
    lines = 0.5 * float(np.exp(idf.max()))
    return np.maximum(lines / np.exp(idf) - 0.5, 0.0), lines


def _names(items: Sequence[Item]) -> Matrix:
    usual, lines = _usual("name_idf")
    frequency = {name: float(usual[name_bucket(name)]) for item in items for name in item.names}
    return _marked([frozenset(item.names) for item in items], frequency, lines)


def _concepts(items: Sequence[Item]) -> Matrix:
    usual, lines = usual_concepts()
    found = [concepts_in(f"{item.title} {item.text[:_TEXT]}") for item in items]
    return _marked(found, usual, lines)


def _marked(held: Sequence[frozenset[str]], usual: Mapping[str, float], lines: float) -> Matrix:
    """Unit rows of idf. What one entry alone holds has no column, but counts in its length."""
    counts = Counter(mark for row in held for mark in row)
    idf = {
        mark: np.log((lines + len(held) + 1) / (usual.get(mark, 0) + count + 0.5))
        for mark, count in counts.items()
    }
    shared = {mark: at for at, mark in enumerate(sorted(m for m, n in counts.items() if n > 1))}
    rows = np.zeros((len(held), len(shared)), dtype=np.float32)
    for at, row in enumerate(held):
        norm = max(float(np.sqrt(sum(idf[mark] ** 2 for mark in sorted(row)))), 1e-9)
        for mark in row & shared.keys():
            rows[at, shared[mark]] = idf[mark] / norm
    return rows


def _countries(items: Sequence[Item]) -> tuple[Numbers, NDArray[np.bool_]]:
    book = _country_book()
    held = [[book.get(name, name) for name in item.names] for item in items]
    columns = {c: at for at, c in enumerate(sorted({c for row in held for c in row}), start=1)}
    known = np.zeros((len(items), len(columns) + 1), dtype=bool)
    known[:, 0] = True
    for at, row in enumerate(held):
        known[at, [columns[c] for c in row] if row else slice(None)] = True
    return np.array([columns[row[0]] if row else 0 for row in held], dtype=np.int_), known


@lru_cache(maxsize=1)
def _country_book() -> Mapping[str, str]:
    """The country of each name; a name of none stands for itself."""
    nowhere = ("", "XX")
    return MappingProxyType(
        {n.id: n.id if (n.country or "") in nowhere else str(n.country) for n in load_names()}
    )


def _edition(item: Item) -> tuple[str, tuple[str, ...]] | None:
    """A title that names the day of its report: what it says but for numbers, and the numbers."""
    numbers = tuple(_NUMBER.findall(item.title))
    if item.day is None or not any(abs(int(n[:4]) - item.day.day) <= 1 for n in numbers):
        return None
    return _NUMBER.sub("#", item.title.casefold()), numbers
