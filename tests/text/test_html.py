from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text import html
from digest.text.html import mark_languages, one_line, plain_text, sanitise

PLAIN = [
    ("<p>One &amp; <b>two</b></p><p>Three</p>", "One & two\n\nThree"),
    ("a &lt; b\n\nc\nd", "a < b\n\nc\nd"),
    ("x<br>y<br><br>z", "x\ny\n\nz"),
    ("<ul><li>a<li>b</ul>tail", "a\n\nb\n\ntail"),
    ("<p>Hi<script>x()</script><style>p{}</style></p><noscript>no</noscript>", "Hi"),
    ("<figure><img src=x><figcaption>Photo</figcaption></figure><p>Text</p>", "Text"),
    ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n\n3"),
    ("<p>a\n  b\tc</p>", "a b c"),
    ("<pre>a\n\n b</pre>", "a\n\nb"),
    ("<p>5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
    ("<!-- no --><p>yes", "yes"),
    ("习近平<b>访问</b>莫斯科", "习近平访问莫斯科"),
    ("\ud800a\x00b", "ab"),
    ("", ""),
    ("<p></p>", ""),
]


@pytest.mark.parametrize(("markup", "text"), PLAIN)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_deep_nesting_is_no_trouble() -> None:
    assert plain_text("<div>" * 5_000 + "x") == "x"


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("Xi &amp;amp; <i>Putin</i>\n meet", "Xi & Putin meet"),
        ("China&amp;#8217;s &amp;quot;peace&amp;quot;", 'China’s "peace"'),
        ("&amp;lt;b&amp;gt; and &lt;b&gt;", "&lt;b&gt; and <b>"),
        ("{{ 7*7 }} {% x %}", "{{ 7*7 }} {% x %}"),
        ("AT&T & R&D", "AT&T & R&D"),
    ],
)
def test_one_line(markup: str, line: str) -> None:
    assert one_line(markup) == line


SAFE = [
    ('<p class="confidence x">a</p>', '<p class="confidence">a</p>'),
    ('<p class="x" id="y" data-z="1" style="color:red" onclick="q()">a</p>', '<p class="">a</p>'),
    ('<span lang="ru" dir="ltr">а</span>', '<span lang="ru" dir="ltr">а</span>'),
    ('<img src="https://a.org/x.png"><b>a</b>', "<b>a</b>"),
    ("<h1>a</h1><h3>b</h3>", "a<h3>b</h3>"),
    ("<p>a<p>b", "<p>a</p><p>b</p>"),
    ("<!-- c -->a", "a"),
    ("<svg><script>x</script></svg>a", "a"),
]


@pytest.mark.parametrize(("fragment", "safe"), SAFE)
def test_what_may_stay(fragment: str, safe: str) -> None:
    assert sanitise(fragment) == safe


@pytest.mark.parametrize(
    "address",
    [
        "//host/x",
        "/x",
        "x",
        "#x",
        "?x",
        "ftp://a/",
        "https:x",
        "https:/x",
        "https:\\\\a",
        "data:,",
        "javascript:x",
        " java\tscript:x",
        "mailto:/x",
        "https://",
        "vbscript:x",
        "blob:https://a.org/1",
    ],
)
def test_links_that_go(address: str) -> None:
    assert "href" not in sanitise(f'<a href="{address}">x</a>')


@pytest.mark.parametrize("address", ["https://a.org/x?y=1#z", "HTTP://a.org", "mailto:a@b.org"])
def test_links_that_stay(address: str) -> None:
    assert (
        sanitise(f'<a href="{address}">x</a>')
        == f'<a href="{address}" rel="noopener noreferrer">x</a>'
    )


@given(st.text(max_size=200))
def test_sanitising_twice_changes_nothing(fragment: str) -> None:
    once = sanitise(fragment)
    assert sanitise(once) == once


ZH = '<span lang="zh-Hans">'
MARKED = [
    ("<p>Wang Yi 王毅 said</p>", "en", f"<p>Wang Yi {ZH}王毅</span> said</p>"),
    ("Xí Jìnpíng 习近平", "en", f'<span lang="zh-Latn-pinyin">Xí Jìnpíng</span> {ZH}习近平</span>'),
    ("Lǚ Kāng (吕康)", "en", f'<span lang="zh-Latn-pinyin">Lǚ Kāng</span> ({ZH}吕康</span>)'),
    ("café 北京", "en", f"café {ZH}北京</span>"),
    (
        "《環球時報》 and 北京",
        "en",
        '<span lang="zh-Hant">《環球時報》</span> and <span lang="zh-Hant">北京</span>',
    ),
    ("“Россия и Китай” said", "en", '“<span lang="ru">Россия и Китай</span>” said'),
    ("Україна", "en", '<span lang="uk">Україна</span>'),
    ("Қазақстан", "en", '<span lang="kk">Қазақстан</span>'),
    ("東京で会う", "en", '<span lang="ja">東京で会う</span>'),
    ('<em lang="zh-Hans">北京</em>', "en", '<em lang="zh-Hans">北京</em>'),
    ('<em lang="zh">习近平</em>', "en", '<em lang="zh">习近平</em>'),
    (
        '<p lang="ru">Россия <br>и <b>Китай</b></p>',
        "en",
        '<p lang="ru">Россия <br>и <b>Китай</b></p>',
    ),
    ("北京", "zh", "北京"),
    ("俄羅斯", "zh-Hans", '<span lang="zh-Hant">俄羅斯</span>'),
    ('<a title="北京" href="x">x</a>', "en", '<a title="北京" href="x">x</a>'),
    (
        "<title>北京</title><script>'北京'</script>",
        "en",
        "<title>北京</title><script>'北京'</script>",
    ),
    ("<!-- 北京 --> a < b", "en", "<!-- 北京 --> a < b"),
    ("plain", "en", "plain"),
]


@pytest.mark.parametrize(("html", "base", "marked"), MARKED)
def test_languages_are_marked(html: str, base: str, marked: str) -> None:
    assert mark_languages(html, base) == marked


@given(st.text(alphabet='北俄羅а Xíì<b></p>"=!-', max_size=60))
def test_marking_twice_adds_nothing_and_loses_nothing(text: str) -> None:
    safe = sanitise(text)
    marked = mark_languages(safe, "en")
    assert mark_languages(marked, "en") == marked
    assert plain_text(marked) == plain_text(safe)


_PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        '<p class="a b">',
        "<br>",
        "<br />",
        "<b>",
        "</b>",
        "<em>",
        "</em>",
        "<span>",
        '<a href="https://example.org/?a=1&amp;b=2">',
        "</a>",
        "</span>",
        "<i>",
        "</i>",
        "<strong>",
        "one",
        "two ",
        " three",
        "\n",
        "\n\n",
        "  ",
        "&amp;",
        "&lt;b&gt;",
        "&nbsp;",
        "Xi’s",
        "习近平",
        "<div>",
        "</div>",
        "<script>x</script>",
        "<p",
        "a < b",
        "<a title='>'>",
        "</strong>",
        ".",
    ]
)


@given(st.lists(_PIECES, max_size=25).map("".join))
def test_the_short_way_to_plain_text_says_what_the_parser_says(markup: str) -> None:
    simple = html._simple_text(markup)
    if simple is not None and html._TAG.search(markup):
        body = html.LexborHTMLParser(markup).body
        assert body is not None
        assert simple == html._paragraphs("".join(html._pieces(body)))
