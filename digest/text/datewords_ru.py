"""Russian expressions of time."""

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
    quarter_of,
    through,
    week_on,
    weekday_after,
    weekday_alone,
    weekday_before,
    weekday_on,
    weekend_on,
    year_of,
)

_STEMS = [
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
]
_WEEKDAYS = ["понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень"]
_WORDS = {
    "сегодня": 0,
    "вчера": -1,
    "позавчера": -2,
    "завтра": 1,
    "послезавтра": 2,
}
_NUMBERS = {
    form: at
    for at, forms in enumerate(
        [
            "один одну",
            "два две",
            "три",
            "четыре",
            "пять",
            "шесть",
            "семь",
            "восемь",
            "девять",
            "десять",
        ],
        1,
    )
    for form in forms.split()
} | {"пару": 2}
_ORDINALS = {"перв": 1, "втор": 2, "трет": 3, "четверт": 4}
_SECTIONS = {"начал": (1, 10), "середин": (11, 20), "конц": (21, 31)}

_MON = (
    r"(?P<mon>январ[яьею]|феврал[яьею]|март[ае]?|апрел[яьею]|ма[йяею]|июн[яьею]|июл[яьею]|август[ае]?"
    r"|сентябр[яьею]|октябр[яьею]|ноябр[яьею]|декабр[яьею])"
)
_MON2 = _MON.replace("<mon>", "<mon2>")
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:-?(?:го|е|му|ого))?"
_DAY2 = r"(?P<day2>[12]\d|3[01]|0?[1-9])(?:-?(?:го|е|му))?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?:\s*(?:года|году|год|г\.|г(?!\w)))?"
_THAT = r"(?P<rel>прошлого|минувшего|этого|текущего|нынешнего|сего|будущего|следующего) года"
_TO = r"\s*(?:-|–|—|по|до|и)\s*"
_WD = r"(?P<wd>понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)(?:[уаыеюяио]|ом|ей|ем)?"
_LAST = r"прошл\w+|минувш\w+|предыдущ\w+|истекш\w+"
_THIS = r"эт(?:ой|от|ом|ого|у|и|их)|текущ\w+|нынешн\w+|сего"
_NEXT = r"следующ\w+|будущ\w+|ближайш\w+|предстоящ\w+|грядущ\w+"
_WHICH = rf"(?:(?P<last>{_LAST})|(?P<this>{_THIS})|(?P<next>{_NEXT}))"
_N = r"(?P<n>\d{1,3}|одну|один|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|пару)"
_UNIT = r"(?P<unit>день|дня|дней|недел[юиь]|месяцев|месяца|месяц|года|год|лет)"


def _month(name: str) -> int:
    low = name.lower()
    return next(
        at
        for at, stem in enumerate(_STEMS, 1)
        if low.startswith(stem) and (stem != "ма" or not low.startswith("март"))
    )


def _weekday(name: str) -> int:
    return _WEEKDAYS.index(name.lower())


def _shift(match: re.Match[str]) -> int:
    return -1 if match["last"] else 1 if match["next"] else 0


def _year_said(match: re.Match[str], moment: Moment) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return int(match["year"])
    rel = groups.get("rel")
    if not rel:
        return None
    far = -1 if rel in ("прошлого", "минувшего") else rel in ("будущего", "следующего")
    return moment.base.year + far


def _named_day(match: re.Match[str], moment: Moment) -> Span | None:
    groups = match.groupdict()
    month, year = _month(match["mon"]), _year_said(match, moment)
    day, day2 = int(match["day"]), groups.get("day2")
    month2 = _month(groups["mon2"]) if groups.get("mon2") else month
    if day2 is None:
        return full_day(year, month, day) if year else day_of_year(moment, month, day)
    last = full_day(year, month2, int(day2)) if year else day_of_year(moment, month2, int(day2))
    return through(full_day(last.first.year, month, day), last) if last else None


def _digits(match: re.Match[str], _moment: Moment) -> Span | None:
    return full_day(int(match["year"]), int(match["m"]), int(match["day"]))


