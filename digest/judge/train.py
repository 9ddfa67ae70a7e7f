"""Makes ``weights.npz`` from the labelled lines: run ``python -m digest.judge.train``.

Sections: multinomial logistic regression over sentence vectors, word counts and names, and a
second one without vectors. A line's weight mixes equal weight for every label with the mix of a
real week. The scale of the vectors, the strength of the penalty and the temperature that makes a
score a probability are chosen by cross-validation over the lines themselves.

Stories: what two lines of different events are like at random (means and deviations of cosines),
the mean vector of each language, and how telling words and names are.

scikit-learn is needed only here.
"""

from __future__ import annotations

import sys
from collections import Counter as Counts
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from digest.data.lexicon import load_lexicon
from digest.data.names import load_names
from digest.data.training import Line, load_lines
from digest.judge.embed import Embedder, encode_entries, load_embedder
from digest.judge.features import LABELS, Counter, Features
from digest.judge.grams import IDF_BUCKETS, NAME_BUCKETS, bucket, gram_rows, grams, name_bucket
from digest.judge.lexicon import LexiconMatcher
from digest.judge.traits import LANGUAGES
from digest.model import Certainty, Entry
from digest.text.mentions import NameFinder

WEEK = (0.33, 0.18, 0.10, 0.09, 0.05, 0.04, 0.05, 0.07, 0.06, 0.10)
"""The share of each label in a real week (NLP.md §5 gives diplomacy a third, military a fifth)."""

_WEEK_SHARE = 0.35
_SCALES = (3.0, 4.0, 6.0)
_STRENGTHS = (0.1, 0.2, 0.4)
_TEMPERATURES = tuple(0.5 + 0.05 * i for i in range(31))
_FOLDS = 5
_SEED = 7
_HALF = frozenset({"full_vectors", "idf", "name_idf"})

Numbers = NDArray[np.float64]


def main() -> int:
    """Train and write the shipped weights; prints what cross-validation chose."""
    embedder = load_embedder()
    if embedder is None:
        sys.stderr.write("Training needs the sentence encoder.\n")
        return 2
    made = trained(load_lines(), embedder)
    target = Path(__file__).resolve().parent.parent / "data" / "weights.npz"
    target.write_bytes(made)
    sys.stderr.write(f"{target.name}: {len(made)} bytes\n")
    return 0


def trained(lines: tuple[Line, ...], embedder: Embedder) -> bytes:
    """The content of ``weights.npz``; the same lines give the same bytes."""
    entries = [_entry(number, line) for number, line in enumerate(lines)]
    counter = Counter(LexiconMatcher(load_lexicon()), NameFinder(load_names()))
    features = [counter.count(entry) for entry in entries]
    encoded = encode_entries(entries, embedder)
    assert encoded is not None  # noqa: S101 - there is an encoder
    vectors = encoded.astype(np.float64)
    words = np.stack([f.words for f in features])
    names = np.stack([f.names for f in features])
    labels = np.array([LABELS.index(line.section) for line in lines])
    arrays = {
        **_sections(vectors.reshape(len(lines), -1), np.hstack([words, names]), labels),
        **_stories(lines, vectors, features),
    }
    buffer = BytesIO()
    half = {k: v.astype(np.float16 if k in _HALF else np.float32) for k, v in arrays.items()}
    np.savez_compressed(buffer, **{k: half[k] for k in sorted(half)})  # type: ignore[arg-type]
    return buffer.getvalue()


def _entry(number: int, line: Line) -> Entry:
    then = datetime(2022, 1, 1, tzinfo=UTC)
    return Entry(
        id=f"{number:05d}",
        source_id="training",
        url=None,
        publisher="",
        title=line.title,
        text=line.text,
        lang=line.lang,
        date=then,
        certainty=Certainty.DAY,
        first_seen=then,
        fingerprint="",
    )


def _sections(vectors: Numbers, counts: Numbers, labels: NDArray[np.int_]) -> dict[str, Numbers]:
    weights = _line_weights(labels)
    plain = _best(None, counts, labels, weights)
    full = _best(vectors, counts, labels, weights)
    many = len(LABELS)
    return {
        "plain_words": plain[1][:many],
        "plain_names": plain[1][many:],
        "plain_bias": plain[2],
        "full_vectors": full[0],
        "full_words": full[1][:many],
        "full_names": full[1][many:],
        "full_bias": full[2],
    }


