from __future__ import annotations

import pytest

from digest.render.typography import NBSP, bound, bound_line, breakable, with_levels, with_scopes


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("On 7 April 2022 in", "On 7~April 2022 in"),
        ("7 апреля", "7~апреля"),
        ("50 billion cubic", "50~billion cubic"),
        ("No. 12 of Mr Li", "No.~12 of Mr~Li"),
        ("J. W. Smith", "J.~W.~Smith"),
        ("2022 April fools", "2022 April fools"),
        ("<code>7 April</code> 7 April", "<code>7 April</code> 7~April"),
        ('<a title="7 April">x</a>', '<a title="7 April">x</a>'),
        ("<p>one two three</p>", "<p>one two~three</p>"),
        ("<p>one <em>two three</em>.</p>", "<p>one <em>two~three</em>.</p>"),
        ('<p><a href="x y">z</a></p>', '<p><a href="x y">z</a></p>'),
        ("<p>{{ 7*7 }}</p>", "<p>{{ 7*7 }}</p>"),
        ("<p>one extraordinarily-long-last-word</p>", "<p>one extraordinarily-long-last-word</p>"),
        (
            '<span lang="zh-Latn-pinyin">Xí Jìnpíng</span> <span lang="zh-Hans">习近平</span> said',
            '<span lang="zh-Latn-pinyin">Xí~Jìnpíng</span>~<span lang="zh-Hans">习近平</span> said',
        ),
        ('phrase <span lang="zh-Hans">命运</span>', 'phrase <span lang="zh-Hans">命运</span>'),
    ],
)
def test_what_belongs_together_does_not_break(html: str, expected: str) -> None:
    assert bound(html) == expected.replace("~", NBSP)


def test_a_line_has_no_widow() -> None:
    assert bound_line("Talks end here") == f"Talks end{NBSP}here"


@pytest.mark.parametrize(
    ("html", "under", "expected"),
    [
        ("<h4>a</h4><h6>b</h6>", 2, "<h3>a</h3><h4>b</h4>"),
        ('<h2 lang="de">a</h2>', 3, '<h4 lang="de">a</h4>'),
        ("<h6>a</h6>", 6, "<h6>a</h6>"),
        ("<hr><header>x</header>", 1, "<hr><header>x</header>"),
    ],
)
def test_headings_stand_below_their_page(html: str, under: int, expected: str) -> None:
    assert with_levels(html, under) == expected


def test_table_headings_name_their_scope() -> None:
    assert with_scopes('<thead><th align="left">a<th scope="row">b') == (
        '<thead><th scope="col" align="left">a<th scope="row">b'
    )


def test_only_long_words_may_break_and_no_attribute_does() -> None:
    word = "a" * 40
    assert breakable(f'<a href="{word}">short {word}</a>') == (
        f'<a href="{word}">short {"a" * 12}<wbr>{"a" * 12}<wbr>{"a" * 12}<wbr>aaaa</a>'
    )
    assert breakable("中" * 40) == "中" * 40
