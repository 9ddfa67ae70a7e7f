from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import feedparser
from selectolax.lexbor import LexborHTMLParser

from digest.model import Issue, Period
from digest.render.archive import index_page
from digest.render.feeds import atom_feed, json_feed
from digest.render.renditions import archive_renditions
from tests.render.builders import full_issue, one_story, sample_issue, site, templates


def dated(made: Issue, day: date) -> Issue:
    end = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    period = Period(start=end - timedelta(days=7), end=end, day=day)
    return full_issue(sections=made.sections, period=period, sample=made.sample, number=made.number)


def issues() -> list[Issue]:
    return [
        dated(sample_issue(), date(2022, 4, 7)),
        dated(full_issue(), date(2026, 11, 19)),
        dated(one_story(), date(2026, 11, 12)),
    ]


def test_the_archive_lists_the_newest_first() -> None:
    tree = LexborHTMLParser(index_page(issues(), site(), templates()))
    assert [node.text() for node in tree.css(".issues .when")] == [
        "No. 47 · 19 November 2026",
        "No. 47 · 12 November 2026",
        "7 April 2022 · sample",
    ]
    assert [node.attributes["href"] for node in tree.css(".issues h2 a")] == [
        "issues/2026-11-19/index.html",
        "issues/2026-11-12/index.html",
        "issues/2022-04-07/index.html",
    ]
    assert len(tree.css("main")) == len(tree.css("h1")) == 1
    assert len(tree.css(".issues .standfirst")) == 3


def test_an_empty_archive_says_so() -> None:
    html = index_page([], site(subtitle=""), templates())
    assert "No issue has been published yet." in html
    assert "0 issues" in html


def test_the_atom_feed_is_read_by_a_feed_reader() -> None:
    feed = feedparser.parse(atom_feed(issues(), site(), templates()).encode())
    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.id == "tag:china-russia-report.invalid,1970:feed"
    assert feed.feed.updated == "2026-11-19T07:00:00Z"
    assert [entry.id for entry in feed.entries] == [
        "tag:china-russia-report.invalid,2026-11-19:issue",
        "tag:china-russia-report.invalid,2026-11-12:issue",
        "tag:china-russia-report.invalid,2022-04-07:issue",
    ]
    assert feed.entries[0].link == "https://report.test/issues/2026-11-19/"
    content = feed.entries[0].content[0]
    assert content.type == "text/html"
    assert "Northern Wire" in content.value


def test_ids_do_not_hang_on_the_address() -> None:
    there = feedparser.parse(atom_feed(issues(), site(), templates()).encode())
    here = feedparser.parse(atom_feed(issues(), site(base_url=None), templates()).encode())
    assert [entry.id for entry in there.entries] == [entry.id for entry in here.entries]
    assert here.entries[0].links[0].href == "issues/2026-11-19/index.html"


def test_the_json_feed_is_version_one_point_one() -> None:
    feed = json.loads(json_feed(issues(), site(), templates()))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://report.test/feed.json"
    item = feed["items"][0]
    assert item["id"] == "tag:china-russia-report.invalid,2026-11-19:issue"
    assert item["url"] == "https://report.test/issues/2026-11-19/"
    assert item["date_published"] == "2026-11-19T07:00:00Z"
    assert "<h2>" in item["content_html"]
    bare = json.loads(json_feed(issues(), site(base_url=None), templates()))
    assert "url" not in bare["items"][0]
    assert "home_page_url" not in bare


def test_characters_that_xml_forbids_are_left_out() -> None:
    made = full_issue(title="A\x0bB & <c>", standfirst="\ufffe")
    feed = feedparser.parse(atom_feed([made], site(), templates()).encode())
    assert not feed.bozo
    assert feed.entries[0].title == "AB & <c>"


def test_an_empty_feed_is_still_a_feed() -> None:
    assert not feedparser.parse(atom_feed([], site(), templates()).encode()).bozo


def test_the_archive_is_index_and_feeds() -> None:
    names = [made.name for made in archive_renditions(issues(), site(), templates())]
    assert names == ["feed.xml", "feed.json", "index.html"]
