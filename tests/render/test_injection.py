"""No script can run in any form that is made of an issue, whatever stands in it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from digest.model import Issue, IssueSection
from digest.render.archive import index_page
from digest.render.email import email_html
from digest.render.feeds import atom_feed
from digest.render.plain import email_text, issue_markdown
from digest.render.web import issue_page
from tests.render.builders import citation, issue, section, site, story, templates

ATOM = "{http://www.w3.org/2005/Atom}"
BATCH = 25
ACTIVE = (
    "iframe,object,embed,form,input,button,base,svg,math,img,video,audio,frame,frameset,"
    "applet,link[rel=stylesheet],link[rel=import],marquee,template,portal"
)
SCHEMES = ("http://", "https://", "mailto:", "#", "../", "issue.", "issues/", "feed.")


def issues(vectors: tuple[str, ...]) -> Iterator[Issue]:
    """The vectors as heading, body, publisher, address, title, standfirst, section and closing."""
    for at in range(0, len(vectors), BATCH):
        batch = vectors[at : at + BATCH]
        made = tuple(_section(vector, number) for number, vector in enumerate(batch))
        yield issue(
            *made,
            title=batch[0],
            standfirst=batch[-1],
            introduction=batch[0],
            closing=batch[-1],
        )


def _section(vector: str, number: int) -> IssueSection:
    cited = citation(vector, url=vector, title=vector, lang="en")
    linked = replace(cited, url=f"https://x.test/{vector}")
    told = story(f"s-{number:08x}", heading=vector, body=vector, citations=(cited, linked))
    told = replace(told, section="economy")
    return replace(section("economy", vector, told), intro=vector)


def alive(html: str, *, scripts: int, styles: int) -> list[str]:
    """What could act in a page that should hold so many scripts (of data) and style blocks."""
    tree = LexborHTMLParser(html)
    found = [node.tag or "" for node in tree.css(ACTIVE)]
    if len(tree.css("style")) != styles:
        found.append("style")
    kinds = [node.attributes.get("type") for node in tree.css("script")]
    if kinds != ["application/ld+json"] * scripts:
        found.append(f"scripts {kinds}")
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.lower().startswith("on"):
                found.append(f"{name}={value}")
            if name.lower() in {"href", "src", "action", "formaction", "xlink:href", "cite"}:
                found += [] if (value or "").lower().startswith(SCHEMES) else [f"{name}={value}"]
    return found


def test_the_web_page(vectors: tuple[str, ...]) -> None:
    for made in issues(vectors):
        assert alive(issue_page(made, site(), templates()), scripts=1, styles=1) == []


def test_the_mail(vectors: tuple[str, ...]) -> None:
    for made in issues(vectors):
        assert alive(email_html(made, site(), templates()), scripts=0, styles=1) == []


def test_the_archive_and_its_feed(vectors: tuple[str, ...]) -> None:
    for made in issues(vectors):
        assert alive(index_page([made], site(), templates()), scripts=0, styles=1) == []
        feed = ET.fromstring(atom_feed([made], site(), templates()))  # noqa: S314 - our own
        content = feed.findtext(f".//{ATOM}content") or ""
        assert alive(content, scripts=0, styles=0) == []


def test_the_newsletters_own_words_are_escaped_too() -> None:
    bad = '"><script>alert(1)</script>'
    letter = site(title=bad, subtitle=bad, postal_address=bad, language='en"><script>')
    made = issue(section("economy", "Economy", story()))
    assert alive(issue_page(made, letter, templates()), scripts=1, styles=1) == []
    assert alive(email_html(made, letter, templates()), scripts=0, styles=1) == []
    assert alive(index_page([made], letter, templates()), scripts=0, styles=1) == []


@pytest.mark.parametrize("typed", ["{{ 7*7 }}", "{% raw %}", "{# no #}", "${7*7}"])
def test_braces_appear_as_typed(typed: str) -> None:
    told = story(heading=typed, body=typed, citations=(citation(typed),))
    made = issue(section("economy", typed, told), title=typed, standfirst=typed)
    for html in (issue_page(made, site(), templates()), email_html(made, site(), templates())):
        body = LexborHTMLParser(html).body
        assert body is not None
        assert body.text().count(typed) >= 5
    assert email_text(made, site(), templates()).upper().count(typed.upper()) >= 5


def test_headings_and_names_in_markdown_pass_no_html(vectors: tuple[str, ...]) -> None:
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    for made in issues(vectors):
        bare = replace(
            made,
            introduction="",
            closing="",
            sections=tuple(
                replace(
                    part, intro="", stories=tuple(replace(told, body="") for told in part.stories)
                )
                for part in made.sections
            ),
        )
        html = renderer.render(issue_markdown(bare, site(), templates()))
        assert alive(html, scripts=0, styles=0) == []
