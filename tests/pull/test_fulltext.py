from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from digest.errors import ParseError
from digest.fetched import Failed, Fetched, Retrieved
from digest.model import Certainty, Entry, RawEntry
from digest.pull.entries import entries_of
from digest.pull.fulltext import Pages, enriched, kept, planned, read_pages
from digest.pull.http import HttpTransport, Request
from digest.pull.pagetext import page_of
from digest.pull.parsed import Document
from digest.pull.robots import Robots
from digest.pull.turns import Clock
from digest.pull.workers import ParserPool
from digest.source import Selectors, Source
from digest.text.extract import PageText
from digest.text.pagefacts import PageFacts

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
SOURCE = Source(
    id="courier", name="Courier", url="https://example.org/feed", full_text=True, lang="en"
)
TEASER = "The pipeline carried oil again on Thursday, after ten days without a tanker."
FULL = (
    "The pipeline carried oil again on Thursday, after ten days without a tanker at its berths.\n\n"
    "Its owners had said that repairs would last two months, and buyers looked for other oil.\n\n"
    "Two of the three moorings are still out of service, a spokeswoman told reporters."
)
HTML = f"<html lang=en><body><article><p>{FULL.replace(chr(10) * 2, '</p><p>')}</p></article>"
RAW = RawEntry(
    title="Pipeline carries oil",
    url="https://example.org/1",
    guid="tag:example.org,1",
    summary=TEASER,
    published=NOW - timedelta(hours=3),
    certainty=Certainty.TIME,
)


def entry(**changes: Any) -> Entry:
    return entries_of((replace(RAW, **changes),), source=SOURCE, feed_title=None, now=NOW)[0]


def page(text: str = FULL, **changes: Any) -> PageText:
    return PageText(**({"url": "https://example.org/1", "text": text, "step": "article"} | changes))


# --- the better text -----------------------------------------------------------------------------


def test_the_text_of_the_page_takes_the_place_of_the_teaser() -> None:
    found = enriched(entry(), page())
    assert found.text == FULL
    assert found.fingerprint != entry().fingerprint
    assert (found.id, found.title, found.url, found.date) == (
        entry().id,
        entry().title,
        entry().url,
        entry().date,
    )


def test_a_title_above_the_text_is_not_part_of_it() -> None:
    assert enriched(entry(), page(f"Pipeline carries oil\n\n{FULL}")).text == FULL


NO_BETTER = [
    page("Oil flows."),
    page(TEASER),
    page("", problem="paywall"),
    page("", problem="missing"),
    page("Nine gardeners won medals for tulips and roses at the yearly flower show in town. " * 5),
    page("Трубопровод снова качает нефть после десяти дней простоя, сообщили владельцы. " * 5),
]


@pytest.mark.parametrize("found", NO_BETTER)
def test_the_feeds_own_text_stays_where_the_page_is_no_better(found: PageText) -> None:
    assert enriched(entry(), found).text == TEASER


def test_an_entry_without_a_text_takes_one_that_fits_its_title() -> None:
    assert enriched(entry(summary=""), page()).text == FULL
    assert enriched(entry(summary="", title="Roses win medals at flower show"), page()).text == ""


def test_a_chinese_teaser_is_held_against_a_chinese_page() -> None:
    teaser, rest = "里海管道星期四恢复输油。", "业主此前表示维修需要两个月时间，市场反应平静。"
    new = entry(title="里海管道恢复输油", summary=teaser, lang="zh")
    assert enriched(new, page(teaser + rest)).text == teaser + rest
    assert enriched(new, page("花展上九名园丁因郁金香与玫瑰获奖，" * 4)).text == teaser


# --- what the feed did not say -------------------------------------------------------------------

FACTS = PageFacts(
    title="Oil flows",
    canonical="https://example.org/news/1",
    date=NOW - timedelta(hours=5),
    certainty=Certainty.TIME,
    authors=("Anna Example",),
    lang="en",
)


def test_facts_fill_what_is_missing_only() -> None:
    full = enriched(entry(authors=("B",)), page(facts=FACTS))
    assert (full.title, full.authors, full.date) == (RAW.title, ("B",), RAW.published)
    guessed = enriched(entry(published=None), page(facts=FACTS))
    assert (guessed.date, guessed.certainty) == (FACTS.date, Certainty.TIME)
    assert guessed.authors == ("Anna Example",)


@pytest.mark.parametrize("date", [NOW + timedelta(days=1), datetime(1970, 1, 1, tzinfo=UTC), None])
def test_a_date_that_cannot_be_is_not_taken(date: datetime | None) -> None:
    found = enriched(entry(published=None), page(facts=replace(FACTS, date=date)))
    assert (found.date, found.certainty) == (NOW, Certainty.GUESS)


def test_a_title_is_taken_where_there_is_none() -> None:
    assert enriched(replace(entry(), title=""), page(facts=FACTS)).title == "Oil flows"


