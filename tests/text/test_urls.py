from __future__ import annotations

from base64 import urlsafe_b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.data.tracking import load_forms, load_tracking, load_wrappers
from digest.text.urls import (
    canonical_and_shown,
    canonical_url,
    host_of,
    is_web_url,
    shown_url,
    without_userinfo,
)

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


PAGE = "https://www.example.org/a/story?id=7"
QUOTED = quote(PAGE, safe="")


def news(url: str, *more: bytes) -> str:
    """An address of Google News as it was until 2024: a record with the page's address."""
    size = len(url)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    record = b"\x08\x13\x22" + length + url.encode() + b"".join(more)
    code = urlsafe_b64encode(record).decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{code}?oc=5"


def base64(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


WRAPPED = [
    news(PAGE),
    news(PAGE, b"\xd2\x01\x00"),
    f"https://news.google.com/__i/rss/rd/articles/{news(PAGE).rsplit('/')[-1]}",
    f"https://www.google.com/url?sa=t&q={QUOTED}&usg=x",
    f"https://www.google.co.uk/url?url={QUOTED}",
    f"http://feedproxy.google.com/~r/name/~3/abc/?url={QUOTED}",
    f"http://feeds.feedburner.com/~/t/0/0/name/~{PAGE}",
    f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
    f"https://t.umblr.com/redirect?z={QUOTED}&t=x",
    f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=05",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.example.org_a_story-3Fid-3D7&d=Dw",
    "https://urldefense.com/v3/__https://www.example.org/a/story*id*7__;Pz0!!abc!d$",
    f"https://vk.com/away.php?to={QUOTED}&cc_key=",
    f"https://away.vk.com/?to={QUOTED}",
    f"https://link.zhihu.com/?target={QUOTED}",
    f"https://yandex.ru/clck/jsredir?from=x&url={QUOTED}",
    f"https://clck.yandex.ru/redir/dtype=1/*{PAGE}",
    f"https://www.bing.com/ck/a?!&&p=ab&u=a1{base64(PAGE)}&ntb=1",
    f"https://www.youtube.com/redirect?q={QUOTED}",
    "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a/story?id=7&usqp=mq331",
    "https://www.google.com/amp/s/www.example.org/a/story?id=7",
    f"https://l.facebook.com/l.php?u={quote(f'https://www.google.com/url?q={QUOTED}', safe='')}",
    f"https://l.facebook.com/l.php?u={quote(PAGE + '&utm_source=x', safe='')}",
]

NOT_UNWRAPPED = [
    "https://l.facebook.com/l.php?u=javascript:alert(1)",
    "https://l.facebook.com/l.php?u=http%3A%2F%2F127.0.0.1%2F",
    "https://l.facebook.com/l.php?u=http%3A%2F%2F2130706433%2F",
    "https://l.facebook.com/l.php?u=http%3A%2F%2F0x7f.0.0.1%2F",
    "https://l.facebook.com/l.php?u=http%3A%2F%2F%5B%3A%3A1%5D%2F",
    "https://l.facebook.com/l.php?u=http%3A%2F%2Flocalhost%2F",
    "https://l.facebook.com/l.php?u=http%3A%2F%2Fprinter.local%2F",
    "https://l.facebook.com/l.php?u=http%3A%2F%2Fme%3Asecret%40example.org%2F",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2F%0d%0aX",
    "https://l.facebook.com/l.php?u=%2Fa",
    "https://l.facebook.com/l.php",
    "https://news.google.com/rss/articles/CBMiK0FVX3lxTE1hYmM?oc=5",
    "https://news.google.com/rss/articles/!!!",
    "https://www.bing.com/ck/a?u=a1%%%",
    "https://feedproxy.google.com/~r/name/~3/abc/",
    "https://example.org/url?q=https%3A%2F%2Fexample.com%2F",
    "https://apple.news/Aabc",
]

FOLDED = [
    ("https://amp.example.org/a/story", "https://example.org/a/story"),
    ("https://www.example.org/amp/a/story", "https://www.example.org/a/story"),
    ("https://www.example.org/a/story/amp", "https://www.example.org/a/story"),
    ("https://www.example.org/a/story/amp/", "https://www.example.org/a/story/"),
    ("https://www.example.org/a/story.amp", "https://www.example.org/a/story"),
    ("https://www.example.org/a/story.amp.html", "https://www.example.org/a/story.html"),
    ("https://www.example.org/a/story?amp=1&id=7", PAGE),
    ("https://www.example.org/a/story?id=7&amp", PAGE),
    ("https://www.example.org/a/story?outputType=amp&id=7", PAGE),
    ("https://www.bbc.co.uk/news/amp/world-1", "https://www.bbc.co.uk/news/world-1"),
    ("https://en.m.wikipedia.org/wiki/Amur", "https://en.wikipedia.org/wiki/Amur"),
    ("https://m.lenta.ru/news/2022/04/07/x/", "https://lenta.ru/news/2022/04/07/x/"),
    ("https://amp.rbc.ru/rbcnews/politics/1", "https://www.rbc.ru/politics/1"),
    ("https://m.thepaper.cn/newsDetail_forward_1", "https://www.thepaper.cn/newsDetail_forward_1"),
    ("https://name.blogspot.com/2022/04/x.html?m=1", "https://name.blogspot.com/2022/04/x.html"),
    ("https://www.google.com/amp/s/amp.example.org/a/amp/", "https://example.org/a/"),
]

NOT_FOLDED = [
    "https://amp.dev/a",
    "https://amp.co.uk/a",
    "https://m.example.org/a",
    "https://mobile.example.org/a",
    "https://m.wikipedia.example.org/a",
    "https://example.org/amp",
    "https://example.org/amp/",
    "https://example.org/guitars/amp-review",
    "https://example.org/news/amp/world-1",
    "https://example.org/a?amp=12",
    "https://example.org/a?m=1",
    "https://example.org/ampere/story",
]

TRACKING = [
    "utm_source=x",
    "fbclid=x",
    "gclid=x",
    "yclid=x",
    "mc_cid=x",
    "at_medium=RSS",
    "ns_campaign=x",
    "CMP=share_btn_tw",
    "spm=a2c4g.1",
]


@pytest.mark.parametrize(("url", "canonical"), SAME)
def test_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == shown_url(url) == canonical


@pytest.mark.parametrize("url", WRAPPED)
def test_an_address_that_holds_its_target_becomes_it(url: str) -> None:
    assert canonical_url(url) == shown_url(url) == PAGE


@pytest.mark.parametrize("url", NOT_UNWRAPPED)
def test_what_holds_no_public_target_stays(url: str) -> None:
    assert canonical_url(url) == url


@pytest.mark.parametrize(("url", "page"), FOLDED)
def test_forms_of_a_page_are_known_as_the_page(url: str, page: str) -> None:
    assert canonical_url(url) == page


def test_the_address_shown_is_the_one_that_was_given() -> None:
    url = "https://en.m.wikipedia.org/wiki/Amur/amp"
    assert shown_url(f"{url}?utm_source=x") == url


@pytest.mark.parametrize("url", NOT_FOLDED)
def test_what_only_looks_like_a_form_stays(url: str) -> None:
    assert canonical_url(url) == url


@pytest.mark.parametrize("pair", TRACKING)
def test_tracking_goes_wherever_it_stands(pair: str) -> None:
    assert canonical_url(f"https://example.org/a?{pair}&id=7") == "https://example.org/a?id=7"
    assert canonical_url(f"https://example.org/a?{pair}") == "https://example.org/a"


def test_a_name_that_tracks_at_one_site_stays_at_others() -> None:
    assert canonical_url("https://lenta.ru/a?from=main") == "https://lenta.ru/a"
    assert canonical_url("https://example.org/a?from=main") == "https://example.org/a?from=main"
    assert canonical_url("https://example.org/a?cmp=4711") == "https://example.org/a?cmp=4711"


def test_wrappers_in_wrappers_end() -> None:
    url = PAGE
    for _ in range(12):
        url = f"https://l.facebook.com/l.php?u={quote(url, safe='')}"[:7000]
    assert canonical_url(url) == url
    assert canonical_url(canonical_url(url)) == url


def test_a_wrapper_of_itself_ends() -> None:
    loop = "https://l.facebook.com/l.php?u=https://l.facebook.com/l.php?u="
    assert canonical_url(canonical_url(loop)) == canonical_url(loop)


def test_the_rules_fit_together() -> None:
    forms, rules = load_forms(), load_tracking()
    assert not set(forms.hosts) & set(forms.hosts.values())
    names = {name for site in rules.sites.values() for name in site}
    for name in (*rules.names, *rules.prefixes, *rules.worded, *forms.parameters, *names):
        assert name == name.lower()
    assert all(host == host.lower() for host in (*load_wrappers(), *rules.sites, *forms.hosts))


PIECES = st.sampled_from(
    [
        *(
            "https://",
            "https://./",
            "http://",
            "HTTPS://",
            "//",
            "/",
            "?",
            "&",
            "#",
            "#!",
            "=",
            ".",
            "..",
            ";",
            "%",
        ),
        *("amp", "amp.", "/amp", "/amp/", ".amp", ".html", "?amp=1", "&amp=1", "m.", "en.m."),
        *(
            "example.org",
            "wikipedia.org",
            "lenta.ru",
            "l.facebook.com/l.php?u=",
            "google.com/url?q=",
        ),
        *("cdn.ampproject.org/c/s/", "google.com/amp/s/", "bbc.com/news/amp/", "amp.cnn.com/cnn/"),
        *(
            "https%3A%2F%2F",
            "%2F",
            "%3F",
            "%26",
            "utm_x=1",
            "fbclid=2",
            "cmp=3",
            "a",
            "7",
            "\u3000",
        ),
        *("urldefense.com/v3/__", "__;Pz0!!", "*", "**A", "-3A__", "@", ":443", ":80", " ", "\n"),
        *(
            "feedproxy.google.com/~",
            "clck.yandex.ru/*",
            "blogspot.com/a?m=1",
            "中",
            "\x85",
            "[::1]",
        ),
    ]
)


@given(st.lists(PIECES, max_size=14))
def test_canonical_is_stable_whatever_it_is_made_of(pieces: list[str]) -> None:
    for url in ("".join(pieces), "https://" + "".join(pieces), PAGE + "".join(pieces)):
        for form in (canonical_url, shown_url):
            assert form(form(url)) == form(url)
        assert canonical_url(shown_url(url)) == canonical_url(url)
        assert canonical_and_shown(url) == (canonical_url(url), shown_url(url))


@given(
    st.from_regex(r"[a-z]{1,6}(/[a-z0-9-]{1,8}){1,3}(\?(id|page|q)=[0-9a-z]{1,5})?", fullmatch=True)
)
def test_a_plain_address_stays_byte_for_byte(rest: str) -> None:
    url = f"https://www.example.org/x/{rest}/y"
    assert canonical_url(url) == shown_url(url) == url


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
        "https://./",
        "ftp://a/",
        "https://a b/",
        "",
    ],
)
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert not is_web_url(url)


def test_what_is_an_address_of_the_web() -> None:
    assert is_web_url("HTTPS://example.org/中文?q=1#x")
