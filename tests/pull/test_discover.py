from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from digest.errors import FetchError, ParseError
from digest.fetched import Failed, Fetched, Retrieved
from digest.pull.discover import Candidate, Kind, Look, conventions, look, ranked, to_try
from digest.pull.finding import MOST_CHECKED, Finding, find_source, whole_address
from digest.pull.workers import ParserPool

URL = "https://example.org/"
FEED = (
    "<rss version='2.0'><channel><title>The &amp;amp; Example</title><item><title>A</title>"
    "<link>https://example.org/a</link><pubDate>Fri, 05 May 2023 10:00:00 GMT</pubDate></item>"
    "</channel></rss>"
)
EMPTY = "<rss version='2.0'><channel><title>Empty</title></channel></rss>"
CHANNEL = "UC" + "x" * 22


def seen(body: str, url: str = URL) -> Look:
    return look(body.encode(), url, "text/html")


def named(body: str, url: str = URL) -> list[str]:
    return [each.url for each in seen(f"<!doctype html><html>{body}</html>", url).named]


class Web:
    """Addresses and what they answer; remembers what was asked."""

    def __init__(self, pages: Mapping[str, str]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def fetch(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.pages:
            return Failed(message="The server says 404.", status=404)
        return Retrieved(url=url, body=self.pages[url].encode(), content_type="text/html")

    def find(self, address: str) -> Finding:
        return asyncio.run(find_source(address, self.fetch, look))

    def best(self, address: str = URL) -> str | None:
        found = self.find(address).best
        return found.candidate.url if found else None


def test_a_feed_is_known_with_its_title_and_newest_entry() -> None:
    found = seen(FEED)
    assert (found.type, found.title, found.entries) == ("feed", "The & Example", 1)
    assert found.newest is not None
    assert found.newest.day == 5


def test_a_feed_that_carries_a_page_in_an_entry_is_a_feed() -> None:
    text = "<description><![CDATA[<!doctype html><html><p>x</p></html>]]></description></item>"
    assert seen(FEED.replace("</item>", text)).type == "feed"


@pytest.mark.parametrize("root", ["urlset", "sm:urlset"])
def test_a_sitemap_is_known(root: str) -> None:
    body = f"<{root} xmlns:sm='x'><url><loc>https://example.org/a</loc></url></{root}>"
    assert seen(body).type == "sitemap"


def test_what_is_nothing_is_refused() -> None:
    with pytest.raises(ParseError):
        seen("hello")


def test_the_feeds_in_the_head_are_found_and_comments_come_last() -> None:
    html = """<head>
    <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed">
    <link rel=alternate hreflang=ru href="/ru">
    <link rel="ALTERNATE home" type="application/atom+xml; charset=utf-8" href="atom.xml">
    <link rel=alternate type=application/json href="/wp-json/pages/1">
    <link rel=alternate type=application/json href="/feed.json">
    <link rel=stylesheet type=text/css href="/feed.css"></head>"""
    assert named(html) == [
        "https://example.org/atom.xml",
        "https://example.org/feed.json",
        "https://example.org/comments/feed",
    ]


def test_a_feed_of_the_part_of_the_site_goes_before_the_whole() -> None:
    html = (
        "<link rel=alternate type=application/rss+xml href=/feed>"
        "<link rel=alternate type=application/rss+xml href=/world/feed>"
    )
    assert named(html, "https://example.org/world/")[0] == "https://example.org/world/feed"
    assert named(html, "https://example.org/")[0] == "https://example.org/feed"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("<a href=/rss>x</a>", "https://example.org/rss"),
        ("<a href=/en/feed/>x</a>", "https://example.org/en/feed/"),
        ("<a href=/news.rss>x</a>", "https://example.org/news.rss"),
        ("<a href=/export/rss_all.xml>x</a>", "https://example.org/export/rss_all.xml"),
        ("<a href='/?feed=rss2'>x</a>", "https://example.org/?feed=rss2"),
        ("<a href=/subscribe.php>RSS</a>", "https://example.org/subscribe.php"),
        ("<a href=/podpiska>Подписка РСС</a>", "https://example.org/podpiska"),
        ("<a href='feed://example.org/x'>RSS</a>", "https://example.org/x"),
        ("<a href='feed:https://example.org/x'>RSS</a>", "https://example.org/x"),
        (
            "<a href='https://feedly.com/i/subscription/feed/https%3A%2F%2Fexample.org%2Fx'>RSS</a>",
            "https://example.org/x",
        ),
    ],
)
def test_links_that_look_like_feeds_are_found(link: str, address: str) -> None:
    assert named(link) == [address]


@pytest.mark.parametrize(
    "link",
    [
        "<a href=/feedback>Feedback</a>",
        "<a href=/atomic-energy>Atomic energy</a>",
        "<a href=/a>Why the old RSS format is still with us after twenty-five years</a>",
        "<a href='javascript:rss()'>RSS</a>",
        "<a href=/feeding-the-world>Feeding the world</a>",
    ],
)
def test_other_links_are_not(link: str) -> None:
    assert named(link) == []


