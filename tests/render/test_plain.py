from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import markdown as python_markdown
import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from digest.render.data import issue_data, issue_json
from digest.render.plain import email_text, issue_markdown
from digest.render.renditions import archive_renditions, renditions
from digest.text.markdown import escape, to_html
from digest.text.readalike import difference_in
from tests.render.builders import (
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


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def test_the_text_is_wrapped_and_addresses_stay_whole() -> None:
    text = email_text(full_issue(), site(), templates())
    for line in text.splitlines():
        assert columns(line) <= 76 or len(line.split()) == 1, line
    assert "(https://gazette.test/oct)" in text
    assert "  https://ministry.test/statement\n" in text


def test_the_text_has_every_story_and_no_comment_or_tag() -> None:
    made = full_issue()
    text = email_text(made, site(), templates())
    folded = " ".join(text.split())
    assert all(told.heading in folded for told in made.stories)
    assert not re.search(r"<[a-z!/]", text)


def test_the_text_ends_with_how_to_unsubscribe() -> None:
    last = email_text(full_issue(), site(), templates()).splitlines()[-1]
    assert last == "Unsubscribe: mailto:desk@report.test?subject=unsubscribe"
    bare = site(unsubscribe=None, base_url=None, postal_address=None)
    last = email_text(full_issue(), bare, templates()).splitlines()[-1]
    assert last == "To unsubscribe, reply to this mail with the word unsubscribe."


def test_the_text_names_its_sources() -> None:
    text = email_text(full_issue(), site(), templates())
    assert "- 新华社 (中文, state media), 18 November\n  https://xinhua.test/gas\n" in text
    assert "- Amur Monitor (no link)\n" in text


def test_the_texts_of_one_issue_and_of_forty_are_calm() -> None:
    for made in (one_story(), sample_issue(), long_issue(), issue()):
        text = email_text(made, site(), templates())
        assert "\n\n\n\n" not in text
        assert all(line == line.rstrip() for line in text.splitlines())


def both(text: str) -> tuple[LexborHTMLParser, LexborHTMLParser]:
    common = MarkdownIt("commonmark").enable("table").render(text)
    extended = python_markdown.markdown(text, extensions=["tables", "sane_lists"])
    return LexborHTMLParser(common), LexborHTMLParser(extended)


def outline(tree: LexborHTMLParser) -> list[tuple[str, str]]:
    return [(node.tag or "", node.text().strip()) for node in tree.css("h1,h2,h3,h4,a,li,td")]


def test_markdown_reads_alike_in_commonmark_and_python_markdown() -> None:
    awkward = story(
        heading="1. *A* [b](c) C# #",
        citations=(citation("A_b [c] & <d>", url="https://x.test/a_(b)?c=*d*&copy=1"),),
    )
    for made in (full_issue(), sample_issue(), issue(section("economy", "1. # E", awkward))):
        text = issue_markdown(made, site(), templates())
        common, extended = both(text)
        assert outline(common) == outline(extended)
        assert common.body is not None
        assert extended.body is not None
        assert common.body.text().split() == extended.body.text().split()


@pytest.mark.parametrize(
    "body",
    [
        "Text\n- one\n- two",
        "1. one\n2. two\n\n   and more",
        "- one\n  - within",
        "- one\n\n\n* two",
        "#### Timeline\n\n- one\n\n###### Far below\n\n#### More",
        "Under\n===\n\n<script>alert(1)</script><img src=x onerror=alert(1)>",
        "> one\n\n> two",
    ],
)
def test_whatever_a_body_holds_is_read_alike_and_skips_no_level(body: str) -> None:
    made = issue(
        section("lede", "Lede", story(body=body)),
        section("economy", "Economy", story("s-2", body=body)),
        closing=f"#### Further reading\n\n{body}",
    )
    text = issue_markdown(made, site(), templates())
    assert difference_in(text) is None
    common, extended = both(text)
    assert outline(common) == outline(extended)
    levels = [int(level) for level in re.findall(r"<h([1-6])", to_html(text))]
    assert all(after <= before + 1 for before, after in pairwise([1, *levels]))
    assert "alert" not in text


def test_markdown_shows_what_was_typed() -> None:
    heading = "1. *A* [b](c) C# # {{ 7*7 }} <b>"
    made = issue(section("economy", "Economy", story(heading=heading)), title="- _x_ & y")
    for tree in both(issue_markdown(made, site(), templates())):
        h1, h3 = tree.css_first("h1"), tree.css_first("h3")
        assert h1 is not None
        assert h3 is not None
        assert (h1.text(), h3.text()) == ("- _x_ & y", heading)


def test_markdown_has_sections_stories_sources_and_colophon() -> None:
    text = issue_markdown(sample_issue(), site(), templates())
    headings = re.findall(r"(?m)^(#+) (.*)$", text)
    assert headings[0] == ("#", "Gas price talks slip; border rail opens")
    assert [title for marks, title in headings if marks == "##"] == [
        "Gas price talks end in Beijing without a figure",
        "Energy",
        "Economy",
        "State media and narratives",
        "Central Asia",
        "Weather and roads",
        "Further reading",
    ]
    assert "Sources: [Northern Wire](https://wire.test/gas), 18 November · [新华社]" in text
    assert "This is a sample issue" in text
    assert "<!--" not in text


def test_the_data_is_schema_one() -> None:
    made = full_issue()
    data = json.loads(issue_json(made))
    assert list(data) == [
        *("schema", "number", "date", "period", "title", "standfirst", "sections"),
    ]
    assert (data["schema"], data["number"], data["date"]) == (1, 47, "2026-11-19")
    assert data["period"] == {"start": "2026-11-12T07:00:00Z", "end": "2026-11-19T07:00:00Z"}
    lede = data["sections"][0]
    assert (lede["id"], lede["stories"][0]["section"]) == ("lede", "energy")
    assert list(lede["stories"][0]) == ["id", "heading", "section", "body", "citations"]
    assert lede["stories"][0]["citations"][3] == {
        "publisher": "Amur Monitor",
        "url": None,
        "title": "A report on the talks",
        "date": None,
        "lang": "en",
    }
    assert "<!--" not in issue_json(made)
    assert issue_data(replace(made, number=None))["number"] is None


def test_all_forms_tell_the_same_stories() -> None:
    for made in (full_issue(), one_story(), long_issue()):
        files = {f.name: f.content.decode() for f in renditions(made, site(), templates())}
        assert list(files) == ["index.html", "issue.md", "email.html", "email.txt", "issue.json"]
        ids = [told.id for told in made.stories]
        web = LexborHTMLParser(files["index.html"])
        assert [node.attributes["id"] for node in web.css("article")] == ids
        mail = LexborHTMLParser(files["email.html"])
        assert [node.attributes["id"] for node in mail.css("h2[id],h3[id]")] == ids
        headings = re.findall(r"(?m)^#+ (.*)$", files["issue.md"])
        assert all(str(escape(told.heading)) in headings for told in made.stories)
        data = json.loads(files["issue.json"])
        assert [told["id"] for part in data["sections"] for told in part["stories"]] == ids
        text = " ".join(files["email.txt"].split())
        assert all(told.heading in text for told in made.stories)


def test_a_lede_whose_heading_is_the_title_is_not_headed_twice() -> None:
    lede = story(heading="A rail protocol is signed", body="Text.\n\n#### Timeline\n\nText.")
    other = story("s-2", heading="Gas waits")
    sections = (section("lede", "Lede", lede), section("economy", "Economy", other))
    made = issue(*sections, title=lede.heading)
    files = {f.name: f.content.decode() for f in renditions(made, site(), templates())}
    web, mail = (LexborHTMLParser(files[name]) for name in ("index.html", "email.html"))
    for page in (web, mail):
        heads = [
            node.text().strip().removesuffix("#").replace("\xa0", " ")
            for node in page.css("h1,h2,h3")
        ]
        assert heads == [lede.heading, "Timeline", "Economy", "Gas waits"]
        assert page.css("h2")[0].text().startswith("Timeline")
        assert page.css_first(f"#{lede.id}") is not None
    named = {node.attributes["aria-labelledby"] for node in web.css("article")}
    assert all(web.css_first(f"#{each}") is not None for each in named)
    assert "# A rail" not in files["issue.md"].removeprefix("# A rail")
    assert "\n## Timeline\n" in files["issue.md"]
    assert files["email.txt"].count(lede.heading) == 1


def test_renditions_are_the_same_bytes_each_time() -> None:
    made = [full_issue(), sample_issue()]
    assert renditions(made[0], site(), templates()) == renditions(made[0], site(), templates())
    first, second = (archive_renditions(made, site(), templates()) for _ in range(2))
    assert first == second
