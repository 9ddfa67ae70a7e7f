from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.text.fromhtml import html_lines, markdown_of
from digest.text.markdown import published, to_html
from digest.text.readalike import alike, difference_in, reads_as

LINES = st.sampled_from(
    [
        "",
        "",
        "A plain line of text.",
        "- one",
        "- two",
        "  - nested",
        "    - deeper",
        "* star",
        "+ plus",
        "1. first",
        "7. seventh",
        "2) second",
        "> a quotation",
        "> > within another",
        "#### A heading",
        "###### Far below",
        "#no heading",
        "Under",
        "===",
        "---",
        "    indented",
        "\tby a tab",
        "```",
        "~~~",
        "| a | b |",
        "| --- | :-: |",
        "| *c* | d\\|e |",
        "*so* it **is** and _so_ `on`",
        "***both*** and **un*even**",
        "a hard\\",
        "break  ",
        "[a link](https://example.org/a_b) and [more][x]",
        '[titled](https://example.org/t "a title")',
        "[x]: https://example.org/x",
        "<https://example.org/auto>",
        "![a picture](https://example.org/p.png)",
        '<span lang="ru">Слово</span> и <b>ещё</b>',
        "<div>",
        "</div>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<dl><dt>term</dt><dd>meaning</dd></dl>",
        "&amp; &lt;b&gt; &copy; \\* 3 < 4",
        "text <!-- e:a1 -->",
        "<!-- open",
    ]
)
BODIES = st.lists(LINES, max_size=9).map("\n".join)


@settings(max_examples=80)
@given(BODIES)
def test_any_body_becomes_markdown_that_every_parser_reads_as_its_page(body: str) -> None:
    page = to_html(body)
    made = alike(published(body), page)
    assert reads_as(made, page)
    assert difference_in(made) is None


@pytest.mark.parametrize(
    "body",
    [
        "It *is* so.\n\n- one\n- two\n\n1. first\n2. second\n\n> A quotation.",
        "#### A heading\n\n| a | b |\n| --- | --- |\n| c | d |\n\n```\ncode\n```",
        '[A link](https://example.org/a) and <span lang="ru">слово</span>.',
        "- [香港](https://example.org/即時國際/892502/習近平) and [one](https://example.org/%E5%8D%B3)",
    ],
)  # fmt: skip
def test_what_reads_alike_already_stays_byte_for_byte(body: str) -> None:
    assert difference_in(body) is None
    assert alike(body, to_html(body)) == body


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Text\n- one\n- two", 0),
        ("A paragraph.\n\nText\n- one\n- two\n\nMore.", 2),
        ("A paragraph.\n\n- a\n  - b", 2),
        ("One.\n\nTwo.\n\n1) a\n2) b", 4),
    ],
)
def test_what_parsers_read_differently_is_found_in_its_place(body: str, line: int) -> None:
    found = difference_in(body)
    assert found is not None
    assert line <= found.line <= line + 1


def test_what_markdown_cannot_say_stays_html() -> None:
    terms = "<dl><dt>a</dt><dd>b</dd></dl>"
    assert markdown_of(terms) == terms
    assert html_lines("<ul><li>a</li></ul><ul><li>b</li></ul>").count("\n\n") == 1
