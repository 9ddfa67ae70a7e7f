"""Makes the content of ``weights.npz`` from the labelled lines; ``digest train`` runs it.

Sections: multinomial logistic regression over sentence vectors, word counts and names, and a
second one over runs of characters instead of vectors, for where there is no encoder. A line's
weight mixes equal weight for every label with the mix of a real week. The scale of the wide
columns, the strength of the penalty and the temperature are chosen by leaving out one batch of
lines at a time: lines written together resemble one another, and leaving out single lines would
choose too little of a penalty. The temperature only ever softens: lines written to be clear are
easier than what feeds give, so sharpening on them makes scores too sure (measured on a week).

Own sections: how much nearness to a description speaks for a section, one logistic curve over the
shipped sections and their descriptions.

scikit-learn is needed only here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from digest.data.lexicon import load_lexicon
from digest.data.names import load_names
from digest.data.sections import SHIPPED_SECTIONS
from digest.data.training import Line
from digest.judge.background import background
from digest.judge.described import nearness, prototypes
from digest.judge.embed import Embedder, encode_entries
from digest.judge.features import LABELS, Counter, Features, entry_of
from digest.judge.lexicon import LexiconMatcher
from digest.judge.pieces import piece_row
from digest.text.mentions import NameFinder

WEEK = (0.33, 0.18, 0.10, 0.09, 0.05, 0.04, 0.05, 0.07, 0.06, 0.10)
"""The share of each label in a real week (NLP.md §5 gives diplomacy a third, military a fifth)."""

_WEEK_SHARE = 0.35
_VECTOR_SCALES = (2.0, 3.0, 4.0)
_PIECE_SCALES = (2.0, 4.0)
_STRENGTHS = (0.1, 0.2, 0.4)
_TEMPERATURES = tuple(0.5 + 0.05 * i for i in range(31))
_FOLDS = 5
_SEED = 7
_LEAST_PIECES = 2
_HALF = frozenset({"full_vectors", "plain_pieces", "pieces_idf", "idf", "name_idf"})
_ROUGH, _FINE = 2e-3, 1e-4
_AS_GOOD = 0.02
"""About one standard error of the loss over 1,750 lines."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What validation chose for one model, and how it did on lines it had not seen."""

    model: str
    loss: float
    accuracy: float
    scale: float
    strength: float
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The content of ``weights.npz`` and how its models were chosen."""

    content: bytes
    validations: tuple[Validation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """What is learned from: labels, weights and batches of lines, and their counted columns."""

    labels: NDArray[np.int_]
    weights: Numbers
    folds: NDArray[np.int_]
    counts: Numbers


def trained(lines: Sequence[Line], embedder: Embedder) -> Trained:
    """The weights; the same lines give the same bytes with the same libraries."""
    entries = tuple(entry_of(number, line) for number, line in enumerate(lines))
    encoded = encode_entries(entries, embedder)
    assert encoded is not None  # noqa: S101 - there is an encoder
    vectors = encoded.astype(np.float64)
    counter = Counter(LexiconMatcher(load_lexicon()), NameFinder(load_names()))
    features = [counter.count(entry) for entry in entries]
    # Sums come out the same on any number of cores when only one adds up.
    with threadpool_limits(1):
        sections, validations = _sections(lines, vectors, features)
        arrays = sections | background(lines, vectors, features)
        arrays["own"] = _own(lines, encoded, arrays["language_means"], embedder)
    half = {k: v.astype(np.float16 if k in _HALF else np.float32) for k, v in arrays.items()}
    return Trained(content=_zipped(half), validations=validations)


def _zipped(arrays: dict[str, NDArray[Any]]) -> bytes:
    """The arrays as ``np.load`` reads them, without dates and compression that could differ."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name in sorted(arrays):
            content = BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(arrays[name]), version=(1, 0))
            archive.writestr(ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), content.getvalue())
    return buffer.getvalue()


def _sections(
    lines: Sequence[Line], vectors: Numbers, features: Sequence[Features]
) -> tuple[dict[str, Numbers], tuple[Validation, ...]]:
    many = len(LABELS)
    labels = np.array([LABELS.index(line.section) for line in lines])
    learned = _Lines(
        labels=labels,
        weights=_line_weights(labels),
        folds=_folds([line.batch for line in lines]),
        counts=np.stack([np.concatenate([f.words, f.names]) for f in features]),
    )
    idf, pieces = _pieces(lines)
    arrays: dict[str, Numbers] = {"pieces_idf": idf}
    chosen = []
    for kind, wide, columns, scales in (
        ("full", "vectors", vectors.reshape(len(lines), -1), _VECTOR_SCALES),
        ("plain", "pieces", pieces, _PIECE_SCALES),
    ):
        validation = _chosen(kind, columns, learned, scales)
        chosen.append(validation)
        weights, bias = _made(columns, learned, validation)
        arrays[f"{kind}_{wide}"] = weights[: columns.shape[1]]
        arrays[f"{kind}_words"] = weights[columns.shape[1] :][:many]
        arrays[f"{kind}_names"] = weights[columns.shape[1] :][many:]
        arrays[f"{kind}_bias"] = bias
    return arrays, tuple(chosen)


