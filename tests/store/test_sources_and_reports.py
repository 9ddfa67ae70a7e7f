from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from digest.source import SourceState
from digest.store.reports import KEPT, latest_reports, save_report
from digest.store.sources import all_states, find_state, save_state, save_states


@pytest.fixture
def state(now: datetime) -> SourceState:
    return SourceState(
        source_id="a",
        etag='W/"odd \u00e9"',
        last_modified="Thu, 99 Foo 2026",
        body_hash="h",
        moved_to="https://new.example/feed",
        gone=True,
        due_at=now,
        checked_at=now + timedelta(microseconds=1),
        succeeded_at=None,
        failures=3,
        error="503",
    )


def test_a_state_comes_back_byte_for_byte(c: Connection, state: SourceState) -> None:
    save_state(c, state)
    assert find_state(c, "a") == state
    assert find_state(c, "b") is None


def test_a_state_is_replaced_whole(c: Connection, state: SourceState) -> None:
    save_state(c, state)
    save_state(c, SourceState(source_id="a"))
    assert all_states(c) == (SourceState(source_id="a"),)


def test_thousands_of_states_stand_by_id(c: Connection) -> None:
    states = tuple(SourceState(source_id=f"{number:05}", failures=number) for number in range(1500))
    save_states(c, reversed(states))
    assert all_states(c) == states


def test_the_newest_reports_come_first(c: Connection, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    save_report(c, "letter", "pull", now, later, {"sources": ["会见"]})
    save_report(c, "letter", "run", now, later, {"issue": None})
    save_report(c, "other", "pull", now, later, {})
    found = latest_reports(c, "letter")
    assert [report.verb for report in found] == ["run", "pull"]
    (pull,) = latest_reports(c, "letter", "pull")
    assert pull.document == {"sources": ["会见"]}
    assert (pull.started, pull.finished) == (now, later)
    assert len(latest_reports(c, "letter", limit=1)) == 1


def test_old_reports_of_a_verb_are_dropped(c: Connection, now: datetime) -> None:
    save_report(c, "letter", "send", now, now, {})
    for number in range(KEPT + 3):
        save_report(c, "letter", "run", now, now, {"number": number})
    kept = latest_reports(c, "letter", "run", limit=1000)
    assert [report.document["number"] for report in kept] == list(range(KEPT + 2, 2, -1))
    assert len(latest_reports(c, "letter", "send")) == 1