def _number_day(match: re.Match[str], moment: Moment) -> Span | None:
    return day_of_month(moment, int(match["day"]))


def _word(match: re.Match[str], moment: Moment) -> Span | None:
    return days_on(moment.base, _WORDS[match[0].lower()])


def _ago(match: re.Match[str], moment: Moment) -> Span | None:
    return _shifted(moment, match["unit"], -_count(match))


def _ahead(match: re.Match[str], moment: Moment) -> Span | None:
    return None if moment.tense == "past" else _shifted(moment, match["unit"], _count(match))


def _count(match: re.Match[str]) -> int:
    said = (match["n"] or "1").lower()
    return int(said) if said.isdigit() else _NUMBERS[said]


def _shifted(moment: Moment, unit: str, count: int) -> Span | None:
    unit = unit.lower()
    if unit.startswith(("ден", "дн")):
        return days_on(moment.base, count)
    if unit.startswith("недел"):
        return week_on(moment.base, count)
    if unit.startswith("месяц"):
        return month_on(moment.base, count)
    return year_of(moment.base.year + count)


def _day_of_week(match: re.Match[str], moment: Moment) -> Span | None:
    groups, weekday = match.groupdict(), _weekday(match["wd"])
    if groups.get("week"):
        low = groups["week"].lower()
        shift = -1 if re.match(_LAST, low) else 1 if re.match(_NEXT, low) else 0
        return weekday_on(moment.base, weekday, shift)
    if groups.get("last"):
        return weekday_before(moment.base, weekday)
    if groups.get("next"):
        return weekday_after(moment.base, weekday)
    if groups.get("this"):
        return weekday_on(moment.base, weekday, 0)
    return weekday_alone(moment, weekday)


def _period(match: re.Match[str], moment: Moment) -> Span | None:
    unit, shift = match["unit"].lower(), _shift(match)
    if unit.startswith("выходн"):
        return weekend_on(moment.base, shift)
    return _shifted(moment, unit.replace("году", "год"), shift)


def _month_alone(match: re.Match[str], moment: Moment) -> Span | None:
    groups = match.groupdict()
    number, year = _month(match["mon"]), _year_said(match, moment)
    if year:
        span = month_of(year, number)
    elif groups.get("last"):
        span = month_on(moment.base, (number - moment.base.month) % 12 - 12)
    elif groups.get("next"):
        span = month_on(moment.base, (number - moment.base.month - 1) % 12 + 1)
    else:
        span = month_alone(moment, number)
    return _part(span, groups.get("part"))


def _part(span: Span | None, said: str | None) -> Span | None:
    part = next(
        (p for stem, p in _SECTIONS.items() if said and said.lower().startswith(stem)), None
    )
    if span is None or part is None:
        return span
    end = min(span.last, span.first + timedelta(days=part[1] - 1))
    return Span(span.first + timedelta(days=part[0] - 1), end, "month")


def _part_of_month(match: re.Match[str], moment: Moment) -> Span | None:
    return _part(month_on(moment.base, _shift(match)), match["part"])


def _year(match: re.Match[str], _moment: Moment) -> Span | None:
    return year_of(int(match["year"]))


def _quarter(match: re.Match[str], moment: Moment) -> Span | None:
    said = match["q"].lower()
    roman = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
    number = (
        int(said)
        if said.isdigit()
        else roman.get(said) or next(at for stem, at in _ORDINALS.items() if said.startswith(stem))
    )
    year = _year_said(match, moment)
    span = quarter_of(year or moment.base.year, number)
    if not year and span and span.first > moment.base and moment.tense != "future":
        span = quarter_of(moment.base.year - 1, number)
    return span


def _form(pattern: str, reader: Reader) -> tuple[re.Pattern[str], Reader]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)", re.IGNORECASE), reader


