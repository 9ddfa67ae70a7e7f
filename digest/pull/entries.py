"""Raw entries to entries: identity, clean text, language, publisher, date.

Identity holds across runs: the same report gets the same id however often it is pulled, and two
reports never share one, whatever a feed does with its links and guids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from digest.model import Certainty, Entry, RawEntry
from digest.pull.ids import fingerprint, hash_id
from digest.source import Source
from digest.text.boilerplate import without_repeats
from digest.text.clean import clean_text, without_chrome
from digest.text.html import one_line, plain_text
from digest.text.language import language_of
from digest.text.urls import canonical_and_shown, is_web_url, without_userinfo

EARLIEST_YEAR = 1990
"""A date before it is a default that a program forgot to fill (1970-01-01, 0001-01-01)."""

_DEEPEST = 200
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,30})[^<>]*>?")
# "p" and "li" end by themselves, so a page full of them is not deep.
_VOIDS = "area base br col dd dt embed hr img input li link meta option p source tr td th wbr"
_VOID = frozenset(_VOIDS.split())
_MOST_TITLE = 10_000
_MOST_NAMES = 20
_TITLE_FROM_TEXT = 100
_MOST_TEXT = 1_000_000


def entries_of(
    raw: Sequence[RawEntry], *, source: Source, feed_title: str | None, now: datetime
) -> tuple[Entry, ...]:
    """The entries of one document of one source, in its order, each id once.

    ``feed_title`` names the publisher where the editor did not name the source. An entry dated
    after ``now`` or not at all has the day that its dateline or title gives, or ``now`` with
    ``Certainty.GUESS``. Entries with neither title nor text are left out. A ``RawEntry`` with
    ``path`` holds plain text, any other HTML.
    """
    distinct = tuple({_said(item): item for item in raw}.values())
    addresses = [_addresses(item) for item in distinct]
    urls = Counter(url for url, _ in addresses if url)
    guids = Counter(item.guid for item in distinct if item.guid)
    unnamed = source.name in {source.url, source.path, source.id, ""}
    usual = one_line(source.publisher or (unnamed and feed_title) or without_userinfo(source.name))
    found: dict[str, Entry] = {}
    said = _without_repeats(distinct, [_title_and_text(item) for item in distinct])
    for item, (url, shown), (title, text) in zip(distinct, addresses, said, strict=True):
        known = _Known(
            id=hash_id(_key(item, url, source, urls, guids)),
            url=shown,
            publisher=one_line(item.publisher) if item.publisher else usual,
            title=title,
            text=text,
        )
        entry = _entry(item, source, known, now)
        if entry is not None:
            found.setdefault(entry.id, entry)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was found out about an item, partly by looking at the others."""

    id: str
    url: str | None
    publisher: str
    title: str
    text: str


def _said(item: RawEntry) -> tuple[str | None, ...]:
    """What makes two items of one document the same: RSS 0.92 may give nothing but a text."""
    told = "" if item.title or item.url or item.guid else item.summary + item.content
    return (item.url, item.guid, item.title, item.path, item.heading, told)


def _key(
    item: RawEntry, url: str | None, source: Source, urls: Counter[str], guids: Counter[str]
) -> str:
    """What the id is a hash of: address, else (source, guid), else (path, heading)."""
    if url and urls[url] == 1 and not _is_home(url):
        return url
    if item.guid and guids[item.guid] == 1:
        return f"{source.id}\n{item.guid}"
    words = item.title or item.summary or item.content
    if item.path:
        return f"{item.path}\n{item.heading or words}"
    return f"{source.id}\n{url or ''}\n{words}"


def _addresses(item: RawEntry) -> tuple[str | None, str | None]:
    """By which address the page is known, and which one a reader gets (a phone's stays one)."""
    if not item.url or not is_web_url(item.url):
        return None, None
    return canonical_and_shown(without_userinfo(item.url))