def test_the_address_is_the_pages_own_where_a_guid_names_the_entry() -> None:
    assert enriched(entry(), page(facts=FACTS)).url == "https://example.org/news/1"
    assert enriched(entry(guid=None), page(facts=FACTS)).url == "https://example.org/1"
    redirected = page(url="https://courier.test/1")
    assert enriched(entry(), redirected).url == "https://courier.test/1"


def test_nothing_is_taken_from_a_page_that_is_none() -> None:
    found = enriched(entry(published=None), page("", problem="login", facts=FACTS))
    assert replace(found, fingerprint=entry().fingerprint) == entry(published=None)


# --- from run to run -----------------------------------------------------------------------------


def test_a_page_that_was_read_stays_read() -> None:
    stored = enriched(entry(published=None), page(facts=FACTS))
    again = kept(entry(published=None), stored)
    assert again == stored
    assert planned([entry()], {stored.id: stored})[1] == ()


def test_a_page_that_gave_nothing_is_not_asked_for_again() -> None:
    stored = enriched(entry(), page("", problem="paywall"))
    assert kept(entry(), stored) == stored


def test_a_page_that_was_not_read_is_to_be_read() -> None:
    assert planned([entry()], {}) == ((entry(),), (entry(),))
    assert planned([entry()], {entry().id: entry()}) == ((entry(),), (entry(),))
    assert planned([entry(url=None)], {})[1] == ()


def test_a_teaser_that_changed_is_read_again() -> None:
    stored = enriched(entry(), page())
    changed = entry(summary=f"{TEASER} It is not the end of it.")
    assert changed.id == stored.id
    assert planned([changed], {stored.id: stored})[1] == (changed,)


# --- reading -------------------------------------------------------------------------------------

Answer = Callable[[Request], Fetched]


class Wire:
    def __init__(self, answer: Answer, robots: str = "") -> None:
        self.answer = answer
        self.robots = robots
        self.requests: list[Request] = []

    async def fetch(self, request: Request) -> Fetched:
        if request.url.endswith("/robots.txt"):
            return Retrieved(url=request.url, body=self.robots.encode())
        self.requests.append(request)
        await asyncio.sleep(0)
        return self.answer(request)


def good(request: Request) -> Fetched:
    return Retrieved(url=request.url, body=HTML.encode(), content_type="text/html; charset=utf-8")


async def in_process(document: Document, selector: str | None) -> PageText:
    return page_of(document, selector)


def read(wire: Any, *entries: Entry, source: Source = SOURCE, **changes: Any) -> tuple[Entry, ...]:
    pages = Pages(
        **({"transport": wire, "robots": Robots(wire, now=NOW), "read": in_process} | changes)
    )
    return asyncio.run(read_pages(entries, source, pages, headers=(("X-Key", "k"),)))


def many(count: int) -> tuple[Entry, ...]:
    return tuple(
        entry(
            url=f"https://example.org/{n}",
            guid=f"tag:example.org,{n}",
            published=NOW - timedelta(hours=n),
        )
        for n in range(count)
    )


def test_pages_are_read_with_the_sources_headers_for_its_own_host_only() -> None:
    wire = Wire(good)
    assert [e.text for e in read(wire, *many(3))] == [FULL] * 3
    request = wire.requests[0]
    assert (request.home, request.headers) == (SOURCE.url, (("X-Key", "k"),))
    assert request.accept.startswith("text/html")


def test_the_newest_twenty_are_read_and_the_order_stays() -> None:
    wire, entries = Wire(good), many(25)[::-1]
    found = read(wire, *entries)
    assert [e.id for e in found] == [e.id for e in entries]
    assert [e.text for e in found] == [TEASER] * 5 + [FULL] * 20
    assert len(wire.requests) == 20


def test_robots_are_obeyed() -> None:
    wire = Wire(good, "User-agent: *\nDisallow: /1")
    assert [e.text for e in read(wire, *many(3))] == [FULL, TEASER, FULL]
    assert [r.url for r in wire.requests] == ["https://example.org/0", "https://example.org/2"]
    (found,) = read(wire, many(2)[1])
    assert kept(many(2)[1], found) == found


def test_robots_that_cannot_be_had_now_are_asked_another_time() -> None:
    class Down(Wire):
        async def fetch(self, request: Request) -> Fetched:
            assert request.url.endswith("/robots.txt")
            return Failed(message="Down.", status=500)

    asked = entry()
    (found,) = read(Down(good), asked)
    assert found is asked


def test_a_redirect_to_where_robots_are_not_wanted_gives_nothing() -> None:
    def answer(request: Request) -> Fetched:
        return replace(good(request), url="https://elsewhere.test/1")  # type: ignore[type-var]

    class Strict(Wire):
        async def fetch(self, request: Request) -> Fetched:
            self.robots = "User-agent: *\nDisallow: /" if "elsewhere" in request.url else ""
            return await super().fetch(request)

    (found,) = read(Strict(answer), entry())
    assert found.text == TEASER
    assert kept(entry(), found) == found


