from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.urls import canonical_url, host_of, is_web_url, without_userinfo

SAME = [
    ("HTTPS://Example.ORG:443/a?utm_source=x&id=7#top", "https://example.org/a?id=7"),
    ("http://example.org:80", "http://example.org/"),
    ("http://example.org:8080/", "http://example.org:8080/"),
    ("https://example.org./a?", "https://example.org/a"),
    ("https://example.org/?b=2&a=1", "https://example.org/?b=2&a=1"),
    ("https://example.org/a?FBCLID=1&x", "https://example.org/a?x"),
    ("https://www.nytimes.com/a.html?smid=tw&id=1", "https://www.nytimes.com/a.html?id=1"),
    ("https://example.org/a?smid=tw", "https://example.org/a?smid=tw"),
    ("https://example.org/#!/story/7", "https://example.org/#!/story/7"),
    ("  https://example.org/a b\n", "https://example.org/a%20b"),
    ("https://example.org/中文?q=俄罗斯", "https://example.org/中文?q=俄罗斯"),
    ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
    ("https://u:p@Example.org/", "https://u:p@example.org/"),
    ("mailto:A@Example.org", "mailto:A@Example.org"),
    ("http://[::1", "http://[::1"),
    ("http://example.org:99999/", "http://example.org:99999/"),
    ("", ""),
]


@pytest.mark.parametrize(("url", "canonical"), SAME)
def test_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(alphabet="htps:/?#&=@[]aA. \n%é中;\\", max_size=60))
def test_canonical_never_fails_and_is_stable(rest: str) -> None:
    for url in (rest, f"https://example.org/{rest}", f"http://{rest}"):
        once = canonical_url(url)
        assert canonical_url(once) == once
        host_of(url)
        is_web_url(url)


def test_userinfo_never_shows() -> None:
    assert without_userinfo("https://me:secret@example.org/a@b") == "https://example.org/a@b"
    assert "secret" not in without_userinfo("http://me:secret@[bad/")
    assert without_userinfo("https://example.org/") == "https://example.org/"


def test_host() -> None:
    assert host_of("https://u:p@Example.ORG.:8443/x") == "example.org"
    assert host_of("no address") == ""


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//example.org/",
        "/a",
        "https:example.org",
        "https://",
        "ftp://a/",
        "https://a b/",
        "",
    ],
)
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert not is_web_url(url)


def test_what_is_an_address_of_the_web() -> None:
    assert is_web_url("HTTPS://example.org/中文?q=1#x")
