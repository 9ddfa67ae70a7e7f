from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest

from digest.judge.embed import (
    DIMENSIONS,
    LEAD_LENGTH,
    Embedder,
    Group,
    Vectors,
    encode_entries,
    group_key,
    groups_to_encode,
    load_embedder,
    packed,
    vectors_of,
)
from digest.model import Entry
from tests.judge.builders import entry

WORDS = (
    *("gas", "talks", "in", "Beijing", "rail", "border", "газ", "переговоры", "в", "Москве"),
    *("поезд", "граница", "天然气", "会谈", "北京", "铁路", "边境", "envoy", "summit", "特使"),
)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    found = load_embedder()
    if found is None:
        pytest.skip("no sentence encoder")
    return found


def entries_of(seed: int, count: int = 60) -> list[Entry]:
    chance = random.Random(seed)  # noqa: S311 - a test's entries

    def said(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))

    return [
        entry(f"{n:03d}", said(14), said(90) if chance.random() < 0.8 else "") for n in range(count)
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_vector_does_not_hang_on_what_else_is_encoded(embedder: Embedder, seed: int) -> None:
    entries = entries_of(seed)
    together = encode_entries(entries, embedder)
    assert together is not None
    chance = random.Random(seed)  # noqa: S311 - a test's shuffle
    order = chance.sample(range(len(entries)), len(entries))
    start = 0
    while start < len(order):
        part = order[start : start + chance.randint(1, 20)]
        start += len(part)
        apart = encode_entries([entries[at] for at in part], embedder)
        assert apart is not None
        assert np.array_equal(apart, together[part])


def test_the_vectors_of_an_entry_are_of_unit_length(embedder: Embedder) -> None:
    made = encode_entries(entries_of(4, 5), embedder)
    assert made is not None
    assert made.shape == (5, 2, DIMENSIONS)
    assert np.allclose(np.linalg.norm(made, axis=2), 1.0, atol=1e-3)
    assert encode_entries([], embedder) is not None
    assert encode_entries(entries_of(4, 5), None) is None


class Hashed:
    """An encoder whose vectors say which text they are of."""

    def encode(self, groups: Sequence[Group]) -> Vectors:
        texts = [text for group in groups for text in group]
        rows = [
            np.frombuffer(sha256(text.encode()).digest() * 16, dtype=np.uint8) for text in texts
        ]
        return np.array(rows, dtype=np.float32).reshape(len(texts), DIMENSIONS)


def test_vectors_are_kept_by_the_hash_of_title_and_lead() -> None:
    lead = "w" * LEAD_LENGTH
    one, same = entry("1", "T", f"{lead} and more"), entry("2", "T", f"{lead} or less")
    bare = entry("3", "T")
    wanted = groups_to_encode([one, same, bare])
    assert set(wanted.values()) == {("T", f"T. {lead}"), ("T",)}
    assert all(key == group_key(group) and len(key) == 32 for key, group in wanted.items())
    made = vectors_of([bare, one], packed(wanted, Hashed()))
    assert np.array_equal(made[0, 0], made[0, 1])
    assert np.array_equal(made[0, 0], made[1, 0])
    assert np.array_equal(made[1], Hashed().encode([("T", f"T. {lead}")]))
    with pytest.raises(KeyError):
        vectors_of([entry("4", "other")], packed(wanted, Hashed()))
