"""The full text of entries whose source asks for it (``full_text: yes``).

What a page gave is remembered in the entry's fingerprint: its first half stands for what the feed
said, its second for what was made of the page. So an entry whose feed says the same as before
keeps its full text and its page is not asked for again; when the feed's words change, it is.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256

from digest.errors import ParseError
from digest.fetched import Failed, Fetched, Retrieved
from digest.model import Certainty, Entry
from digest.pull.entries import EARLIEST_YEAR
from digest.pull.http import Request, Transport
from digest.pull.parsed import Document
from digest.pull.robots import Robots, Verdict
from digest.pull.turns import Clock
from digest.source import Source
from digest.text.extract import PageText, is_selector, weight
from digest.text.language import language_of
from digest.text.urls import host_of, is_web_url

ACCEPT_PAGES = "text/html, application/xhtml+xml, */*;q=0.1"
MOST_PAGES = 20
"""Pages read for one source in one run; the others follow in the next."""

_AT_ONCE = 4
_HALF = 8  # characters of a fingerprint that stand for what the feed said
_SHARED = 0.4  # of the words of the feed must stand on the page
_FEW_WORDS = 3
_LEAST_GUID = 6  # characters from which on a guid is a name and no number of a place in a list
_NOT_NOW = frozenset({408, 425, 429})
_REQUEST_ERRORS = range(400, 500)
_PAGE_TYPE = re.compile(
    r"\s*(?:$|text/(?:html|plain)|application/(?:xhtml\+xml|xml))", re.IGNORECASE
)
_WORDS = re.compile(r"[^\W\d_\u3400-\u9fff]{4,}")
_PAIRS = re.compile("(?=([\u3400-\u9fff]{2}))")

ReadPage = Callable[[Document, str | None], Awaitable[PageText]]
"""``pagetext.page_of`` in a worker process; raises ParseError where that had to be stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """How pages are read in one run; ``budget`` is the time for all pages of one source."""

    transport: Transport
    robots: Robots
    read: ReadPage
    budget: timedelta = timedelta(minutes=5)
    most: int = MOST_PAGES
    timeout: timedelta = timedelta(seconds=30)
    max_body: int = 5 * 1024 * 1024
    clock: Clock = field(default_factory=Clock)
    turns: dict[str, _Turn] = field(default_factory=dict)


class _Turn:
    """When a host with a Crawl-delay may be asked next."""

    def __init__(self) -> None:
        self.door = asyncio.Lock()
        self.ready_at = 0.0


