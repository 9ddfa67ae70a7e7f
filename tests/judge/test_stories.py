from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from time import process_time

import numpy as np
import pytest

from digest.judge.embed import DIMENSIONS, groups_to_encode, load_embedder, packed
from digest.judge.embed import vectors_of as rows_of
from digest.judge.likeness import LEAST, likely_pairs
from digest.judge.link import EVEN, FIRM, SETTLED, average_link
from digest.judge.stories import KIN, cluster, gathered, item_of
from digest.judge.traits import Item, traits_of
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
    rows = rows_of(entries, packed(groups_to_encode(entries), embedder))
    return [item_of(e, vectors=rows[i]) for i, e in enumerate(entries)]


def ids(found: Sequence[Item]) -> set[frozenset[str]]:
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


def chance(one: Item, other: Item, *further: Item) -> float:
    found = likely_pairs(traits_of([one, other, *further])).chances
    return {(a, b): p for a, b, p in found}.get((0, 1), 0.0)


def item(name: str, title: str, **changes: object) -> Item:
    plain = Item(id=name, title=title, text="", lang="en", day=date(2022, 4, 5))
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_days_apart_lower_the_chance_and_months_end_it() -> None:
    title = "Xi and Putin meet in Moscow and sign a joint statement"
    chances = [
        chance(item("1", title, day=date(2022, 1, 1)), item("2", "Putin and Xi meet", day=day))
        for day in (date(2022, 1, 1), date(2022, 1, 2), date(2022, 6, 1))
    ]
    assert chances[0] > chances[1] >= LEAST
    assert chances[2] == 0.0
    assert cluster([]) == ()


def test_editions_of_a_series_are_no_copies_of_one_another() -> None:
    titles = [f"Spokesperson Li Hua's Regular Press Conference on April {n}, 2022" for n in (5, 6)]
    one, other = (item(t, t, day=date(2022, 4, 5 + n)) for n, t in enumerate(titles))
    assert ids([one, other]) == {frozenset({titles[0]}), frozenset({titles[1]})}
    again = replace(one, id="again")
    assert ids([one, again]) == {frozenset({titles[0], "again"})}


