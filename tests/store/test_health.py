"""Days of publication, entries that several sources bring, and a source under another id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from digest.model import Entry
from digest.source import SourceState
from digest.store.entries import known_guids, save_entries
from digest.store.health import days_of_sources, rename_sources, sources_of_shared
from digest.store.sources import all_states, find_state, save_state

Build = Callable[..., Entry]
DAY = timedelta(days=1)


def test_days_are_counted_by_source(c: Connection, entry: Build, now: datetime) -> None:
    found = [
        entry("1", date=now - 2 * DAY),
        entry("2", date=now - 2 * DAY),
        entry("3", date=now),
        entry("4", date=now + 300 * DAY),
        entry("5", date=now - 90 * DAY),
        entry("6", source_id="b"),
        entry("7", source_id="b", sample=True),
    ]
    save_entries(c, found, now=now)
    today = now.date()
    assert dict(days_of_sources(c, now - 30 * DAY)) == {
        "a-source": [(today - 2 * DAY, 2), (today, 2)],
        "b": [(today, 1)],
    }


def test_an_entry_counts_for_every_source_that_brings_it(
    c: Connection, entry: Build, now: datetime
) -> None:
    one = entry("1")
    save_entries(c, [one, replace(one, source_id="b")], now=now)
    save_entries(c, [replace(one, source_id="c")], now=now)
    save_entries(c, [replace(one, source_id="c"), entry("2")], now=now)
    assert sources_of_shared(c, now - DAY) == (("a-source", "b", "c"),)
    assert {key: sum(n for _, n in days) for key, days in days_of_sources(c, now - DAY)} == {
        "a-source": 2,
        "b": 1,
        "c": 1,
    }
    assert sources_of_shared(c, now + DAY) == ()


def test_samples_share_nothing(c: Connection, entry: Build, now: datetime) -> None:
    one = entry("1", source_id="seeds", sample=True)
    save_entries(c, [one], now=now)
    save_entries(c, [replace(one, source_id="b", sample=False)], now=now)
    save_entries(c, [one], now=now)
    assert sources_of_shared(c, now - DAY) == ()


def test_a_source_keeps_its_history_under_another_id(
    c: Connection, entry: Build, now: datetime
) -> None:
    old = SourceState(source_id="old", etag='"1"', succeeded_at=now, failures=2, failed_since=now)
    for state in (old, SourceState(source_id="new"), SourceState(source_id="other")):
        save_state(c, state)
    one, two, three = (entry(key, source_id="old", guid=key) for key in "123")
    other = entry("4", source_id="other")
    save_entries(c, [one, two, other, replace(other, source_id="old")], now=now)
    save_entries(c, [replace(three, source_id="new"), replace(other, source_id="new")], now=now)
    rename_sources(c, {"new": "old"})
    assert find_state(c, "old") is None
    assert find_state(c, "new") == replace(old, source_id="new")
    assert len(all_states(c)) == 2
    assert known_guids(c, "123") == {key: ("new", key) for key in "123"}
    assert sources_of_shared(c, now - DAY) == (("other", "new"),)