def _pieces(lines: Sequence[Line]) -> tuple[Numbers, Numbers]:
    """The idf of the runs of characters (0 for those of a single line), and the lines' rows."""
    counts = np.stack([piece_row(line.title, line.text) for line in lines])
    held = (counts > 0).sum(axis=0)
    idf = np.where(held < _LEAST_PIECES, 0.0, np.log((len(lines) + 1) / (held + 0.5)))
    shipped = idf.astype(np.float16).astype(np.float32)
    return idf, np.stack([piece_row(line.title, line.text, shipped) for line in lines])


def _folds(batches: Sequence[int]) -> NDArray[np.int_]:
    """The batches as folds; lines of one batch alone are dealt out at random."""
    if len(set(batches)) > 1:
        return np.unique(batches, return_inverse=True)[1]
    return np.random.default_rng(_SEED).integers(0, _FOLDS, len(batches))


def _line_weights(labels: NDArray[np.int_]) -> Numbers:
    counts = np.bincount(labels, minlength=len(LABELS))
    share = (1 - _WEEK_SHARE) / len(LABELS) + _WEEK_SHARE * np.array(WEEK) / sum(WEEK)
    weights = share / np.maximum(counts, 1)
    return np.asarray(weights[labels] * len(labels))


def _chosen(kind: str, wide: Numbers, learned: _Lines, scales: Sequence[float]) -> Validation:
    """The strongest penalty that predicts the batches left out as well as any, and its scale."""
    trials = []
    for scale in scales:
        columns = np.hstack([wide * scale, learned.counts])
        for strength in _STRENGTHS:
            logits = _validated(columns, learned, strength)
            loss, temperature = min((_loss(logits * t, learned), t) for t in _TEMPERATURES)
            right = logits.argmax(axis=1) == learned.labels
            accuracy = float((right * learned.weights).sum() / learned.weights.sum())
            trials.append((loss, -accuracy, scale, strength, temperature))
    best = min(trials)[0]
    least = min(trial[3] for trial in trials if trial[0] <= best + _AS_GOOD)
    loss, accuracy, scale, strength, temperature = min(t for t in trials if t[3] == least)
    # Settings are compared at their best temperature; what is shipped is only ever softened.
    temperature = min(temperature, 1.0)
    return Validation(
        model=kind,
        loss=loss,
        accuracy=-accuracy,
        scale=scale,
        strength=strength,
        temperature=temperature,
    )


def _made(wide: Numbers, learned: _Lines, chosen: Validation) -> tuple[Numbers, Numbers]:
    """Weights of the wide and the counted columns, and the bias."""
    columns = np.hstack([wide * chosen.scale, learned.counts])
    seen = np.ones(len(learned.labels), dtype=bool)
    model = _fitted(columns, learned, seen, chosen.strength, _FINE)
    weights = np.asarray(model.coef_).T * chosen.temperature
    weights[: wide.shape[1]] *= chosen.scale
    return weights, np.asarray(model.intercept_) * chosen.temperature


def _fitted(
    columns: Numbers, learned: _Lines, seen: NDArray[np.bool_], strength: float, tolerance: float
) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only to train

    model = LogisticRegression(C=strength, max_iter=400, tol=tolerance)
    return model.fit(columns[seen], learned.labels[seen], sample_weight=learned.weights[seen])


def _validated(columns: Numbers, learned: _Lines, strength: float) -> Numbers:
    """The logits of each line from a model that did not see its batch."""
    logits = np.zeros((len(learned.labels), len(LABELS)))
    for fold in np.unique(learned.folds):
        held = learned.folds == fold
        model = _fitted(columns, learned, ~held, strength, _ROUGH)
        made = model.decision_function(columns[held])
        logits[np.ix_(held, model.classes_)] = made if made.ndim > 1 else np.stack([-made, made]).T
    return logits


def _loss(logits: Numbers, learned: _Lines) -> float:
    top = logits - logits.max(axis=1, keepdims=True)
    logs = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
    picked = logs[np.arange(len(logits)), learned.labels]
    return float(-(picked * learned.weights).sum() / learned.weights.sum())


def _own(
    lines: Sequence[Line], vectors: NDArray[np.float32], means: Numbers, embedder: Embedder
) -> Numbers:
    """Slope and start of the chance that a line belongs to a section it comes so near to."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only to train

    shipped = means.astype(np.float32)
    described = prototypes(SHIPPED_SECTIONS, embedder, shipped)
    near = np.array(
        [
            [nearness(vector, line.lang, described[s.id], shipped) for s in SHIPPED_SECTIONS]
            for vector, line in zip(vectors, lines, strict=True)
        ]
    )
    belongs = np.array([[line.section == s.id for s in SHIPPED_SECTIONS] for line in lines])
    model = LogisticRegression(C=1e6, tol=1e-8).fit(near.reshape(-1, 1), belongs.reshape(-1))
    return np.array([model.coef_[0][0], model.intercept_[0]])
