"""From any address to the sources it leads to: a few polite requests, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from digest.errors import FetchError, ParseError
from digest.fetched import Failed, Fetched, Retrieved
from digest.pull.discover import Candidate, Kind, Look, conventions, is_comments, to_try
from digest.text.urls import is_web_url

MOST_CHECKED = 4
"""Feeds a page names that are opened, to see which of them live."""


class Fetch(Protocol):
    """One request for one address, under all rules of the transport."""

    async def __call__(self, url: str) -> Fetched:
        """What came of it; failures are values."""


Looker = Callable[[bytes, str, str], Look]
"""``discover.look`` with limits: body, address and content type to what the document is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A candidate that was opened and is what it should be."""

    candidate: Candidate
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``best`` is the source to take, ``others`` what else the page leads to, checked or not.

    Without a ``best`` there is a ``page``: it can be read by selectors.
    """

    best: Live | None
    others: tuple[Candidate, ...] = ()
    page: Look | None = None


def whole_address(text: str) -> str:
    """The web address that a person typed, with its scheme.

    >>> whole_address("example.org/news"), whole_address("feed://example.org/rss")
    ('https://example.org/news', 'https://example.org/rss')
    """
    text = text.strip()
    for scheme in ("feed:https://", "feed:http://"):
        if text.startswith(scheme):
            return text.removeprefix("feed:")
    text = text.removeprefix("feed:").removeprefix("//") if text.startswith("feed:") else text
    return text if "://" in text else f"https://{text}"


async def find_source(address: str, fetch: Fetch, look: Looker) -> Finding:
    """The best source an address leads to, and the others, in at most a dozen requests.

    The address itself where it is a feed, sitemap or channel; else the feed its site is known
    for; else the feeds the page names, opened best first until one lives; else usual places.
    Raises FetchError where the address cannot be reached or is none.
    """
    url = whole_address(address)
    if not is_web_url(url):
        raise FetchError("is no web address; give one that begins with https://", where=address)
    opener = _Opener(fetch, look)
    for candidate in conventions(url):
        if live := await opener.live(candidate):
            return Finding(best=live)
    fetched = await fetch(url)
    if not isinstance(fetched, Retrieved):
        said = fetched.message if isinstance(fetched, Failed) else "It answered with no document."
        status = fetched.status if isinstance(fetched, Failed) else None
        raise FetchError(said, where=address, status=status)
    seen = await opener.seen(fetched)
    here = fetched.moved_to or url
    if seen.type != "page":
        given = Candidate(url=here, kind=Kind.GIVEN, why=f"it is a {seen.type}", type=seen.type)
        return Finding(best=Live(candidate=given, look=seen))
    places = seen.named or to_try(fetched.url, seen.generator)
    best = await opener.first(places if not seen.named else places[:MOST_CHECKED])
    if best is None and seen.named:
        best = await opener.first(to_try(fetched.url, seen.generator))
    others = tuple(each for each in seen.named if best is None or each != best.candidate)
    return Finding(best=best, others=others, page=seen)


class _Opener:
    """Opens candidates, none of them twice."""

    def __init__(self, fetch: Fetch, look: Looker) -> None:
        self._fetch = fetch
        self._look = look
        self._done: set[str] = set()

    async def first(self, candidates: Iterable[Candidate]) -> Live | None:
        """The first that lives and holds entries, else the first that lives, else comments."""
        spare: list[Live] = []
        for candidate in candidates:
            if spare and is_comments(candidate):
                break
            if live := await self.live(candidate):
                if live.look.entries and not is_comments(candidate):
                    return live
                spare.append(live)
        return best_of(spare)

    async def live(self, candidate: Candidate) -> Live | None:
        """The candidate with what it holds; ``None`` where it is dead, a page, or was opened."""
        if candidate.url in self._done:
            return None
        self._done.add(candidate.url)
        fetched = await self._fetch(candidate.url)
        if not isinstance(fetched, Retrieved):
            return None
        try:
            seen = await self.seen(fetched)
        except ParseError:
            return None
        return Live(candidate=candidate, look=seen) if seen.type == candidate.type else None

    async def seen(self, fetched: Retrieved) -> Look:
        """What a document is; raises ParseError. The event loop goes on meanwhile."""
        return await asyncio.to_thread(self._look, fetched.body, fetched.url, fetched.content_type)


def best_of(found: Sequence[Live]) -> Live | None:
    """Reports before comments, and feeds that hold something before empty ones."""
    order = sorted(found, key=lambda e: (is_comments(e.candidate), not e.look.entries))
    return order[0] if order else None
