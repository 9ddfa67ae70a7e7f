"""Periods: every fire has one, in order, end to end, whatever the clock on the wall does."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest

from digest.periods import check_schedule, end_of_day, fires, number_of, period_at, periods_back

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
DAILY, WEEKLY = "30 2 * * *", "30 2 * * SUN"
BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)
BERLIN = ZoneInfo("Europe/Berlin")


@cache
def ten_years(schedule: str, name: str) -> tuple[datetime, ...]:
    return tuple(fires(schedule, ZoneInfo(name), BEGIN, END))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


# --- ten years ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("schedule", [DAILY, WEEKLY])
def test_no_day_is_lost_and_none_is_double(schedule: str, name: str) -> None:
    zone = ZoneInfo(name)
    days = [fire.astimezone(zone).date() for fire in ten_years(schedule, name)]
    step = timedelta(days=1) if schedule == DAILY else WEEK
    assert {after - before for before, after in pairwise(days)} == {step}
    assert len(days) >= (3650 if schedule == DAILY else 520)


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(
    ("schedule", "length"),
    [(DAILY, None), (DAILY, timedelta(days=1)), (WEEKLY, None), (WEEKLY, WEEK)],
)
def test_the_period_of_every_fire_ends_with_it_and_begins_with_the_one_before(
    schedule: str, name: str, length: timedelta | None
) -> None:
    zone = ZoneInfo(name)
    found = ten_years(schedule, name)
    # Every week; of the days those around the changes of the clock, which are what can go wrong.
    pairs = [
        (before, after)
        for before, after in pairwise(found)
        if schedule == WEEKLY or (after.month in (3, 4, 10, 11) and not 9 < after.day < 25)
    ]
    assert len(pairs) > 400
    keys = set()
    for before, after in pairs:
        period = period_at(after, schedule=schedule, zone=zone, length=length)
        assert (period.start, period.end) == (before, after)
        assert period.day == after.astimezone(zone).date()
        keys.add(period.day)
    assert len(keys) == len(pairs)
    for before, after in pairs[::8]:
        last = period_at(after - SECOND, schedule=schedule, zone=zone, length=length)
        assert last.end == before


@pytest.mark.parametrize("name", ZONES)
def test_numbers_rise_by_one(name: str) -> None:
    zone = ZoneInfo(name)
    days = [fire.astimezone(zone).date() for fire in ten_years(WEEKLY, name)][100:160]
    numbers = [
        number_of(day, schedule=WEEKLY, zone=zone, length=WEEK, first=days[0]) for day in days
    ]
    assert numbers == list(range(60))


# --- the changes of the clock ---------------------------------------------------------------------


def test_a_time_left_out_in_spring_is_the_same_time_after_the_change() -> None:
    [fire] = fires(DAILY, BERLIN, local("2024-03-31T00:00"), local("2024-03-31T23:59"))
    assert fire == utc("2024-03-31T01:30")
    assert fire.astimezone(BERLIN).hour == 3


def test_a_time_repeated_in_autumn_fires_once_the_first_time() -> None:
    found = list(fires(DAILY, BERLIN, local("2024-10-27T00:00"), local("2024-10-27T23:59")))
    assert found == [utc("2024-10-27T00:30")]


def test_every_moment_of_the_repeated_hour_has_the_same_period() -> None:
    start = utc("2024-10-27T00:30")
    periods = {
        period_at(start + timedelta(minutes=n), schedule=DAILY, zone=BERLIN, length=None)
        for n in range(120)
    }
    assert len(periods) == 1


def test_a_week_across_a_change_is_a_week_on_the_wall() -> None:
    spring = period_at(local("2024-04-04T07:00"), schedule="0 7 * * THU", zone=BERLIN, length=WEEK)
    assert spring.end - spring.start == WEEK - timedelta(hours=1)
    autumn = period_at(local("2024-10-31T07:00"), schedule="0 7 * * THU", zone=BERLIN, length=WEEK)
    assert autumn.end - autumn.start == WEEK + timedelta(hours=1)


def test_a_fire_moved_by_the_change_leaves_no_gap_to_the_next_period() -> None:
    moved = period_at(local("2024-03-31T12:00"), schedule=WEEKLY, zone=BERLIN, length=WEEK)
    after = period_at(local("2024-04-07T12:00"), schedule=WEEKLY, zone=BERLIN, length=WEEK)
    assert moved.start == local("2024-03-24T02:30")
    assert moved.end == after.start == utc("2024-03-31T01:30")


def test_a_day_that_never_was_makes_no_issue_twice() -> None:
    # Samoa crossed the date line: 30 December 2011 was left out.
    apia = ZoneInfo("Pacific/Apia")
    found = list(fires("0 7 * * *", apia, utc("2011-12-28T00:00"), utc("2012-01-02T00:00")))
    days = [fire.astimezone(apia).date().day for fire in found]
    assert days == [28, 29, 31, 1, 2]
    assert found == sorted(set(found))


def test_midnight_may_be_left_out() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # 26 April 2024 began at 01:00
    period = period_at(local("2024-04-26T12:00", cairo), schedule=None, zone=cairo, length=None)
    assert period.day == date(2024, 4, 26)
    assert end_of_day(date(2024, 4, 25), cairo) == utc("2024-04-25T21:59:59")


# --- which period ---------------------------------------------------------------------------------


def test_a_fire_belongs_to_its_own_period() -> None:
    end = local("2022-04-07T07:00")
    at = {"schedule": "0 7 * * THU", "zone": BERLIN, "length": WEEK}
    assert period_at(end, **at).day == date(2022, 4, 7)  # type: ignore[arg-type]
    assert period_at(end - SECOND, **at).day == date(2022, 3, 31)  # type: ignore[arg-type]
    assert period_at(end + WEEK - SECOND, **at).day == date(2022, 4, 7)  # type: ignore[arg-type]


def test_a_bare_date_is_the_end_of_that_day() -> None:
    period = period_at(
        end_of_day(date(2022, 4, 7), BERLIN), schedule="0 23 * * *", zone=BERLIN, length=None
    )
    assert period.day == date(2022, 4, 7)


def test_without_a_schedule_it_is_the_issue_of_that_day() -> None:
    period = period_at(local("2022-04-07T00:00"), schedule=None, zone=BERLIN, length=None)
    assert period.day == date(2022, 4, 7)
    assert period.end == local("2022-04-08T00:00")
    assert period.start == local("2022-04-01T00:00")
    assert period == period_at(
        end_of_day(date(2022, 4, 7), BERLIN), schedule=None, zone=BERLIN, length=WEEK
    )


def test_several_hours_a_day_make_one_issue_a_day() -> None:
    at = {"schedule": "0 7,19 * * THU", "zone": BERLIN, "length": None}
    thursday = local("2022-04-07T07:00")
    for hours in (0, 5, 11, 12, 13, 60, 100, 167):
        period = period_at(thursday + timedelta(hours=hours), **at)  # type: ignore[arg-type]
        assert (period.start, period.end) == (local("2022-03-31T07:00"), thursday)


@pytest.mark.parametrize(
    ("schedule", "end", "start"),
    [
        ("0 7 1 * *", "2024-03-01T07:00", "2024-02-01T07:00"),
        ("0 7 last * *", "2024-02-29T07:00", "2024-01-31T07:00"),
        ("0 7 1 jan *", "2024-01-01T07:00", "2023-01-01T07:00"),
        ("0 7 29 2 *", "2024-02-29T07:00", "2020-02-29T07:00"),
        ("0 7 1-7 * MON", "2024-03-04T07:00", "2024-02-05T07:00"),
    ],
)
def test_rare_schedules_find_the_fire_before(schedule: str, end: str, start: str) -> None:
    period = period_at(local("2024-03-05T00:00"), schedule=schedule, zone=BERLIN, length=None)
    assert (period.start, period.end) == (local(start), local(end))


@pytest.mark.parametrize("schedule", [None, WEEKLY, DAILY])
def test_periods_back_lie_end_to_end(schedule: str | None) -> None:
    walk = periods_back(utc("2024-06-01T00:00"), schedule=schedule, zone=BERLIN, length=None)
    back = list(islice(walk, 60))
    assert len({period.day for period in back}) == 60
    assert all(before.end == after.start for after, before in pairwise(back))


def test_numbers_before_the_first_are_none() -> None:
    first = date(2026, 1, 1)
    at = {"zone": BERLIN, "length": WEEK, "first": first}
    assert number_of(date(2025, 12, 31), schedule="0 7 * * THU", **at) is None  # type: ignore[arg-type]
    assert number_of(first, schedule="0 7 * * THU", **at) == 0  # type: ignore[arg-type]
    assert number_of(date(2026, 1, 2), schedule="0 7 * * MON", **at) is None  # type: ignore[arg-type]
    assert number_of(date(2026, 1, 5), schedule="0 7 * * MON", **at) == 0  # type: ignore[arg-type]
    assert number_of(date(2026, 1, 8), schedule=None, **at) == 1  # type: ignore[arg-type]


# --- the expression -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    ["0 7 * * THU", "*/5 0-6 1,15 jan-mar mon,wed", "0 7 * * */2", "0 7 last * *", "0 7 29 2 *"],
)
def test_usual_expressions_are_taken(expression: str) -> None:
    check_schedule(expression)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "write five fields"),
        ("0 7 * * THU 2026", "write five fields"),
        ("0 7 * * 0", "write the weekday by name (MON to SUN), not 0"),
        ("0 7 * * MON,3", "write the weekday by name"),
        ("0 7 * * THU#2", "write the weekday by name (MON to SUN), not THU#2"),
        ("60 7 * * THU", "'60' is no minute; write 0 to 59"),
        ("0 24 * * THU", "'24' is no hour"),
        ("0 7 0 * THU", "'0' is no day"),
        ("0 7 * 13 THU", "'13' is no month"),
        ("0 7 * * SAT-MON", "'SAT-MON' is no weekday"),
        ("0 7 31 2 *", "'0 7 31 2 *' has no fire within four years"),
        ("0 7 30 feb THU", "has no fire within four years"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(expression: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        check_schedule(expression)


def test_a_schedule_without_a_fire_before_says_so() -> None:
    now = utc("2024-01-01T00:00")
    with pytest.raises(ValueError, match="has no fire in the 3300 days before"):
        period_at(now, schedule="0 7 31 2 *", zone=BERLIN, length=None)
