"""Chinese expressions of time, in simplified and traditional characters."""

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
    weekday_alone,
    weekday_on,
    weekend_on,
    year_of,
)

_DIGITS = {char: at for at, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_WORDS = {
    "今": 0, "当": 0, "昨": -1, "前": -2, "明": 1, "后": 2, "後": 2, "大前": -3,
}  # fmt: skip
_YEARS = {"今": 0, "本": 0, "去": -1, "前": -2, "明": 1, "后": 2, "後": 2}
_WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "這": 0, "下": 1, "下下": 2}
_WEEKDAYS = "一二三四五六日"
_SECTIONS = {
    "初": (1, 10), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20), "下旬": (21, 31),
    "底": (21, 31), "末": (21, 31),
}  # fmt: skip

_NUM = r"(?:\d{1,3}|[一二三四五六七八九十两兩]{1,3})"
_Y = r"(?P<year>(?:19|20)\d\d|[一二][〇零一二三四五六七八九]{3})年"
_REL = r"(?P<rel>今|去|前|明|本)年"
_M = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?"
_D = r"(?P<day>[12]\d|3[01]|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号號]"
_D2 = _D.replace("<day>", "<day2>")
_M2 = _M.replace("<month>", "<month2>")
_TO = r"\s*(?:至|到|-|–|—|－|~|～|、|和)\s*"
_PART = r"(?P<part>初|底|末|上旬|中旬|下旬|中(?=[^国國方美俄央])|中$)"
_NOT_DAY = r"(?![游遊内內间間元均刊报報程]|以来|以來|之内|之內|期)"
_WEEK_WORD = r"(?:周|週|星期|礼拜|禮拜)"


def _value(text: str) -> int:
    if text.isdigit() and text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return _DIGITS.get(tens, 1) * 10 + (_DIGITS[ones] if ones else 0)
    return int("".join(str(_DIGITS[char]) for char in text))


def _year_said(match: re.Match[str], moment: Moment) -> int | None:
    groups = match.groupdict()
    if groups.get("year"):
        return _value(match["year"])
    return moment.base.year + _YEARS[groups["rel"]] if groups.get("rel") else None


def _on(match: re.Match[str], moment: Moment, month: str, day: str) -> Span | None:
    year = _year_said(match, moment)
    if year:
        return full_day(year, _value(month), _value(day))
    return day_of_year(moment, _value(month), _value(day))


def _named_day(match: re.Match[str], moment: Moment) -> Span | None:
    """A day of a month, or the days from one to another."""
    groups = match.groupdict()
    if not groups.get("day2"):
        return _on(match, moment, match["month"], match["day"])
    last = _on(match, moment, groups.get("month2") or match["month"], match["day2"])
    if last is None:
        return None
    return through(full_day(last.first.year, _value(match["month"]), _value(match["day"])), last)


def _digits(match: re.Match[str], _moment: Moment) -> Span | None:
    return full_day(int(match["year"]), int(match["m"]), int(match["day"]))


def _month_said(match: re.Match[str], moment: Moment) -> Span | None:
    """The month before, of, or after the text; with a day of it."""
    span = month_on(moment.base, _WEEKS[match["which"]])
    day = match.groupdict().get("day")
    if span is None or not day:
        return _part(span, match.groupdict().get("part"))
    return full_day(span.first.year, span.first.month, _value(day))


def _day_alone(match: re.Match[str], moment: Moment) -> Span | None:
    """The 25th; the 6th to the 8th."""
    groups = match.groupdict()
    last = day_of_month(moment, _value(groups.get("day2") or match["day"]))
    if last is None or not groups.get("day2"):
        return last
    return through(full_day(last.first.year, last.first.month, _value(match["day"])), last)


def _word(match: re.Match[str], moment: Moment) -> Span | None:
    return days_on(moment.base, _WORDS[match["word"]])


def _ago(match: re.Match[str], moment: Moment) -> Span | None:
    count = _value(match["n"]) * (-1 if match["way"] == "前" else 1)
    unit = match["unit"]
    if unit == "天":
        return days_on(moment.base, count)
    if unit in ("周", "週", "星期", "礼拜", "禮拜"):
        return week_on(moment.base, count)
    return month_on(moment.base, count) if unit == "月" else year_of(moment.base.year + count)


def _day_of_week(match: re.Match[str], moment: Moment) -> Span | None:
    day = _WEEKDAYS.index(match["wd"].replace("天", "日"))
    which = match["which"]
    return weekday_on(moment.base, day, _WEEKS[which]) if which else weekday_alone(moment, day)


