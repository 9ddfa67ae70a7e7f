from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import ParseError
from digest.model import Certainty
from digest.pull.parsed import ParsedFeed
from digest.pull.sitemaps import MOST_CHILDREN, NEWEST, read_sitemap

URL = "https://example.org/sitemap.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
NEWS = f"""{HEAD}<url><loc>https://example.org/talks?a=1&amp;b=2</loc>
<lastmod>2023-05-07</lastmod>
<news:news><news:publication><news:name>The Example</news:name><news:language>ru</news:language>
</news:publication><news:publication_date>2023-05-05T10:00:00+03:00</news:publication_date>
<news:title>Переговоры &amp; встречи</news:title><news:keywords>talks, ports</news:keywords>
</news:news><image:image><image:loc>https://example.org/i.png</image:loc>
<image:title>A picture</image:title></image:image></url>
<url><loc>https://example.org/grain</loc><news:news>
<news:publication><news:name>The Example</news:name></news:publication>
<news:publication_date>2023-05-06T10:00:00Z</news:publication_date>
<news:title><![CDATA[Grain leaves]]></news:title></news:news></url></urlset>"""


def read(text: str | bytes, *, full_text: bool = False, url: str = URL) -> ParsedFeed:
    body = text.encode() if isinstance(text, str) else text
    return read_sitemap(body, url=url, full_text=full_text)


def lines(*rows: tuple[str, str]) -> str:
    inner = "".join(
        f"<url><loc>https://example.org/{path}</loc>"
        + (f"<lastmod>{changed}</lastmod>" if changed else "")
        + "</url>"
        for path, changed in rows
    )
    return f"{HEAD}{inner}</urlset>"


def index(*rows: tuple[str, str]) -> str:
    return (
        lines(*rows)
        .replace("urlset", "sitemapindex")
        .replace("<url>", "<sitemap>")
        .replace("</url>", "</sitemap>")
    )


def names(feed: ParsedFeed) -> list[str]:
    return [address.rpartition("/")[2] for address in feed.more]


def test_a_news_sitemap_gives_titles_dates_and_languages_newest_first() -> None:
    feed = read(NEWS)
    grain, talks = feed.entries
    assert feed.title == "The Example"
    assert grain.title == "Grain leaves"
    assert talks.title == "Переговоры & встречи"
    assert talks.url == "https://example.org/talks?a=1&b=2"
    assert talks.published == datetime(2023, 5, 5, 7, tzinfo=UTC)
    assert (talks.certainty, talks.lang, talks.tags) == (Certainty.TIME, "ru", ("talks", "ports"))


@pytest.mark.parametrize("encode", [gzip.compress, lambda body: b"\xef\xbb\xbf" + body])
def test_gzip_and_a_byte_order_mark_are_read(encode: object) -> None:
    assert callable(encode)
    assert len(read(encode(NEWS.encode())).entries) == 2


def test_utf_16_is_read() -> None:
    assert len(read(NEWS.replace("UTF-8", "UTF-16").encode("utf-16")).entries) == 2


def test_a_sitemap_without_titles_asks_for_full_text() -> None:
    with pytest.raises(ParseError, match="full_text: yes"):
        read(lines(("a", "2023-05-05")))
    (entry,) = read(lines(("a", "2023-05-05")), full_text=True).entries
    assert entry.title == ""


def test_the_day_of_a_change_is_no_day_of_publication() -> None:
    changed, dated = read(
        lines(("a", "2023-05-05T10:00:00Z"), ("2023/05/04/b", "2023-05-06")), full_text=True
    ).entries
    assert (changed.published, changed.certainty) == (
        datetime(2023, 5, 5, 10, tzinfo=UTC),
        Certainty.GUESS,
    )
    assert (dated.published, dated.certainty) == (datetime(2023, 5, 4, tzinfo=UTC), Certainty.DAY)


