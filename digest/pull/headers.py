"""What the headers of an answer say about time: Retry-After, Cache-Control, Expires (RFC 9111)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=30)
"""No answer can silence a source for longer; a server that means "never again" has 410."""

_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_NO_STORE = re.compile(r"(?:^|[,\s])(?:no-store|no-cache)(?:$|[,\s;=])", re.IGNORECASE)
_UNKNOWN_NOW = timedelta(hours=1)


def http_date(text: str | None) -> datetime | None:
    """The aware UTC time of an HTTP date in any of its three forms, or None."""
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta | None:
    """How long the server asks us to stay away (RFC 9110 §10.2.3: seconds or a date), or None.

    A date is measured against the answer's own Date, so a wrong clock on either side does no
    harm; without one against ``now``; without either it counts as an hour.
    """
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:12])), LONGEST)
    until = http_date(text)
    if until is None:
        return None
    since = http_date(headers.get("Date")) or now
    if since is None:
        return _UNKNOWN_NOW
    return min(max(until - since, timedelta(0)), LONGEST)


def skew_of(headers: Mapping[str, str], now: datetime | None) -> timedelta | None:
    """How far the server's clock is before ours; nothing where it does not tell its time.

    An answer from a cache on the way says the time at which it was made, and its age.
    """
    date = http_date(headers.get("Date"))
    if date is None or now is None:
        return None
    age = headers.get("Age", "").strip()
    spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
    return date - now + timedelta(seconds=spent)


def fresh_for(headers: Mapping[str, str], now: datetime | None = None) -> timedelta:
    """How long the answer says it stays good: max-age, else Expires less Date, else zero.

    ``now`` stands in for a missing Date.
    """
    cache = headers.get("Cache-Control", "")
    if _NO_STORE.search(cache):
        return timedelta(0)
    if found := _MAX_AGE.search(cache):
        age = headers.get("Age", "").strip()
        spent = int(age[:12]) if age.isascii() and age.isdigit() else 0
        seconds = max(int(found.group(1)) - spent, 0)
        return min(timedelta(seconds=seconds), LONGEST)
    expires = http_date(headers.get("Expires"))
    date = http_date(headers.get("Date")) or now if expires else None
    if expires is None or date is None:
        return timedelta(0)
    return min(max(expires - date, timedelta(0)), LONGEST)
