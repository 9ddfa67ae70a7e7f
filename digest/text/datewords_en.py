"""English expressions of time."""

from __future__ import annotations

import re
from datetime import timedelta

from digest.text.dayreaders import Language, Reader
from digest.text.dayspans import (
    Moment,
    Span,
    day_of_month,
    day_of_year,
    days_on,
    full_day,
    month_alone,
    month_of,
    month_on,
    one_day,
    quarter_of,
    still_to_come,
    through,
    up_to,
    week_on,
    weekday_after,
    weekday_alone,
    weekday_before,
    weekday_on,
    weekend_on,
    year_of,
)

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_NUMBERS = {
    word: at
    for at, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {"a": 1, "an": 1, "couple of": 2, "a couple of": 2}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_SHIFTS = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}

_WD = r"(?P<wd>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MON = (
    r"(?P<mon>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)(?:\.|(?=\s\d)))"
)
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|–|—|to|until|through|and)\s*"
_DAY2 = r"(?P<day2>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_AFTER_DAY = r"(?![\d%:]|[.,]\d|-(?:day|year|point))"
_N = (
    r"(?P<n>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|(?:a )?couple of)"
)
_UNIT = r"(?P<unit>day|week|month|year|decade)s?"
_WHICH = r"(?P<which>last|past|previous|this|current|next|coming)"

_SECTIONS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}


def _month(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))


def _weekday(name: str) -> int:
    return next(at for at, day in enumerate(_DAYS) if day.startswith(name))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def _named_day(match: re.Match[str], moment: Moment) -> Span | None:
    """A day of a month, or several, with or without the year."""
    groups = match.groupdict()
    month, days = _month(match["mon"]), [int(match["day"])]
    if groups.get("day2"):
        days.append(int(match["day2"]))
    month2 = _month(groups["mon2"]) if groups.get("mon2") else month
    if groups.get("year"):
        year = int(match["year"])
        made = [full_day(year, m, d) for m, d in zip((month, month2), days, strict=False)]
    elif len(days) > 1:
        last = day_of_year(moment, month2, days[1])
        year = last.first.year if last else 0
        made = [full_day(year, month, days[0]), last]
    else:
        return day_of_year(moment, month, days[0])
    return through(made[0], made[-1])


def _number_day(match: re.Match[str], moment: Moment) -> Span | None:
    return day_of_month(moment, int(match["day"]))


def _iso(match: re.Match[str], _moment: Moment) -> Span | None:
    return full_day(int(match["year"]), int(match["m"]), int(match["day"]))


def _word(match: re.Match[str], moment: Moment) -> Span | None:
    word = " ".join(match[0].lower().split())
    shifts = {"yesterday": -1, "last night": -1, "tomorrow": 1}
    shift = -2 if word.startswith("the day before") else 2 if word.startswith("the day") else 0
    return days_on(moment.base, shifts.get(word.split("'")[0], shift))


def _ago(match: re.Match[str], moment: Moment) -> Span | None:
    count = _number(match["n"])
    return _shifted(moment, match["unit"].lower(), -count)


def _ahead(match: re.Match[str], moment: Moment) -> Span | None:
    if moment.tense != "future":
        return None
    return _shifted(moment, match["unit"].lower(), _number(match["n"]))


def _shifted(moment: Moment, unit: str, count: int) -> Span | None:
    if unit == "day":
        return days_on(moment.base, count)
    if unit == "week":
        return week_on(moment.base, count)
    if unit == "month":
        return month_on(moment.base, count)
    return year_of(moment.base.year + count * (10 if unit == "decade" else 1))


def _day_of_week(match: re.Match[str], moment: Moment) -> Span | None:
    """Friday, last Friday, this Friday, Friday of last week."""
    groups = match.groupdict()
    weekday = _weekday(match["wd"])
    week = groups.get("week")
    if week:
        return weekday_on(moment.base, weekday, _SHIFTS[week.lower()])
    which = (groups.get("which") or "").lower()
    if which in ("last", "past", "previous"):
        return weekday_before(moment.base, weekday)
    if which in ("next", "coming"):
        return weekday_after(moment.base, weekday)
    if which:
        return weekday_on(moment.base, weekday, 0)
    return weekday_alone(moment, weekday)


def _period(match: re.Match[str], moment: Moment) -> Span | None:
    """Last week, this month, earlier this year, later this week."""
    base, unit = moment.base, match["unit"].lower()
    shift = _SHIFTS[match["which"].lower()]
    span = weekend_on(base, shift) if unit == "weekend" else _shifted(moment, unit, shift)
    part = (match["part"] or "").lower()
    if part.startswith("earlier") and shift == 0:
        return up_to(span, base)
    return still_to_come(span, base) if part.startswith("later") else span


def _month_alone(match: re.Match[str], moment: Moment) -> Span | None:
    """In March, last March, in early April 2022."""
    groups = match.groupdict()
    number = _month(match["mon"])
    which = (groups.get("which") or "").lower()
    if groups.get("year"):
        span = month_of(int(match["year"]), number)
    elif which in ("last", "past", "previous"):
        span = month_on(moment.base, (number - moment.base.month) % 12 - 12)
    elif which in ("next", "coming"):
        span = month_on(moment.base, (number - moment.base.month - 1) % 12 + 1)
    elif which:
        span = month_of(moment.base.year, number)
    else:
        span = month_alone(moment, number)
    part = groups.get("part")
    if span is None or not part:
        return span
    first, last = _SECTIONS[part.lower()]
    end = min(span.last, span.first + timedelta(days=last - 1))
    return Span(span.first + timedelta(days=first - 1), end, "month")


