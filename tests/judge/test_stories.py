from __future__ import annotations

import random
from datetime import date
from time import process_time

import numpy as np
import pytest

from digest.judge.embed import DIMENSIONS, load_embedder, packed, text_key, texts_to_encode
from digest.judge.embed import vectors_of as rows_of
from digest.judge.link import average_link
from digest.judge.stories import Item, cluster, item_of
from tests.judge.builders import entry

CALL = [
    ("a1", "en", "Xi Jinping and Zelensky hold first phone call since the invasion"),
    ("a2", "en", "Zelensky speaks by phone with China's Xi for the first time since the war began"),
    ("a3", "ru", "Си Цзиньпин и Зеленский впервые с начала войны поговорили по телефону"),
    ("a4", "zh", "习近平与泽连斯基战争爆发以来首次通电话"),
]
OTHERS = [
    ("b1", "en", "Kazakhstan raises oil transit through the Baku pipeline"),
    ("b2", "ru", "Казахстан увеличит прокачку нефти по трубопроводу через Баку"),
    ("c1", "en", "Chery opens a new car dealership in Moscow"),
]


def items(*, vectors: bool) -> list[Item]:
    entries = [entry(i, title, lang=lang) for i, lang, title in CALL + OTHERS]
    embedder = load_embedder() if vectors else None
    if embedder is None:
        return [item_of(e) for e in entries]
    rows = rows_of(entries, packed(texts_to_encode(entries), embedder))
    return [item_of(e, vectors=rows[i]) for i, e in enumerate(entries)]


def ids(found: list[Item]) -> set[frozenset[str]]:
    return {frozenset(found[i].id for i in group) for group in cluster(found)}


def test_one_event_in_three_languages_is_one_story() -> None:
    assert ids(items(vectors=True)) == {
        frozenset({"a1", "a2", "a3", "a4"}),
        frozenset({"b1", "b2"}),
        frozenset({"c1"}),
    }


@pytest.mark.parametrize("vectors", [True, False])
def test_the_order_of_entries_does_not_matter(*, vectors: bool) -> None:
    found = items(vectors=vectors)
    expected = ids(found)
    for seed in range(5):
        shuffled = found[:]
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - a test’s shuffle
        assert ids(shuffled) == expected


def test_copies_and_equal_addresses_are_one_story_without_vectors() -> None:
    text = "The ministry said that trade rose by a fifth in the first quarter of the year."
    same = [
        Item(id="1", title="Trade rises", text=text, lang="en"),
        Item(id="2", title="Trade rises", text=text, lang="en"),
        Item(id="3", title="Счета", text="", lang="ru", url="https://a.example/x?utm_source=b"),
        Item(id="4", title="Bills", text="", lang="en", url="https://a.example/x"),
    ]
    assert cluster(same) == ((0, 1), (2, 3))


def test_months_apart_are_two_stories() -> None:
    one, other = (
        Item(id=i, title="Xi and Putin meet in Moscow", text="", lang="en", day=day)
        for i, day in (("1", date(2022, 1, 1)), ("2", date(2022, 6, 1)))
    )
    assert cluster([one, other]) in (((0,), (1,)), ((0, 1),))
    assert cluster([]) == ()


def test_average_link_stops_at_zero() -> None:
    likeness = np.array([[0, 2, -3], [2, 0, -0.5], [-3, -0.5, 0]], dtype=np.float32)
    assert average_link(likeness) == (0, 0, 2)
    assert average_link(likeness, [(1, 2)]) == (0, 1, 1)


def test_two_thousand_entries_cluster_in_seconds() -> None:
    made = np.random.default_rng(1).normal(size=(2000, 2, DIMENSIONS)).astype(np.float32)
    made /= np.linalg.norm(made, axis=2, keepdims=True)
    many = [
        Item(id=f"{i:05d}", title=f"Title {i} of {i % 700}", text="", lang="en", vectors=made[i])
        for i in range(2000)
    ]
    start = process_time()
    assert len(cluster(many)) > 1
    assert process_time() - start < 20


def test_vectors_are_kept_by_the_hash_of_their_text() -> None:
    wanted = texts_to_encode([entry("1", "T", "words"), entry("2", "T", "words")])
    assert wanted == {text_key("T"): "T", text_key("T. words"): "T. words"}
    assert len(text_key("T")) == 32
