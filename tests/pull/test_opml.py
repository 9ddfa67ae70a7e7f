"""OPML: what we write we read, and what others write does no harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.data.sections import SHIPPED_SECTIONS
from digest.errors import ParseError
from digest.model import Ownership
from digest.pull.opml import Subscription, is_listed, read_opml, write_opml
from digest.source import Source
from digest.text.urls import is_web_url

SECTIONS = {section.id: section for section in SHIPPED_SECTIONS}
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1)


def opml(body: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def read(body: str) -> list[tuple[str, str, str | None]]:
    found = read_opml(opml(body), where="list.opml")
    return [(each.name, each.url, each.folder) for each in found]


PATHS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9)
sources = st.builds(
    Source,
    id=st.just("id"),
    name=NAMES.map(str.strip).filter(bool),
    url=PATHS.map(lambda path: f"https://example.org/{path}?a=1&b=<").filter(is_web_url),
    section=st.sampled_from([None, *SECTIONS]),
    ownership=st.sampled_from([None, *Ownership]),
    lang=st.sampled_from([None, "en", "ru", "zh"]),
    country=st.sampled_from([None, "CN", "RU"]),
    publisher=st.none() | NAMES.map(str.strip).filter(bool),
    type=st.sampled_from([None, "feed", "sitemap", "telegram"]),
)
lists = st.lists(sources, max_size=8, unique_by=lambda source: source.url)


@given(lists)
def test_what_is_written_comes_back_with_its_folders(given_sources: list[Source]) -> None:
    text = write_opml(given_sources, SECTIONS, title="A & B")
    assert set(read_opml(text.encode(), where="list.opml")) == {
        Subscription(
            name=source.name,
            url=source.url or "",
            folder=SECTIONS[source.section].title if source.section else None,
            section=source.section,
            ownership=source.ownership,
            publisher=source.publisher,
            country=source.country,
            type=source.type,
            lang=source.lang,
        )
        for source in given_sources
    }


def test_no_password_leaves_in_a_list() -> None:
    url = "https://me:hush@example.org/feed"
    text = write_opml([Source(id="a", name=url, url=url)], SECTIONS, title="T")
    assert "hush" not in text
    (found,) = read_opml(text.encode(), where="list.opml")
    assert found.url == "https://example.org/feed"


@pytest.mark.parametrize("kind", ["page", "imap", "files"])
def test_what_no_feed_reader_could_follow_is_left_out(kind: str) -> None:
    url = "imaps://mail.example.org/" if kind == "imap" else "https://example.org/"
    assert not is_listed(Source(id="a", name="A", url=url, type=kind))
    assert not is_listed(Source(id="a", name="A", path="notes/"))
    assert is_listed(Source(id="a", name="A", url="https://example.org/"))


def test_names_that_xml_cannot_hold_are_written_all_the_same() -> None:
    name = "A\x00\x1b\ufffe\ud800 B"
    text = write_opml([Source(id="a", name=name, url="https://a.example/")], SECTIONS, title=name)
    assert len(read_opml(text.encode(), where="list.opml")) == 1


def test_categories_of_others_say_nothing_to_us() -> None:
    body = """<outline text="A" xmlUrl="https://a.example/" language="zh-CN"
      category="/Ownership/state,news,/section/a/b,/country,//,/publisher/A%2FB, /type/feed"/>"""
    (found,) = read_opml(opml(body), where="list.opml")
    assert found == Subscription(
        name="A", url="https://a.example/", lang="zh", publisher="A/B", type="feed"
    )


def test_no_name_and_no_address_is_of_any_length() -> None:
    long = "x" * 3000
    assert read(f'<outline text="A" xmlUrl="https://a.example/{long}"/>') == []
    ((name, _, folder),) = read(
        f'<outline text="{long}"><outline text="{long}" xmlUrl="https://a.example/"/></outline>'
    )
    assert (len(name), len(folder or "")) == (2000, 2000)


def test_local_files_are_no_subscriptions() -> None:
    text = write_opml([Source(id="a", name="Notes", path="notes/")], SECTIONS, title="T")
    assert read_opml(text.encode(), where="list.opml") == ()


def test_the_innermost_folder_with_a_name_counts() -> None:
    body = """
      <outline text="Outer"><outline title="Inner"><outline text="A" xmlUrl="https://a.example/"/>
      </outline><outline><outline text="B" xmlUrl="https://b.example/"/></outline></outline>
      <outline text="C" xmlUrl="https://c.example/"/>"""
    assert read(body) == [
        ("A", "https://a.example/", "Inner"),
        ("B", "https://b.example/", "Outer"),
        ("C", "https://c.example/", None),
    ]


def test_each_address_comes_once_under_its_first_name() -> None:
    body = '<outline text="A" xmlUrl="https://a.example/"/><outline text="B" xmlUrl="https://a.example/"/>'
    assert read(body) == [("A", "https://a.example/", None)]


def test_titles_may_be_missing_or_run_over_lines() -> None:
    body = """<outline xmlUrl=" https://a.example/ "/><outline title="" text="B&#10; b"
      XMLURL="https://b.example/"/><outline text="C &amp;amp; D" xmlUrl="feed://c.example/x"/>
      <outline text="E" xmlUrl="feed:https://e.example/"/>"""
    assert read(body) == [
        ("https://a.example/", "https://a.example/", None),
        ("B b", "https://b.example/", None),
        ("C &amp; D", "http://c.example/x", None),
        ("E", "https://e.example/", None),
    ]


def test_a_feed_may_hold_outlines_of_its_own() -> None:
    body = '<outline text="A" xmlUrl="https://a.example/"><outline text="B" xmlUrl="https://b.example/"/></outline>'
    assert [row[1:] for row in read(body)] == [
        ("https://a.example/", None),
        ("https://b.example/", None),
    ]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "words"])
def test_only_web_addresses_are_feeds(url: str) -> None:
    assert read(f'<outline text="A" xmlUrl="{url}"/>') == []


def test_a_document_type_without_entities_is_harmless() -> None:
    head = '<?xml version="1.0"?><!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd">'
    body = '<outline text="A" xmlUrl="https://a.example/"/>'
    assert len(read_opml(opml(body, head), where="list.opml")) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_encoding(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE opml [<!ENTITY a "aaaa">]>'
    body = opml('<outline text="&a;" xmlUrl="https://a.example/"/>', head).decode()
    with pytest.raises(ParseError, match="defines entities"):
        read_opml(body.encode(encoding), where="list.opml")


@pytest.mark.parametrize(
    "body",
    [b"", b"words", b"<opml><body>", b"\xff\xfe\x00", b'<?xml version="1.0" encoding="x"?><opml/>'],
)
def test_what_is_no_xml_is_told_so(body: bytes) -> None:
    with pytest.raises(ParseError, match="is not valid XML") as caught:
        read_opml(body, where="list.opml")
    assert caught.value.where == "list.opml"


@pytest.mark.parametrize("body", [b"<rss><channel/></rss>", b"<opml><head/></opml>", b"<body/>"])
def test_what_is_no_opml_is_told_so(body: bytes) -> None:
    with pytest.raises(ParseError, match="is no OPML"):
        read_opml(body, where="list.opml")


def test_a_list_without_feeds_is_empty() -> None:
    assert read("") == []


def test_deep_nesting_does_no_harm() -> None:
    deep = 20_000
    body = "<outline>" * deep + '<outline xmlUrl="https://a.example/"/>' + "</outline>" * deep
    assert len(read(body)) == 1