RUSSIAN = Language(
    forms=(
        _form(r"(?P<day>[0-3]?\d)\.(?P<m>0?\d|1[0-2])\.(?P<year>(?:19|20)\d\d)(?!\.\d)", _digits),
        _form(r"(?P<year>(?:19|20)\d\d)-(?P<m>0\d|1[0-2])-(?P<day>[0-3]\d)", _digits),
        _form(rf"(?:с\s+)?{_DAY}\s+{_MON}{_TO}{_DAY2}\s+{_MON2}(?:\s+(?:{_YEAR}|{_THAT}))?",
              _named_day),
        _form(rf"(?:с\s+)?{_DAY}{_TO}{_DAY2}\s+{_MON}(?:\s+(?:{_YEAR}|{_THAT}))?", _named_day),
        _form(rf"{_DAY}\s+{_MON}(?:\s+(?:{_YEAR}|{_THAT}))?", _named_day),
        _form(rf"{_DAY}\s+числа", _number_day),
        _form(r"сегодня|вчера|позавчера|завтра|послезавтра", _word),
        _form(rf"(?:{_N}\s+)?{_UNIT}\s+(?:тому\s+)?назад", _ago),
        _form(rf"через\s+(?:{_N}\s+)?{_UNIT}(?!\s+после)", _ahead),
        _form(rf"(?:во?|к|ко|со?|до|на)\s+{_WD}\s+(?:на\s+)?(?P<week>{_LAST}|{_THIS}|{_NEXT})\s+недел[еи]",
              _day_of_week),
        _form(rf"(?:во?|к|ко|со?|до|на)\s+{_WHICH}\s+{_WD}", _day_of_week),
        _form(rf"(?:во?|к|ко|со?|до|на)\s+{_WD}", _day_of_week),
        _form(rf"(?:на|в)\s+{_WHICH}\s+(?P<unit>неделе|выходные|выходных|месяце|году)", _period),
        _form(rf"(?:в|к|с|до)\s+(?P<part>начал\w|середин\w|конц\w)\s+{_MON}(?:\s+(?:{_YEAR}|{_THAT}))?",
              _month_alone),
        _form(rf"(?:в|к|с|до)\s+(?P<part>начал\w|середин\w|конц\w)\s+{_WHICH}\s+месяца",
              _part_of_month),
        _form(rf"(?:в|к|с|со|до|за|на)\s+{_MON}(?:\s+(?:{_YEAR}|{_THAT}))?(?!\s*\d)", _month_alone),
        _form(rf"(?:в\s+)?{_WHICH}\s+{_MON}", _month_alone),
        _form(rf"{_MON}\s+{_YEAR}", _month_alone),
        _form(rf"(?:в|за|по итогам)?\s*(?P<q>[1-4]|I{{1,3}}|IV|перв\w+|втор\w+|трет\w+|четверт\w+)"
              rf"(?:-?м)?\s+квартал[еа]?(?:\s+(?:{_YEAR}|{_THAT}))?", _quarter),
        _form(r"(?:в|с|до|к|за|по итогам)\s+(?P<year>(?:19|20)\d\d)\s*(?:год[уа]?|г\.)", _year),
    ),
    future=re.compile(
        r"\b(?:буд(?:ет|ут)|состо(?:ит|ят)ся|пройд(?:ет|ут|ёт)|намерен\w*|планиру\w+|собира\w+ся"
        r"|ожида\w+ся|предсто\w+|прибуд(?:ет|ут)|посет(?:ит|ят)|встрет(?:ит|ят)ся|начн(?:ет|ут|ёт)\w*"
        r"|вступ(?:ит|ят)|заверш(?:ит|ат)\w*|запланирован\w*|долж(?:ен|на|ны|но)|откро(?:ет|ют)\w*"
        r"|проведу?т|проведёт|отправ(?:ит|ят)ся|приед(?:ет|ут)|вылет(?:ит|ят)|подпиш(?:ет|ут)"
        r"|обсуд(?:ит|ят)|истека\w+|планах)\b",
        re.IGNORECASE,
    ),
    past=re.compile(r"\b(?:был[аои]?|[а-яё]{2,}(?:л|ла|ло|ли|лся|лась|лось|лись|ан|ано|аны|ена|ено|ены))\b",
                    re.IGNORECASE),
)  # fmt: skip
"""Prepositions belong to the forms: «среда» is also an environment, «май» and «март» are names."""
