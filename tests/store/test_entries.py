from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from digest.errors import NotFoundError
from digest.model import Certainty, Entry, Ownership
from digest.store.columns import clean
from digest.store.entries import (
    count,
    entries_between,
    entries_by_id,
    entries_seen_between,
    find_entry,
    revisions_of,
    save_entries,
)

Build = Callable[..., Entry]
Scratch = Callable[[], AbstractContextManager[Connection]]

HOUR = timedelta(hours=1)

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
times = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
entries = st.builds(
    Entry,
    id=st.text("0123456789abcdef", min_size=12, max_size=12),
    source_id=words,
    url=st.none() | words,
    publisher=words,
    title=words,
    text=words,
    lang=st.sampled_from(["en", "ru", "zh", "und"]),
    date=times,
    certainty=st.sampled_from(Certainty),
    first_seen=times,
    fingerprint=words,
    guid=st.none() | words,
    authors=st.lists(words).map(tuple),
    tags=st.lists(words).map(tuple),
    ownership=st.none() | st.sampled_from(Ownership),
    country=st.none() | words,
    weight=st.floats(allow_nan=False),
    section=st.none() | words,
    paraphrase=st.booleans(),
    sample=st.booleans(),
)
dirty = st.text(st.characters(codec=None, categories=None))


@given(found=st.lists(entries, unique_by=lambda entry: entry.id))
def test_entries_come_back_as_they_were(scratch: Scratch, found: list[Entry]) -> None:
    with scratch() as c:
        assert len(save_entries(c, found, now=datetime(2026, 1, 1, tzinfo=UTC))) == len(found)
        assert entries_by_id(c, [entry.id for entry in found]) == {e.id: e for e in found}


