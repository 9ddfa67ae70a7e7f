from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digest.data.names import load_names
from digest.judge.blocks import Weights
from digest.judge.likeness import (
    ACROSS,
    ACROSS_PLAIN,
    LEAST,
    NEAR_COPY,
    WITHIN,
    WITHIN_PLAIN,
    likely_pairs,
)
from digest.judge.marks import Marks, marks_of
from digest.judge.traits import SparseRows, Traits, traits_of
from tests.judge.test_stories import crowd_of

WORDS = (
    "gas",
    "pipeline",
    "talks",
    "visit",
    "exercise",
    "bank",
    "contract",
    "газ",
    "визит",
    "银行",
)


def full(marks: Marks) -> np.ndarray:
    made = np.zeros((len(marks.ends) - 1, marks.width))
    rows, columns, values = marks.of_rows(0, len(made))
    made[rows, columns] = values
    return made


def cosine(rows: SparseRows, first: int, second: int) -> float:
    dense = np.zeros((2, rows.width))
    for row, at in zip(dense, (first, second), strict=True):
        columns, values = rows.row(at)
        row[columns] = values
    return float(dense[0] @ dense[1])


def odds_of(traits: Traits, first: int, second: int, weights: Weights) -> tuple[float, float]:
    """Log-odds of a pair without words, and its likeness of words, as they are defined."""
    names, concepts = full(traits.names), full(traits.concepts)
    made = weights.bias
    made += weights.names * float(names[first] @ names[second])
    made += weights.concepts * float(concepts[first] @ concepts[second])
    if traits.vectors is not None:
        made += weights.vectors * float(traits.vectors[first] @ traits.vectors[second])
    apart = abs(float(traits.days[first] - traits.days[second]))
    made += weights.undated if np.isnan(apart) else weights.days * np.log1p(min(apart, 60))
    for one, other in ((first, second), (second, first)):
        made += weights.actor * (not traits.countries[one, traits.actors[other]])
    strange = [
        (traits.opened[one] & ~traits.countries[other]).any()
        for one, other in ((first, second), (second, first))
    ]
    made += weights.apart * all(strange)
    return float(made), cosine(traits.words, first, second)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("vectors", [True, False])
def test_every_likely_pair_is_found_and_no_other(seed: int, *, vectors: bool) -> None:
    chance = np.random.default_rng(seed)
    book = [name.id for name in load_names()][:30]
    items = [
        replace(
            item,
            title=f"{item.title} {' '.join(chance.choice(WORDS, 3))}",
            names=tuple(dict.fromkeys(chance.choice(book, int(chance.integers(4))).tolist())),
            vectors=item.vectors if vectors else None,
        )
        for item in crowd_of(90, seed)
    ]
    traits = traits_of(items)
    made = likely_pairs(traits)
    found = {(a, b): chance for a, b, chance in made.chances}
    least = float(np.log(LEAST / (1 - LEAST)))
    expected = {}
    for first in range(len(items)):
        for second in range(first + 1, len(items)):
            same = traits.langs[first] == traits.langs[second]
            kinds = (WITHIN, ACROSS) if vectors else (WITHIN_PLAIN, ACROSS_PLAIN)
            weights = kinds[0] if same else kinds[1]
            odds, words = odds_of(traits, first, second, weights)
            if odds > least - weights.most_words:
                if words >= NEAR_COPY and same:
                    assert (first, second) in made.copies
                if odds + weights.words * words > least:
                    expected[first, second] = 1 / (1 + np.exp(-odds - weights.words * words))
    assert len(expected) > 20
    near = {pair for pair, chance in expected.items() if abs(chance - LEAST) < 1e-4}
    assert set(found) - near == set(expected) - near
    assert all(abs(found[pair] - expected[pair]) < 2e-4 for pair in found.keys() & expected.keys())


def test_what_one_entry_alone_holds_counts_in_its_length_only() -> None:
    held = [frozenset({"a", "b"}), frozenset({"b"}), frozenset({"b", "c"}), frozenset()]
    marks = marks_of(held, {}, 10.0)
    assert marks.width == 1
    rows = full(marks)
    assert rows[1, 0] == 1.0
    assert 0 < rows[0, 0] < 1
    assert not rows[3].any()
    less = full(marks_of(held, {}, 10.0, unsaid=2.0))
    assert 0 < less[1, 0] < 1
    assert less[0, 0] < rows[0, 0]
    heavy, light = marks.parted(2)
    assert heavy.shape == (4, 1)
    assert not len(light.columns)
    heavy, light = marks.taken(np.array([3, 2, 1, 0])).parted(3)
    assert heavy.shape == (4, 0)
    others, sizes, _ = light.holders(np.array([0]), 2)
    assert others.tolist() == [2, 3]
    assert sizes.tolist() == [2]
