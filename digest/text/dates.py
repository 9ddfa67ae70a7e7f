"""Dates as sources write them: RFC 822 and its wrong forms, ISO 8601, English, Russian, Chinese.

A date without a year or one that needs today's date ("yesterday") is none here: this room has no
clock. What no rule reads goes to dateparser, strictly, at about 1 ms a text.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

from digest.model import Certainty
from digest.text.dateforms import MONTH_NAMES, usual_form

Parsed = tuple[datetime, Certainty]

_LONGEST = 120
_MONTHS = {
    name: at
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "янв фев мар апр мая июн июл авг сен окт ноя дек",
        "січ лют бер кві тра чер лип сер вер жов лис гру",
    )
    for at, name in enumerate(names.split(), 1)
} | {
    "май": 5,
}
# Offsets in minutes of the names that feeds use. IST, BST and CST are those of the feeds that
# were seen to write them: India, Britain in summer, and North America (a Chinese feed says +0800).
_ZONES = {
    name: int(minutes)
    for minutes, names in (
        line.split(" ", 1)
        for line in """0 z ut utc gmt wet
        60 bst west cet met
        120 cest mest eet київ
        180 eest msk мск trt
        240 msd gst
        300 pkt yekt almt
        330 ist
        360 bdt
        420 ict wib
        480 hkt sgt awst bjt
        540 kst jst
        600 aest
        660 aedt
        720 nzst
        -240 edt ast
        -300 est cdt
        -360 cst mdt
        -420 mst pdt
        -480 pst akdt
        -540 akst
        -600 hst""".replace("        ", "").splitlines()
    )
    for name in names.split()
}
_RFC_SIZES = (29, 31)  # Wed, 26 Apr 2023 10:00:00 GMT or +0300
_RFC_PLACES = frozenset({", ::+", ", ::-"})
_ISO_SIZES = (20, 24, 25, 29)  # 2023-04-26T10:00:00Z, .000Z, +03:00, .000+03:00
_MONTH_DIGITS = {
    name: f"{at:02}" for at, name in enumerate((month[:3] for month in MONTH_NAMES), 1)
}
_LANGUAGES = ["en", "ru", "uk", "fr", "de", "es", "it", "pl"]
_BEIJING = timedelta(hours=8)

_ZONE_DIGITS = {
    name.upper(): f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    for name, minutes in _ZONES.items()
    if len(name) == len("GMT")
}

_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_ZONE = (
    r"(?:\s*(?:(?:gmt|utc)\s*)?(?P<sign>[+\-−])(?P<zhour>\d{1,2}):?(?P<zminute>\d{2})?"
    r"|\s*(?P<zone>[A-Za-zА-Яа-яі]{1,5}))?"
)
_TIME = rf"(?:,?\s*(?:(?:at|в|о|um|à)\s+|[T|•·—–-]\s*)?{_CLOCK}{_ZONE}(?:\s*\([^)]*\))?)?"
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_ISO = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    rf"(?:[T\s_]\s*{_CLOCK}{_ZONE}(?:\s*\[[^\]]*\])?)?$",
    re.IGNORECASE,
)
_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:\.\d+)?"
    r"(?P<zone>z)?(?:(?P<sign>[+-])(?P<zhour>\d{2}):?(?P<zminute>\d{2})?)?)?$",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+of)?[\s-]+(?P<name>[^\W\d_]{{3,12}})\.?,?[\s-]+"
    rf"(?P<year>\d{{4}}|\d{{2}}(?!:|\d))(?:\s*(?:г(?:\.|ода)?|р(?:\.|оку)))?{_TIME}$",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<name>[^\W\d_]{{3,12}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+"
    rf"(?P<year>\d{{4}})(?!\s*:){_TIME}$",
    re.IGNORECASE,
)
_CTIME = re.compile(
    rf"[a-z]{{3,9}},?\s+(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})$",
    re.IGNORECASE,
)
_RUSSIAN_DIGITS = re.compile(
    rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}}|\d{{2}})(?!\d)(?:\s*г\.?)?{_TIME}$",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:公元)?(?P<year>\d{4}|[〇零一二三四五六七八九]{4})年(?P<month>\d{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十廿卅]{1,3})[日号號]"
    r"(?:\s*[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?)?,?，?"
    r"\s*(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|晚間|夜间)?\s*"
    r"(?:(?P<hour>\d{1,2})(?:[:：时時点點](?P<minute>\d{1,2})?(?:[:：分](?P<second>\d{1,2})?秒?)?)分?)?"
    r"(?:\s*(?:北京时间|北京時間))?$"
)
_EPOCH = re.compile(r"(?:/Date\()?(?P<epoch>[1-4]\d{9}(?:\d{3}){0,2})(?:\.\d+)?(?:\)/)?$", re.ASCII)
_WEEK = re.compile(
    r"(?P<year>\d{4})-(?:W(?P<week>\d\d)-(?P<day>[1-7])|(?P<number>[0-3]\d\d))$", re.ASCII
)
_DIGITS = frozenset("0123456789")
_HAN_DIGITS = {char: at for at, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_LATER = ("中午", "下午", "傍晚", "晚上", "晚间", "晚間", "夜间")


def parse_date(text: str) -> Parsed | None:
    """The time a source means, in UTC, and how sure it is; ``None`` where it is no full date.

    A date only is 00:00 UTC with ``Certainty.DAY``. A time without a zone is taken as UTC, but a
    time written in Chinese as Beijing's. Two-digit years are 1970 to 2069 (RFC 5322, 4.3).

    >>> parse_date("Wed, 26 Apr 2023 10:00:00 +0300")[0].isoformat()
    '2023-04-26T07:00:00+00:00'
    >>> parse_date("6 апреля 2022 г.")[1].value, parse_date("soon")
    ('day', None)
    """
    return _read(text, _by_dateparser)


def written_date(text: str) -> Parsed | None:
    """What ``parse_date`` reads by rules alone, in microseconds whatever the text."""
    return _read(text, lambda _: None)


def _read(text: str, otherwise: Callable[[str], Parsed | None]) -> Parsed | None:
    if usual := usual_time(text):
        return usual, Certainty.TIME
    text = _folded(text)
    with suppress(KeyError):  # a month in a language that the rules do not know
        for pattern, reader in _READERS:
            if match := pattern.match(text):
                return reader(match)
    return otherwise(text)


def _folded(text: str) -> str:
    """The text with one form for what has many; "" where it can be no date."""
    if len(text) > _LONGEST * 2:
        return ""
    text = unicodedata.normalize("NFKC", text.replace("\u200e", ""))
    text = " ".join(text.split()).strip(" ,;")
    if len(text) > _LONGEST or not any(c in _DIGITS or c in _HAN_DIGITS for c in text):
        return ""
    return usual_form(text)


def usual_time(text: str) -> datetime | None:
    """The time in one of the forms that nearly every feed writes, or None.

    Exactly as the general rules read them, at a tenth of their cost: what is written at each
    place is put in order for the standard library, which refuses what is no digit or no time.
    """
    if text[6:7] == " " and text[3:5] == ", ":
        text = f"{text[:5]}0{text[5:]}"  # a day of one digit
    try:
        if len(text) in _RFC_SIZES and text[7:12:4] + text[16:26:9] == "    ":
            month, zone = _MONTH_DIGITS.get(text[8:11]), _ZONE_DIGITS.get(text[26:], text[26:])
            place = text[3:5] + text[19:23:3] + zone[0]
            if month is None or place not in _RFC_PLACES or not text[:3].isalpha():
                return None
            moment = datetime.fromisoformat(f"{text[12:16]}{month}{text[5:7]}T{text[17:25]}{zone}")
            if moment.microsecond or not zone[1:].isdigit():
                return None
        elif len(text) in _ISO_SIZES and text[4:17:3] == "--T::":
            if text[-1] != "Z" and (text[-6] not in "+-" or text[-3] != ":"):
                return None
            moment = datetime.fromisoformat(text)
            if moment.microsecond:
                moment = moment.replace(microsecond=0)
        else:
            return None
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None  # 24:00 and the like: the general rules know


def day_text(d: date) -> str:
    """The day as a page shows it.

    >>> day_text(date(2022, 4, 7))
    '7 April 2022'
    """
    return f"{d.day} {MONTH_NAMES[d.month - 1]} {d.year}"


def _of_epoch(match: re.Match[str]) -> Parsed | None:
    """Seconds, milliseconds or microseconds since 1970, told by their number of digits."""
    digits = match["epoch"]
    try:
        return datetime.fromtimestamp(int(digits[:10]), UTC), Certainty.TIME
    except (ValueError, OverflowError, OSError):
        return None


def _of_week(match: re.Match[str]) -> Parsed | None:
    """A day by its week or by its number in the year (ISO 8601)."""
    try:
        if match["week"]:
            day = date.fromisocalendar(int(match["year"]), int(match["week"]), int(match["day"]))
        else:
            day = date(int(match["year"]), 1, 1) + timedelta(days=int(match["number"]) - 1)
            if day.year != int(match["year"]):
                return None
    except (ValueError, OverflowError):
        return None
    return _checked(day.year, day.month, day.day)


def _of_numbers(match: re.Match[str]) -> Parsed | None:
    return _made(match, int(match["month"]))


def _of_name(match: re.Match[str]) -> Parsed | None:
    return _made(match, _MONTHS[match["name"].lower()[:3]])


def _of_chinese(match: re.Match[str]) -> Parsed | None:
    year, month, day = (_han_number(match[name]) for name in ("year", "month", "day"))
    if not match["hour"]:
        return _checked(year, month, day)
    hour = int(match["hour"])
    if match["part"] in _LATER and hour < (11 if match["part"] == "中午" else 12):
        hour += 12
    clock = (hour, int(match["minute"] or 0), int(match["second"] or 0))
    return _checked(year, month, day, clock=clock, offset=_BEIJING)


def _han_number(text: str) -> int:
    if text.isdigit() and text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _HAN_DIGITS.get(tens, 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)
    return int("".join(str(_HAN_DIGITS[char]) for char in text))


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Parsed | None]], ...] = (
    (_ISO, _of_numbers),
    (_EPOCH, _of_epoch),
    (_WEEK, _of_week),
    (_DAY_FIRST, _of_name),
    (_MONTH_FIRST, _of_name),
    (_CHINESE, _of_chinese),
    (_RUSSIAN_DIGITS, _of_numbers),
    (_BASIC, _of_numbers),
    (_CTIME, _of_name),
)


def _made(match: re.Match[str], month: int) -> Parsed | None:
    groups = match.groupdict()
    year = int(match["year"])
    if len(match["year"]) == 2:  # noqa: PLR2004 - digits of a year
        year += 1900 if year >= 70 else 2000  # noqa: PLR2004 - RFC 5322, 4.3
    if not groups.get("hour"):
        return _checked(year, month, int(match["day"]))
    hour = int(match["hour"])
    if half := groups.get("half"):
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    clock = (hour, int(match["minute"]), int(groups.get("second") or 0))
    return _checked(year, month, int(match["day"]), clock=clock, offset=_offset(groups))


def _offset(groups: dict[str, str | None]) -> timedelta:
    if sign := groups.get("sign"):
        found = timedelta(hours=int(groups["zhour"] or 0), minutes=int(groups["zminute"] or 0))
        return found if sign == "+" else -found
    return timedelta(minutes=_ZONES.get((groups.get("zone") or "z").lower(), 0))


def _checked(
    year: int,
    month: int,
    day: int,
    *,
    clock: tuple[int, int, int] | None = None,
    offset: timedelta = timedelta(0),
) -> Parsed | None:
    """The moment in UTC, or ``None`` where there is no such day or hour."""
    hour, minute, second = clock or (0, 0, 0)
    whole_day = timedelta(0)
    if (hour, minute, second) == (24, 0, 0):  # ISO 8601: the end of the day
        hour, whole_day = 0, timedelta(days=1)
    try:
        zone = timezone(offset)
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        return (moment + whole_day).astimezone(UTC), Certainty.TIME if clock else Certainty.DAY
    except (ValueError, OverflowError):
        return None


def _by_dateparser(text: str) -> Parsed | None:
    # Nothing absolute can come of a text without a year, or from digits alone.
    if not re.search(r"(?<!\d)\d{4}(?!\d)", text) or not re.search(r"[^\W\d_]{2}|[./-]", text):
        return None
    import dateparser  # noqa: PLC0415 - 0.2 s, and few texts come this far

    settings = {"STRICT_PARSING": True, "RETURN_AS_TIMEZONE_AWARE": True, "TIMEZONE": "UTC"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of strptime, not ours
        try:
            found = dateparser.parse(text, languages=_LANGUAGES, settings=settings)
        except (ValueError, OverflowError, TypeError):
            return None
    if found is None:
        return None
    certainty = Certainty.TIME if re.search(r"\d:\d\d", text) else Certainty.DAY
    moment = found.astimezone(UTC).replace(microsecond=0)
    return (
        moment if certainty is Certainty.TIME else moment.replace(hour=0, minute=0, second=0)
    ), certainty
