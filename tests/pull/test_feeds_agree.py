"""The fast parser against feedparser: the same entries, or the fast one gives the document up."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.errors import ParseError
from digest.model import RawEntry
from digest.pull.charset import as_utf8
from digest.pull.fast import read_strict
from digest.pull.forgiving import read_forgiving
from digest.pull.gate import DEFAULT_LIMITS, without_doctype
from digest.pull.parsed import ParsedFeed
from digest.text.clean import clean_text
from digest.text.html import one_line, plain_text

URL = "https://example.org/news/feed.xml"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:other="https://example.org/other" xmlns:yandex="http://news.yandex.ru"'
)


def rss(inner: str, channel: str = "") -> bytes:
    return (
        f'<rss version="2.0" {SPACES}><channel><title>News</title>{channel}'
        f"<item>{inner}</item></channel></rss>"
    ).encode()


def atom(inner: str, feed: str = "", attributes: str = "") -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" '
        f"{attributes}><title>News</title>{feed}<entry>{inner}</entry></feed>"
    ).encode()


def rdf(inner: str) -> bytes:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://example.org/"><title>News</title>'
        "<dc:language>ru</dc:language></channel>"
        f'<item rdf:about="https://example.org/about/1">{inner}</item></rdf:RDF>'
    ).encode()


def reading(entry: RawEntry) -> dict[str, object]:
    """What matters of an entry, free of what is mended later for both parsers."""
    body = entry.content or entry.summary
    return {
        "title": one_line(clean_text(entry.title)),
        "url": entry.url,
        "guid": entry.guid and clean_text(entry.guid),
        "published": (entry.published, entry.certainty),
        "authors": tuple(clean_text(name) for name in entry.authors),
        "tags": tuple(clean_text(tag) for tag in entry.tags),
        "body": " ".join(plain_text(clean_text(body)).split()),
    }


def both(body: bytes) -> tuple[ParsedFeed | None, ParsedFeed]:
    text = without_doctype(as_utf8(body))
    fast = read_strict(text, url=URL, limits=DEFAULT_LIMITS)
    return fast, read_forgiving(text, url=URL, limits=DEFAULT_LIMITS)


def compare(fast: ParsedFeed, slow: ParsedFeed) -> None:
    assert (fast.title, fast.lang, fast.ttl) == (slow.title, slow.lang, slow.ttl)
    assert [reading(e) for e in fast.entries] == [reading(e) for e in slow.entries]


SAME = {
    "usual": rss(
        "<title>Oil &amp; rail</title><link>/a?b=1&amp;c=2</link><guid>g1</guid>"
        "<description>Short &lt;b&gt;text&lt;/b&gt;.</description>"
        "<pubDate>Tue, 31 May 2022 08:30:00 +0300</pubDate><category>Oil</category>",
        "<language>en-GB</language><ttl>90</ttl>",
    ),
    "nothing but a text": rss("<description>Only this.</description>"),
    "content before summary": rss(
        "<content:encoded>Long text here</content:encoded><description>Short</description>"
    ),
    "two summaries": rss("<description>A first</description><description>Two</description>"),
    "a podcast": rss(
        "<title>Talk</title><itunes:summary>Longer words on it</itunes:summary>"
        "<description>Short</description><itunes:author>Anna</itunes:author>"
        '<enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="1"/>'
        "<itunes:keywords>oil, gas,,rail</itunes:keywords>"
        '<itunes:category text="News"><itunes:category text="World"/></itunes:category>'
    ),
    "a permalink guid": rss('<title>A</title><guid isPermaLink="true">/p/1</guid>'),
    "an opaque guid": rss('<title>A</title><guid isPermaLink="false">/p/1</guid>'),
    "an enclosure": rss('<title>A</title><enclosure url="/1.mp3"/>'),
    "a guid that is no address": rss("<title>A</title><guid>1234</guid>"),
    "links of Atom": rss(
        '<title>A</title><atom:link rel="related" href="/r"/><atom:link href="/own"/>'
    ),
    "the address before FeedBurner": rss(
        "<title>A</title><link>https://feeds.example.com/~r/1</link>"
        "<feedburner:origLink>https://example.org/true</feedburner:origLink>"
    ),
    "a script link": rss("<title>A</title><link>javascript:alert(1)</link><guid>x</guid>"),
    "an address escaped twice": rss("<title>A</title><link>https://e.org/?a=1&amp;amp;b=2</link>"),
    "authors with addresses": rss(
        "<title>A</title><author>anna@example.org (Anna)</author><dc:creator>Boris</dc:creator>"
    ),
    "an address alone": rss("<title>A</title><author>anna@example.org</author>"),
    "subjects": rss("<title>A</title><dc:subject>Oil</dc:subject><category>Gas</category>"),
    "dates of Dublin Core": rss("<title>A</title><dc:date>2022-05-31T10:00:00+03:00</dc:date>"),
    "terms": rss("<title>A</title><dcterms:issued>2022-05-31</dcterms:issued>"),
    "two titles": rss("<title>A</title><dc:title>B</dc:title><media:title>C</media:title>"),
    "a title of media": rss("<media:title>C</media:title><description>x</description>"),
    "other vocabularies": rss(
        "<title>A</title><other:title>B</other:title><other:x><a/></other:x>"
    ),
    "full text": rss("<title>A</title><yandex:full-text>All of it</yandex:full-text>"),
    "syndication": rss(
        "<title>A</title>",
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
    ),
    "CDATA and comments": rss("<title><!-- no --><![CDATA[A <b>b</b>]]> c</title>"),
    "an entry of RDF": rdf("<title>A</title><link>https://example.org/1</link>"),
    "RDF without link": rdf("<title>A</title><dc:date>2022-05-31T10:00Z</dc:date>"),
    "an Atom entry": atom(
        '<id>tag:example.org,2022:1</id><title type="html">A &lt;b&gt;B&lt;/b&gt;</title>'
        '<link href="/1"/><link rel="enclosure" href="/1.mp3"/>'
        "<updated>2022-05-31T10:00:00Z</updated>"
        '<author><name>Anna</name><email>a@example.org</email></author><category term="oil"/>'
        '<category term="x" label="Gas"/><summary>Short</summary>'
        '<content type="html">&lt;p&gt;Long text&lt;/p&gt;</content>'
    ),
    "text that shows tags": atom('<title type="text">Use &lt;b&gt;</title><id>1</id>'),
    "xhtml": atom(
        '<title>A</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>One &amp; <b>two</b></p></div></content>"
    ),
    "xhtml in a title": atom(
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>b</i></div></title>'
    ),
    "authors of the feed": atom("<title>A</title>", "<author><name>Desk</name></author>"),
    "bases": atom(
        '<title>A</title><link href="1"/><id>x</id>',
        attributes='xml:base="https://example.org/deep/"',
    ),
    "the language of a root": atom("<title>A</title>", attributes='xml:lang="zh-CN"'),
    "a video": atom(
        "<title>Talk</title><media:group><media:title>Talk</media:title>"
        "<media:description>What the talk is about.</media:description></media:group>"
    ),
    "an entry alone": (
        b'<entry xmlns="http://www.w3.org/2005/Atom"><title>A</title>'
        b'<link href="https://example.org/1"/></entry>'
    ),
    "a public DTD": b'<!DOCTYPE rss PUBLIC "-//x//y" "https://example.org/rss.dtd">'
    + rss("<title>A</title>"),
}


@pytest.mark.parametrize("name", SAME)
def test_the_fast_parser_reads_what_feedparser_reads(name: str) -> None:
    fast, slow = both(SAME[name])
    assert fast is not None
    assert len(fast.entries) == 1
    compare(fast, slow)


UNSURE = {
    "markup that is not escaped": rss("<title>A</title><description>x <b>y</b></description>"),
    "a date of its own": rss("<title>A</title><pubDate>next week</pubDate>"),
    "a wrong address of a known prefix": (
        b'<rss xmlns:dc="https://example.org/dc"><channel><item><title>A</title>'
        b"<dc:date>2022-05-31</dc:date></item></channel></rss>"
    ),
    "an unknown default vocabulary": (
        b'<rss><channel><item xmlns="https://example.org/x"><title>A</title></item></channel></rss>'
    ),
    "no entries": b"<rss version='2.0'><channel><title>A</title></channel></rss>",
    "an undeclared prefix": b"<rss><channel><item><dc:title>A</dc:title></item></channel></rss>",
    "a named entity": rss("<title>A&nbsp;B</title>"),
    "base64": atom('<title>A</title><content type="application/x">eA==</content>'),
}


@pytest.mark.parametrize("name", UNSURE)
def test_the_fast_parser_gives_up_what_it_does_not_know(name: str) -> None:
    assert read_strict(UNSURE[name], url=URL, limits=DEFAULT_LIMITS) is None


def test_both_parsers_agree_on_real_and_hard_feeds(shared: Path) -> None:
    folders = (shared / "feeds" / "snapshots", shared / "hostile" / "feedparser")
    compared = 0
    for path in sorted(path for folder in folders for path in folder.rglob("*.*")):
        if path.suffix not in {".xml", ".rdf", ".rss", ".atom"}:
            continue
        try:
            fast, slow = both(path.read_bytes())
        except ParseError:
            continue
        if fast is not None:
            compared += 1
            compare(fast, slow)
    assert compared >= 300
