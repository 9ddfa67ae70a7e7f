"""Short runs of characters as numbers: what is judged by where there are no sentence vectors.

Words give their starts, middles and ends (three to five characters, and the whole word), Chinese
its characters, pairs and triples. Runs are hashed to columns; a run in the title is worth twice
one in the text. A shipped idf says how telling a column is.
"""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.text.words import normal

COLUMNS = 4096
_LENGTHS = (3, 4, 5)
_HAN_LENGTHS = (1, 2, 3)
_IN_TEXT = 0.5
_LEAD = 600
_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_HAN = ("\u3400", "\u9fff")

Row = NDArray[np.float64]


def piece_row(title: str, text: str, idf: NDArray[np.float32] | None = None) -> Row:
    """A unit row of 4,096 numbers; without an idf, plain counts (1 a title's run, ½ a text's)."""
    row = np.zeros(COLUMNS)
    for columns, worth in ((_columns(text[:_LEAD]), _IN_TEXT), (_columns(title), 1.0)):
        row[sorted(columns)] = worth
    if idf is None:
        return row
    row *= idf
    norm = float(np.linalg.norm(row))
    return row / norm if norm else row


def _columns(text: str) -> set[int]:
    found: set[str] = set()
    for word in _WORD.findall(normal(text)):
        han = _HAN[0] <= word[0] <= _HAN[1]
        bare = word if han else f" {word} "
        for length in _HAN_LENGTHS if han else _LENGTHS:
            found.update(bare[at : at + length] for at in range(len(bare) - length + 1))
        if not han:
            found.add(bare)
    return {crc32(piece.encode()) % COLUMNS for piece in found}