def _is_home(url: str) -> bool:
    """A site's front page is where entries without a page of their own link to."""
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def _entry(item: RawEntry, source: Source, known: _Known, now: datetime) -> Entry | None:
    title, text = known.title, known.text
    if not title and not text and not (source.full_text and known.url):
        return None  # else the linked page may give both
    lang = _language(item, source, f"{title}\n{text}")
    date, certainty = _date(item, known, lang, now)
    return Entry(
        id=known.id,
        source_id=source.id,
        url=known.url,
        publisher=known.publisher,
        title=title,
        text=text,
        lang=lang,
        date=date,
        certainty=certainty,
        first_seen=now,
        fingerprint=fingerprint(title, text),
        guid=item.guid,
        authors=tuple(clean_text(a) for a in item.authors[:_MOST_NAMES]),
        tags=tuple(clean_text(t) for t in item.tags[:_MOST_NAMES]),
        ownership=source.ownership,
        country=source.country,
        weight=source.weight,
        section=item.section or source.section,
        paraphrase=item.paraphrase,
        sample=source.sample,
    )


def _without_repeats(
    items: Sequence[RawEntry], said: Sequence[tuple[str, str]]
) -> Sequence[tuple[str, str]]:
    """Titles and texts, what a feed writes below each of its texts gone; files stay as they are."""
    if not items or items[0].path:
        return said
    texts = without_repeats([text for _, text in said])
    return [(title, text) for (title, _), text in zip(said, texts, strict=True)]


def flattened(markup: str) -> str:
    """The HTML, or only its text where it nests so deeply that a parser would not come back.

    Parsers of HTML take quadratic time in depth, and no honest text nests 200 elements.
    """
    if markup.count("<") < _DEEPEST:
        return markup
    depth = 0
    for tag in _TAG.finditer(markup):
        depth += -1 if tag.group(1) else tag.group(2).lower() not in _VOID
        depth = max(depth, 0)
        if depth > _DEEPEST:
            return _TAG.sub(" ", markup)
    return markup


def _title_and_text(item: RawEntry) -> tuple[str, str]:
    body = item.content if item.content.strip() else item.summary
    # Mended before the markup goes, for folding blanks destroys what mojibake is known by; and
    # again after, for entities may spell what no text should hold.
    body, title = clean_text(body), clean_text(item.title)
    if not item.path:
        body = clean_text(plain_text(flattened(body)))
        title = clean_text(one_line(flattened(title[:_MOST_TITLE])))
    text = without_chrome(body)[:_MOST_TEXT].strip()
    title = " ".join(title.split())
    first, _, rest = text.partition("\n\n")
    if title and " ".join(first.split()) == title:
        text = rest.strip()
    if not title and first:
        line = " ".join(first.split())
        title = line if len(line) <= _TITLE_FROM_TEXT else line[:_TITLE_FROM_TEXT].rsplit(" ", 1)[0]
        title = title if len(title) == len(line) else f"{title}…"
    return title, text


def _language(item: RawEntry, source: Source, text: str) -> str:
    """What the entry says of itself, else what its letters and words say, else its source."""
    said = (item.lang or "").replace("_", "-").partition("-")[0].lower()
    if said:
        return said
    found = language_of(text)
    return found if found != "und" else (source.lang or "und").partition("-")[0].lower()


def _date(item: RawEntry, known: _Known, lang: str, now: datetime) -> tuple[datetime, Certainty]:
    """The date of the feed; else the day the report gives itself; else ``now``, a guess."""
    if item.published and item.published.year >= EARLIEST_YEAR and item.published <= now:
        return item.published, item.certainty
    from digest.text.reportdate import report_date  # noqa: PLC0415 - few entries have no date

    day = report_date(known.title, known.text, lang, now.date())
    if day is None:
        return now, Certainty.GUESS
    return datetime(day.year, day.month, day.day, tzinfo=UTC), Certainty.DAY
