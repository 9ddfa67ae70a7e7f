from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from digest.render.email import email_html
from tests.render.builders import (
    COMPOUND,
    full_issue,
    issue,
    long_issue,
    one_story,
    section,
    site,
    story,
    templates,
)


def test_the_mail_is_one_column_of_presentation_tables() -> None:
    html = email_html(full_issue(), site(), templates())
    tree = LexborHTMLParser(html)
    roles = [table.attributes.get("role") for table in tree.css("table")]
    assert roles == ["presentation", "presentation", None]
    assert len(tree.css("table table table th[scope=col]")) == 3
    assert html.count("<!--[if mso]>") == 2
    assert "max-width:640px" in html.replace(" ", "")
    wrapper = tree.css_first("[role=article]")
    assert wrapper is not None
    assert (wrapper.attributes["lang"], wrapper.attributes["dir"]) == ("en", "ltr")


def test_styles_are_inlined_and_only_at_rules_stay_in_the_head() -> None:
    html = email_html(full_issue(), site(), templates())
    tree = LexborHTMLParser(html)
    css = "".join(node.text() for node in tree.css("style"))
    assert "prefers-color-scheme" in css.replace(" ", "")
    assert "[data-ogsc]" in css
    assert not re.search(r"(?m)^\s*p\s*\{", re.sub(r"@media.*?\{(?:[^{}]*\{[^{}]*\})*", "", css))
    texts = tree.css("p,li,h1,h2,h3")
    assert all("font-family" in (node.attributes.get("style") or "") for node in texts)


def test_nothing_is_fetched_or_run() -> None:
    tree = LexborHTMLParser(email_html(full_issue(), site(), templates()))
    assert not tree.css("script,img,svg,link,iframe,form,object,[background],[srcset]")


@pytest.mark.parametrize(
    "standfirst",
    ["Short.", "", "A sentence of just the right length for a preview line.", "word " * 60],
)
def test_the_preheader_comes_first_and_fits(standfirst: str) -> None:
    made = full_issue(standfirst=standfirst)
    tree = LexborHTMLParser(email_html(made, site(), templates()))
    shown = tree.css("[role=article] > div")[0]
    assert "mso-hide" in (shown.attributes["style"] or "")
    assert 40 <= len(shown.text().strip()) <= 130


def test_the_footer_names_address_browser_and_unsubscribe() -> None:
    tree = LexborHTMLParser(email_html(full_issue(), site(), templates()))
    footer = tree.css_first(".colophon")
    assert footer is not None
    links = {node.text(): node.attributes["href"] for node in footer.css("a")}
    assert links == {
        "Unsubscribe": "mailto:desk@report.test?subject=unsubscribe",
        "View in browser": "https://report.test/issues/2026-11-19/",
    }
    assert "1 Example Lane" in footer.text()


def test_without_base_and_unsubscribe_the_footer_says_how_to_leave() -> None:
    bare = site(base_url=None, unsubscribe=None, postal_address=None)
    tree = LexborHTMLParser(email_html(full_issue(), bare, templates()))
    footer = tree.css_first(".colophon")
    assert footer is not None
    assert not footer.css("a")
    assert "reply to this mail with the word unsubscribe" in footer.text()


def test_forty_stories_stay_below_the_limit_of_a_mailbox() -> None:
    assert len(email_html(long_issue(20), site(), templates()).encode()) < 60_000
    assert len(email_html(long_issue(40), site(), templates()).encode()) < 90_000


def test_all_stories_are_there_in_order() -> None:
    for made in (full_issue(), long_issue(), one_story()):
        tree = LexborHTMLParser(email_html(made, site(), templates()))
        ids = [node.attributes["id"] for node in tree.css("h2[id],h3[id]")]
        assert ids == [told.id for told in made.stories]


def test_a_long_word_may_break() -> None:
    made = issue(section("economy", "Economy", story(heading=COMPOUND)))
    html = email_html(made, site(), templates())
    assert "<wbr>" in html
    heading = LexborHTMLParser(html).css_first("h3")
    assert heading is not None
    assert heading.text() == COMPOUND


def test_no_comment_of_the_draft_is_mailed() -> None:
    html = email_html(full_issue(), site(), templates())
    assert "<!--" not in html.replace("<!--[if mso]>", "")
