from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.boilerplate import without_repeats

NEWS = (
    "The pipeline carried oil again on Thursday.",
    "Ministers met in Astana and parted without a paper.",
    "Grain exports by rail doubled within a month.",
    "A court in Vladivostok heard the fishermen.",
    "Two banks stopped taking payments in roubles.",
    "The bridge over the Amur opened to lorries.",
)
FOOT = "The Example Courier is read in forty countries"


def with_foot(count: int, foot: str = f"\n\n{FOOT}") -> tuple[str, ...]:
    return tuple(f"{text}{foot if at < count else ''}" for at, text in enumerate(NEWS))


def test_a_line_that_many_end_with_goes() -> None:
    assert without_repeats(with_foot(3)) == NEWS


def test_a_line_that_many_begin_with_goes() -> None:
    assert without_repeats(tuple(f"{FOOT}\n\n{text}" for text in NEWS)) == NEWS


def test_lines_one_behind_the_other_go() -> None:
    texts = tuple(f"{text}\n\nBy our desk\n{FOOT}\n\nAll the best" for text in NEWS)
    assert without_repeats(texts) == NEWS


def test_two_are_not_many() -> None:
    assert without_repeats(with_foot(2)) == with_foot(2)


def test_three_of_many_are_few() -> None:
    texts = with_foot(3) + tuple(f"Report {at} of the day." for at in range(20))
    assert without_repeats(texts) == texts


def test_one_text_told_many_times_repeats_nothing() -> None:
    texts = (f"{NEWS[0]}\n\n{FOOT}",) * 5 + NEWS
    assert without_repeats(texts) == texts


def test_a_text_of_nothing_else_keeps_it() -> None:
    assert without_repeats((*with_foot(3), FOOT)) == (*NEWS, FOOT)


def test_a_sentence_that_varies_stays() -> None:
    texts = tuple(f"{text}\n\nRead {at} comments" for at, text in enumerate(NEWS))
    assert without_repeats(texts) == texts


def test_a_last_sentence_goes_only_where_most_have_it() -> None:
    assert without_repeats(with_foot(6, f" {FOOT}.")) == NEWS
    assert without_repeats(with_foot(3, " No one was hurt.")) == with_foot(3, " No one was hurt.")


def test_a_sign_that_a_text_is_cut_stays() -> None:
    texts = with_foot(6, " ...")
    assert without_repeats(texts) == texts


def test_a_chinese_last_sentence_goes() -> None:
    texts = tuple(f"{text}\n这是第{at}条消息。更多请看本报网站。" for at, text in enumerate(NEWS))
    assert all(text.endswith("条消息。") for text in without_repeats(texts))


def test_nothing_repeated_is_given_back_as_it_came() -> None:
    texts = tuple(f" {text}\n" for text in NEWS)
    assert without_repeats(texts) == texts
    assert without_repeats(()) == ()


LINES = st.sampled_from(["a", "b", FOOT, "One. Two.", "", "中文。再来。", "x" * 500])


@given(st.lists(st.lists(LINES, max_size=4).map("\n\n".join), max_size=12))
def test_a_text_is_never_emptied_and_only_its_ends_go(texts: list[str]) -> None:
    for before, after in zip(texts, without_repeats(texts), strict=True):
        assert after in before
        assert bool(after.strip()) == bool(before.strip())


@pytest.mark.parametrize("lines", [1, 4])
def test_twenty_entries_take_half_a_millisecond(lines: int) -> None:
    texts = tuple("\n\n".join([f"{at} {NEWS[at % 6] * 4}"] * lines) for at in range(20))
    best = min(_took(texts) for _ in range(20))
    assert best < 0.0005


def _took(texts: tuple[str, ...]) -> float:
    start = time.process_time()
    without_repeats(texts)
    return time.process_time() - start