def test_a_crawl_delay_is_kept() -> None:
    waits: list[float] = []
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        waits.append(seconds)
        now += seconds

    clock = Clock(time=lambda: now, sleep=sleep)
    read(Wire(good, "User-agent: *\nCrawl-delay: 7"), *many(4), clock=clock)
    assert waits == [7.0, 7.0, 7.0]


ANSWERS = [
    (Failed(message="Gone.", status=404), True),
    (Failed(message="No.", status=403), True),
    (Failed(message="Busy.", status=429), False),
    (Failed(message="Busy.", status=503), False),
    (Failed(message="Cut."), False),
    (Retrieved(url="https://example.org/1", body=b"%PDF-", content_type="application/pdf"), True),
    (Retrieved(url="https://example.org/1", body=b"", content_type=""), True),
]


@pytest.mark.parametrize(("answer", "final"), ANSWERS)
def test_an_answer_for_good_is_remembered_and_any_other_asked_for_again(
    answer: Fetched, *, final: bool
) -> None:
    (found,) = read(Wire(lambda _: answer), entry())
    assert found.text == TEASER
    assert (kept(entry(), found) is not None) is final


def test_a_page_that_no_worker_could_read_is_not_asked_for_again() -> None:
    async def stopped(document: Document, selector: str | None) -> PageText:
        raise ParseError("It took too long.")

    (found,) = read(Wire(good), entry(), read=stopped)
    assert kept(entry(), found) == found


def test_what_is_not_read_in_time_comes_back_as_it_was() -> None:
    class Hanging(Wire):
        async def fetch(self, request: Request) -> Fetched:
            if request.url.endswith("/2"):
                await asyncio.Event().wait()
            return await super().fetch(request)

    found = read(Hanging(good), *many(4), budget=timedelta(seconds=0.2))
    assert [e.text for e in found] == [FULL, FULL, TEASER, FULL]


def test_the_sources_selector_is_used_and_a_wrong_one_asks_for_nothing() -> None:
    own = replace(SOURCE, selectors=Selectors(text="article p:first-child"))
    assert read(Wire(good), entry(), source=own)[0].text == FULL.partition("\n\n")[0]
    wire = Wire(good)
    assert read(wire, entry(), source=replace(SOURCE, selectors=Selectors(text="p["))) == (entry(),)
    assert wire.requests == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (HTML.replace("article", "main").encode("utf-16"), "text/html"),
        (HTML.replace("oil", "нефть").encode("cp1251"), "text/html; charset=windows-1251"),
        (HTML.replace("<body>", "<meta charset=gbk><body>石油").encode("gbk"), "text/html"),
    ],
)
def test_pages_in_other_encodings(body: bytes, content_type: str) -> None:
    found = page_of(
        Document(body=body, url="https://example.org/1", content_type=content_type), None
    )
    assert found.text.endswith("told reporters.")
    assert "\ufffd" not in found.text


HOSTILE = {
    "deep": b"<div>" * 1_000_000,
    "spans": b"<p>" + b"<span a=b>" * 200_000 + b"text",
    "comments": b"<!--" * 40_000,
    "paragraphs": b"<article>" + b"<p>One line of text that says nothing new.</p>" * 60_000,
    "attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">text",
    "json": b'<script type="application/ld+json">' + b"[" * 500_000 + b"</script>text",
    "nul": b"\x00" * 1_000_000,
    "one line": b"<p>" + b"a" * 4_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages_hurt_nobody(kind: str, pool: ParserPool) -> None:
    document = Document(body=HOSTILE[kind], url="https://example.org/1", content_type="text/html")
    with suppress(ParseError):
        assert len(pool.ask("page", (document, None), PageText).text) <= 1_000_000
    usual = pool.ask("page", (replace(document, body=HTML.encode()), None), PageText)
    assert usual.text == FULL


def test_a_page_over_the_real_wire(serving: Any, settings: Any, pool: ParserPool) -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(text="User-agent: digest\nDisallow: /private")
        return web.Response(text=HTML, content_type="text/html")

    async def run() -> tuple[list[str], list[str]]:
        async with serving(handler) as server, HttpTransport(settings(server.port)) as http:
            pages = Pages(
                transport=http,
                robots=Robots(http, now=NOW),
                read=lambda document, selector: asyncio.to_thread(
                    pool.ask, "page", (document, selector), PageText
                ),
            )
            urls = [server.url("/1"), server.url("/private/2")]
            entries = [replace(entry(), id=f"e{n}", url=url) for n, url in enumerate(urls)]
            found = await read_pages(entries, SOURCE, pages)
            return [e.text for e in found], [r.path for r in server.requests]

    texts, paths = asyncio.run(run())
    assert texts == [FULL, TEASER]
    assert paths == ["/robots.txt", "/1"]
