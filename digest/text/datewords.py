"""Dates said in words: "last Wednesday", «в среду», 上周五, relative to the day of the text.

English, Russian and Chinese, by rules of each language; any other language has none. What is no
date is left alone: durations ("for two months"), ages, numbers. "Friday" alone is the nearest
Friday not to come, unless the sentence speaks of what will be; a day and month without a year is
the nearest, and never a day to come in a sentence that tells of the past.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from digest.text.datewords_en import ENGLISH
from digest.text.datewords_ru import RUSSIAN
from digest.text.datewords_zh import CHINESE
from digest.text.dayreaders import Language, Reader
from digest.text.dayspans import Moment, Precision, Tense

_LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN, "zh": CHINESE}
_ENDS = re.compile(r"[!?。！？；;\n]|\.(?=\s+[\"“«(]?[A-ZА-ЯЁ])")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFound:
    """An expression of time, ``text[start:end]``, and the days it means, first and last.

    ``precision`` is how exactly it was said: "two days ago" is a ``day``, "last month" a ``month``
    (of which "earlier this month" is a part).
    """

    start: int
    end: int
    first: date
    last: date
    precision: Precision


def find_dates(text: str, lang: str, base: date) -> tuple[DateFound, ...]:
    """The dates in order, none overlapping; ``base`` is the day the text was written.

    >>> found = find_dates("They met last Wednesday and two days ago.", "en", date(2022, 4, 7))
    >>> [d.first.isoformat() for d in found]
    ['2022-04-06', '2022-04-05']
    >>> find_dates("会谈上周五举行", "zh", date(2022, 4, 7))[0].first.isoformat()
    '2022-04-01'
    """
    language = _LANGUAGES.get(lang)
    if language is None:
        return ()
    text = text[:_LONGEST]
    hits = sorted(_hits(text, language), key=lambda hit: (hit[0], -hit[1]))
    found: list[DateFound] = []
    for start, end, match, reader in hits:
        if found and start < found[-1].end:
            continue
        span = reader(match, Moment(base, _tense(text, start, language)))
        if span is not None:
            found.append(
                DateFound(
                    start=start,
                    end=end,
                    first=span.first,
                    last=span.last,
                    precision=span.precision,
                )
            )
    return tuple(found)


def _hits(text: str, language: Language) -> Iterator[tuple[int, int, re.Match[str], Reader]]:
    for pattern, reader in language.forms:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), match, reader


def _tense(text: str, at: int, language: Language) -> Tense:
    """What the sentence around says of time; what is to come outweighs who said so."""
    start = max((m.end() for m in _ENDS.finditer(text, 0, at)), default=0)
    end = _ENDS.search(text, at)
    sentence = text[start : end.start() if end else len(text)]
    if language.future.search(sentence):
        return "future"
    return "past" if language.past.search(sentence) else "open"
