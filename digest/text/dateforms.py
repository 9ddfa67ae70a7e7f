"""Odd forms of a written date made usual: months in Chinese, halves of a day, names of zones."""

from __future__ import annotations

import re
from collections.abc import Callable

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_HAN = "一 二 三 四 五 六 七 八 九 十 十一 十二"
_HAN_MONTHS = {f"{n}月": name for n, name in zip(_HAN.split(), MONTH_NAMES, strict=True)} | {
    f"{at}月": name for at, name in enumerate(MONTH_NAMES, 1)
}
# Zones by place that keep one time all year; any other place is left out, which means UTC.
_PLACES = {"europe/moscow": "+0300", "asia/shanghai": "+0800", "asia/hong_kong": "+0800"}


def _han_month(match: re.Match[str]) -> str:
    return _HAN_MONTHS.get(match[0], match[0])


def _han_half(match: re.Match[str]) -> str:
    half = "am" if match["part"] in {"上午", "早上", "凌晨", "清晨", "早晨"} else "pm"
    return f"{match['clock']} {half}{match['zone'] or ' +0800'}"


def _place(match: re.Match[str]) -> str:
    return f" {_PLACES.get(match[1].lower(), '')}"


_FORMS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(
            r"^(?:published|posted|updated|created|date|опубликовано|дата|обновлено|发布时间|发布于"
            r"|发表于|日期|时间)\s*(?:on\b)?\s*:?\s*(?=\S)",
            re.IGNORECASE,
        ),
        "",
    ),
    (re.compile(r"(?<=\d)\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일"), r"年\1月\2日"),
    (re.compile(r"(?<=日)\([月火水木金土日]\)"), ""),
    (
        re.compile(
            r"(?:十[一二]|[一二三四五六七八九十]|\b\d{1,2})月(?=[\s,-]+(?:\d{4}\b|\d{1,2},))"
        ),
        _han_month,
    ),
    (
        re.compile(
            r"(?<=\d )(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上)\s?"
            r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?)(?P<zone> [+-]\d{2}:?\d\d)?$"
        ),
        _han_half,
    ),
    (re.compile(r"(?<=\d)T(\d\d)(?=$|[Zz+-])"), r"T\1:00"),
    (re.compile(r"(?<=\d{4} )(\d{1,2})\.(\d\d)\.(\d\d)(?=$| )"), r"\1:\2:\3"),
    (re.compile(r"(?<=\d)\s+Etc/", re.IGNORECASE), " "),
    (re.compile(r"\s+([A-Z][A-Za-z]{2,12}/[A-Za-z_]{3,20})$"), _place),
)
"""Rewritings before any rule is tried, each for a form that a feed was seen to write."""


def usual_form(text: str) -> str:
    """The date as the general rules of ``dates`` read it; any other text nearly as it was.

    >>> usual_form("周三, 26 四月 2023 10:00"), usual_form("2023-04-26 下午3:00")
    ('周三, 26 April 2023 10:00', '2023-04-26 3:00 pm +0800')
    """
    for pattern, form in _FORMS:
        text = pattern.sub(form, text)
    return text
