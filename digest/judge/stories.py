"""Entries of one event become one story, also across languages.

Likeness of two entries, in standard deviations above two entries taken at random (NLP.md §7):
within a language .6 of the sentence vectors’ cosine and .4 of the words’ (tf-idf); across
languages the cosine of vectors with their language's mean taken off. Then names in common raise
it, none in common where both name somebody lower it, and days apart lower it. Groups are joined
by average link down to a threshold. All constants are shipped, so an entry more changes nothing
between two others; items are sorted by id first, so their order does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.data.weights import load_weights
from digest.judge.embed import Vectors
from digest.judge.grams import gram_rows
from digest.judge.link import average_link
from digest.model import Certainty, Entry
from digest.text.urls import canonical_url

LANGUAGES = ("en", "ru", "zh")
"""Languages the encoder was trained on; others are taken as the one of the same script."""

NAME_BUCKETS = 1 << 12
_TEXT = 400
_LITTLE = 0.2
_NAMED = 0.5
_KIN = {"uk": "ru", "be": "ru", "kk": "ru", "ky": "ru", "bg": "ru", "zh": "zh", "ru": "ru"}

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What clustering looks at in an entry; ``day`` is ``None`` where the date is a guess."""

    id: str
    title: str
    text: str
    lang: str
    day: date | None = None
    names: tuple[str, ...] = ()
    vectors: Vectors | None = field(default=None, compare=False)
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The constants of clustering, in standard deviations (measured, see the tests' floors)."""

    within: float = 4.6
    across: float = 3.8
    without_vectors: float = 4.0
    vector_share: float = 0.6
    names_in_common: float = 0.6
    names_apart: float = 0.6
    day_apart: float = 0.8
    days_free: int = 0
    days_most: int = 7
    too_far: float = 6.0
    near_copy: float = 0.82


TUNING = Tuning()


def item_of(entry: Entry, names: Sequence[str] = (), vectors: Vectors | None = None) -> Item:
    """An entry as clustering sees it; ``vectors`` are its row of ``embed.vectors_of``."""
    return Item(
        id=entry.id,
        title=entry.title,
        text=entry.text,
        lang=entry.lang,
        day=None if entry.certainty is Certainty.GUESS else entry.date.date(),
        names=tuple(names),
        vectors=vectors,
        url=entry.url,
    )


def cluster(items: Sequence[Item], tuning: Tuning = TUNING) -> tuple[tuple[int, ...], ...]:
    """The stories: indices into ``items``, each group sorted, groups by their first index.

    The partition does not depend on the order of the items. Items must have distinct ids.
    """
    order = sorted(range(len(items)), key=lambda i: items[i].id)
    if not order:
        return ()
    ordered = [items[i] for i in order]
    likeness, copies = _likeness(ordered, tuning)
    labels = average_link(likeness, copies)
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(label, []).append(order[place])
    return tuple(sorted(tuple(sorted(group)) for group in groups.values()))


def _likeness(items: Sequence[Item], tuning: Tuning) -> tuple[Matrix, list[tuple[int, int]]]:
    """How far each pair lies above the threshold, and the pairs that are copies."""
    numbers = load_weights()
    langs = np.array([LANGUAGES.index(_kin(item.lang)) for item in items])
    same = langs[:, None] == langs[None, :]
    rows = gram_rows([(f"{i.title} {i.text[:_TEXT]}", i.lang) for i in items], numbers["idf"])
    words = rows @ rows.T
    mean, deviation = numbers["words_random"]
    by_words = np.where(same, (words - mean) / deviation, 0.0)
    if all(item.vectors is not None for item in items):
        made = _by_vectors(items, langs, numbers)
        within = tuning.vector_share * made + (1 - tuning.vector_share) * by_words - tuning.within
        likeness = np.where(same, within, made - tuning.across)
    else:
        likeness = np.where(same, by_words - tuning.without_vectors, -tuning.without_vectors)
    likeness = likeness + _by_names(items, numbers, tuning) + _by_days(items, tuning)
    copies = _copies(items, words * same, tuning.near_copy)
    return np.asarray(likeness, dtype=np.float32), copies


def _kin(lang: str) -> str:
    return _KIN.get(lang, "en")


def _by_vectors(
    items: Sequence[Item], langs: NDArray[np.int_], numbers: Mapping[str, Matrix]
) -> Matrix:
    """Standardised cosines: plain within a language, centred across languages."""
    both = np.stack([item.vectors for item in items if item.vectors is not None])
    rows = _unit(both[:, 0] + both[:, 1])
    made = rows @ rows.T
    centred = _unit(rows - numbers["language_means"][langs])
    across = centred @ centred.T
    random = numbers["vectors_random"]
    result = np.zeros_like(made)
    for a in range(len(LANGUAGES)):
        for b in range(len(LANGUAGES)):
            at = (langs == a)[:, None] & (langs == b)[None, :]
            mean, deviation = random[a, b]
            result[at] = ((made if a == b else across)[at] - mean) / deviation
    return result


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


def _by_names(items: Sequence[Item], numbers: Mapping[str, Matrix], tuning: Tuning) -> Matrix:
    """A boost by the rarity of names in common; a lowering where both name others."""
    ids = sorted({name for item in items for name in item.names})
    if not ids:
        return np.zeros((len(items), len(items)), dtype=np.float32)
    column = {name: at for at, name in enumerate(ids)}
    idf = numbers["name_idf"] / numbers["name_idf"].max()
    rows = np.zeros((len(items), len(ids)), dtype=np.float32)
    for row, item in enumerate(items):
        for name in item.names:
            rows[row, column[name]] = idf[name_bucket(name)]
    weight = rows.sum(axis=1)
    common = rows @ (rows > 0).T.astype(np.float32)
    least = np.minimum(weight[:, None], weight[None, :])
    share = np.where(least > 0, common / np.maximum(least, 1e-9), 0.0)
    apart = (share < _LITTLE) & (least > _NAMED)
    boost = tuning.names_in_common * np.minimum(common, 2.0) * share
    return np.asarray(boost - tuning.names_apart * apart, dtype=np.float32)


def name_bucket(name_id: str) -> int:
    """The column of a name's idf."""
    return crc32(name_id.encode()) % NAME_BUCKETS


def _by_days(items: Sequence[Item], tuning: Tuning) -> Matrix:
    days = np.array([np.nan if i.day is None else i.day.toordinal() for i in items])
    apart = np.abs(days[:, None] - days[None, :])
    cost = tuning.day_apart * np.maximum(apart - tuning.days_free, 0.0)
    cost = np.where(apart > tuning.days_most, tuning.too_far, cost)
    return np.asarray(-np.nan_to_num(cost, nan=0.0), dtype=np.float32)


def _copies(items: Sequence[Item], words: Matrix, near: float) -> list[tuple[int, int]]:
    """Pairs with one address, or nearly the same words."""
    pairs = {(int(a), int(b)) for a, b in np.argwhere(words >= near) if a < b}
    first: dict[str, int] = {}
    for at, item in enumerate(items):
        if item.url:
            held = first.setdefault(canonical_url(item.url), at)
            if held != at:
                pairs.add((held, at))
    return sorted(pairs)