def test_addresses_without_a_title_beside_others_are_counted() -> None:
    text = NEWS.replace("</urlset>", "<url><loc>https://example.org/about</loc></url></urlset>")
    feed = read(text)
    assert len(feed.entries) == 2
    assert "1 addresses have no title" in feed.problems[0].message
    assert len(read(text, full_text=True).entries) == 3


def test_old_pages_stay_out_and_the_newest_come_first() -> None:
    day = datetime(2023, 5, 5, tzinfo=UTC)
    rows = [(f"{n}", (day - timedelta(hours=n)).isoformat()) for n in range(1000)]
    feed = read(lines(*reversed(rows), ("old", "2019-01-01"), ("undated", "")), full_text=True)
    assert len(feed.entries) == NEWEST
    assert feed.entries[0].url == "https://example.org/0"
    few = read(lines(*rows[:3], ("old", "2019-01-01"), ("undated", "")), full_text=True)
    assert [e.url and e.url.rpartition("/")[2] for e in few.entries] == ["0", "1", "2", "undated"]


def test_a_list_of_addresses_is_a_sitemap_too() -> None:
    text = "https://example.org/2023/05/04/a\r\nhttps://example.org/b\n\nftp://example.org/c\n"
    first, second = read(text, full_text=True).entries
    assert first.published == datetime(2023, 5, 4, tzinfo=UTC)
    assert second.published is None


def test_a_feed_may_serve_as_a_sitemap() -> None:
    feed = (
        "<rss version='2.0'><channel><title>t</title><item><title>A</title></item></channel></rss>"
    )
    assert read(feed).entries[0].title == "A"


def test_an_index_names_its_newest_children() -> None:
    feed = read(index(*((f"map-{n}.xml", f"2023-05-{n:02}") for n in range(1, 20))))
    assert not feed.entries
    assert names(feed) == [f"map-{n}.xml" for n in range(19, 19 - MOST_CHILDREN, -1)]


def test_an_index_without_dates_is_ranked_by_names() -> None:
    rows = ["images-1.xml", "post-1.xml", "tag-9.xml", "post-10.xml", "post-9.xml", "news.xml"]
    feed = read(index(*((name, "") for name in rows)))
    assert names(feed) == ["news.xml", "post-10.xml", "post-9.xml", "post-1.xml", "tag-9.xml"]


def test_an_index_does_not_name_itself_or_other_schemes() -> None:
    text = index(("sitemap.xml", ""), ("a.xml", "")).replace(
        "<sitemap>", "<sitemap><loc>file:///etc/hosts</loc></sitemap><sitemap>", 1
    )
    assert names(read(text)) == ["a.xml"]


def test_a_document_that_breaks_off_counts_up_to_there() -> None:
    feed = read(NEWS[: NEWS.index("<news:title><![CDATA")])
    assert feed.entries[0].title == "Переговоры & встречи"
    assert any("breaks off" in problem.message for problem in feed.problems)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!doctype html><html><body>Hello</body></html>", "web page, not a sitemap"),
        ("<html><body>Hello<br></body></html>", "web page, not a sitemap"),
        ("<other/>", "<other>, not a sitemap"),
        ("no address at all", "no sitemap"),
        ("", "no sitemap"),
        (f"{HEAD}</urlset>", "no address"),
        (f"{HEAD}<url><loc>javascript:x()</loc></url></urlset>", "no address"),
        (index(), "names no sitemap"),
        ("<urlset><url", "no readable XML"),
        (b"\x1f\x8bdamaged", "damaged"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><urlset/>", "DTD"),
        ("<urlset>" + "<a>" * 100, "deeper than"),
        (gzip.compress(bytes(60 * 1024 * 1024)), "50 MiB"),
    ],
)
def test_what_is_no_sitemap_gets_a_sentence(body: str | bytes, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        read(body)


def test_a_sitemap_of_50000_addresses_is_read_in_time() -> None:
    text = lines(*((f"a-{n}", "5 May 2023 of an odd form") for n in range(50_000)))
    start = time.process_time()
    assert len(read(text, full_text=True).entries) == NEWEST
    assert time.process_time() - start < 5
