from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from digest.text.html import CLASSES, mark_languages, one_line, sanitise
from digest.text.markdown import escape, link, to_html

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "hostile" / "xss.jsonl"
OWN = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    '<a href="\x01javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]: javascript:alert(1)\n\n[x]",
    '![x](x"onerror=alert`1`)',
    "<javascript:alert(1)>",
    '```x"onload=alert(1)\na\n```',
    "``` { .x onload=alert(1) }\na\n```",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img onerror=x&gt;'>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!-- note --><p onclick=alert(1)><!-- confidence -->",
    "<!-<!-- x -->- --><script>alert(1)</script>",
    "<style>@import'//evil';</style><link rel=stylesheet href=//evil>",
    "<form action=//evil><input name=a autofocus onfocus=alert(1)>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'><base href=//evil>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x02<b\x03onclick=alert(1)>",
]
TAGS = frozenset(
    (
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "blockquote",
            "br",
            "caption",
            "cite",
            "code",
            "col",
            "colgroup",
        ),
        *(
            "dd",
            "del",
            "div",
            "dl",
            "dt",
            "em",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "i",
            "ins",
            "kbd",
        ),
        *("li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "small", "span", "strong"),
        *(
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "u",
            "ul",
            "var",
            "wbr",
        ),
    )
)
ATTRIBUTES = frozenset(
    (
        "lang",
        "dir",
        "href",
        "rel",
        "title",
        "start",
        "colspan",
        "rowspan",
        "scope",
        "align",
        "class",
    )
)


def dangers(html: str) -> list[str]:
    """Whatever in the HTML, as a browser parses it in a body, is not on our short lists."""
    body = LexborHTMLParser(f"<!doctype html><body>{html}").body
    assert body is not None
    found = []
    for node in body.traverse():
        if node == body:
            continue
        if node.tag not in TAGS:
            found.append(f"element {node.tag}")
        for name, value in node.attributes.items():
            if name not in ATTRIBUTES:
                found.append(f"attribute {name}")
            if name == "href" and not re.match(
                r"https?://[^/\\]|mailto:[^/\\]", value or "", re.IGNORECASE
            ):
                found.append(f"address {value}")
            if name == "class" and not set((value or "").split()) <= CLASSES:
                found.append(f"class {value}")
    return found


def vectors() -> list[str]:
    if not VECTORS.is_file():
        return OWN
    lines = VECTORS.read_text(encoding="utf-8").splitlines()
    return OWN + [json.loads(line)["v"] for line in lines]


def test_the_oracle_sees_what_is_dangerous() -> None:
    bad = [
        "<script>x</script>",
        "<p onclick=x>",
        "<a href=//x>x</a>",
        "<a href=javascript:x>",
        "<img src=x>",
    ]
    assert [bool(dangers(html)) for html in bad] == [True] * len(bad)
    assert dangers('<p class="note"><a href="https://a.org/" rel="noopener noreferrer">x</a>') == []


@pytest.mark.parametrize("way", ["sanitise", "markdown", "escaped", "label", "target", "marked"])
def test_no_vector_lives(way: str) -> None:
    ways = {
        "sanitise": sanitise,
        "markdown": to_html,
        "escaped": lambda v: to_html(escape(v)),
        "label": lambda v: to_html(link(v, "https://example.org/")),
        "target": lambda v: to_html(link("x", v)),
        "marked": lambda v: mark_languages(sanitise(v + "王毅"), "en"),
    }
    living = [(v, found) for v in vectors() if (found := dangers(ways[way](v)))]
    assert living == []


def test_an_escaped_vector_is_text_only() -> None:
    for vector in vectors():
        if one_line(vector) or vector.strip():
            html = to_html(escape(vector))
            assert re.findall(r"<[^>]*>", html) in ([], ["<p>", "</p>"]), html
