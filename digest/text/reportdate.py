"""The day a report says it was written: its dateline, or a full date in its title.

Only what is surely the report's own day counts. A date in the running text is that of an event, as
likely of an old one, and "yesterday" tells nothing while the day of writing is not known.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from digest.text.datewords import DateFound, find_dates

_DATELINE = 100
_FRESH = timedelta(days=60)
"""How old a dateline without a year may be: a year's reports would else move to the last one."""
_OLD = timedelta(days=730)
"""Older days in a title are what the report is about."""

# "MOSCOW, April 6 (TASS)", "Москва. 6 апреля. INTERFAX.RU", "新华社北京4月6日电": a place, perhaps
# an agency, the day, and a mark that ends the line.
_PLACE = re.compile(r"(?:[A-ZА-ЯЁ][\w.’'-]*(?:[ -](?=\S))?[,.:/( )—–-]*){1,5}$")
_AFTER = re.compile(
    r"(?:,?\s*(?:19|20)\d\d)?\s*[.,]?\s*(?:\(|/|[—–-]\s|INTERFAX|ИНТЕРФАКС|ТАСС|РИА|TASS|BelTA)"
)
_PLACE_ZH = re.compile(r"^[【（(\[]?[\u3400-\u9fff·]{2,16}(?:\d{4}年)?$")
_AFTER_ZH = re.compile(r"[电電讯訊消]|（|\(")
_YEAR = re.compile(r"(?:19|20)\d\d|[一二][〇零一二三四五六七八九]{3}年")


def report_date(title: str, text: str, lang: str, today: date) -> date | None:
    """The day the report gives itself, at most ``today``; nothing where it says none for sure.

    >>> report_date("Talks end", "MOSCOW, April 6 (TASS). Talks ended.", "en", date(2022, 4, 8))
    datetime.date(2022, 4, 6)
    >>> report_date("Briefing on April 5, 2022", "", "en", date(2022, 4, 8))
    datetime.date(2022, 4, 5)
    >>> report_date("War", "On February 24 it began.", "en", date(2022, 4, 8)) is None
    True
    """
    return _of_dateline(text, lang, today) or _of_title(title, lang, today)


def _of_dateline(text: str, lang: str, today: date) -> date | None:
    line = text[:_DATELINE].split("\n", 1)[0]
    found = next((d for d in find_dates(line, lang, today) if _one_day(d)), None)
    if found is None:
        return None
    before, after = line[: found.start], line[found.end :]
    place, mark = (_PLACE_ZH, _AFTER_ZH) if lang == "zh" else (_PLACE, _AFTER)
    if not (place.match(before) and mark.match(after)) or found.first > today:
        return None
    said_year = _YEAR.search(line[found.start : found.end])
    return found.first if today - found.first <= (_OLD if said_year else _FRESH) else None


def _of_title(title: str, lang: str, today: date) -> date | None:
    """The only date of the title, with its year."""
    found = find_dates(title, lang, today)
    if len(found) != 1 or not _one_day(found[0]):
        return None
    day = found[0].first
    said_year = _YEAR.search(title[found[0].start : found[0].end])
    return day if said_year and timedelta(0) <= today - day <= _OLD else None


def _one_day(found: DateFound) -> bool:
    return found.precision == "day" and found.first == found.last