def planned(
    entries: Sequence[Entry], stored: Mapping[str, Entry]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The entries as they are to be stored, and those of them whose page is still to be read.

    ``stored`` holds what the store has of them by id; pure.
    """
    now = tuple(kept(entry, stored.get(entry.id)) or entry for entry in entries)
    wanting = tuple(new for new, old in zip(now, entries, strict=True) if new is old and new.url)
    return now, wanting


def kept(new: Entry, stored: Entry | None) -> Entry | None:
    """The new entry with what its page gave before; ``None`` where its page is to be read.

    That is where none was read, or where the feed now says something else.
    """
    if stored is None or stored.fingerprint == new.fingerprint:
        return None
    if stored.fingerprint[:_HALF] != new.fingerprint[:_HALF]:
        return None
    sure = new.certainty is Certainty.GUESS
    return replace(
        new,
        title=stored.title,
        text=stored.text,
        fingerprint=stored.fingerprint,
        lang=stored.lang,
        url=stored.url,
        authors=stored.authors,
        date=stored.date if sure else new.date,
        certainty=stored.certainty if sure else new.certainty,
    )


def enriched(entry: Entry, page: PageText) -> Entry:
    """The entry with what its page says better: its text, and what the feed did not say.

    The feed's own text stays where the page is a wall, holds no more, shares too few words with
    it, or is in another language. A title, author or language is taken only where there was
    none, a date where the feed's was a guess, an address where the page names its own at the
    same site and the entry has a guid to be known by. Pure; the fingerprint says from now on
    that the page was read.
    """
    if page.problem:
        return _marked(entry, entry)
    facts = page.facts
    text = _text_of(entry, page)
    better = _is_better(entry, text)
    moved = page.url if host_of(page.url) != host_of(entry.url or "") else entry.url
    # Without a guid an entry is known by the address its feed gives, which must then stay.
    address = (facts.canonical or moved) if len(entry.guid or "") >= _LEAST_GUID else entry.url
    found = replace(
        entry,
        title=entry.title or facts.title or "",
        text=text if better else entry.text,
        url=address if address and is_web_url(address) else entry.url,
        authors=entry.authors or facts.authors,
    )
    if found.lang == "und":
        language = language_of(f"{found.title}\n{found.text}")
        found = replace(found, lang=language if language != "und" else facts.lang or "und")
    if facts.date and entry.certainty is Certainty.GUESS:
        certain = facts.certainty is not Certainty.GUESS
        if certain and facts.date.year >= EARLIEST_YEAR and facts.date <= entry.first_seen:
            found = replace(found, date=facts.date, certainty=facts.certainty)
    return _marked(found, entry)


async def read_pages(
    entries: Sequence[Entry],
    source: Source,
    pages: Pages,
    *,
    headers: tuple[tuple[str, str], ...] = (),
) -> tuple[Entry, ...]:
    """The entries in their order, with the full text of as many as time and rules allow.

    Newest first, at most ``pages.most``. robots.txt is obeyed, Crawl-delay too. ``headers`` (with
    credentials) go to the source's own origin only. An entry whose page could not be asked for
    now comes back as the very value it was, and is asked for another time. Never raises for what
    a server does.
    Where the source's own selector is no CSS no page is asked for.
    """
    selector = source.selectors.text if source.selectors else None
    if selector and not is_selector(selector):
        return tuple(entries)
    newest = sorted((e for e in entries if e.url), key=lambda e: e.date, reverse=True)
    found: dict[str, Entry] = {}
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(entry: Entry) -> None:
        async with limit:
            done = await _read_one(entry, source, pages, headers)
        if done is not None:
            found[entry.id] = done

    with suppress(TimeoutError):
        async with asyncio.timeout(pages.budget.total_seconds()), asyncio.TaskGroup() as group:
            for entry in newest[: pages.most]:
                group.create_task(one(entry))
    return tuple(found.get(entry.id, entry) for entry in entries)


async def _read_one(
    entry: Entry, source: Source, pages: Pages, headers: tuple[tuple[str, str], ...]
) -> Entry | None:
    """The entry after a look at its page; ``None`` where there was no answer for good."""
    url = entry.url or ""
    verdict = await _turn(url, pages)
    if not verdict.allowed:
        return None if verdict.later else _marked(entry, entry)
    request = Request(
        url=url,
        home=source.url,
        headers=headers,
        timeout=pages.timeout,
        max_body=pages.max_body,
        accept=ACCEPT_PAGES,
    )
    answer = await pages.transport.fetch(request)
    if not isinstance(answer, Retrieved):
        return _marked(entry, entry) if _is_final(answer) else None
    if host_of(answer.url) != host_of(url):
        verdict = await pages.robots.verdict(answer.url)
        if not verdict.allowed:
            return None if verdict.later else _marked(entry, entry)
    if not _PAGE_TYPE.match(answer.content_type.partition(";")[0]):
        return _marked(entry, entry)
    document = Document(body=answer.body, url=answer.url, content_type=answer.content_type)
    selector = source.selectors.text if source.selectors else None
    try:
        return enriched(entry, await pages.read(document, selector))
    except ParseError:  # hostile or broken beyond reading, and so it will be the next time
        return _marked(entry, entry)


async def _turn(url: str, pages: Pages) -> Verdict:
    """What robots.txt says of the page, after the pause that it asks for."""
    verdict = await pages.robots.verdict(url)
    if verdict.allowed and verdict.delay:
        turn = pages.turns.setdefault(host_of(url), _Turn())
        async with turn.door:
            if (wait := turn.ready_at - pages.clock.time()) > 0:
                await pages.clock.sleep(wait)
            turn.ready_at = pages.clock.time() + verdict.delay.total_seconds()
    return verdict


def _is_final(answer: Fetched) -> bool:
    if not isinstance(answer, Failed) or answer.status is None:
        return False
    return answer.status in _REQUEST_ERRORS and answer.status not in _NOT_NOW


def _marked(entry: Entry, said: Entry) -> Entry:
    """The entry with a fingerprint that tells what the feed said and what stands there now."""
    whole = f"page\n{entry.title}\n{entry.text}".encode("utf-8", "surrogatepass")
    made = sha256(whole).hexdigest()[:_HALF]
    return replace(entry, fingerprint=said.fingerprint[:_HALF] + made)


def _text_of(entry: Entry, page: PageText) -> str:
    first, _, rest = page.text.partition("\n\n")
    heading = " ".join(first.split()).casefold()
    return (
        rest
        if heading in {entry.title.casefold(), (page.facts.title or "").casefold()}
        else page.text
    )


def _is_better(entry: Entry, text: str) -> bool:
    if weight(text) <= weight(entry.text):
        return False
    language, said = language_of(text), f"{entry.title}\n{entry.text}"
    if language not in {"und", entry.lang, language_of(said)}:
        return False
    words = _words(said)
    return len(words) < _FEW_WORDS or len(words & _words(text)) >= _SHARED * len(words)


def _words(text: str) -> frozenset[str]:
    """Words of four letters and more, cut to what their forms share; pairs of Han characters."""
    return frozenset(word[:6] for word in _WORDS.findall(text.lower())) | {*_PAIRS.findall(text)}
