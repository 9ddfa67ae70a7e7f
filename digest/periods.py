"""Which issue a moment belongs to: cron fires in a time zone, periods, numbers. Pure.

A period is half-open, [fire before, this fire); its key is the fire's local date, so an hour that
the clock repeats in autumn cannot make two issues. APScheduler knows only a trigger's next fire,
so the fire before is found by walking forward from a bounded start. It is asked on a clock without
changes, and the times on the wall are placed in the zone here: its own walk sticks in the repeated
hour (3.11.0) or fires it twice (3.11.1 to 3.11.3) and skips a day whose hour is left out in spring.
A time that is left out counts as the same time after the change, a repeated one as the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from digest.model import Period

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
LOOKBACKS = tuple(timedelta(days=days) for days in (2, 9, 40, 400, 3300))
"""How far back the fire before is looked for; 3,300 days hold two of 29 February."""

LONGEST_WAIT = timedelta(days=1600)
"""A schedule fires at least once in four years (29 February), or it is a mistake."""

FIELDS = (
    ("minute", "minute", "0 to 59"),
    ("hour", "hour", "0 to 23"),
    ("day", "day", "1 to 31, or last"),
    ("month", "month", "1 to 12, or JAN to DEC"),
    ("day_of_week", "weekday", "MON to SUN"),
)
"""APScheduler's name of each field, ours, and what may stand there."""


def check_schedule(expression: str) -> None:
    """Nothing, if the cron expression can be used.

    Raises ``ValueError`` with a sentence. Numeric weekdays are refused: 0 is Sunday to cron and
    Monday to APScheduler, and a report on the wrong day would be noticed a week late.
    """
    fields = expression.split()
    if len(fields) != len(FIELDS):
        message = "write five fields: minute hour day month weekday, such as 0 7 * * THU"
        raise ValueError(message)
    if re.search(r"(?<![/\d])\d", fields[4]):
        message = f"write the weekday by name (MON to SUN), not {fields[4][:40]}"
        raise ValueError(message)
    for field, (key, word, allowed) in zip(fields, FIELDS, strict=True):
        try:
            CronTrigger(**{key: field.lower()}, timezone=UTC)
        except ValueError as error:
            message = f"{field[:40]!r} is no {word}; write {allowed}, lists, ranges, * or */n"
            raise ValueError(message) from error
    # A leap year's beginning: whatever comes at all in four years comes from here on.
    first = next(_on_the_wall(expression, date(2024, 1, 1)), None)
    if first is None or first - datetime(2024, 1, 1) > LONGEST_WAIT:  # noqa: DTZ001 - no zone
        message = f"{expression!r} has no fire within four years; check its day, month and weekday"
        raise ValueError(message)


def fires(expression: str, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The fires in ``[start, end]``, one a local date, as UTC times in order.

    The fire of a date is its first, whatever ``start`` is: a schedule of several hours a day makes
    one issue a day.
    """
    for wall in _walls(expression, zone, start, end):
        yield _placed(wall, zone)


def period_at(
    as_of: datetime, *, schedule: str | None, zone: ZoneInfo, length: timedelta | None
) -> Period:
    """The newest period whose end is not after ``as_of``.

    Without a schedule it is the period of that very local date, ending with it. ``length`` is
    counted on the local clock, so that a week across a clock change is still a week.

    Raises ``ValueError`` for a schedule without a fire before.
    """
    if schedule is None:
        day = as_of.astimezone(zone).date()
        end = datetime.combine(day + DAY, time(0))
        return Period(start=_placed(end - (length or WEEK), zone), end=_placed(end, zone), day=day)
    walls = _newest(schedule, zone, as_of)
    if not walls:
        message = f"the schedule {schedule!r} has no fire in the {LOOKBACKS[-1].days} days before"
        raise ValueError(message)
    wall = walls[-1]
    if length is None:
        length = wall - walls[-2] if len(walls) > 1 else WEEK
    # Counted from the time on the wall, not from where a clock change put it: or else the next
    # period would begin an hour after this one's end.
    end = _placed(wall, zone)
    return Period(start=_placed(wall - length, zone), end=end, day=end.astimezone(zone).date())


def periods_back(
    as_of: datetime, *, schedule: str | None, zone: ZoneInfo, length: timedelta | None
) -> Iterator[Period]:
    """Periods from the newest at ``as_of`` backwards, for a bounded number of steps.

    Without a schedule they lie end to end.
    """
    for _ in range(1000):
        try:
            period = period_at(as_of, schedule=schedule, zone=zone, length=length)
        except (ValueError, OverflowError):
            return
        yield period
        as_of = (period.start if schedule is None else period.end) - timedelta(seconds=1)


def number_of(
    day: date, *, schedule: str | None, zone: ZoneInfo, length: timedelta | None, first: date
) -> int | None:
    """How many issues lie between the first one and this one: 0 for the first, ``None`` before it.

    Counts scheduled fires, not rows of a store; without a schedule, whole periods.
    """
    if day < first:
        return None
    if schedule is None:
        return (day - first) // max(length or WEEK, DAY)
    count = sum(1 for _ in fires(schedule, zone, _midnight(first, zone), end_of_day(day, zone)))
    return count - 1 if count else None


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a local date, in UTC: what a bare ``--as-of DATE`` means."""
    return _midnight(day + DAY, zone) - timedelta(seconds=1)


def _newest(schedule: str, zone: ZoneInfo, as_of: datetime) -> list[datetime]:
    """The newest two fires up to ``as_of`` on the wall, or as many as there are."""
    found: list[datetime] = []
    for lookback in LOOKBACKS:
        found = list(_walls(schedule, zone, as_of - lookback, as_of))
        if len(found) > 1:
            break
    return found[-2:]


def _walls(expression: str, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The times on the wall of the fires in ``[start, end]``, one a local date."""
    last_day = None
    # From the day before on, so that the first fire of the first date is known as such.
    for wall in _on_the_wall(expression, start.astimezone(zone).date() - DAY):
        fire = _placed(wall, zone)
        if fire > end:
            return
        day = fire.astimezone(zone).date()
        # Two dates on the wall may be one: Samoa had no 30 December 2011.
        if day != last_day and fire >= start:
            yield wall
        last_day = day


def _on_the_wall(expression: str, start: date) -> Iterator[datetime]:
    """The first fire of each date from ``start`` on, as times without a zone."""
    trigger = _trigger(expression)
    day = start
    while True:
        moment = datetime.combine(day, time(0), tzinfo=UTC)
        found: datetime | None = trigger.get_next_fire_time(None, moment)
        if found is None:
            return
        yield found.replace(tzinfo=None)
        day = found.date() + DAY


@lru_cache(maxsize=8)
def _trigger(expression: str) -> CronTrigger:
    values = (field.lower() for field in expression.split())
    keys = (key for key, _, _ in FIELDS)
    return CronTrigger(**dict(zip(keys, values, strict=True)), timezone=UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return _placed(datetime.combine(day, time(0)), zone)


def _placed(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment a time on the wall is, in UTC."""
    return wall.replace(tzinfo=zone).astimezone(UTC)
