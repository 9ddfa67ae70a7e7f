from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import Certainty, Entry, Ownership, RawEntry
from digest.pull.entries import entries_of
from digest.source import Source

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
FEED = Source(
    id="gazette",
    name="Harbour Gazette",
    url="https://example.org/feed",
    ownership=Ownership.STATE,
    section="energy",
    weight=2.0,
)
ONE = RawEntry(
    title="Ferry is back",
    url="https://example.org/1",
    guid="g1",
    summary="<p>The boats are back.</p><p>They carry freight.</p>",
    published=NOW - timedelta(days=1),
    certainty=Certainty.TIME,
)


def made(*raw: RawEntry, source: Source = FEED, feed_title: str | None = None) -> tuple[Entry, ...]:
    return entries_of(raw, source=source, feed_title=feed_title, now=NOW)


def test_an_entry_is_plain_text_with_the_facts_of_its_source() -> None:
    (entry,) = made(ONE)
    assert entry.text == "The boats are back.\n\nThey carry freight."
    assert (entry.publisher, entry.ownership, entry.weight) == (
        "Harbour Gazette",
        Ownership.STATE,
        2.0,
    )
    assert (entry.section, entry.lang, entry.first_seen) == ("energy", "en", NOW)
    assert (len(entry.id), len(entry.fingerprint)) == (12, 16)


# --- identity ------------------------------------------------------------------------------------


def test_the_same_report_has_the_same_id_with_tracking_and_without_guid() -> None:
    (entry,) = made(ONE)
    (tracked,) = made(replace(ONE, url="https://EXAMPLE.org:443/1?utm_source=x#top", guid=None))
    assert tracked.id == entry.id
    (elsewhere,) = made(ONE, source=replace(FEED, id="other"))
    assert elsewhere.id == entry.id


def test_another_text_is_another_revision_of_the_same_entry() -> None:
    (entry,), (changed,) = made(ONE), made(replace(ONE, summary="<p>They sank.</p>"))
    assert changed.id == entry.id
    assert changed.fingerprint != entry.fingerprint


def test_entries_that_share_an_address_are_told_apart_by_guid() -> None:
    posts = [replace(ONE, guid=f"p{n}", title=f"Post {n}") for n in range(3)]
    assert len({entry.id for entry in made(*posts)}) == 3
    again = made(*reversed(posts))
    assert {entry.id for entry in again} == {entry.id for entry in made(*posts)}


def test_entries_that_link_to_the_front_page_are_told_apart_by_guid() -> None:
    first = made(replace(ONE, url="https://example.org/", guid="a"))
    second = made(replace(ONE, url="https://example.org/", guid="b"))
    assert first[0].id != second[0].id


def test_neither_address_nor_guid_leaves_path_and_heading() -> None:
    parts = [
        replace(ONE, url=None, guid=None, path="a.txt", heading=heading, title=heading)
        for heading in ("One thing", "Another thing")
    ]
    one, other = made(*parts)
    assert one.id != other.id
    assert made(*parts)[0].id == one.id


def test_an_entry_listed_twice_is_one() -> None:
    assert len(made(ONE, ONE)) == 1
    assert made(ONE, ONE)[0].id == made(ONE)[0].id


# --- publisher, language, date -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "source", "title", "publisher"),
    [
        (replace(ONE, publisher="Said"), replace(FEED, publisher="Set"), "Feed", "Said"),
        (ONE, replace(FEED, publisher="Set"), "Feed", "Set"),
        (ONE, FEED, "Feed", "Harbour Gazette"),
        (ONE, replace(FEED, name="https://example.org/feed"), "Feed", "Feed"),
        (ONE, replace(FEED, name="https://example.org/feed"), None, "https://example.org/feed"),
    ],
)
def test_who_published_it(raw: RawEntry, source: Source, title: str | None, publisher: str) -> None:
    assert made(raw, source=source, feed_title=title)[0].publisher == publisher


def test_the_language_said_outranks_the_language_seen() -> None:
    russian = replace(ONE, title="Паром снова ходит", summary="После ремонта суда вернулись.")
    assert made(russian)[0].lang == "ru"
    assert made(replace(russian, lang="uk-UA"))[0].lang == "uk"
    assert made(russian, source=replace(FEED, lang="en"))[0].lang == "ru"