def test_a_page_of_a_youtube_handle_knows_its_channel() -> None:
    feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
    url = "https://www.youtube.com/@example"
    by_link = f"<link rel=canonical href='https://www.youtube.com/channel/{CHANNEL}'>"
    assert named(by_link, url) == [feed]
    assert named(f'<script>var x = {{"externalId":"{CHANNEL}"}}</script>', url) == [feed]
    assert named(by_link, URL) == []


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        (
            f"https://www.youtube.com/channel/{CHANNEL}/videos",
            f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",
        ),
        (
            "https://www.youtube.com/watch?v=abc&list=PLx-1",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx-1",
        ),
        ("https://t.me/example_news", "https://t.me/s/example_news"),
        ("https://www.reddit.com/r/example/top/?t=week", "https://www.reddit.com/r/example/.rss"),
        ("https://medium.com/@some.one", "https://medium.com/feed/@some.one"),
        ("https://some-one.medium.com/a-story", "https://some-one.medium.com/feed"),
        ("https://letters.substack.com/p/one", "https://letters.substack.com/feed"),
        ("https://desk.wordpress.com/about", "https://desk.wordpress.com/feed/"),
    ],
)
def test_well_known_sites_have_their_habits(url: str, feed: str) -> None:
    assert [each.url for each in conventions(url)] == [feed]


@pytest.mark.parametrize(
    "url", [URL, "https://notyoutube.com/channel/" + CHANNEL, "https://www.youtube.com/@example"]
)
def test_others_have_none(url: str) -> None:
    assert conventions(url) == ()


def test_at_most_seven_places_are_tried() -> None:
    tried = [each.url for each in to_try("https://example.org/world/news", "/rss/")]
    assert len(tried) == len({url.rstrip("/") for url in tried}) <= 7
    assert tried[:2] == ["https://example.org/world/news/feed", "https://example.org/rss/"]


def test_ranking_is_by_how_it_was_found() -> None:
    late = Candidate(url="https://example.org/a", kind=Kind.LINK, why="")
    early = Candidate(url="https://example.org/a/b/c", kind=Kind.HEAD, why="")
    comments = Candidate(url="https://example.org/x", kind=Kind.HEAD, why="", title="评论")
    assert ranked([comments, late, early], URL) == (early, late, comments)


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("example.org", "https://example.org"),
        (" https://example.org/ ", "https://example.org/"),
        ("feed:https://example.org/x", "https://example.org/x"),
        ("feed://example.org/x", "https://example.org/x"),
    ],
)
def test_an_address_is_made_whole(typed: str, whole: str) -> None:
    assert whole_address(typed) == whole


def test_an_address_that_is_a_feed_is_taken_with_one_request() -> None:
    web = Web({URL: FEED})
    assert web.best() == URL
    assert web.asked == [URL]


def test_a_permanent_move_gives_the_new_address() -> None:
    async def fetch(url: str) -> Fetched:
        return Retrieved(
            url=f"{URL}new", body=FEED.encode(), moved_to=f"{URL}new", content_type="text/xml"
        )

    found = asyncio.run(find_source(URL, fetch, look)).best
    assert found is not None
    assert found.candidate.url == f"{URL}new"


def test_dead_and_empty_feeds_of_a_page_are_passed_over() -> None:
    html = "".join(f"<link rel=alternate type=application/rss+xml href=/{name}>" for name in "abc")
    web = Web({URL: f"<html>{html}</html>", f"{URL}b": EMPTY, f"{URL}c": FEED})
    found = web.find(URL)
    assert found.best is not None
    assert found.best.candidate.url == f"{URL}c"
    assert [each.url for each in found.others] == [f"{URL}a", f"{URL}b"]
    assert web.asked == [URL, f"{URL}a", f"{URL}b", f"{URL}c"]


def test_an_empty_feed_is_better_than_none_and_than_comments() -> None:
    html = (
        "<link rel=alternate type=application/rss+xml href=/comments/feed>"
        "<link rel=alternate type=application/rss+xml href=/feed>"
    )
    pages = {URL: f"<html>{html}</html>", f"{URL}feed": EMPTY, f"{URL}comments/feed": FEED}
    assert Web(pages).best() == f"{URL}feed"


def test_a_page_that_names_no_feed_has_its_usual_places_tried() -> None:
    web = Web({URL: "<html><meta name=Generator content='Hugo 0.1'></html>", f"{URL}rss": FEED})
    assert web.best() == f"{URL}rss"
    assert web.asked == [URL, f"{URL}index.xml", f"{URL}feed", f"{URL}rss"]


def test_no_more_than_a_dozen_requests_are_made() -> None:
    html = "".join(f"<link rel=alternate type=application/rss+xml href=/{n}>" for n in range(100))
    web = Web({URL: f"<html>{html}</html>"})
    found = web.find(URL)
    assert found.best is None
    assert found.page is not None
    assert len(web.asked) <= 1 + MOST_CHECKED + 7


def test_a_page_served_in_place_of_a_feed_is_no_feed() -> None:
    pages = dict.fromkeys(
        (URL, *(f"{URL}{p}" for p in ("feed", "rss", "rss.xml"))), "<html></html>"
    )
    assert Web(pages).best() is None


def test_a_known_site_is_not_asked_for_its_page() -> None:
    feed = "https://letters.substack.com/feed"
    web = Web({feed: FEED})
    assert web.best("letters.substack.com/p/one") == feed
    assert web.asked == [feed]


def test_an_address_that_fails_says_why() -> None:
    with pytest.raises(FetchError, match="404"):
        Web({}).find("https://example.org/gone")
    with pytest.raises(FetchError, match="no web address"):
        Web({}).find("two words")


def test_the_worker_looks_within_its_limits(pool: ParserPool) -> None:
    assert pool.ask("look", (FEED.encode(), URL, ""), Look).type == "feed"
    with pytest.raises(ParseError, match="deeper"):
        pool.ask("look", (b"<!doctype html><html>" + b"<div>" * 200_000, URL, ""), Look)
