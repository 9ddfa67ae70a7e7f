from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from digest.model import Certainty, Entry
from digest.store.bigrams import bigrams, match_expression
from digest.store.database import Store
from digest.store.entries import index_entries, save_entries, search

Build = Callable[..., Entry]
Scratch = Callable[[], AbstractContextManager[Connection]]

HAN = "中国俄罗斯会见普京总统石油管道"

TEXTS = {
    "zh": "国家主席习近平在北京会见普京，双方签署石油管道协议。",
    "ru": "Ёлкин заявил: строительство газопровода «Сила Сибири» продолжается",
    "en": "Caspian Pipeline Consortium oil flows restart; Xi's visit, C++ and 2023-04 included.",
}


@pytest.fixture
def filled(c: Connection, entry: Build, now: datetime) -> Connection:
    found = [entry(key, title="", text=text, fingerprint=key) for key, text in TEXTS.items()]
    save_entries(c, found, now=now)
    return c


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("会见", ["zh"]),
        ("普京", ["zh"]),
        ("习近平", ["zh"]),
        ("石油 北京", ["zh"]),
        ("京", ["zh"]),
        ("议", ["zh"]),
        ("见会", []),
        ("习近京", []),
        ("газопровод", ["ru"]),
        ("ГАЗОПРОВОДА", ["ru"]),
        ("елкин", ["ru"]),
        ("pipeline caspian", ["en"]),
        ('"caspian pipeline"', ["en"]),
        ('"pipeline caspian"', []),
        ("flow", ["en"]),
        ("oil газопровод", []),
        ("xi's", ["en"]),
        ("2023-04", ["en"]),
        ("NOT oil OR", []),
        ("", []),
        ("!?", []),
        ('"', []),
        ("oil*", ["en"]),
        ("title:oil", []),
        ("o\0il", ["en"]),
    ],
)
def test_a_search_finds(filled: Connection, query: str, found: list[str]) -> None:
    assert [entry.id for entry in search(filled, query)] == found


@given(query=st.text(st.characters(codec=None, categories=None)) | st.text("\"*():^-+{}'中a "))
def test_no_query_is_a_syntax_error(scratch: Scratch, query: str) -> None:
    with scratch() as c:
        search(c, query)


@given(before=st.text(HAN + " ,x"), word=st.text(HAN, min_size=1), after=st.text(HAN + " ,x"))
def test_every_run_of_chinese_in_a_text_is_found(
    scratch: Scratch, before: str, word: str, after: str
) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry(
        id="e", source_id="s", url=None, publisher="P", title="", text=before + word + after,
        lang="zh", date=now, certainty=Certainty.TIME, first_seen=now, fingerprint="f",
    )  # fmt: skip
    with scratch() as c:
        save_entries(c, [entry], now=now)
        assert search(c, word) == (entry,)


def test_a_title_counts_more_than_a_text(c: Connection, entry: Build, now: datetime) -> None:
    in_text = entry("text", title="Other news of the day", text="About oil and more")
    in_title = entry("title", title="About oil and more news", text="Other words of the day")
    save_entries(c, [in_text, in_title], now=now)
    assert [found.id for found in search(c, "oil")] == ["title", "text"]
    assert [found.id for found in search(c, "oil", limit=1)] == ["title"]


def test_an_old_wording_is_found_no_more_until_it_is_back(
    c: Connection, entry: Build, now: datetime
) -> None:
    first = entry(text="pipeline")
    second = entry(text="railway", fingerprint="other")
    for stored, query in ((first, "pipeline"), (second, "railway"), (first, "pipeline")):
        save_entries(c, [stored], now=now)
        assert search(c, query) == (stored,)
    assert search(c, "railway") == ()


def test_a_reader_may_search_what_is_indexed_and_is_told_otherwise(
    store: Store, entry: Build, now: datetime
) -> None:
    with store.write() as c:
        save_entries(c, [entry()], now=now)
    with pytest.raises(ValueError, match="connection of Store"), store.read() as c:
        search(c, "title")
    with store.write() as c:
        assert (index_entries(c), index_entries(c)) == (1, 0)
    with store.read() as c:
        assert search(c, "title") == (entry(),)


def test_indexing_keeps_step_with_a_rollback(store: Store, entry: Build, now: datetime) -> None:
    def fail_after_searching() -> None:
        with store.write() as c:
            save_entries(c, [entry("lost")], now=now)
            search(c, "title")
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail_after_searching()
    with store.write() as c:
        save_entries(c, [entry("kept")], now=now)
        assert [found.id for found in search(c, "title")] == ["kept"]


def test_every_character_begins_one_token() -> None:
    assert bigrams("见普京ok").split() == ["见普", "普京", "京", "ok"]


def test_nothing_in_a_query_is_an_operator() -> None:
    assert match_expression("a AND b* (中国人)") == '"a" "AND" "b" "中国 国人"'
