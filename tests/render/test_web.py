from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from selectolax.lexbor import LexborHTMLParser

from digest.model import Issue, Ownership
from digest.render.web import issue_page
from tests.render.builders import (
    COMPOUND,
    RUSSIAN_HEADLINE,
    citation,
    full_issue,
    issue,
    long_issue,
    one_story,
    sample_issue,
    section,
    site,
    story,
    templates,
)


def page_of(made: Issue, **changes: object) -> LexborHTMLParser:
    return LexborHTMLParser(issue_page(made, site(**changes), templates()))


def text_of(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    assert node is not None, selector
    return " ".join(node.text().replace("\xa0", " ").split())


def test_an_outlet_with_and_without_an_agency_is_one_source() -> None:
    cited = (citation("Example Times"), citation("Example Times / Reuters"), citation("A / B"))
    made = issue(section("economy", "Economy", story(citations=cited)))
    assert text_of(page_of(made), ".figures").split(" · ")[1] == "2 sources"


def test_the_page_reads_from_masthead_to_colophon() -> None:
    tree = page_of(full_issue())
    assert text_of(tree, ".masthead") == "The China–Russia Report No. 47 · 19 November 2026"
    assert text_of(tree, "h1") == "Gas price talks slip; border rail opens"
    assert text_of(tree, ".figures") == "8 stories · 8 sources · 2 minutes"
    assert len(tree.css("main")) == len(tree.css("h1")) == 1
    assert [node.attributes["id"] for node in tree.css("article")] == [
        told.id for told in full_issue().stories
    ]
    assert text_of(tree, ".skip") == "Skip to the content"
    assert tree.css_first(".skip").attributes["href"] == "#content"
    assert "12 November to 19 November 2026" in text_of(tree, ".colophon")


def test_the_ledes_kicker_is_its_topic_and_an_empty_section_is_left_out() -> None:
    tree = page_of(full_issue())
    kickers = [node.text() for node in tree.css(".kicker")]
    assert kickers == [
        "Energy",
        "Energy",
        "Economy",
        "State media and narratives",
        "Central Asia",
        "Weather and roads",
    ]
    assert text_of(tree, ".lede h2").startswith("Gas price talks end")
    assert "Lede" not in text_of(tree, "main")


def test_headings_skip_no_level() -> None:
    for made in (full_issue(), long_issue(), one_story()):
        levels = [int(node.tag[1]) for node in page_of(made).css("h1,h2,h3,h4,h5,h6")]
        assert all(b <= a + 1 for a, b in pairwise(levels))


def test_a_section_has_its_hue_and_an_unknown_one_the_accent() -> None:
    tree = page_of(full_issue())
    classes = [node.attributes["class"] for node in tree.css(".section")]
    assert "section hue-energy lede" in classes
    assert classes[-1] == "section hue-other"


def test_sources_say_name_language_state_media_day_and_missing_link() -> None:
    tree = page_of(full_issue())
    assert text_of(tree, ".sources") == (
        "Sources: Northern Wire, 18 November · 新华社 (中文, state media), 18 November · "
        "Министерство энергетики (рус.), 17 November · Amur Monitor (no link)"
    )
    links = [node.attributes["href"] for node in tree.css(".sources")[0].css("a")]
    assert links == [
        "https://wire.test/gas",
        "https://xinhua.test/gas",
        "https://ministry.test/statement",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Example Wire, 18 November"),
        ({"date": date(2025, 12, 30)}, "Example Wire, 30 December 2025"),
        ({"date": None}, "Example Wire"),
        ({"url": None}, "Example Wire (no link), 18 November"),
        ({"url": "javascript:alert(1)"}, "Example Wire (no link), 18 November"),
        ({"lang": "uk"}, "Example Wire (укр.), 18 November"),
        ({"lang": "zh-Hant"}, "Example Wire (中文), 18 November"),
        ({"lang": "en-GB"}, "Example Wire, 18 November"),
        ({"lang": "und"}, "Example Wire, 18 November"),
        ({"ownership": Ownership.STATE}, "Example Wire (state media), 18 November"),
        ({"ownership": Ownership.OFFICIAL}, "Example Wire, 18 November"),
    ],
)
def test_one_source(changes: dict[str, object], expected: str) -> None:
    made = issue(section("economy", "Economy", story(citations=(citation(**changes),))))
    assert text_of(page_of(made), ".sources") == f"Source: {expected}"


