from __future__ import annotations

import time

import pytest

from digest.errors import ParseError
from digest.model import Certainty, RawEntry
from digest.pull.markup import DEEPEST, MOST_ELEMENTS
from digest.pull.pages import MOST_ITEMS, read_listing
from digest.pull.parsed import ParsedFeed
from digest.source import Selectors

URL = "https://example.org/news/"
LISTING = """<!doctype html><html lang="en"><head><title>News - Example Office</title></head><body>
<nav><a href="/">Home</a></nav>
<div class="list">
  <article><h2><a href="talks.html">Ministers meet for <b>talks</b></a></h2>
    <time datetime="2023-05-05T10:00:00+03:00">5 May</time><p class="lead">They met &amp; spoke.</p>
  </article>
  <article><h2><a href="/news/grain?utm_source=list">Grain leaves the port</a></h2>
    <span class="when">6 мая 2023, 12:00</span><p class="lead">Ten ships sailed.</p></article>
  <article><h2><a href="https://example.org/news/grain">Grain again</a></h2></article>
  <article><h2>No link here</h2></article>
  <article><a href="empty.html"><img src="x.png"></a></article>
</div></body></html>"""
SELECTORS = Selectors(item="article", title="h2", date="time, .when", summary=".lead")


def read(html: str | bytes, selectors: Selectors | None = SELECTORS, **more: str) -> ParsedFeed:
    body = html.encode() if isinstance(html, str) else html
    return read_listing(body, **({"url": URL} | more), selectors=selectors)


def only(html: str, **selectors: str) -> RawEntry:
    (entry,) = read(html, Selectors(**({"item": ".i"} | selectors))).entries
    return entry


def test_a_listing_gives_title_link_date_and_summary() -> None:
    first, second = read(LISTING).entries
    assert first.title == "Ministers meet for talks"
    assert first.url == "https://example.org/news/talks.html"
    assert first.published is not None
    assert first.published.isoformat() == "2023-05-05T07:00:00+00:00"
    assert "They met &amp; spoke." in first.summary
    assert second.title == "Grain leaves the port"
    assert second.published is not None
    assert (second.published.day, second.published.hour) == (6, 12)


def test_what_is_left_out_is_counted_in_a_problem() -> None:
    messages = [problem.message for problem in read(LISTING).problems]
    assert any(said.startswith("1 of 5 items have no link") for said in messages)
    assert any(said.startswith("1 of 5 items have no title") for said in messages)


def test_the_site_names_itself() -> None:
    named = LISTING.replace("<title>", "<meta property='og:site_name' content='Example'><title>")
    assert read(LISTING).title == "News - Example Office"
    assert read(named).title == "Example"


def test_links_are_relative_to_the_base_of_the_page() -> None:
    html = "<base href='/archive/'><p class=i><a href='a'>Title</a></p>"
    assert only(html).url == "https://example.org/archive/a"


@pytest.mark.parametrize(
    "html",
    [
        "<a class=i href=a>Title</a>",
        "<a href=a><p class=i>Title</p></a>",
        "<p class=i><a href=a><img src=b></a><a href=a>Title</a></p>",
        "<p class=i><a href=a title=Title><img src=b></a></p>",
        "<div class=i><a href=a><h3>Title</h3><span>Teaser that is long</span></a></div>",
        "<p class=i><a href=a>Title <time>2023-05-05</time></a></p>",
        "<p class=i><a href=a>Title [2023-05-05]</a></p>",
    ],
)
def test_without_more_selectors_the_link_of_an_item_is_enough(html: str) -> None:
    entry = only(html)
    assert (entry.title, entry.url) == ("Title", "https://example.org/news/a")


def test_the_link_of_the_headline_goes_before_others() -> None:
    html = "<div class=i><a href=/tag>Tag</a><h3><a href=a>Title</a></h3></div>"
    assert only(html, title="h3").url == "https://example.org/news/a"
    assert only(html, title="h3", link="a").url == "https://example.org/tag"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<i class=d>5 мая 2023</i>", "2023-05-05T00:00"),
        ("<i class=d>2023年5月5日</i>", "2023-05-05T00:00"),
        ("<i class=d>Friday, 5 May 2023 | World</i>", "2023-05-05T00:00"),
        ("<meta class=d itemprop=datePublished content='2023-05-05T01:02Z'>", "2023-05-05T01:02"),
        ("<i class=d>Breaking</i><i class=d>5 May 2023 10:00</i>", "2023-05-05T10:00"),
    ],
)
def test_dates_of_three_languages_are_read(html: str, expected: str) -> None:
    entry = only(f"<div class=i><a href=a>Title</a>{html}</div>", date=".d")
    assert entry.published is not None
    assert entry.published.isoformat()[:16] == expected