def _year(match: re.Match[str], _moment: Moment) -> Span | None:
    return year_of(int(match["year"]))


def _quarter(match: re.Match[str], moment: Moment) -> Span | None:
    groups = match.groupdict()
    number = int(groups.get("q") or _ORDINALS.get((groups.get("ordinal") or "").lower(), 0))
    year = int(groups["year"]) if groups.get("year") else moment.base.year
    span = quarter_of(year, number)
    if not groups.get("year") and span and span.first > moment.base and moment.tense != "future":
        span = quarter_of(year - 1, number)
    return span


def _today(_match: re.Match[str], moment: Moment) -> Span | None:
    return one_day(moment.base)


def _form(pattern: str, reader: Reader, *, cased: bool = True) -> tuple[re.Pattern[str], Reader]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w])", 0 if cased else re.IGNORECASE), reader


_MON2 = _MON.replace("<mon>", "<mon2>")
ENGLISH = Language(
    forms=(
        _form(rf"{_YEAR}-(?P<m>0\d|1[0-2])-(?P<day>[0-3]\d)", _iso),
        _form(rf"{_MON}\s+{_DAY}{_TO}{_MON2}\s+{_DAY2}{_AFTER_DAY}(?:,?\s+{_YEAR})?", _named_day),
        _form(rf"{_MON}\s+{_DAY}{_TO}{_DAY2}{_AFTER_DAY}(?:,?\s+{_YEAR})?", _named_day),
        _form(rf"{_DAY}\s+{_MON}{_TO}{_DAY2}\s+{_MON2}(?:,?\s+{_YEAR})?", _named_day),
        _form(rf"{_DAY}{_TO}{_DAY2}\s+{_MON}(?:,?\s+{_YEAR})?", _named_day),
        _form(rf"{_MON}\s+{_DAY}{_AFTER_DAY}(?:,?\s+{_YEAR})?", _named_day),
        _form(rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MON}(?:,?\s+{_YEAR})?", _named_day),
        _form(r"[Oo]n the (?P<day>[12]\d|3[01]|[1-9])(?:st|nd|rd|th)(?! (?:[a-z]+ )?"
              r"(?:anniversary|floor|day|round|night|page|attempt|try|time)| of)", _number_day),
        _form(r"yesterday|last night|tomorrow|the day (?:before yesterday|after tomorrow)", _word,
              cased=False),
        _form(r"today|tonight|(?:this|earlier this) (?:morning|afternoon|evening)", _today,
              cased=False),
        _form(rf"{_N} {_UNIT} (?:ago|earlier today)", _ago, cased=False),
        _form(rf"in {_N} {_UNIT}(?:[’']? time)?(?! (?:of|after|since|that))", _ahead, cased=False),
        _form(rf"{_WD},? (?:of )?(?P<week>last|this|next) week", _day_of_week),
        _form(rf"(?P<week>[Ll]ast|[Tt]his|[Nn]ext) week on {_WD}", _day_of_week),
        _form(rf"(?P<which>[Ll]ast|[Pp]ast|[Tt]his|[Nn]ext|[Cc]oming) {_WD}", _day_of_week),
        _form(_WD, _day_of_week),
        _form(rf"(?P<part>earlier |later )?{_WHICH} (?P<unit>weekend|week|month|year|decade)",
              _period, cased=False),
        _form(rf"{_MON},? {_YEAR}", _month_alone),
        _form(rf"(?P<part>[Ee]arly|[Mm]id|[Ll]ate)[ -]{_MON}(?: {_YEAR})?", _month_alone),
        _form(rf"(?P<which>[Ll]ast|[Tt]his|[Nn]ext) {_MON}(?!\s+\d)", _month_alone),
        _form(rf"(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Ff]rom|[Dd]uring) {_MON}(?!\s+\d)",
              _month_alone),
        _form(rf"(?:the )?(?P<ordinal>first|second|third|fourth) quarter(?: of {_YEAR})?", _quarter,
              cased=False),
        _form(rf"Q(?P<q>[1-4])(?: {_YEAR})?", _quarter),
        _form(rf"(?:[Ii]n|[Ss]ince|[Bb]y|[Uu]ntil|[Dd]uring|[Ff]rom|[Oo]f) {_YEAR}(?![-–]\d)",
              _year),
    ),
    future=re.compile(
        r"\b(?:will|won't|shall|would|going to|(?:is|are|was|were) (?:to|due|set|scheduled|expected"
        r"|planned|slated|likely)\b|plans? to|planned for|intends? to|scheduled for|expected to"
        r"|due to|due in|hopes? to|wants? to|ahead of|upcoming"
        r"|to be (?:held|signed|ready|launched))",
        re.IGNORECASE,
    ),
    past=re.compile(
        r"\b(?:was|were|had|has|have|did|said|told|met|held|took|went|came|began|left|sent|gave|got"
        r"|made|saw|won|lost|fell|rose|hit|struck|shot|flew|spoke|wrote|read|paid|bought|sold|built"
        r"|broke|found|led|kept|brought|put|cut|set|ran|drew|grew|became|fought|[a-z]{2,}ed)\b",
    ),
)  # fmt: skip
"""Forms from the longest kind to the shortest: of two at one place the longer is taken."""
