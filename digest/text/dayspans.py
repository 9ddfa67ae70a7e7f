"""Days, weeks, months and years around a day: what expressions of time in a text come to."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Precision = Literal["day", "week", "month", "quarter", "year"]
Tense = Literal["past", "future", "open"]
"""What the words around an expression say: it has happened, it will, or nothing."""

_EARLIEST, _LATEST = 1900, 2199
_HALF_YEAR = 183
_HALF_MONTH = 15


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last day meant, and how exactly it was said."""

    first: date
    last: date
    precision: Precision


@dataclass(frozen=True, slots=True)
class Moment:
    """The day a text was written, and the tense of the sentence an expression stands in."""

    base: date
    tense: Tense


def one_day(day: date) -> Span:
    """That day alone."""
    return Span(day, day, "day")


def days_on(base: date, days: int) -> Span | None:
    """The day so many days after ``base``; before it for a negative number."""
    try:
        return one_day(base + timedelta(days=days))
    except OverflowError:
        return None


def week_on(base: date, weeks: int) -> Span | None:
    """Monday to Sunday of the week so many weeks after that of ``base``."""
    try:
        monday = base + timedelta(days=7 * weeks - base.weekday())
        return Span(monday, monday + timedelta(days=6), "week")
    except OverflowError:
        return None


def weekend_on(base: date, weeks: int) -> Span | None:
    """Saturday and Sunday of that week."""
    week = week_on(base, weeks)
    return None if week is None else Span(week.last - timedelta(days=1), week.last, "day")


def weekday_on(base: date, weekday: int, weeks: int) -> Span | None:
    """That day (Monday is 0) of the week so many weeks after that of ``base``."""
    week = week_on(base, weeks)
    return None if week is None else one_day(week.first + timedelta(days=weekday))


def weekday_alone(moment: Moment, weekday: int) -> Span | None:
    """The nearest such day: the base itself or the last one before; the next one if it is to come.

    A report of Friday that says "on Friday" means its own day.
    """
    ahead = (weekday - moment.base.weekday()) % 7
    return days_on(moment.base, ahead if moment.tense == "future" or not ahead else ahead - 7)


def weekday_before(base: date, weekday: int) -> Span | None:
    """The last such day before ``base``."""
    return days_on(base, (weekday - base.weekday()) % 7 - 7)


def weekday_after(base: date, weekday: int) -> Span | None:
    """The first such day after ``base``."""
    return days_on(base, (weekday - base.weekday() - 1) % 7 + 1)


def month_of(year: int, month: int) -> Span | None:
    """The whole month."""
    if not (_EARLIEST <= year <= _LATEST and 1 <= month <= 12):  # noqa: PLR2004 - months
        return None
    return Span(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")


def month_on(base: date, months: int) -> Span | None:
    """The month so many months after that of ``base``."""
    year, month = divmod(base.year * 12 + base.month - 1 + months, 12)
    return month_of(year, month + 1)


def month_alone(moment: Moment, month: int) -> Span | None:
    """The nearest month of that name: not one to come where the sentence is about the past."""
    base = moment.base
    if moment.tense == "future":
        return month_of(base.year + (month < base.month), month)
    ahead = (month - base.month) % 12
    back = ahead and (moment.tense == "past" or ahead > 3)  # noqa: PLR2004 - a season ahead
    return month_on(base, ahead - 12 if back else ahead)


def quarter_of(year: int, quarter: int) -> Span | None:
    """The three months."""
    first, last = month_of(year, 3 * quarter - 2), month_of(year, 3 * quarter)
    return None if first is None or last is None else Span(first.first, last.last, "quarter")


def year_of(year: int) -> Span | None:
    """The whole year; nothing where the number is hardly a year."""
    if not _EARLIEST <= year <= _LATEST:
        return None
    return Span(date(year, 1, 1), date(year, 12, 31), "year")


def full_day(year: int, month: int, day: int) -> Span | None:
    """That day; nothing where the calendar has none."""
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return one_day(date(year, month, day))
    except ValueError:
        return None


def day_of_year(moment: Moment, month: int, day: int) -> Span | None:
    """The day of that month nearest to the base: never one to come for what has happened."""
    base = moment.base
    years = (base.year - 1, base.year, base.year + 1)
    found = [span for year in years if (span := full_day(year, month, day))]
    if moment.tense == "past":
        found = [span for span in found if span.first <= base]
    elif moment.tense == "future":
        found = [span for span in found if span.first >= base]
    near = min(found, key=lambda span: abs((span.first - base).days), default=None)
    if near is None or moment.tense != "open" or abs((near.first - base).days) <= _HALF_YEAR:
        return near
    return None


def day_of_month(moment: Moment, day: int) -> Span | None:
    """The day of that number nearest to the base, by the tense like ``day_of_year``.

    In doubt the last one: a report says "on the 6th" of what it reports.
    """
    base = moment.base
    found = []
    for months in (-2, -1, 0, 1, 2):
        month = month_on(base, months)
        if month and (span := full_day(month.first.year, month.first.month, day)):
            found.append(span)
    if moment.tense == "future":
        return next((span for span in found if span.first >= base), None)
    return next((span for span in reversed(found) if span.first <= base), None)


def through(first: Span | None, last: Span | None) -> Span | None:
    """From the one to the other; nothing where they are not in order."""
    if first is None or last is None or last.last < first.first:
        return None
    return Span(first.first, last.last, first.precision)


def up_to(span: Span | None, base: date) -> Span | None:
    """What of the span is over by the base ("earlier this month")."""
    return None if span is None else Span(span.first, min(span.last, base), span.precision)


def still_to_come(span: Span | None, base: date) -> Span | None:
    """What of the span lies ahead ("later this month")."""
    return None if span is None else Span(max(span.first, base), span.last, span.precision)