@pytest.mark.parametrize(
    "published",
    [
        None,
        NOW + timedelta(hours=1),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
)
def test_an_unknown_or_impossible_date_is_a_guess(published: datetime | None) -> None:
    (entry,) = made(replace(ONE, published=published))
    assert (entry.date, entry.certainty) == (NOW, Certainty.GUESS)


# --- text ----------------------------------------------------------------------------------------


def test_a_report_without_a_date_has_the_day_of_its_dateline() -> None:
    day = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    line = f"MOSCOW, {day:%B} {day.day} (TASS). The talks ended."
    (entry,) = made(replace(ONE, published=None, summary=line, lang="en"))
    assert (entry.date, entry.certainty) == (day, Certainty.DAY)


def test_content_outranks_the_summary_and_the_title_is_not_repeated() -> None:
    (entry,) = made(replace(ONE, content="<h1>Ferry is back</h1><p>Whole text.</p>"))
    assert entry.text == "Whole text."


def test_titles_lose_markup_entities_and_mojibake() -> None:
    (entry,) = made(replace(ONE, title="Oil &amp;amp; <b>gas</b>\n for 6 millionÂ\xa0people"))
    assert entry.title == "Oil & gas for 6 million people"


def test_plain_text_of_a_file_is_not_read_as_markup() -> None:
    (entry,) = made(replace(ONE, path="a.txt", title="a < b > c", summary="1 < 2 &amp; 3 > 2."))
    assert entry.title == "a < b > c"
    assert "1 < 2" in entry.text


def test_an_untitled_entry_takes_its_first_words() -> None:
    (entry,) = made(replace(ONE, title=""))
    assert entry.title == "The boats are back."
    (entry,) = made(replace(ONE, title="", summary=f"<p>{'word ' * 60}</p>"))
    assert len(entry.title) <= 101
    assert entry.title.endswith("word…")


def test_an_entry_without_words_is_none() -> None:
    assert made(replace(ONE, title=" ", summary="<img src='x'>")) == ()


def test_nothing_unstorable_gets_through() -> None:
    (entry,) = made(replace(ONE, title="a\x00b\ud800", summary="x&#xD800;&#0;\ufffdy"))
    for text in (entry.title, entry.text):
        text.encode("utf-8")
        assert not {"\x00", "\ufffd"} & set(text)


NESTED = {
    "b": "<b>" * 100_000 + "word",
    "div": "<div>" * 100_000 + "word",
    "p and font": "<p><font>" * 50_000 + "word",
    "table": "<table>" * 100_000 + "word",
    "angles": "word " + "<" * 300_000,
    "comments": "word <!--" * 50_000,
    "references": "word " + "&#1" * 100_000,
}


@pytest.mark.parametrize("name", NESTED)
def test_nested_markup_costs_little(name: str) -> None:
    start = time.process_time()
    (entry,) = made(replace(ONE, title=f"Then {NESTED[name]}", summary=NESTED[name]))
    assert "word" in entry.text
    assert time.process_time() - start < 3


def test_a_long_page_of_short_paragraphs_keeps_its_paragraphs() -> None:
    (entry,) = made(replace(ONE, summary="<p>One.<br>Two.<li>Three.<p>Four." * 300))
    assert entry.text.count("\n\n") >= 300


def test_a_phone_s_page_is_known_as_the_page_and_shown_as_it_is() -> None:
    (page,) = made(replace(ONE, url="https://lenta.ru/a"))
    (phone,) = made(replace(ONE, url="https://m.lenta.ru/a"))
    assert phone.id == page.id
    assert phone.url == "https://m.lenta.ru/a"


def test_what_a_feed_writes_below_every_text_goes() -> None:
    foot = "<p>The Gazette is read in forty countries</p>"
    posts = [
        replace(ONE, url=f"https://example.org/{n}", guid=None, summary=f"<p>No. {n}.</p>{foot}")
        for n in range(4)
    ]
    assert [entry.text for entry in made(*posts)] == [f"No. {n}." for n in range(4)]
    files = [replace(post, path="notes.md", heading=post.url, url=None) for post in posts]
    assert all("forty" in entry.text for entry in made(*files))
