"""The parts of an entry's score for one shipped label, in words a person understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.judge.features import LABELS, NAMES, Features
from digest.judge.lexicon import Hit
from digest.model import Reason

_SHOWN_WORDS = 6

Numbers = NDArray[np.float64]
Weights = Mapping[str, Numbers]


def linear(weights: Mapping[str, NDArray[np.float32]]) -> dict[str, Numbers]:
    """The weights of both models, ready to be multiplied many times.

    Vectors and runs of characters are many: theirs have the mean label taken off beforehand.
    """
    made = {}
    for kind, wide in (("full", "vectors"), ("plain", "pieces")):
        for group in ("bias", wide, "words", "names"):
            held = weights[f"{kind}_{group}"].astype(np.float64)
            made[f"{kind}_{group}"] = held - held.mean(axis=-1, keepdims=True)
    return made


def parts_of(features: Features, wide: Numbers, kind: str, weights: Weights) -> dict[str, Numbers]:
    """What each group of columns adds to each label; scores stand against the mean label.

    ``kind`` is ``full`` where ``wide`` are sentence vectors, ``plain`` for runs of characters.
    """
    name = "vectors" if kind == "full" else "pieces"
    return {
        "bias": weights[f"{kind}_bias"],
        name: wide @ weights[f"{kind}_{name}"],
        "words": features.words[:, None] * weights[f"{kind}_words"],
        "names": features.names[:, None] * weights[f"{kind}_names"],
    }


def sums_of(parts: Mapping[str, Numbers]) -> Numbers:
    """The raw score of each label."""
    return np.asarray(sum(p if p.ndim == 1 else p.sum(axis=0) for p in parts.values()))


def reasons_of(label: str, features: Features, parts: Mapping[str, Numbers]) -> list[Reason]:
    """The reasons that sum to the raw score of a shipped label, the weightiest first."""
    column = LABELS.index(label)
    reasons = [Reason(feature="how common such reports are", weight=float(parts["bias"][column]))]
    if "vectors" in parts:
        weight = float(parts["vectors"][column])
        reasons.append(Reason(feature="what title and lead say as a whole", weight=weight))
    if "pieces" in parts:
        weight = float(parts["pieces"][column])
        reasons.append(Reason(feature="the other words of title and lead", weight=weight))
    for row, other in enumerate(LABELS):
        value = float(parts["words"][row, column])
        if value:
            hits = [hit for hit in features.hits if hit.section == other]
            reasons += _word_reasons(hits, value, other if other != label else None)
    for row, name in enumerate(NAMES):
        value = float(parts["names"][row, column])
        if value:
            reasons.append(Reason(feature=name, weight=value))
    return sorted(reasons, key=lambda r: (-abs(r.weight), r.feature))


def _word_reasons(hits: Sequence[Hit], value: float, other: str | None) -> list[Reason]:
    """The value of one word column shared among its words; those of another label together."""
    if other is not None:
        return [Reason(feature=f"words that speak for {other}", weight=value)]
    total = sum(hit.worth for hit in hits)
    best = sorted(hits, key=lambda hit: (-hit.worth, hit.term))
    reasons = [
        Reason(feature=f"the word “{hit.term}”", weight=value * hit.worth / total)
        for hit in best[:_SHOWN_WORDS]
    ]
    rest = sum(hit.worth for hit in best[_SHOWN_WORDS:])
    if rest:
        reasons.append(Reason(feature="further words for it", weight=value * rest / total))
    return reasons