def _weekend(match: re.Match[str], moment: Moment) -> Span | None:
    return weekend_on(moment.base, _WEEKS[match["which"] or "本"])


def _week(match: re.Match[str], moment: Moment) -> Span | None:
    return week_on(moment.base, _WEEKS[match["which"]])


def _month_alone(match: re.Match[str], moment: Moment) -> Span | None:
    year, number = _year_said(match, moment), _value(match["month"])
    span = month_of(year, number) if year else month_alone(moment, number)
    return _part(span, match.groupdict().get("part"))


def _part(span: Span | None, said: str | None) -> Span | None:
    if span is None or not said:
        return span
    first, last = _SECTIONS[said]
    end = min(span.last, span.first + timedelta(days=last - 1))
    return Span(span.first + timedelta(days=first - 1), end, "month")


def _quarter(match: re.Match[str], moment: Moment) -> Span | None:
    year, number = _year_said(match, moment), _value(match["q"])
    span = quarter_of(year or moment.base.year, number)
    if not year and span and span.first > moment.base and moment.tense != "future":
        span = quarter_of(moment.base.year - 1, number)
    return span


def _year(match: re.Match[str], moment: Moment) -> Span | None:
    year = _year_said(match, moment)
    return year_of(year) if year else None


def _form(pattern: str, reader: Reader) -> tuple[re.Pattern[str], Reader]:
    return re.compile(pattern), reader


_YEAR = rf"(?:{_Y}|{_REL})"
CHINESE = Language(
    forms=(
        _form(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<day>[12]\d|3[01]|0?[1-9])"
              r"(?!\d)", _digits),
        _form(rf"(?<!\d)(?:{_YEAR})?{_M}{_D}{_TO}{_M2}{_D2}", _named_day),
        _form(rf"(?<!\d)(?:{_YEAR})?{_M}{_D}{_TO}{_D2}", _named_day),
        _form(rf"(?<!\d)(?:{_YEAR})?(?<![\d一二三四五六七八九十]){_M}{_D}", _named_day),
        _form(rf"(?P<which>本|上|下|这|這)(?:个|個)?月(?:份)?{_D}", _month_said),
        _form(rf"(?P<which>本|上|下|这|這)(?:个|個)?月(?:份)?{_PART}?", _month_said),
        _form(rf"(?<![\d一二三四五六七八九十月第.]){_D}{_TO}{_D2}{_NOT_DAY}", _day_alone),
        _form(rf"(?<![\d一二三四五六七八九十月第每生近.]){_D}{_NOT_DAY}", _day_alone),
        _form(r"(?P<word>大前|今|昨|前|明|后|後)(?:天|日(?!本))", _word),
        _form(r"(?P<word>今|昨|明)(?:晚|晨|早|夜)", _word),
        _form(rf"(?P<n>{_NUM})(?:个|個|多)?(?P<unit>天|周|週|星期|礼拜|禮拜|月|年)(?:之|以)?(?P<way>前|后|後)",
              _ago),
        _form(rf"(?P<which>上上|下下|上|本|这|這|下)?(?:个|個)?{_WEEK_WORD}(?P<wd>[一二三四五六日天])"
              r"(?![次个個家岁歲年带帶到])", _day_of_week),
        _form(rf"(?P<which>上上|下下|上|本|这|這|下)?(?:个|個)?{_WEEK_WORD}末", _weekend),
        _form(rf"(?P<which>上上|下下|上|本|这|這|下)(?:一)?(?:个|個)?{_WEEK_WORD}(?![一二三四五六日天末期])",
              _week),
        _form(rf"(?<!\d)(?:{_YEAR})?(?<![\d一二三四五六七八九十个個]){_M}{_PART}?(?![\d一二三四五六七八九])",
              _month_alone),
        _form(rf"(?:{_YEAR})?(?:的)?第?(?P<q>[一二三四1-4])(?:个)?季度", _quarter),
        _form(rf"(?<![\d]){_Y}(?![前后後])", _year),
        _form(rf"{_REL}(?![前后後龄齡])", _year),
    ),
    future=re.compile(r"将于|將於|将在|將在|[^即行]将(?!军|军|近|领)|[^即]將(?!軍|近)|拟|擬|预计|預計|计划|計劃|定于|定於|即将|即將|准备|準備"),
    past=re.compile(r"了|曾|已|过[，。]|表示|指出|举行|舉行|称|稱|说|說|宣布|签署|簽署|抵达|抵達|报道|報道|会见|會見"),
)  # fmt: skip
