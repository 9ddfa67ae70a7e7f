from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from digest.text.markdown import Md, escape, link, published, to_html, to_plain, trace, traces

ACTING = [
    "1. x",
    "12) x",
    "# x",
    "#x",
    "###",
    "- x",
    "+ x",
    "* x",
    "> x",
    ">x",
    "***",
    "* * *",
    "---",
    "- - -",
    "___",
    "===",
    "=",
    "-",
    "+",
    "~~~",
    "```",
    "    code",
    "\tcode",
    "[a](b)",
    "[a][b]",
    "[a]: b",
    "![a](b)",
    "![a",
    "a]",
    "*a*",
    "**a**",
    "_a_",
    "__a__",
    "a_b_c",
    "*a",
    "a*",
    "a * b",
    "`a`",
    "``a` `",
    "\\",
    "\\*",
    "a\\",
    "\\\\a",
    "<b>",
    "<!-- e:x -->",
    "<https://a.org>",
    "&lt;",
    "&copy;",
    "&",
    "a|b",
    "|a|",
    "|---|",
    ":-- | --",
    "x\ny",
    "x  \ny",
    "# a #",
    "C#",
    "a ##",
    "{{ 7*7 }}",
    "$x$",
    "~~a~~",
    "a^b",
    "https://a.org/(b)_c_",
    "a@b.org",
    "Term\n: def",
    "[x] todo",
    "[sic] *",
    "[a [b] c]",
    "a ] b [ c",
    "[^1]",
    "\xa0# x",
    "1.",
    "2022.",
    "!",
    "*[HTML]: x",
    "'q' \"r\"",
    "\u2028# x",
    "\x02klzzwxh:0001\x03",
    "\x02amp\x03",
    "klzzwxh:0",
    "[TOC]",
    "\\[a](b)",
    "a\\_b",
    "_",
    "*",
    "`",
    "[",
    "]",
]
ODD = st.text(alphabet="ab1 *_`[]()<>#+-=~.!|\\&;:^\"'\n\t{}/é中\u00a0\ud800\x02", max_size=30)
TEXTS = st.one_of(
    ODD,
    st.text(max_size=40),
    st.sampled_from(ACTING),
    st.lists(st.sampled_from(ACTING), max_size=3).map(" ".join),
)
PLACES = [
    ("", ""),
    ("He said: ", " and left."),
    ("Before ", ""),
    ("Line above\n", ""),
    ("> ", ""),
    ("- ", ""),
    ("- ", " <!-- note -->"),
    ("*so* ", " <!-- e:a1 -->"),
]
COMMONMARK = MarkdownIt("commonmark")


def shown(text: str) -> str:
    """What a reader sees of a text: control characters dropped, blanks folded."""
    drop = set(map(chr, [*range(9), *range(14, 28), 127, *range(128, 133), *range(134, 160)]))
    drop |= set(map(chr, [*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF]))
    kept = (c for c in text if c not in drop and not 0xD800 <= ord(c) < 0xE000)
    return " ".join("".join(kept).split())


def seen(html: str) -> tuple[str, set[str]]:
    """The folded text of some HTML and the elements in it."""
    body = LexborHTMLParser(html).body
    assert body is not None
    tags = {node.tag or "" for node in body.traverse()} - {"body"}
    return " ".join(body.text().split()), tags


def expected(before: str, text: str, after: str) -> str:
    frame = (before.replace("*so*", "so"), after.partition("<!--")[0])
    bare = (
        frame[0].lstrip(">- ")
        if not text.strip()
        else frame[0].removeprefix("> ").removeprefix("- ")
    )
    return " ".join(f"{bare}{shown(text)}{frame[1]}".split())


@pytest.mark.parametrize("text", ACTING)
def test_what_would_act_shows_as_typed(text: str) -> None:
    for place in PLACES:
        check(text, place)


@given(TEXTS, st.sampled_from(PLACES))
def test_any_text_shows_as_typed_wherever_it_stands(text: str, place: tuple[str, str]) -> None:
    check(text, place)


def check(text: str, place: tuple[str, str]) -> None:
    if not shown(text):
        return
    before, after = place
    escaped = escape(text)
    assert "\n" not in escaped
    markdown = f"{before}{escaped}{after}"
    wanted = {">": {"blockquote", "p"}, "-": {"ul", "li"}, "*": {"p", "em"}}.get(before[:1], {"p"})
    for html in (to_html(markdown), COMMONMARK.render(published(markdown))):
        got, tags = seen(html)
        assert got == expected(before, text, after), html
        assert tags <= wanted, html


@given(TEXTS)
@example("a\\")
@example("\\ ")
def test_any_text_is_safe_as_the_label_of_a_link(text: str) -> None:
    label = shown(text)
    url = "https://example.org/a_b"
    for markdown in (
        link(text, url),
        Md("[{}]({})").format(text, url) if label else link(text, url),
    ):
        for html in (to_html(f"See {markdown} now."), COMMONMARK.render(f"See {markdown} now.")):
            got, tags = seen(html)
            assert got == f"See {label or 'example.org'} now."
            assert tags == {"p", "a"}
            assert f'href="{url}"' in html


@given(TEXTS)
def test_any_text_is_safe_in_a_table(text: str) -> None:
    html = to_html(f"| a | b |\n|---|---|\n| {escape(text)} | x |")
    cells = [" ".join(cell.text().split()) for cell in LexborHTMLParser(html).css("td")]
    assert cells == [shown(text), "x"]


