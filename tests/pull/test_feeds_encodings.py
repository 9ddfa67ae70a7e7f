"""Feeds in every encoding, declared right, wrong or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.pull.charset import as_utf8
from digest.pull.feeds import parse

URL = "https://example.org/feed"
RUSSIAN = "Нефть и газ: поставки по железной дороге выросли вдвое за год"
SIMPLIFIED = "中国和俄罗斯的贸易在这一年里大幅增长，人们说铁路运输不够用了"
TRADITIONAL = "中國和俄羅斯的貿易在這一年裡大幅增長，人們說鐵路運輸不夠用了"
WESTERN = "Öl für München: größere Züge, naïve Gäste – “très” élégants"
TEXTS = {"ru": RUSSIAN, "zh": SIMPLIFIED, "tw": TRADITIONAL, "de": WESTERN, "en": "Oil and rail"}


def feed(title: str, declared: str | None = None) -> str:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    return (
        f'{head}<rss version="2.0"><channel><title>N</title><item><title>{title}</title>'
        f"<description>{title}</description></item></channel></rss>"
    )


RIGHT = [
    *[("ru", name) for name in ("windows-1251", "koi8-r", "iso-8859-5", "cp866", "gb18030")],
    *[("zh", name) for name in ("gb2312", "gbk", "gb18030", "GB_2312-80", "hz")],
    *[("tw", name) for name in ("big5", "Big5-HKSCS", "gb18030")],
    *[("de", name) for name in ("windows-1252", "cp1252")],
    *[(lang, "utf-8") for lang in TEXTS],
]


def encoded(text: str, name: str) -> bytes:
    python = {"GB_2312-80": "gb2312"}.get(name, name)
    return text.encode(python)


@pytest.mark.parametrize(("lang", "name"), RIGHT)
def test_an_encoding_declared_right_is_read(lang: str, name: str) -> None:
    body = encoded(feed(TEXTS[lang], name), name)
    assert parse(body, url=URL).entries[0].title == TEXTS[lang]


WRONG = [
    ("ru", "windows-1251", "utf-8"),
    ("ru", "windows-1251", "iso-8859-1"),
    ("ru", "windows-1251", "koi8-r"),
    ("ru", "koi8-r", "windows-1251"),
    ("ru", "koi8-r", "utf-8"),
    ("ru", "utf-8", "windows-1251"),
    ("ru", "utf-8", "koi8-r"),
    ("ru", "utf-8", "iso-8859-1"),
    ("ru", "windows-1251", "gb2312"),
    ("zh", "gb18030", "utf-8"),
    ("zh", "gb18030", "iso-8859-1"),
    ("zh", "gb18030", "big5"),
    ("zh", "gb18030", "windows-1251"),
    ("zh", "utf-8", "gb2312"),
    ("zh", "utf-8", "gb18030"),
    ("tw", "big5", "utf-8"),
    ("tw", "big5", "gb2312"),
    ("tw", "utf-8", "big5"),
    ("de", "windows-1252", "utf-8"),
    ("de", "utf-8", "iso-8859-1"),
    ("en", "utf-8", "punycode"),
    ("en", "utf-8", "undefined"),
    ("en", "utf-8", "no-such-encoding"),
    ("en", "utf-8", "utf-16"),
    ("ru", "utf-8", "utf-16"),
    ("ru", "utf-8", "us-ascii"),
]


@pytest.mark.parametrize(("lang", "true", "declared"), WRONG)
def test_an_encoding_declared_wrong_is_found_out(lang: str, true: str, declared: str) -> None:
    body = feed(TEXTS[lang], declared).encode(true)
    assert parse(body, url=URL).entries[0].title == TEXTS[lang]


@pytest.mark.parametrize(("lang", "true", "served"), WRONG)
def test_an_encoding_served_wrong_is_found_out(lang: str, true: str, served: str) -> None:
    body = feed(TEXTS[lang]).encode(true)
    entry = parse(body, url=URL, content_type=f"text/xml; charset={served}").entries[0]
    assert entry.title == TEXTS[lang]


@pytest.mark.parametrize(
    ("lang", "true"),
    [
        ("ru", "windows-1251"),
        ("ru", "koi8-r"),
        ("zh", "gb18030"),
        ("tw", "big5"),
        ("de", "windows-1252"),
        ("ru", "utf-8"),
    ],
)
def test_an_encoding_that_nobody_names_is_guessed(lang: str, true: str) -> None:
    assert parse(feed(TEXTS[lang]).encode(true), url=URL).entries[0].title == TEXTS[lang]


@pytest.mark.parametrize("declared", [None, "utf-16", "utf-8", "windows-1251"])
@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings_with_and_without_a_mark(name: str, declared: str | None) -> None:
    for text in (RUSSIAN, SIMPLIFIED, "Oil"):
        entry = parse(feed(text, declared).encode(name), url=URL).entries[0]
        assert entry.title == text


def test_the_document_outranks_the_server() -> None:
    body = feed(RUSSIAN, "koi8-r").encode("koi8-r")
    kind = "application/rss+xml; charset=windows-1251"
    assert parse(body, url=URL, content_type=kind).entries[0].title == RUSSIAN


def test_scripts_we_cannot_tell_apart_are_believed() -> None:
    for text, name in (("Ειδήσεις της ημέρας", "iso-8859-7"), ("חדשות היום", "windows-1255")):
        assert parse(feed(text, name).encode(name), url=URL).entries[0].title == text


def test_a_cut_character_costs_one_character() -> None:
    body = feed(RUSSIAN * 3).encode().replace("выросли".encode(), "вырос".encode() + b"\xd0", 1)
    title = parse(body, url=URL).entries[0].title
    assert title.startswith("Нефть и газ")
    assert title.count("\ufffd") == 1


@given(st.binary(max_size=200), st.sampled_from(["", "text/xml; charset=gb2312", "a; charset=hz"]))
def test_any_bytes_become_utf8(body: bytes, kind: str) -> None:
    as_utf8(body, kind).decode()
    as_utf8(b'<?xml version="1.0" encoding="koi8-r"?>' + body, kind).decode()
