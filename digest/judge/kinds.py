"""What entries are compared by to see whether they are of one kind: meaning and concepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from digest.data.concepts import load_concepts
from digest.judge.concepts import concepts_in, usual_concepts
from digest.judge.described import centred
from digest.judge.embed import LEAD_LENGTH, Vectors
from digest.judge.pieces import piece_row
from digest.model import Entry

CONCEPTS = 0.3
"""The worth of concepts beside meaning: they tell of one thing in three languages."""

Numbers = NDArray[np.float64]


def kind_rows(
    entries: Sequence[Entry], vectors: Vectors | None, weights: Mapping[str, NDArray[np.float32]]
) -> Numbers:
    """A row an entry; the product of two rows is at most 1.3 and about 0 for unlike entries.

    ``vectors`` has shape (entries, 2, 512); without them runs of characters take their place.
    """
    if vectors is None:
        idf = weights["pieces_idf"]
        meaning = np.stack([piece_row(entry.title, entry.text, idf) for entry in entries])
    else:
        langs = [entry.lang for entry in entries for _ in range(vectors.shape[1])]
        flat = centred(vectors.reshape(len(langs), -1), langs, weights["language_means"])
        meaning = flat.reshape(len(entries), -1).astype(np.float64) / np.sqrt(vectors.shape[1])
    concepts = [_concept_row(f"{entry.title} {entry.text[:LEAD_LENGTH]}") for entry in entries]
    return np.hstack([meaning, np.sqrt(CONCEPTS) * np.stack(concepts)])


def _concept_row(text: str) -> Numbers:
    """A unit row of the concepts that stand in a text, the rare ones weighing more."""
    worth = _worth()
    row = np.zeros(len(worth))
    for concept in concepts_in(text):
        column, value = worth[concept]
        row[column] = value
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-9))


@lru_cache(maxsize=1)
def _worth() -> Mapping[str, tuple[int, float]]:
    """The column of each concept, and how telling it is."""
    usual, lines = usual_concepts()
    concepts = sorted({term.section for term in load_concepts()})
    return {
        concept: (column, float(np.log((lines + 1) / (usual.get(concept, 0) + 0.5))))
        for column, concept in enumerate(concepts)
    }