@given(TEXTS)
def test_no_url_can_leave_its_link(text: str) -> None:
    html = to_html(f"a {link('label', 'https://example.org/' + text)} b")
    got, tags = seen(html)
    assert got == "a label b"
    assert tags <= {"p", "a"}


def test_the_address_arrives_as_it_was() -> None:
    urls = [
        ("https://a.org/?a=1&copy=2&b;", "https://a.org/?a=1&amp;copy=2&amp;b;"),
        ("https://a.org/x_y_z*a*", "https://a.org/x_y_z*a*"),
        ("https://a.org/a (1)", "https://a.org/a%20%281%29"),
        ("https://a.org/中文", "https://a.org/中文"),
        ("http://[::1]:8/a[b]", "http://[::1]:8/a%5Bb%5D"),
        ("mailto:a@b.org", "mailto:a@b.org"),
    ]
    for url, href in urls:
        assert f'href="{href}"' in to_html(link("x", url))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//a.org",
        "/a",
        "",
        "data:,x",
        "java\nscript:x",
        "ftp://a.org",
        "https:\\\\a.org",
    ],
)
def test_other_addresses_leave_just_the_label(url: str) -> None:
    assert link("la*bel", url) == "la\\*bel"


@pytest.mark.parametrize(
    "text",
    [
        "snake_case of R_2",
        "2 * 3 = 6",
        "[Ukraine’s] integrity",
        "-5 degrees",
        "+7 is Russia",
        "~100 tanks",
        "What now?!",
        "a #tag (b) {c}",
        "C:\\dir",
        "3.5 per cent",
        "“Q” – ‘q’…",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert escape(text) == text


def test_md_escapes_whatever_is_joined_to_it() -> None:
    assert Md("*a* ") + "*b*" == "*a* \\*b\\*"
    assert "*b*" + Md(" *a*") == "\\*b\\* *a*"
    assert Md(", ").join(["*a*", Md("*b*")]) == "\\*a\\*, *b*"
    assert Md("%s") % "<b>" == "&lt;b>"
    assert Md("{x}").format(x=Md("*y*")) == "*y*"
    assert isinstance(Md("a").upper(), Md)
    assert Md.escape(Md("*a*")) == "*a*"
    assert Md.escape(7) == "7"


def test_comments() -> None:
    text = (
        "One. <!-- e:a1 b2 --> Two. <!-- e:b2 -->\n\n"
        "## Energy <!-- energy -->\n\nx  \ny <!-- note -->"
    )
    assert traces(text) == ("a1", "b2")
    assert published(text) == "One. Two.\n\n## Energy\n\nx  \ny"
    assert trace("a1", "b2") == "<!-- e:a1 b2 -->"
    assert trace() == ""
    assert published("<!-<!-- a -->- b -->c") == "c"
    with pytest.raises(ValueError, match="cannot stand"):
        trace("a -->")


def test_a_comment_at_the_end_gives_a_block_its_class() -> None:
    html = to_html(
        "One. <!-- e:a --> <!-- confidence -->\n\nTwo <!-- note --> goes on\n\n"
        "- x <!-- note -->\n- y\n\n> q\n> <!-- note -->"
    )
    assert html.count("confidence") == 1
    assert '<p class="confidence">One.</p>' in html
    assert "<p>Two goes on</p>" in html
    assert '<li class="note">x</li>' in html
    assert '<p class="note">q</p>' in html


def test_a_marker_of_ours_cannot_be_typed() -> None:
    assert to_html("a\ufdd0") == "<p>a</p>"


def test_tables_lists_and_code() -> None:
    assert '<td align="right">2</td>' in to_html("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert to_html("```\n*a*\n```") == "<pre><code>*a*\n</code></pre>"
    assert "<ol start" in to_html("3. a\n4. b")


PLAIN = """According to [Bloomberg](https://example.org/a), the *oil* flows. <!-- e:a1 -->

> A quotation that is long enough to be broken into two lines by a writer of mails.
>
> — someone

1. one
2. two

- a [b@c.org](mailto:b@c.org)

https://example.org/a-long-address/that/no/line/of/seventy-six/columns/could/hold

俄罗斯石油恢复流动，哈萨克斯坦方面表示欢迎，市场反应平静，分析人士认为这一消息将有助于稳定油价。
"""


def test_plain_text_of_a_story() -> None:
    assert to_plain(PLAIN) == (
        "According to Bloomberg (https://example.org/a), the oil flows.\n\n"
        "> A quotation that is long enough to be broken into two lines by a writer of\n"
        "> mails.\n\n"
        "> — someone\n\n"
        "1. one\n2. two\n\n"
        "- a b@c.org\n\n"
        "https://example.org/a-long-address/that/no/line/of/seventy-six/columns/could/hold\n\n"
        "俄罗斯石油恢复流动，哈萨克斯坦方面表示欢迎，市场反应平静，分析人士认为这一消\n"
        "息将有助于稳定油价。"
    )


@given(TEXTS, st.integers(20, 100))
def test_no_line_is_wider_unless_a_word_is(text: str, width: int) -> None:
    for line in to_plain(escape(text), width).split("\n"):
        assert len(line) <= width or " " not in line.strip()


def test_deep_nesting_is_no_trouble() -> None:
    assert to_plain("<div>" * 3000 + "x") == "x"
    assert "x" in to_plain(">" * 2000 + " x")
