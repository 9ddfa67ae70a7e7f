"""When a source is strangely quiet, how much it brings, and which two are one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.pull.health import doubles, longest_usual, pace_of

TODAY = date(2026, 3, 5)
DAY = timedelta(days=1)


def days(*ago: int, each: int = 1) -> list[tuple[date, int]]:
    """Days of publication, so many days before today, oldest first."""
    return [(TODAY - DAY * n, each) for n in sorted(ago, reverse=True)]


@pytest.mark.parametrize(
    ("known", "quiet"),
    [
        (days(*range(60), each=20), False),
        (days(*range(2, 60), each=20), False),
        (days(*range(4, 60), each=20), True),
        (days(*range(14, 180, 7)), False),
        (days(*range(30, 180, 7)), True),
        (days(*[n for n in range(3, 90) if (TODAY - DAY * n).weekday() < 5], each=3), False),
        (days(*[n for n in range(15, 90) if (TODAY - DAY * n).weekday() < 5], each=3), True),
        (days(*range(9, 120, 30), *range(40, 60)), False),
    ],
    ids=[
        "daily", "daily, two days late", "daily, four days silent", "weekly, two weeks",
        "weekly, a month", "weekdays, after a weekend", "weekdays, two weeks", "bursts and pauses",
    ],
)  # fmt: skip
def test_silence_is_judged_by_the_sources_own_gaps(
    *, known: list[tuple[date, int]], quiet: bool
) -> None:
    found = pace_of(known, TODAY)
    assert bool(found.quiet) is quiet, found.quiet


def test_the_words_name_silence_and_habit() -> None:
    found = pace_of(days(*range(10, 60), each=5), TODAY)
    assert found.quiet == "nothing for 10 days, though it used to publish every day"
    assert found.last == TODAY - 10 * DAY


@pytest.mark.parametrize(
    "known",
    [
        [],
        days(180, 170, 160),
        days(180, each=50),
        days(180, 179, 178, each=50),
        days(*range(173, 180)),
        days(-3, -2),
    ],
)
def test_a_new_source_is_never_strange(known: list[tuple[date, int]]) -> None:
    assert pace_of(known, TODAY).quiet is None


def test_a_trickle_is_told_from_silence() -> None:
    known = days(*range(14, 100), each=10) + days(8, 1)
    found = pace_of(known, TODAY)
    assert found.quiet == "2 entries in 2 weeks, though it used to bring 70 a week"
    assert pace_of(days(*range(14, 100), each=10) + days(8, 1, each=20), TODAY).quiet is None
    assert pace_of(days(*range(14, 60), each=10) + days(8, 1), TODAY).quiet is None


@pytest.mark.parametrize(
    ("known", "rate"),
    [
        ([], None),
        (days(0), 1),
        (days(0, 1, 2, each=4), 12),
        (days(*range(56), each=2), 14),
        (days(0, 1, 2, 50, 100, 180), 0),
        (days(*range(0, 60, 7)), 1),
    ],
)
def test_the_rate_is_the_median_of_whole_weeks(
    known: list[tuple[date, int]], rate: float | None
) -> None:
    assert pace_of(known, TODAY).per_week == rate


def _alarms(draw: Callable[[random.Random], float], number: int) -> float:
    """How often the next gap is longer than usual, of many invented sources."""
    chance = random.Random(7)  # noqa: S311 - a simulation
    trials = 3000
    strange = 0
    for _ in range(trials):
        gaps = [max(int(draw(chance)), 1) for _ in range(number)]
        strange += max(int(draw(chance)), 1) > longest_usual(gaps)
    return strange / trials


@pytest.mark.parametrize("number", [7, 30, 100])
@pytest.mark.parametrize(
    "draw",
    [lambda r: r.expovariate(0.1), lambda r: r.gammavariate(2, 5), lambda r: r.choice([1, 1, 3])],
    ids=["random", "rhythm", "weekdays"],
)
def test_about_one_gap_in_200_is_strange(
    draw: Callable[[random.Random], float], number: int
) -> None:
    assert _alarms(draw, number) <= 0.015


@given(st.lists(st.integers(1, 60), min_size=3, max_size=100))
def test_what_it_did_itself_is_not_strange(gaps: list[int]) -> None:
    usual = longest_usual(gaps)
    assert usual >= max(gaps)
    assert longest_usual([3 * gap for gap in gaps]) == pytest.approx(3 * usual)


# --- duplicates ----------------------------------------------------------------------------------


def test_two_that_share_four_fifths_of_what_either_brings_are_one() -> None:
    shared = [("a", "b")] * 8 + [("a", "c")] * 4 + [("d", "a")] * 7
    found = doubles(shared, {"a": 100, "b": 10, "c": 4, "d": 9})
    assert found == {("a", "b"): 0.8}


def test_of_very_many_the_owner_is_paired_with_each() -> None:
    everybody = tuple(f"s{n:04}" for n in range(3000))
    found = doubles([everybody] * 5, dict.fromkeys(everybody, 5))
    assert len(found) == 2999
    assert all("s0000" in pair for pair in found)
