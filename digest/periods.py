"""Which issue a moment belongs to: cron fires in a time zone, periods, numbers. Pure.

A period is half-open, [fire before, this fire); its key is the fire's local date, so an hour that
the clock repeats in autumn cannot make two issues. APScheduler knows only a trigger's next fire,
so the fire before is found by walking forward from a bounded start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from digest.model import Period

WEEK = timedelta(days=7)
LOOKBACKS = tuple(timedelta(days=days) for days in (2, 9, 40, 400, 1600))
"""How far back the fire before is looked for; 1,600 days hold a 29 February."""


def check_schedule(expression: str) -> None:
    """Nothing, if the cron expression can be used.

    Raises ``ValueError`` with a sentence. Numeric weekdays are refused: 0 is Sunday to cron and
    Monday to APScheduler, and a report on the wrong day would be noticed a week late.
    """
    fields = expression.split()
    if len(fields) != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
        message = "write five fields: minute hour day month weekday, such as 0 7 * * THU"
        raise ValueError(message)
    if re.search(r"(?<![/\d])\d", fields[4]):
        message = f"write the weekday by name (MON to SUN), not {fields[4]}"
        raise ValueError(message)
    try:
        _trigger(expression, ZoneInfo("UTC"))
    except ValueError as error:
        message = f"this is no cron expression: {error}"
        raise ValueError(message) from error


def fires(expression: str, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The fires in ``[start, end]``, one a local date, as UTC times in order."""
    trigger = _trigger(expression, zone)
    moment, last_day = start, None
    while True:
        found = trigger.get_next_fire_time(None, moment.astimezone(zone))
        if found is None:
            return
        fire = found.astimezone(UTC)
        if fire > end:
            return
        day = fire.astimezone(zone).date()
        if fire >= start and day != last_day:
            last_day = day
            yield fire
        # From the next local midnight on: one fire a day is enough, and the walk can't stick
        # in the hour that the clock repeats (APScheduler 3.11.0 does).
        moment = _midnight(day + timedelta(days=1), zone)


def period_at(
    as_of: datetime, *, schedule: str | None, zone: ZoneInfo, length: timedelta | None
) -> Period:
    """The newest period whose end is not after ``as_of``.

    Without a schedule it is the period of that very local date, ending with it. ``length`` is
    counted on the local clock, so that a week across a clock change is still a week.
    """
    if schedule is None:
        day = as_of.astimezone(zone).date()
        end = _midnight(day + timedelta(days=1), zone)
        return Period(start=_earlier(end, length or WEEK, zone), end=end, day=day)
    found = _newest(schedule, zone, as_of)
    if not found:
        message = f"the schedule {schedule!r} has no fire in the {LOOKBACKS[-1].days} days before"
        raise ValueError(message)
    end = found[-1]
    if length is None:
        before = found[-2] if len(found) > 1 else _earlier(end, WEEK, zone)
    else:
        before = _earlier(end, length, zone)
    return Period(start=before, end=end, day=end.astimezone(zone).date())


def periods_back(
    as_of: datetime, *, schedule: str | None, zone: ZoneInfo, length: timedelta | None
) -> Iterator[Period]:
    """Periods from the newest at ``as_of`` backwards, for a bounded number of steps."""
    for _ in range(1000):
        try:
            period = period_at(as_of, schedule=schedule, zone=zone, length=length)
        except ValueError:
            return
        yield period
        as_of = period.end - timedelta(seconds=1)


def number_of(
    day: date, *, schedule: str | None, zone: ZoneInfo, length: timedelta | None, first: date
) -> int | None:
    """How many issues lie between the first one and this one: 0 for the first, ``None`` before it.

    Counts scheduled fires, not rows of a store; without a schedule, whole periods.
    """
    if day < first:
        return None
    if schedule is None:
        return (day - first) // (length or WEEK)
    start = _midnight(first, zone)
    end = _midnight(day + timedelta(days=1), zone) - timedelta(seconds=1)
    return sum(1 for _ in fires(schedule, zone, start, end)) - 1


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of a local date, in UTC: what a bare ``--as-of DATE`` means."""
    return _midnight(day + timedelta(days=1), zone) - timedelta(seconds=1)


def _newest(schedule: str, zone: ZoneInfo, as_of: datetime) -> list[datetime]:
    """The newest two fires up to ``as_of``, or as many as there are."""
    found: list[datetime] = []
    for lookback in LOOKBACKS:
        found = list(fires(schedule, zone, as_of - lookback, as_of))
        if len(found) > 1:
            break
    return found[-2:]


def _trigger(expression: str, zone: ZoneInfo) -> CronTrigger:
    minute, hour, day, month, weekday = expression.split()
    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month.lower(),
        day_of_week=weekday.lower(),
        timezone=zone,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)


def _earlier(moment: datetime, length: timedelta, zone: ZoneInfo) -> datetime:
    wall = moment.astimezone(zone).replace(tzinfo=None) - length
    return wall.replace(tzinfo=zone).astimezone(UTC)