def test_languages_are_marked() -> None:
    html = issue_page(full_issue(), site(), templates())
    assert '<span lang="zh-Latn-pinyin">Zhāng\xa0Guóqīng</span>\xa0<span lang="zh-Hans">' in html
    tree = LexborHTMLParser(html)
    headings = [node for node in tree.css("h3") if RUSSIAN_HEADLINE[:12] in node.text()]
    assert headings[0].css_first('[lang="ru"]') is not None


def test_a_confidence_line_and_a_table_keep_their_form() -> None:
    tree = page_of(full_issue())
    assert text_of(tree, "p.confidence").startswith("Figures differ")
    assert [node.attributes.get("scope") for node in tree.css("th")] == ["col"] * 3


def test_no_comment_of_the_draft_is_published() -> None:
    assert "<!--" not in issue_page(full_issue(), site(), templates())


def test_nothing_is_fetched_and_the_policy_admits_only_our_style() -> None:
    html = issue_page(full_issue(), site(), templates())
    tree = LexborHTMLParser(html)
    assert not tree.css("link[rel=stylesheet],script[src],img,iframe,[style]")
    assert [node.attributes["type"] for node in tree.css("script")] == ["application/ld+json"]
    css = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert css is not None
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    policy = tree.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"]
    assert f"style-src 'sha256-{digest}'" in (policy or "")
    assert "url(" not in css[1]
    assert "@import" not in css[1]


def test_with_a_base_address_the_page_says_where_it_lives() -> None:
    tree = page_of(full_issue())
    address = "https://report.test/issues/2026-11-19/"
    assert tree.css_first("link[rel=canonical]").attributes["href"] == address
    assert tree.css_first("meta[property='og:url']").attributes["content"] == address
    assert tree.css_first("meta[property='og:type']").attributes["content"] == "article"


def test_without_a_base_address_nothing_absolute_is_claimed() -> None:
    tree = page_of(full_issue(), base_url=None)
    assert not tree.css("link[rel=canonical],meta[property]")
    feeds = [node.attributes["href"] for node in tree.css("link[rel=alternate]")]
    assert feeds == ["../../feed.xml", "../../feed.json", "issue.md", "issue.json"]


def test_linked_data_names_the_issue_and_its_stories() -> None:
    made = full_issue(title="A </script> & B")
    tree = page_of(made)
    data = json.loads(tree.css_first("script").text())
    assert data["@type"] == "PublicationIssue"
    assert data["name"] == "A </script> & B"
    assert data["issueNumber"] == 47
    assert data["isPartOf"] == {"@type": "Periodical", "name": "The China–Russia Report"}
    assert len(data["hasPart"]) == 8
    assert data["hasPart"][0]["citation"][0] == "https://wire.test/gas"
    assert data["hasPart"][0]["articleSection"] == "Energy"


def test_a_sample_issue_says_so_and_has_no_number() -> None:
    tree = page_of(sample_issue())
    assert text_of(tree, ".colophon .sample").startswith("This is a sample issue")
    assert text_of(tree, ".masthead .when") == "19 November 2026"
    assert "sample" not in text_of(page_of(full_issue()), ".colophon")


def test_one_story_is_counted_in_the_singular() -> None:
    assert text_of(page_of(one_story()), ".figures") == "1 story · 1 source · 1 minute"


def test_an_issue_without_stories_says_so() -> None:
    assert "This issue has no stories" in text_of(page_of(issue(section("cyber", "Cyber"))), "main")


def test_the_weekly_form_has_contents_whose_links_lead_somewhere() -> None:
    tree = page_of(long_issue())
    targets = [(node.attributes["href"] or "")[1:] for node in tree.css(".contents a")]
    assert len(targets) == 40
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    assert not page_of(full_issue()).css(".contents")


def test_a_long_compound_and_braces_appear_as_typed() -> None:
    made = issue(section("economy", "Economy", story(heading="{{ 7*7 }} " + COMPOUND)))
    assert text_of(page_of(made), "h3") == "{{ 7*7 }} " + COMPOUND + "#"


def test_the_closing_stands_under_a_heading_of_level_two() -> None:
    assert text_of(page_of(full_issue()), ".closing h2") == "Further reading"


def test_the_same_issue_gives_the_same_bytes() -> None:
    first, second = (issue_page(full_issue(), site(), templates()) for _ in range(2))
    assert first == second


def test_a_story_without_sources_has_no_line_for_them() -> None:
    made = replace(one_story(), sections=(section("economy", "Economy", story(citations=())),))
    assert not page_of(made).css(".sources")
