"""Dates among other words: a dateline ("Posted by A. N. on 5 May 2023, 14:30") and an address."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from digest.model import Certainty
from digest.text.dates import Parsed, parse_date

_LOOKED_AT = 400
_WHOLE = 60
_HOUR = r"\d{1,2}:\d{2}(?::\d{2})?"
_CLOCK = (
    rf"(?:,?\s*(?:(?:at|в|о|um|à)\s+|[T|•·—–-]\s*)?{_HOUR}(?:\s*[ap]\.?m\b\.?)?"
    r"(?:\s?(?:Z|UTC|GMT|MSK|МСК|мск|[+-]\d{2}:?\d{2})(?![^\W_]))?)?"
)
_YEAR = r"(?:19|20)\d{2}(?!\d)"
_DAY = r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?"
_NAME = r"[^\W\d_]{3,12}"
_FORMS = (
    rf"(?<!\d){_YEAR}([-/.])\d{{1,2}}\1\d{{1,2}}(?!\d){_CLOCK}",
    rf"(?<!\d){_YEAR}\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?[日号號](?:\s*[上下]午)?(?:\s*{_HOUR})?",
    rf"{_DAY}\.?\s+{_NAME}\.?,?\s+{_YEAR}(?:\s*(?:года|г\.?|року|р\.)(?!\w))?{_CLOCK}",
    rf"(?<!\w){_NAME}\.?\s+{_DAY},?\s+{_YEAR}{_CLOCK}",
    rf"(?<![\d.])\d{{1,2}}\.\d{{1,2}}\.{_YEAR}(?!\.\d){_CLOCK}",
)
_PATTERNS = tuple(re.compile(form, re.IGNORECASE) for form in _FORMS)
_HAN_BLANKS = re.compile(r"(?<=[年月])\s|\s(?=[年月日号號])")
_HOUR_BEFORE = re.compile(rf"(?<!\d)({_HOUR})\s*[,|•·—–-]?\s*$")

# "/2023/05/04/", "/2023-05-04-", "/20230504/", "t20230504_123": a day in an address is the day
# the page was made. Nothing shorter counts: "/2023/05/" is a month, other digits are numbers.
_IN_PATH = re.compile(
    r"(?<!\d)(?P<year>20\d{2})(?P<mark>[-/_]?)(?P<month>0?[1-9]|1[0-2])(?P=mark)"
    r"(?P<day>0?[1-9]|[12]\d|3[01])(?!\d)"
)
_DIGITS = 8


def date_within(text: str) -> Parsed | None:
    """The first full date among other words, with its time where one stands by it.

    >>> date_within("Posted by A. N. on 5 May 2023, 14:30 | 12 comments")[0].isoformat()
    '2023-05-05T14:30:00+00:00'
    >>> date_within("[2023-05-05]")[1].value, date_within("14:30, 05.05.2023")[0].hour
    ('day', 14)
    """
    text = " ".join(text[:_LOOKED_AT].split())
    found = [match for pattern in _PATTERNS if (match := pattern.search(text))]
    for match in sorted(found, key=lambda match: match.start()):
        if parsed := _parsed(match[0], text[: match.start()]):
            return parsed
    return parse_date(text) if not found and len(text) <= _WHOLE else None


def date_in_address(url: str) -> Parsed | None:
    """The day that stands in the path of an address, as many news sites write it.

    >>> date_in_address("https://example.org/world/2023/05/04/talks")[0].day
    4
    >>> date_in_address("https://example.org/story-20230504123")
    """
    path = url.partition("?")[0].partition("#")[0]
    for match in _IN_PATH.finditer(path.partition("//")[2]):
        whole = match["mark"] or len(match[0]) == _DIGITS
        if not whole:
            continue
        try:
            day = datetime(int(match["year"]), int(match["month"]), int(match["day"]), tzinfo=UTC)
        except ValueError:
            continue
        return day, Certainty.DAY
    return None


def _parsed(date: str, before: str) -> Parsed | None:
    date = _HAN_BLANKS.sub("", date)
    parsed = parse_date(date)
    hour = _HOUR_BEFORE.search(before)
    if parsed is not None and hour and parsed[1] is Certainty.DAY:
        return parse_date(f"{date} {hour[1]}") or parsed
    return parsed
