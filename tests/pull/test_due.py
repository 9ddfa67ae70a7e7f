from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.fetched import Failed, NotModified, Retrieved
from digest.pull.due import (
    LONGEST_WAIT,
    WAY_BACK,
    Question,
    address_of,
    is_due,
    next_state,
    question_of,
)
from digest.source import Source, SourceState

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Source(id="a", name="A", url="https://example.org/feed")
OLD = SourceState(source_id="a", etag='"1"', last_modified="then", failures=3, error="x")


def test_a_new_source_is_due_and_a_disabled_or_gone_one_never() -> None:
    assert is_due(FEED, None, NOW)
    assert not is_due(replace(FEED, enabled=False), None, NOW)
    assert not is_due(FEED, replace(OLD, gone=True), NOW)
    assert is_due(replace(FEED, url=None, path="notes/"), replace(OLD, due_at=NOW + HOUR), NOW)


def test_a_source_is_due_at_its_time_and_not_a_second_before() -> None:
    state = next_state(FEED, None, Retrieved(url=FEED.url or "", body=b""), NOW)
    assert not is_due(FEED, state, NOW + HOUR - timedelta(seconds=1))
    assert is_due(FEED, state, NOW + HOUR)


def test_a_success_replaces_both_validators() -> None:
    state = next_state(FEED, OLD, Retrieved(url="u", body=b"x", etag='"2"'), NOW)
    assert (state.etag, state.last_modified) == ('"2"', None)
    assert (state.failures, state.error, state.succeeded_at) == (0, None, NOW)
    assert state.body_hash


def test_304_replaces_only_what_it_brings() -> None:
    state = next_state(FEED, OLD, NotModified(etag='"2"'), NOW)
    assert (state.etag, state.last_modified) == ('"2"', "then")


def test_a_failure_keeps_the_validators_and_backs_off() -> None:
    state: SourceState | None = replace(OLD, failures=0)
    waits = []
    for _ in range(8):
        state = next_state(FEED, state, Failed(message="no"), NOW)
        assert state.due_at
        waits.append(state.due_at - NOW)
    assert waits[:4] == [HOUR, HOUR * 2, HOUR * 4, HOUR * 8]
    assert waits[-1] == LONGEST_WAIT
    assert state
    assert (state.etag, state.last_modified, state.error) == ('"1"', "then", "no")


def test_the_longest_of_plan_answer_and_feed_decides() -> None:
    quick = replace(FEED, every=timedelta(seconds=1))
    fresh = Retrieved(url="u", body=b"", fresh_for=timedelta(minutes=5))
    assert next_state(quick, None, fresh, NOW).due_at == NOW + timedelta(minutes=5)
    late = next_state(quick, None, fresh, NOW, ttl=timedelta(minutes=9))
    assert late.due_at == NOW + timedelta(minutes=9)
    busy = Failed(message="busy", retry_after=timedelta(days=2))
    assert next_state(FEED, None, busy, NOW).due_at == NOW + timedelta(days=2)


def test_gone_stays_gone_and_a_move_is_remembered() -> None:
    gone = next_state(FEED, OLD, Failed(message="gone", gone=True), NOW)
    assert gone.gone
    assert not is_due(FEED, gone, NOW + timedelta(days=99))
    moved = next_state(FEED, OLD, NotModified(moved_to="https://example.org/new"), NOW)
    assert address_of(FEED, moved) == "https://example.org/new"
    again = next_state(FEED, moved, NotModified(), NOW)
    assert address_of(FEED, again) == "https://example.org/new"
    assert address_of(FEED, None) == FEED.url


MOVED = replace(OLD, failures=0, moved_to="https://example.org/new")


def test_validators_go_where_they_were_got() -> None:
    assert question_of(FEED, None) == Question(url=FEED.url)
    asked = Question(url=FEED.url, etag='"1"', last_modified="then")
    assert question_of(FEED, OLD) == asked
    assert question_of(FEED, MOVED) == replace(asked, url=MOVED.moved_to)
    assert question_of(FEED, replace(MOVED, failures=3)) == Question(url=FEED.url)


def test_a_place_that_fails_takes_turns_with_the_configured_one() -> None:
    asked = [address_of(FEED, replace(MOVED, failures=n)) for n in range(7)]
    assert asked == [MOVED.moved_to] * 3 + [FEED.url, MOVED.moved_to] * 2


def test_the_place_that_answers_is_kept() -> None:
    lost = replace(MOVED, failures=WAY_BACK)
    home = next_state(FEED, lost, Retrieved(url="u", body=b"x", etag='"9"'), NOW)
    assert (home.moved_to, home.etag) == (None, '"9"')
    again = Retrieved(url="u", body=b"x", moved_to="https://example.org/third")
    assert next_state(FEED, lost, again, NOW).moved_to == "https://example.org/third"
    turned = replace(MOVED, failures=WAY_BACK + 1)
    assert next_state(FEED, turned, NotModified(), NOW).moved_to == MOVED.moved_to
    back = NotModified(moved_to=FEED.url)
    assert next_state(FEED, MOVED, back, NOW).moved_to is None


def test_a_feeds_wish_lasts_until_the_feed_is_read_anew() -> None:
    quick = replace(FEED, every=timedelta(seconds=1))
    page = Retrieved(url="u", body=b"x")
    state = next_state(quick, None, page, NOW, ttl=HOUR)
    assert (state.ttl, state.due_at) == (HOUR, NOW + HOUR)
    for unchanged in (NotModified(), page):
        kept = next_state(quick, state, unchanged, NOW)
        assert (kept.ttl, kept.due_at) == (HOUR, NOW + HOUR)
    failed = next_state(quick, state, Failed(message="no"), NOW)
    assert failed.ttl == HOUR
    fresh = next_state(quick, state, Retrieved(url="u", body=b"y"), NOW)
    assert (fresh.ttl, fresh.due_at) == (None, NOW + quick.every)


def test_what_a_server_asks_counts_from_its_answer_and_the_plan_from_the_start() -> None:
    took = timedelta(minutes=2)
    page = Retrieved(url="u", body=b"x")
    assert next_state(FEED, None, page, NOW, took=took).due_at == NOW + HOUR
    asked = replace(page, fresh_for=HOUR)
    assert next_state(FEED, None, asked, NOW, took=took).due_at == NOW + HOUR + took
    assert next_state(FEED, None, page, NOW, ttl=HOUR, took=took).due_at == NOW + HOUR + took
    broken = Failed(message="no")
    assert next_state(FEED, None, broken, NOW, took=took).due_at == NOW + HOUR
    busy = Failed(message="busy", retry_after=HOUR)
    assert next_state(FEED, None, busy, NOW, took=took).due_at == NOW + HOUR + took


def test_only_a_good_answer_ends_gone() -> None:
    gone = replace(OLD, gone=True)
    assert next_state(FEED, gone, Failed(message="busy", status=503), NOW).gone
    assert not next_state(FEED, gone, NotModified(), NOW).gone