def test_an_address_may_say_the_day() -> None:
    entry = only("<p class=i><a href=/2023/05/05/talks>Title</a></p>")
    assert (entry.published and entry.published.day, entry.certainty) == (5, Certainty.DAY)


def test_a_date_selector_that_finds_no_date_is_told() -> None:
    feed = read("<p class=i><a href=a>T</a><b>soon</b></p>", Selectors(item=".i", date="b"))
    assert feed.entries[0].published is None
    assert "no date could be read" in feed.problems[0].message


@pytest.mark.parametrize(
    "href", ["#top", "javascript:x()", "mailto:a@example.org", "", "http://[", "./", "ftp://x/y"]
)
def test_what_is_no_page_is_no_link(href: str) -> None:
    html = f"<p class=i><a href='{href}'>Bad</a></p><p class=i><a href=a>Good</a></p>"
    feed = read(html, Selectors(item=".i"))
    assert [entry.title for entry in feed.entries] == ["Good"]
    assert "1 of 2 items have no link" in feed.problems[0].message


@pytest.mark.parametrize("kind", ["item", "title", "link", "date", "summary"])
@pytest.mark.parametrize("bad", ["li[", "a::text", "li..x", "a@href"])
def test_a_bad_selector_is_named(kind: str, bad: str) -> None:
    with pytest.raises(ParseError, match="cannot be read as CSS") as caught:
        read(LISTING, Selectors(**({"item": "article"} | {kind: bad})))
    assert f"`{kind}: {bad}`" in caught.value.message


def test_a_page_without_selectors_says_what_to_write() -> None:
    for selectors in (None, Selectors(text="main")):
        with pytest.raises(ParseError, match="digest sources try"):
            read(LISTING, selectors)


def test_an_item_selector_that_finds_nothing_says_what_to_check() -> None:
    with pytest.raises(ParseError, match=r"'\.gone'.*rebuilt"):
        read(LISTING, Selectors(item=".gone"))


def test_items_without_links_name_the_selector_to_check() -> None:
    with pytest.raises(ParseError, match="none has both a link and a title; check `link`"):
        read("<p class=i>One</p><p class=i>Two</p>", Selectors(item=".i"))


def test_an_empty_page_is_told() -> None:
    with pytest.raises(ParseError, match="empty"):
        read(b" \n")


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [
        ("windows-1251", "text/html; charset=windows-1251"),
        ("koi8-r", 'text/html; charset="koi8-r"'),
        ("utf-8", "text/html; charset=windows-1251"),
        ("utf-16", "text/html"),
    ],
)
def test_the_charset_of_http_is_believed_unless_the_bytes_know_better(
    encoding: str, content_type: str
) -> None:
    html = "<p class=i><a href=a>Переговоры в столице</a></p>".encode(encoding)
    feed = read(html, Selectors(item=".i"), content_type=content_type)
    assert feed.entries[0].title == "Переговоры в столице"


def test_a_long_page_gives_its_first_items() -> None:
    html = "".join(f"<p class=i><a href={n}>Title {n}</a></p>" for n in range(MOST_ITEMS + 10))
    feed = read(html, Selectors(item=".i"))
    assert len(feed.entries) == MOST_ITEMS
    assert feed.entries[0].title == "Title 0"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 1_000_000,
        "<div></x>" * 100_000,
        "<b a=1><p>" * 100_000,
        "<div/>" * 100_000,
        "<p>" * (MOST_ELEMENTS + 1),
    ],
)
def test_a_page_built_to_hurt_is_refused_quickly(html: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match=r"deeper than|more than 200,000"):
        read(html, Selectors(item="a"))
    assert time.process_time() - start < 3


@pytest.mark.parametrize("html", ["<script" * 100_000, "<!--" * 100_000, "<" * 1_000_000])
def test_markup_that_never_ends_costs_no_time(html: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match="Nothing on the page fits"):
        read(html, Selectors(item="a[href]"))
    assert time.process_time() - start < 3


def test_scripts_comments_and_drawings_do_not_count_as_depth() -> None:
    noise = (
        f"<script>var x = '{'<div>' * DEEPEST * 2}';</script><!-- {'<div>' * DEEPEST * 2} -->"
        f"<svg>{'<path d=x />' * DEEPEST * 2}</svg>"
    )
    feed = read(f"{noise}<p class=i><a href=a>Title</a></p>", Selectors(item=".i"))
    assert feed.entries[0].title == "Title"
