"""What two reports of different events are like at random: the measures stories are told by.

Means and deviations of cosines, the mean vector of each language, and how telling words and names
are. They come from the first batch of lines alone: more lines of the same kind change nothing
that matters, and the constants of clustering were measured with these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.data.training import LANGUAGES, Line
from digest.judge.features import Features
from digest.judge.grams import IDF_BUCKETS, NAME_BUCKETS, bucket, gram_rows, grams, name_bucket

Numbers = NDArray[np.float64]


def background(
    lines: Sequence[Line], vectors: Numbers, features: Sequence[Features]
) -> dict[str, Numbers]:
    """The arrays by name; ``vectors`` has shape (lines, 2, 512)."""
    first = [at for at, line in enumerate(lines) if line.batch == lines[0].batch]
    lines = [lines[at] for at in first]
    vectors = vectors[first]
    count = len(lines)
    texts = [(f"{line.title} {line.text}", line.lang) for line in lines]
    frequency = np.zeros(IDF_BUCKETS)
    for text, lang in texts:
        frequency[sorted({bucket(gram) for gram in grams(text, lang)})] += 1
    named = np.zeros(NAME_BUCKETS)
    for at, times in Counter(name_bucket(n) for f in first for n in features[f].name_ids).items():
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