def test_a_count_that_grows_makes_no_edition() -> None:
    title = "Missiles hit an apartment block in the city, {} killed and many injured, mayor says"
    found = [item(str(n), title.format(n), day=date(2022, 4, 5 + n // 20)) for n in (19, 23)]
    assert len(ids(found)) == 1


def test_an_actor_the_other_never_names_lowers_the_chance() -> None:
    one = item(
        "1", "Leaders speak by phone for an hour", names=("xi-jinping", "volodymyr-zelensky")
    )
    other = item("2", "A long phone call, says one", names=("volodymyr-zelensky", "xi-jinping"))
    led = replace(other, names=("volodymyr-zelensky", "xi-jinping", "united-states"))
    third = replace(other, names=("united-states", "volodymyr-zelensky", "xi-jinping"))
    assert chance(one, led) > chance(one, third)
    assert chance(one, third) > 0


def test_two_reactions_that_open_with_other_countries_are_apart() -> None:
    call = ("xi-jinping", "volodymyr-zelensky")
    one = item("1", "A call is welcomed in Paris", names=(*call, "paris"))
    other = item("2", "A call is welcomed in Washington", names=(*call, "white-house"))
    plain = replace(other, names=call)
    late = replace(other, names=(*call, *("kyiv", "beijing", "china", "ukraine"), "white-house"))
    assert chance(one, other) < chance(one, plain)
    assert chance(one, late) > chance(one, other)


def test_what_everybody_writes_about_tells_less() -> None:
    one = item("1", "Talks on a ceasefire open in Ankara")
    other = item("2", "Negotiators gather as ceasefire comes into view")
    crowd = [item(f"c{i}", f"The ceasefire, day {i}: what we know so far") for i in range(300)]
    alone, in_crowd = chance(one, other), chance(one, other, *crowd)
    assert alone > in_crowd


def test_concepts_join_what_no_word_has_in_common() -> None:
    one = item("1", "Ambassador summoned over remarks on sovereignty", names=("lu-shaye",))
    other = item("2", "Посла вызвали из-за слов о суверенитете", lang="ru", names=("lu-shaye",))
    apart = replace(other, title="Фестиваль песни открылся при полном зале")
    assert chance(one, other) > chance(one, apart)


def test_groups_are_joined_while_the_mean_chance_is_better_than_even() -> None:
    pairs = [(0, 1, 0.9), (1, 2, 0.7), (3, 4, 0.5)]
    assert average_link(5, pairs) == (0, 0, 2, 3, 4)
    assert average_link(5, [*pairs, (0, 2, 0.4)]) == (0, 0, 0, 3, 4)
    assert average_link(5, pairs, [(2, 4), (4, 3)]) == (0, 0, 2, 2, 2)


def test_two_settled_groups_are_joined_only_where_the_chance_is_firm() -> None:
    inside = [(a, b, 0.9) for g in (0, 3) for a in range(g, g + 3) for b in range(a + 1, g + 3)]
    between = [(a, b) for a in range(3) for b in range(3, 6)]
    assert len(set(average_link(6, [*inside, *((a, b, 0.55) for a, b in between)]))) == 2
    assert len(set(average_link(6, [*inside, *((a, b, 0.65) for a, b in between)]))) == 1
    pair = [(a, b, p) for a, b, p in inside if b < 5]
    smaller = [(a, b, 0.55) for a, b in between if b < 5]
    assert len(set(average_link(5, [*pair, *smaller]))) == 1


def slow_average_link(chances: np.ndarray) -> tuple[int, ...]:
    groups = [[i] for i in range(len(chances))]
    while len(groups) > 1:
        near = [
            (mean, -a, -b)
            for a in range(len(groups))
            for b in range(a + 1, len(groups))
            if (mean := float(chances[np.ix_(groups[a], groups[b])].mean()))
            > (FIRM if min(len(groups[a]), len(groups[b])) >= SETTLED else EVEN)
        ]
        if not near:
            break
        _, a, b = max(near)
        groups[-a] += groups.pop(-b)
    label = {i: min(group) for group in groups for i in group}
    return tuple(label[i] for i in range(len(chances)))


@pytest.mark.parametrize("seed", range(8))
def test_average_link_agrees_with_the_definition(seed: int) -> None:
    random_ = np.random.default_rng(seed)
    chances = np.triu(random_.random((24, 24)) ** 0.7, 1)
    pairs = [(a, b, float(chances[a, b])) for a in range(24) for b in range(a + 1, 24)]
    assert average_link(24, pairs) == slow_average_link(chances + chances.T)


def crowd_of(count: int, seed: int) -> list[Item]:
    """Entries around events: some words, a vector, a day each, as a real window mixes them."""
    made = np.random.default_rng(seed)
    events = made.normal(size=(count // 4, DIMENSIONS))
    found = []
    for at in range(count):
        event = int(made.integers(len(events)))
        vector = (events[event] + 0.6 * made.normal(size=DIMENSIONS)).astype(np.float32)
        vector /= np.linalg.norm(vector)
        found.append(
            Item(
                id=f"{at:05d}",
                title=f"Report {event} of w{made.integers(40)} and w{made.integers(40)}",
                text="",
                lang=("en", "ru", "zh")[at % 3],
                day=None if at % 17 == 0 else date(2022, 4, 1 + int(made.integers(6))),
                vectors=np.stack([vector, vector]),
            )
        )
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_neither_order_nor_the_pulls_change_the_stories(seed: int) -> None:
    whole = crowd_of(600, seed)
    expected = ids(whole)
    assert 50 < len(expected) < 400
    for trial in range(3):
        shuffled = whole[:]
        random.Random(trial).shuffle(shuffled)  # noqa: S311 - a test’s shuffle
        assert ids(shuffled) == expected
    # Gathered pull by pull, each run takes the whole window: the last run sees the same items.
    window: list[Item] = []
    for start in range(0, len(whole), 200):
        window = whole[start : start + 200] + window
        latest = ids(window)
    assert latest == expected


def test_closeness_is_greatest_where_the_others_are_near() -> None:
    (first, *_rest) = gathered(items(vectors=True))
    assert len(first.members) == len(first.closeness) == 4
    assert all(0 <= each <= 1 for each in first.closeness)
    assert min(first.closeness) > LEAST


def test_two_thousand_entries_cluster_in_seconds() -> None:
    many = crowd_of(2000, 1)
    cluster(many[:2])  # data files are read once
    start = process_time()
    assert len(cluster(many)) > 1
    assert process_time() - start < 10


def test_stories_that_are_nearly_one_know_each_other() -> None:
    groups = gathered(crowd_of(300, 5))
    pairs = {(at, other) for at, group in enumerate(groups) for other in group.kin}
    assert pairs == {(other, at) for at, other in pairs}
    assert all(at != other for at, other in pairs)
    chances = likely_pairs(traits_of(crowd_of(300, 5))).chances
    of_item = {member: at for at, group in enumerate(groups) for member in group.members}
    sums: dict[tuple[int, int], float] = {}
    for a, b, chance in chances:
        key = (of_item[a], of_item[b])
        if key[0] != key[1]:
            for each in (key, key[::-1]):
                sums[each] = sums.get(each, 0.0) + chance
    sizes = [len(group.members) for group in groups]
    assert pairs == {
        (a, b) for (a, b), total in sums.items() if total / (sizes[a] * sizes[b]) >= KIN
    }
    assert pairs
