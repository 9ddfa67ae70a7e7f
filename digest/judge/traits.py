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
from digest.judge.marks import Marks, Matrix, Numbers, marks_of
from digest.model import Name

LANGUAGES = ("en", "ru", "zh")
"""Languages with a shipped mean vector; others take that of the same script."""

_KIN = {"uk": "ru", "be": "ru", "kk": "ru", "ky": "ru", "bg": "ru", "zh": "zh", "ru": "ru"}
_TEXT = 400
_REPORTERS = frozenset(
    {"news agency", "state news agency", "newspaper", "broadcaster", "state broadcaster"}
    | {"magazine", "news site", "party journal", "state media group", "website", "data company"}
    | {"social network"}
)
"""Roles of names that say where a report comes from, not who acted."""

_FIRST_NAMES = 6
"""As many names as a title and a first sentence hold."""

_UNSAID = 4.0
"""The idf of what an entry says that is no concept: about that of a usual one."""

_NUMBER = re.compile(r"\d+")


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

    def __init__(self, sizes: Sequence[int], columns: Numbers, values: Matrix, width: int) -> None:
        """Of rows so long, one after the other; an empty one gets a column of its own."""
        self.width = width + 1
        ends = np.cumsum(sizes, dtype=np.int_)
        empty = ends[np.asarray(sizes, dtype=np.int_) == 0]
        self.columns: Numbers = np.insert(columns, empty, width)
        held = np.insert(values.astype(np.float32), empty, 1.0)
        self._ends = np.concatenate([[0], np.cumsum(np.maximum(sizes, 1), dtype=np.int_)])
        norms = np.sqrt(np.add.reduceat(held**2, self._ends[:-1])) if len(held) else held
        self.values: Matrix = held / np.repeat(np.maximum(norms, 1e-9), np.diff(self._ends))

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

    ``actors`` is the country of the first name, ``opened`` whose names an entry opens with,
    ``countries`` whose names stand in it at all; an entry without names has all of them. Column 0
    is nobody's and stands in every row of ``countries``. ``dated`` says
    whose title names the day of its report, as ``editions`` of a series do.
    """

    langs: Numbers
    vectors: Matrix | None
    words: SparseRows
    names: Marks
    concepts: Marks
    days: NDArray[np.float32]
    actors: Numbers
    opened: NDArray[np.bool_]
    countries: NDArray[np.bool_]
    editions: tuple[tuple[str, tuple[str, ...]] | None, ...]
    dated: NDArray[np.bool_]

    def editions_apart(self, first: Numbers, second: Numbers) -> NDArray[np.bool_]:
        """Which pairs are different editions of one series."""
        made = np.zeros(len(first), dtype=bool)
        for at in np.flatnonzero(self.dated[first] & self.dated[second]):
            own, theirs = self.editions[first[at]], self.editions[second[at]]
            assert own is not None  # noqa: S101 - dated
            assert theirs is not None  # noqa: S101 - dated
            made[at] = theirs[0] == own[0] and theirs[1] != own[1]
        return made


def traits_of(items: Sequence[Item]) -> Traits:
    """The rows of the items, in their order."""
    codes = {lang: at for at, lang in enumerate(sorted({item.lang for item in items}))}
    actors, opened, countries = _countries(items)
    editions = tuple(_edition(item) for item in items)
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
        opened=opened,
        countries=countries,
        editions=editions,
        dated=np.array([each is not None for each in editions], dtype=bool),
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
    places: dict[str, int] = {}
    columns: list[int] = []
    times: list[int] = []
    sizes = []
    for item in items:
        row = Counter(grams(f"{item.title} {item.text[:_TEXT]}", item.lang))
        columns += [places.setdefault(gram, len(places)) for gram in row]
        times += row.values()
        sizes.append(len(row))
    usual, lines = _usual("idf")
    at = np.array(columns, dtype=np.int_)
    held = np.bincount(at, minlength=len(places))
    buckets = np.array([bucket(gram) for gram in places], dtype=np.int_)
    idf = np.log((lines + len(items) + 1) / (usual[buckets] + held + 0.5))
    values = (1 + np.log(np.array(times, dtype=np.float64))) * idf[at]
    return SparseRows(sizes, at, values.astype(np.float32), len(places))


@lru_cache(maxsize=2)
def _usual(name: str) -> tuple[NDArray[np.float64], float]:
    """In how many shipped lines each bucket stood, and how many lines there were, from the idf."""
    idf = load_weights()[name].astype(np.float64)
    lines = 0.5 * float(np.exp(idf.max()))
    return np.maximum(lines / np.exp(idf) - 0.5, 0.0), lines


def _names(items: Sequence[Item]) -> Marks:
    usual, lines = _usual("name_idf")
    frequency = {name: float(usual[name_bucket(name)]) for item in items for name in item.names}
    return marks_of([frozenset(item.names) for item in items], frequency, lines)


def _concepts(items: Sequence[Item]) -> Marks:
    usual, lines = usual_concepts()
    found = [concepts_in(f"{item.title} {item.text[:_TEXT]}") for item in items]
    return marks_of(found, usual, lines, unsaid=_UNSAID)


def _countries(
    items: Sequence[Item],
) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]:
    book = _country_book()
    held = [[book.get(name, name) for name in item.names] for item in items]
    columns = {c: at for at, c in enumerate(sorted({c for row in held for c in row if c}), start=1)}
    opened = np.zeros((len(items), len(columns) + 1), dtype=bool)
    known = opened.copy()
    known[:, 0] = True
    actors = np.zeros(len(items), dtype=np.int_)
    for at, row in enumerate(held):
        acting = [columns[c] for c in row if c]
        known[at, acting or slice(None)] = True
        opened[at, [columns[c] for c in row[:_FIRST_NAMES] if c]] = True
        actors[at] = acting[0] if acting else 0
    return actors, opened, known


@lru_cache(maxsize=1)
def _country_book() -> Mapping[str, str]:
    """The country a name acts for; "" for what acts for none: things, regions, those who report."""
    return MappingProxyType({n.id: "" if _idle(n) else str(n.country) for n in load_names()})


def _idle(name: Name) -> bool:
    nowhere = (name.country or "XX") in ("XX", "UN")
    return nowhere or name.kind == "thing" or name.role in _REPORTERS


def _edition(item: Item) -> tuple[str, tuple[str, ...]] | None:
    """A title that names the day of its report: what it says but for numbers, and the numbers."""
    numbers = tuple(_NUMBER.findall(item.title))
    if item.day is None or not any(abs(int(n[:4]) - item.day.day) <= 1 for n in numbers):
        return None
    return _NUMBER.sub("#", item.title.casefold()), numbers
