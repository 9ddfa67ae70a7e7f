"""Which labelled lines must not be trained on: what evaluation items say, and near repeats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from digest.judge.embed import Vectors
from digest.text.words import tokens

RUN = 12
"""A shared run counts from six words or twelve Han characters on; a word is worth two."""

TOO_NEAR = 0.9
"""A line this near to an evaluation item says the same (cosine of sentence vectors)."""

REPEATED = 0.95
"""Of two lines this near to each other the first is enough."""

_WORD_WORTH = 2
_HAN = ("\u3400", "\u9fff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A line (its place) that says what an item (its place) says, and what they share."""

    line: int
    item: int
    shared: str


def overlaps(
    lines: Sequence[str], items: Sequence[str], of_lines: Vectors, of_items: Vectors
) -> tuple[Overlap, ...]:
    """Every line that shares a run of words with an item, or is too near to one, with the first

    such item. Vectors have shape (n, 2, 512): title, and title with text; any of a line's is
    compared with any of an item's.
    """
    known: dict[tuple[str, ...], int] = {}
    for number, item in enumerate(items):
        for run in runs(item):
            known.setdefault(run, number)
    found = []
    for number, line in enumerate(lines):
        shared = next((run for run in runs(line) if run in known), None)
        if shared is not None:
            words = f"the run “{_spelled(shared)}”"
            found.append(Overlap(line=number, item=known[shared], shared=words))
            continue
        near, at = _nearest(of_lines[number], of_items)
        if near > TOO_NEAR:
            found.append(Overlap(line=number, item=at, shared=f"its meaning ({near:.2f})"))
    return tuple(found)


def repeats(vectors: Vectors) -> tuple[int, ...]:
    """The places of lines that come too near to an earlier one that is kept."""
    rows = vectors[:, 1]
    dropped: set[int] = set()
    for number in range(1, len(rows)):
        near = rows[:number] @ rows[number]
        if any(int(at) not in dropped for at in np.flatnonzero(near > REPEATED)):
            dropped.add(number)
    return tuple(sorted(dropped))


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """The shortest runs that count, one from each word or Han character on.

    >>> [" ".join(run) for run in runs("One two three four five six seven")]
    ['one two three four five six', 'two three four five six seven']
    """
    words = tokens(text, "en")
    worth = [1 if _HAN[0] <= word[0] <= _HAN[1] else _WORD_WORTH for word in words]
    end = total = 0
    for start in range(len(words)):
        while end < len(words) and total < RUN:
            total += worth[end]
            end += 1
        if total < RUN:
            return
        yield words[start:end]
        total -= worth[start]


def _spelled(run: tuple[str, ...]) -> str:
    han = all(_HAN[0] <= word[0] <= _HAN[1] for word in run)
    return ("" if han else " ").join(run)


def _nearest(line: Vectors, items: Vectors) -> tuple[float, int]:
    """The greatest cosine of a line's vectors with an item's, and that item."""
    if not len(items):
        return 0.0, 0
    near = np.einsum("ad,nbd->nab", line, items).max(axis=(1, 2))
    at = int(near.argmax())
    return float(near[at]), at