def _line_weights(labels: NDArray[np.int_]) -> Numbers:
    counts = np.bincount(labels, minlength=len(LABELS))
    share = (1 - _WEEK_SHARE) / len(LABELS) + _WEEK_SHARE * np.array(WEEK) / sum(WEEK)
    weights = share / np.maximum(counts, 1)
    return np.asarray(weights[labels] * len(labels))


def _best(
    vectors: Numbers | None, counts: Numbers, labels: NDArray[np.int_], weights: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Weights of vectors, of counts, and the bias, with the settings that validate best."""
    trials = []
    for scale in _SCALES if vectors is not None else (0.0,):
        columns = counts if vectors is None else np.hstack([vectors * scale, counts])
        for strength in _STRENGTHS:
            logits = _validated(columns, labels, weights, strength)
            loss, temperature = min((_loss(logits * t, labels, weights), t) for t in _TEMPERATURES)
            trials.append((loss, scale, strength, temperature))
    loss, scale, strength, temperature = min(trials)
    sys.stderr.write(f"loss {loss:.3f} scale {scale} C {strength} temperature {temperature:.2f}\n")
    columns = counts if vectors is None else np.hstack([vectors * scale, counts])
    model = _fitted(columns, labels, weights, strength)
    made = np.asarray(model.coef_).T * temperature
    bias = np.asarray(model.intercept_) * temperature
    width = 0 if vectors is None else vectors.shape[1]
    return made[:width] * scale, made[width:], bias


def _fitted(columns: Numbers, labels: NDArray[np.int_], weights: Numbers, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only to train

    model = LogisticRegression(C=strength, max_iter=400, tol=1e-4)
    return model.fit(columns, labels, sample_weight=weights)


def _validated(
    columns: Numbers, labels: NDArray[np.int_], weights: Numbers, strength: float
) -> Numbers:
    """The logits of each line from a model that did not see it."""
    folds = np.random.default_rng(_SEED).integers(0, _FOLDS, len(labels))
    logits = np.zeros((len(labels), len(LABELS)))
    for fold in range(_FOLDS):
        seen, held = folds != fold, folds == fold
        model = _fitted(columns[seen], labels[seen], weights[seen], strength)
        logits[held] = model.decision_function(columns[held])
    return logits


def _loss(logits: Numbers, labels: NDArray[np.int_], weights: Numbers) -> float:
    top = logits - logits.max(axis=1, keepdims=True)
    logs = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
    picked = logs[np.arange(len(labels)), labels]
    return float(-(picked * weights).sum() / weights.sum())


def _stories(
    lines: tuple[Line, ...], vectors: Numbers, features: list[Features]
) -> dict[str, Numbers]:
    count = len(lines)
    texts = [(f"{line.title} {line.text}", line.lang) for line in lines]
    frequency = np.zeros(IDF_BUCKETS)
    for text, lang in texts:
        frequency[sorted({bucket(gram) for gram in grams(text, lang)})] += 1
    named = np.zeros(NAME_BUCKETS)
    held = Counts(name_bucket(name) for f in features for name in f.name_ids)
    for at, times in held.items():
        named[at] = times
    idf = np.log((count + 1) / (frequency + 0.5))
    langs = np.array([LANGUAGES.index(line.lang) for line in lines])
    words = gram_rows(texts, idf.astype(np.float16).astype(np.float32))
    upper = np.triu(np.ones((count, count), dtype=bool), 1)
    random = (words @ words.T)[upper & (langs[:, None] == langs[None, :])]
    rows = _unit(vectors[:, 0] + vectors[:, 1])
    means = np.stack([rows[langs == at].mean(axis=0) for at in range(len(LANGUAGES))])
    return {
        "idf": idf,
        "name_idf": np.log((count + 1) / (named + 0.5)),
        "words_random": np.array([random.mean(), random.std()]),
        "language_means": means,
        "vectors_random": _random(rows, _unit(rows - means[langs]), langs, upper),
    }


def _random(
    rows: Numbers, centred: Numbers, langs: NDArray[np.int_], upper: NDArray[np.bool_]
) -> Numbers:
    """Mean and deviation of cosines for each pair of languages."""
    within, across = rows @ rows.T, centred @ centred.T
    made = np.zeros((len(LANGUAGES), len(LANGUAGES), 2))
    for a in range(len(LANGUAGES)):
        for b in range(len(LANGUAGES)):
            at = (langs == a)[:, None] & (langs == b)[None, :]
            values = within[at & upper] if a == b else across[at]
            made[a, b] = values.mean(), values.std()
    return made


def _unit(rows: Numbers) -> Numbers:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))


if __name__ == "__main__":
    sys.exit(main())
