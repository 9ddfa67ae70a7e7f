"""Single fields of a feed, the same for every parser: names, links, dates, bodies, pauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urljoin

from digest.model import Certainty
from digest.text.clean import clean_text
from digest.text.dates import parse_date, written_date
from digest.text.html import one_line
from digest.text.urls import is_web_url

_LONGEST_TTL = timedelta(days=7)
_TTL_UNITS = {
    "hourly": 3600,
    "daily": 86400,
    "weekly": 604800,
    "monthly": 2592000,
    "yearly": 31536000,
}
_MOST_NAMES = 50
_LONGEST_NAME = 200
_LONGEST_DATE = 100
_LONGEST_LINK = 10_000

_HOST = re.compile(r"https?://[a-z0-9][a-z0-9.-]*/")
_MAIL = re.compile(r"<?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}>?")
_MARKED_UP = re.compile(r"</[A-Za-z]|<(?:br|p|img|hr)\b|&#?\w{2,8};", re.IGNORECASE)


def yes(value: object) -> bool:
    """True for the words people write for it."""
    return str(value).strip().lower() in {"true", "yes", "1", "on"}


def names(*values: object) -> tuple[str, ...]:
    """People or tags, each once and as plain text; at most 50."""
    found: dict[str, None] = {}
    for value in values[:_MOST_NAMES]:
        if not value:
            continue
        text = str(value)[:1000]
        text = one_line(text) if "<" in text or "&" in text else " ".join(text.split())
        if text:
            found[text[:_LONGEST_NAME]] = None
    return tuple(found)


def person(text: str) -> str:
    """The name in "anna@example.org (Anna)" or "Anna <anna@example.org>"; "" where there is none.

    >>> person("anna@example.org (Anna)"), person("anna@example.org"), person("Anna")
    ('Anna', '', 'Anna')
    """
    if "@" not in text and "mailto:" not in text:
        return text
    rest = _MAIL.sub(" ", text[:1000]).replace("()", " ").replace("mailto:", "").strip(" ,;")
    if rest.startswith("("):  # feedparser takes the closing one away
        rest = rest[1:].removesuffix(")")
    return rest.strip(" ,;")


def feed_title(markup: str) -> str | None:
    """The title of a feed as one clean line of at most 500 characters."""
    return one_line(clean_text(markup))[:500] or None


def language_tag(value: object) -> str | None:
    """A language tag in lower case, or None for what is none (RFC 5646, roughly)."""
    text = str(value or "").strip().replace("_", "-").lower()
    return text if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", text) else None


def asked_pause(ttl: object, period: object, frequency: object) -> timedelta | None:
    """The pause asked for by ``<ttl>`` (minutes) or the syndication module, within a week."""
    text = str(ttl or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(minutes=int(text[:9])), _LONGEST_TTL) or None
    unit = _TTL_UNITS.get(str(period or "").strip().lower())
    if unit is None:
        return None
    times = str(frequency or "1").strip()
    often = int(times[:6]) if times.isascii() and times.isdigit() else 1
    return min(timedelta(seconds=unit / max(often, 1)), _LONGEST_TTL)


def entry_date(text: str, *, patient: bool = False) -> tuple[datetime | None, Certainty]:
    """The date a feed wrote. Midnight sharp is how a day without a time is mostly written.

    ``patient`` lets a text that no rule reads cost a millisecond or five.
    """
    found = (parse_date if patient else written_date)(text[:_LONGEST_DATE])
    if found is None:
        return None, Certainty.GUESS
    when, certainty = found
    if when.hour == when.minute == when.second == 0:
        certainty = Certainty.DAY
    return when, certainty


def joined(base: str, link: str) -> str:
    """The link against its base; the link itself where one of the two cannot be read."""
    with suppress(ValueError):
        return urljoin(base, link)
    return link


def is_whole(link: str) -> bool:
    """Whether ``urljoin`` and ``is_web_url`` plainly leave the link as it is; much cheaper."""
    return (
        _HOST.match(link) is not None
        and link.isprintable()
        and " " not in link
        and "\\" not in link
        and ";" not in link
        and "?#" not in link
        and link[-1] not in "?#"
    )


def first_link(url: str, *links: str) -> str | None:
    """The first of the links that is one of the web, absolute; ``url`` is where the feed stands."""
    for link in links:
        if not link:
            continue
        if is_whole(link):
            return link
        with suppress(ValueError):
            whole = urljoin(url, link[:_LONGEST_LINK].strip())
            if is_web_url(whole):
                return whole
    return None


def permalink(guid: str) -> str:
    """The guid where it can be an address, else "": many a feed forgets to say that it is none.

    >>> permalink("https://example.org/1"), permalink("/1"), permalink("1")
    ('https://example.org/1', '/1', '')
    """
    return guid if is_web_url(guid) or guid.startswith("/") else ""


def bodies(summary: str, contents: Sequence[str], longest: int) -> tuple[str, str]:
    """Summary and content: the content is the longest of all that an entry says of itself.

    A podcast's or a video's second description is often shorter than the first.
    """
    content = max(contents, key=len, default="")
    if len(content) <= len(summary):
        content = ""
    return summary[:longest], content[:longest]


def text_as_html(text: str, *, title: bool = False) -> str:
    """Plain text as HTML. A body that plainly holds mark-up is taken for HTML all the same.

    A title is what its type says, for titles do speak of ``<b>``; bodies of untyped Atom are HTML
    more often than not.
    """
    if "<" not in text and "&" not in text:
        return text
    if not title and _MARKED_UP.search(text):
        return text
    return escape(text, quote=False)
