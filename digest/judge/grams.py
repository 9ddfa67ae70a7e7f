"""Short pieces of a text by which texts are compared word for word.

A word of a text in letters is cut to its first letters, which drops most endings; Chinese text is
taken in pairs of characters. Pieces are hashed to columns, with an idf that is shipped and not
taken from the window, so that one entry more changes nothing between two others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.text.chinese import simplified

IDF_BUCKETS = 1 << 15
NAME_BUCKETS = 1 << 12
_COLUMNS = 1 << 12
_STEM = 6
_WORD = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]+")
_HAN_START = "\u3400"
_HAN_END = "\u9fff"


def grams(text: str, lang: str) -> list[str]:
    """The pieces of a text in order: word starts, or pairs of Han characters."""
    if lang == "zh":
        text = simplified(text)
    pieces: list[str] = []
    for word in _WORD.findall(text.lower().replace("ё", "е")):
        if _HAN_START <= word[0] <= _HAN_END:
            pieces += [word[i : i + 2] for i in range(max(len(word) - 1, 1))]
        else:
            pieces.append(word[:_STEM])
    return pieces


@lru_cache(maxsize=1 << 17)
def bucket(gram: str) -> int:
    """The idf column of a piece."""
    return crc32(gram.encode()) % IDF_BUCKETS


def name_bucket(name_id: str) -> int:
    """The column of a name's idf."""
    return crc32(name_id.encode()) % NAME_BUCKETS


@lru_cache(maxsize=1 << 17)
def _column(gram: str) -> tuple[int, float]:
    made = crc32(b"#" + gram.encode())
    return made % _COLUMNS, 1.0 if made >> 31 else -1.0


def gram_rows(texts: Sequence[tuple[str, str]], idf: NDArray[np.float32]) -> NDArray[np.float32]:
    """Unit rows of log-scaled tf × idf for (text, language) pairs; their products are cosines."""
    rows = np.zeros((len(texts), _COLUMNS), dtype=np.float32)
    for row, (text, lang) in enumerate(texts):
        counts: dict[str, int] = {}
        for gram in grams(text, lang):
            counts[gram] = counts.get(gram, 0) + 1
        for gram, count in counts.items():
            column, sign = _column(gram)
            rows[row, column] += sign * (1.0 + np.log(count)) * idf[bucket(gram)]
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)
