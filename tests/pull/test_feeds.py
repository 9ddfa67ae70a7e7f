from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import ParseError
from digest.model import Certainty, RawEntry
from digest.pull.feeds import parse
from digest.pull.gate import LOCAL_LIMITS, Limits
from digest.pull.parsed import ParsedFeed
from digest.text.html import one_line

URL = "https://example.org/news/feed.xml"


def rss(items: str, channel: str = "", attributes: str = "") -> bytes:
    inner = f"<channel><title>News</title>{channel}{items}</channel>"
    return f'<rss version="2.0" {attributes}>{inner}</rss>'.encode()


def item(**fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<item>{inner}</item>"


GOOD = item(
    title="Oil flows &amp; rail",
    link="https://example.org/1",
    description="A short text.",
    pubDate="Tue, 31 May 2022 08:30:00 +0300",
    guid="g1",
)


def only(feed: ParsedFeed) -> RawEntry:
    (entry,) = feed.entries
    return entry


def test_a_good_feed_gives_its_entries() -> None:
    feed = parse(rss(GOOD, "<language>en-GB</language>"), url=URL)
    assert (feed.title, feed.lang) == ("News", "en-gb")
    entry = only(feed)
    assert one_line(entry.title) == "Oil flows & rail"
    assert entry.published == datetime(2022, 5, 31, 5, 30, tzinfo=UTC)
    assert entry.certainty is Certainty.TIME


def test_relative_links_are_resolved_and_undated_entries_kept() -> None:
    entry = only(parse(rss(item(title="A", link="/a?b=1", description="x")), url=URL))
    assert entry.url == "https://example.org/a?b=1"
    assert entry.published is None
    assert entry.certainty is Certainty.GUESS


def test_a_link_that_is_no_web_address_is_no_link() -> None:
    entry = only(parse(rss(item(title="A", link="javascript:alert(1)", description="x")), url=URL))
    assert entry.url is None


@pytest.mark.parametrize(
    ("inner", "url"),
    [
        ("<link/><guid>https://example.org/1</guid>", "https://example.org/1"),
        ('<guid isPermaLink="false">https://example.org/1</guid>', None),
        ('<guid isPermaLink="true">/1</guid>', "https://example.org/1"),
        ("<guid>1</guid>", None),
        (
            "<link> https://example.org/2\n</link><guid>https://example.org/1</guid>",
            "https://example.org/2",
        ),
        ('<enclosure url="/talk.mp3"/>', "https://example.org/talk.mp3"),
        ('<link>/page</link><enclosure url="/talk.mp3"/>', "https://example.org/page"),
    ],
)
def test_what_an_entry_links_to(inner: str, url: str | None) -> None:
    assert only(parse(rss(f"<item><title>A</title>{inner}</item>"), url=URL)).url == url


def test_content_stands_beside_the_summary() -> None:
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    body = item(title="A", description="Short.").replace(
        "</item>", "<content:encoded><![CDATA[<p>Long text.</p>]]></content:encoded></item>"
    )
    entry = only(parse(rss(body, attributes=space), url=URL))
    assert entry.content == "<p>Long text.</p>"
    assert entry.summary == "Short."


def test_a_media_description_is_a_body() -> None:
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
    <title>Channel</title><entry><id>yt:video:1</id><title>Talk</title>
    <link rel="alternate" href="https://video.example/watch?v=1"/>
    <published>2022-05-31T10:00:00+00:00</published>
    <media:group><media:description>What the talk is about.</media:description></media:group>
    </entry></feed>"""
    assert only(parse(feed, url=URL)).summary == "What the talk is about."


def test_a_source_element_names_the_publisher_only_where_it_may() -> None:
    body = rss(GOOD.replace("</item>", '<source url="https://x.example">Outlet</source></item>'))
    assert only(parse(body, url=URL)).publisher is None
    assert only(parse(body, url="", limits=LOCAL_LIMITS)).publisher == "Outlet"
    assert only(parse(body, url="https://news.google.com/rss?q=x")).publisher == "Outlet"


def test_the_paraphrase_mark_counts_in_local_files_only() -> None:
    mark = "<digest:paraphrase>true</digest:paraphrase></item>"
    body = rss(GOOD.replace("</item>", mark), attributes='xmlns:digest="urn:digest:entry:1"')
    assert only(parse(body, url="", limits=LOCAL_LIMITS)).paraphrase
    assert not only(parse(body, url=URL)).paraphrase


@pytest.mark.parametrize(
    ("channel", "pause"),
    [
        ("<ttl>90</ttl>", timedelta(minutes=90)),
        ("<ttl>99999999</ttl>", timedelta(days=7)),
        ("<ttl>0</ttl>", None),
        ("<ttl>often</ttl>", None),
        ("", None),
    ],
)
def test_the_pause_a_feed_asks_for(channel: str, pause: timedelta | None) -> None:
    assert parse(rss(GOOD, channel), url=URL).ttl == pause
    assert parse(rss(GOOD + "&", channel), url=URL).ttl == pause


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("gb2312", "中俄贸易"),
        ("gb18030", "中俄貿易"),
        ("big5", "中俄貿易"),
        ("koi8-r", "Нефть"),
        ("windows-1251", "Нефть"),
        ("utf-16", "Нефть 中"),
    ],
)
def test_declared_encodings_are_read(encoding: str, title: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + rss(GOOD).decode()
    body = text.replace("Oil flows &amp; rail", title).encode(encoding)
    assert only(parse(body, url=URL)).title == title


def test_the_document_outranks_the_header_about_its_encoding() -> None:
    text = '<?xml version="1.0" encoding="utf-8"?>' + rss(item(title="Нефть")).decode()
    feed = parse(text.encode(), url=URL, content_type="text/xml; charset=iso-8859-1")
    assert only(feed).title == "Нефть"
    bare = rss(item(title="Нефть")).decode().encode("windows-1251")
    feed = parse(bare, url=URL, content_type="text/xml; charset=windows-1251")
    assert only(feed).title == "Нефть"


def test_an_ill_formed_feed_gives_what_it_has_and_a_problem() -> None:
    feed = parse(rss(GOOD + item(title="B & C", link="https://example.org/2")), url=URL)
    assert [entry.title for entry in feed.entries] == ["Oil flows & rail", "B & C"]
    assert feed.problems[0].code == "malformed-feed"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<!doctype html><html><body>Hi</body></html>", "web page"),
        (b"hello", "no feed"),
        (b"\x00\x01\x02" * 100, "no feed"),
        (b'{"a": 1}', "no JSON Feed"),
        (b'{"a": ', "broken"),
        (b"[1]", "no feed"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>', "entities"),
        (b"<rss>" + b"<a>" * 300 + b"</a>" * 300 + b"</rss>", "nests"),
        (b"<rss>" + b"<a>" * 100_000, "nests"),
    ],
)
def test_what_cannot_be_read_is_named_with_a_reason(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse(body, url=URL)


def test_entities_are_refused_in_every_unicode_form() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>'
    for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-32"):
        with pytest.raises(ParseError):
            parse(bomb.encode(encoding), url=URL)


def test_an_article_about_entities_is_no_trap() -> None:
    body = rss(item(title="XML", description="<![CDATA[Write <!ENTITY a 'b'> so.]]>"))
    assert "ENTITY" in only(parse(body, url=URL)).summary


def test_a_surrogate_reference_costs_one_character() -> None:
    entry = only(parse(rss(item(title="A", description="x&#xD800;y")), url=URL))
    assert entry.summary == "xy"


def test_limits_on_entries_and_text() -> None:
    many = rss(item(title="A", description="x" * 50) * 5)
    feed = parse(many, url=URL, limits=Limits(entries=3, text=10))
    assert len(feed.entries) == 3
    assert feed.entries[0].summary == "x" * 10
    assert feed.problems[-1].code == "long-feed"
    with pytest.raises(ParseError, match="larger"):
        parse(many, url=URL, limits=Limits(size=10))


JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "News", "language": "ru",
"authors": [{"name": "Desk"}], "items": [
 {"id": 7, "url": "/7", "title": "Seven", "content_text": "a < b\\n\\nc", "date_published":
  "2022-05-31T10:00:00Z", "tags": ["oil", 3],
  "_digest": {"paraphrase": true, "publisher": "Outlet"}},
 "nonsense", {"id": "https://example.org/8", "content_html": "<p>Eight</p>",
  "authors": [{"name": "Anna"}]}]}"""


def test_json_feed() -> None:
    feed = parse(JSON_FEED.encode(), url=URL)
    seven, eight = feed.entries
    assert (feed.title, feed.lang) == ("News", "ru")
    assert (seven.url, seven.guid, seven.tags) == ("https://example.org/7", "7", ("oil",))
    assert seven.content == "<p>a &lt; b</p><p>c</p>"
    assert (seven.authors, eight.authors) == (("Desk",), ("Anna",))
    assert eight.url == "https://example.org/8"
    assert (seven.paraphrase, seven.publisher) == (False, None)
    assert feed.problems[0].code == "malformed-feed"


def test_json_feed_of_our_own() -> None:
    seven = parse(JSON_FEED.encode(), url="", limits=LOCAL_LIMITS).entries[0]
    assert (seven.paraphrase, seven.publisher, seven.url) == (True, "Outlet", None)
