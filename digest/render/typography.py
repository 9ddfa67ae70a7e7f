"""Finished HTML with the small rules of good setting: bound spaces and sound heading levels.

All functions take and give HTML text; nothing here escapes or sanitises.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NBSP = "\u00a0"
DEEPEST = 6

_TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_VERBATIM = re.compile(r"<(/?)(?:pre|code)\b", re.IGNORECASE)
_HEADING = re.compile(r"<(/?)h([1-6])(?=[\s>])", re.IGNORECASE)

_TABLE_HEADING = re.compile(r"<th(?=[\s>])(?![^>]*\sscope=)", re.IGNORECASE)
_LONG_WORD = re.compile(r"[^\s<>&\u2e80-\u9fff\uff00-\uffef]{31,}")
_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
)
_UNITS = (
    "million|billion|trillion|per cent|percent|barrels?|tonnes?|tons?|km|kilometres?|years?|days?"
    "|млн|млрд|трлн|км|тонн"
)
_DAY_MONTH = re.compile(rf"(?<!\d)(\d{{1,2}}) (?=(?:{_MONTHS})\b)")
_FIGURE_UNIT = re.compile(rf"(?<=\d) (?=(?:{_UNITS})\b)")
_NUMBERED = re.compile(r"\b(No\.|Nos\.|Mr|Mrs|Ms|Dr) (?=[\dA-Z])")
_INITIAL = re.compile(r"(?<!\w)([A-ZА-Я]\.) (?=[A-ZА-Я])")
_PINYIN = re.compile(r"(<span lang=\"zh-Latn-pinyin\">)([^<]*)(</span>)")
_BEFORE_HAN = re.compile(r" (?=(?:<[^>]*>)*[\u3400-\u4dbf\u4e00-\u9fff])")
_TONED = re.compile(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜĀÁǍÀĒÉĚÈŌÓǑÒ]")
_LAST_WORD = re.compile(
    r" (?=[^\s<>]*[^\W_])([^\s<>]{1,12}(?:</(?:a|em|strong|q|cite|span)>[^\s<>]{0,3})*)"
    r"(?=</(?:p|h[1-6]|dd)>)"
)


def bound(html: str) -> str:
    """``html`` with non-breaking spaces: no widow, no day without its month, no name apart.

    A space becomes U+00A0 between day and month, figure and unit, ``No.`` and number, initials,
    inside toned pinyin, between a name and its characters, and before a short last word of a
    paragraph or heading. Text in ``code`` and ``pre`` stays as it is.
    """
    html = _PINYIN.sub(lambda m: m[1] + m[2].replace(" ", NBSP) + m[3], html)
    html = _LAST_WORD.sub(NBSP + r"\1", html)
    return _bind_names(_on_text(html, _bind_text))


def bound_line(html: str) -> str:
    """As ``bound``, for the inside of one heading or standfirst."""
    return bound(f"<p>{html}</p>")[3:-4]


def with_levels(html: str, under: int) -> str:
    """``html`` with its headings numbered to stand below a heading of level ``under``.

    None is skipped on the way down: ``h4`` and then ``h6`` under ``h2`` become ``h3`` and ``h4``.
    """
    above: list[int] = []

    def numbered(found: re.Match[str]) -> str:
        if not found[1]:
            level = int(found[2])
            above[:] = [*(each for each in above if each < level), level]
        return f"<{found[1]}h{min(under + len(above), DEEPEST)}"

    return _HEADING.sub(numbered, html)


def with_scopes(html: str) -> str:
    """``html`` whose table headings say that they head a column (WCAG technique H63)."""
    return _TABLE_HEADING.sub(r'<th scope="col"', html)


def breakable(html: str) -> str:
    """``html`` whose words of more than 30 letters may break, without any style."""
    return _on_text(html, lambda text: _LONG_WORD.sub(_with_breaks, text))


def _with_breaks(match: re.Match[str]) -> str:
    word = match[0]
    return "<wbr>".join(word[at : at + 12] for at in range(0, len(word), 12))


def _bind_text(text: str) -> str:
    text = _DAY_MONTH.sub(rf"\1{NBSP}", text)
    text = _FIGURE_UNIT.sub(NBSP, text)
    text = _NUMBERED.sub(rf"\1{NBSP}", text)
    return _INITIAL.sub(rf"\1{NBSP}", text)


def _bind_names(html: str) -> str:
    """The space between toned pinyin and the characters after it, bound."""

    def bind(match: re.Match[str]) -> str:
        before = _TAG.sub("", html[max(0, match.start() - 60) : match.start()]).split(" ")[-1]
        return NBSP if _TONED.search(before) else " "

    return _BEFORE_HAN.sub(bind, html)


def _on_text(html: str, change: Callable[[str], str]) -> str:
    """``html`` with ``change`` applied to its text between tags, but for code."""
    out: list[str] = []
    at = verbatim = 0
    for tag in _TAG.finditer(html):
        text = html[at : tag.start()]
        out += [text if verbatim else change(text), tag[0]]
        if found := _VERBATIM.match(tag[0]):
            verbatim = max(0, verbatim + (-1 if found[1] else 1))
        at = tag.end()
    return "".join([*out, change(html[at:])])