@given(text=dirty)
def test_any_text_is_stored_clean(scratch: Scratch, text: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    entry = Entry(
        id=text, source_id=text, url=text, publisher=text, title=text, text=text, lang="en",
        date=now, certainty=Certainty.DAY, first_seen=now, fingerprint=text, tags=(text,),
    )  # fmt: skip
    with scratch() as c:
        assert len(save_entries(c, [entry], now=now)) == 1
        assert len(save_entries(c, [entry], now=now)) == 0
        stored = find_entry(c, entry.id)
    assert stored is not None
    assert (stored.title, stored.text, stored.tags) == (clean(text),) * 2 + ((clean(text),),)


@given(text=dirty)
def test_cleaning_leaves_nothing_a_database_refuses(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned


def test_cleaning_joins_a_split_pair_and_drops_a_lone_half() -> None:
    assert clean("a\ud83d\ude00b\ud83dc\0") == "a😀bc"


def test_only_new_entries_are_counted(c: Connection, entry: Build, now: datetime) -> None:
    assert len(save_entries(c, [entry("e1"), entry("e2")], now=now)) == 2
    assert len(save_entries(c, [entry("e2"), entry("e3")], now=now)) == 1
    assert count(c) == 3


def test_an_entry_twice_in_one_call_is_one(c: Connection, entry: Build, now: datetime) -> None:
    again = entry(source_id="another")
    assert len(save_entries(c, [entry(), entry(), again], now=now)) == 1
    assert find_entry(c, "e1") == entry()


def test_a_changed_text_is_a_revision_and_the_old_one_is_kept(
    c: Connection, entry: Build, now: datetime
) -> None:
    first, second = entry(), entry(title="Another", text="New.", fingerprint="other")
    save_entries(c, [first], now=now)
    save_entries(c, [second], now=now + HOUR)
    assert find_entry(c, "e1") == second
    assert [(r.fingerprint, r.title, r.seen_at) for r in revisions_of(c, "e1")] == [
        ("print-of-e1", "Title of e1", now),
        ("other", "Another", now + HOUR),
    ]


def test_a_text_that_changes_back_makes_no_third_revision(
    c: Connection, entry: Build, now: datetime
) -> None:
    for found in (entry(), entry(text="New.", fingerprint="other"), entry()):
        save_entries(c, [found], now=now)
    assert find_entry(c, "e1") == entry()
    assert len(revisions_of(c, "e1")) == 2


def test_a_rerun_keeps_first_seen_and_takes_what_else_changed(
    c: Connection, entry: Build, now: datetime
) -> None:
    save_entries(c, [entry()], now=now)
    later = entry(first_seen=now + HOUR, date=now - HOUR, weight=2.0, tags=("x",))
    save_entries(c, [later], now=now + HOUR)
    assert find_entry(c, "e1") == replace(later, first_seen=now)


def test_last_seen_follows_every_run(c: Connection, entry: Build, now: datetime) -> None:
    save_entries(c, [entry()], now=now)
    save_entries(c, [entry(source_id="another")], now=now + HOUR)
    seen = c.exec_driver_sql("SELECT last_seen FROM entries").scalar()
    assert seen == "2026-03-05 08:00:00.000000"


@pytest.mark.parametrize("known", list(Certainty))
def test_a_guessed_date_never_replaces_a_stored_one(
    c: Connection, entry: Build, now: datetime, known: Certainty
) -> None:
    save_entries(c, [entry(certainty=known)], now=now)
    guess = entry(certainty=Certainty.GUESS, date=now + HOUR, first_seen=now + HOUR)
    save_entries(c, [guess], now=now + HOUR)
    assert find_entry(c, "e1") == entry(certainty=known)


def test_a_date_that_becomes_known_replaces_a_guess(
    c: Connection, entry: Build, now: datetime
) -> None:
    save_entries(c, [entry(certainty=Certainty.GUESS)], now=now)
    known = entry(date=now - HOUR)
    save_entries(c, [known], now=now)
    assert find_entry(c, "e1") == known


def test_a_second_source_does_not_rewrite_an_entry(
    c: Connection, entry: Build, now: datetime
) -> None:
    save_entries(c, [entry()], now=now)
    save_entries(c, [entry(source_id="another", text="Short.", fingerprint="short")], now=now)
    assert find_entry(c, "e1") == entry()
    assert len(revisions_of(c, "e1")) == 1


def test_a_real_source_takes_over_from_a_sample(c: Connection, entry: Build, now: datetime) -> None:
    save_entries(c, [entry(sample=True, paraphrase=True)], now=now)
    real = entry(source_id="another", text="Real.", fingerprint="real")
    save_entries(c, [real], now=now)
    save_entries(c, [entry(sample=True, paraphrase=True)], now=now)
    assert find_entry(c, "e1") == real


def test_a_period_is_half_open_and_in_order(c: Connection, entry: Build, now: datetime) -> None:
    found = [entry(f"e{hours}", date=now + hours * HOUR) for hours in (3, 0, 2, 1)]
    save_entries(c, found, now=now)
    inside = entries_between(c, now, now + 3 * HOUR)
    assert [each.id for each in inside] == ["e0", "e1", "e2"]


def test_entries_are_found_by_when_they_were_first_seen(
    c: Connection, entry: Build, now: datetime
) -> None:
    old = now - timedelta(days=5)
    save_entries(
        c, [entry("late", date=old, first_seen=now), entry("old", first_seen=old)], now=now
    )
    assert [each.id for each in entries_seen_between(c, now, now + HOUR)] == ["late"]


def test_a_beginning_finds_its_only_entry(c: Connection, entry: Build, now: datetime) -> None:
    save_entries(c, [entry("ab12"), entry("ab34"), entry("ab")], now=now)
    assert find_entry(c, "ab1") == entry("ab12")
    assert find_entry(c, "ab") == entry("ab")
    assert find_entry(c, "zz") is None
    assert find_entry(c, "") is None
    assert find_entry(c, "%") is None


def test_a_beginning_of_several_entries_names_them(
    c: Connection, entry: Build, now: datetime
) -> None:
    save_entries(c, [entry("ab12"), entry("ab34")], now=now)
    with pytest.raises(NotFoundError, match="ab12, ab34"):
        find_entry(c, "a")


def test_entries_by_id_keeps_the_order_asked_for_beyond_one_chunk(
    c: Connection, entry: Build, now: datetime
) -> None:
    ids = [f"{number:05}" for number in range(1700)]
    assert len(save_entries(c, (entry(each) for each in ids), now=now)) == 1700
    wanted = [*reversed(ids), "missing"]
    assert list(entries_by_id(c, wanted)) == ids[::-1]


def test_a_time_without_a_zone_is_refused(c: Connection, entry: Build, now: datetime) -> None:
    with pytest.raises(Exception, match="with their zone"):
        save_entries(c, [entry(date=now.replace(tzinfo=None))], now=now)
