"""What a pull remembers from one run to the next, one test a criterion, seen by the server.

Numbers 19 to 36; what shows within one run stands in tests/pull/test_etiquette.py. After Rachel
Kroll's published tests of feed readers, RFC 9110 and RFC 9111.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.fetched import SourceOutcome
from digest.pipeline.pull import PullOptions, pull, summary
from digest.pipeline.sources import list_sources
from digest.pipeline.workspace import open_workspace
from digest.source import SourceState
from digest.store.sources import all_states

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
HEAD = 'newsletter: {id: letter, title: The Letter, schedule: "0 7 * * THU"}\n'


def feed(text: str = "One", *, channel: str = "") -> bytes:
    """A feed with one entry; another text makes another feed."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>
<title>Feed</title><link>https://example.org/</link><description>News</description>{channel}
<item><title>{text}</title><link>https://example.org/{text.lower()}</link>
<pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate><description>What happened: {text}</description>
</item></channel></rss>""".encode()


def in_turn(*answers: bytes) -> Callable[[Any], bytes]:
    """Each answer once, the last one for ever."""
    return lambda heard: answers[min(heard.number, len(answers)) - 1]


@dataclass
class Reader:
    """A newsletter with sources on loopback servers, pulled at the times a test says."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def config(self) -> Path:
        return self.folder / "sources.yaml"

    def configure(self, *sources: str, ports: tuple[int, ...], network: str = "") -> None:
        allowed = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
        lines = [f"network: {{allow_private: [{allowed}], host_gap: 0s{network}}}", "sources:"]
        lines += [f"  - {{name: S{n}, {source}}}" for n, source in enumerate(sources, 1)]
        self.config.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")

    def follow(self, server: Any, more: str = "") -> None:
        """One source: the server's feed."""
        self.configure(f"url: {server.url()}{more}", ports=(server.port,))

    def poll(self, after: timedelta = timedelta(0), **options: Any) -> list[str]:
        """The outcomes of one pull, so long after the start."""
        return [each.outcome for each in self.outcomes(after, **options)]

    def outcomes(self, after: timedelta, **options: Any) -> tuple[SourceOutcome, ...]:
        with open_workspace(self.config, now=START + after) as ws:
            return pull(ws, PullOptions(**options))

    def state(self) -> SourceState:
        with open_workspace(self.config, now=START) as ws, ws.store.read() as connection:
            (state,) = all_states(connection)
        return state

    def first_due(self, upper: timedelta) -> timedelta:
        """How long after the start the source is asked again; checked a second to either side."""
        due = self.state().due_at
        assert due is not None
        wait = due - START
        assert wait <= upper
        assert self.poll(wait - SECOND) == ["skipped"]
        return wait


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(folder=tmp_path, monkeypatch=monkeypatch)


def about(found: timedelta, wanted: timedelta) -> bool:
    """Not earlier than a server asked, and not much later: its answer takes a while to come."""
    return wanted <= found <= wanted + timedelta(seconds=30)


# --- validators ----------------------------------------------------------------------------------


def test_19_conditional_from_the_second_poll_on(reader: Reader, loopback: Any) -> None:
    etag, date = b'W/"a\\"b, \xe9"', b"Sun, 1 Mar 2026 9:00:00 gmt"
    whole = loopback.reply(feed(), ETag=etag, Last_Modified=date)
    with loopback.serve(in_turn(whole, loopback.reply(status=304))) as server:
        reader.follow(server)
        outcomes = [reader.poll(HOUR * n) for n in range(5)]
    assert outcomes == [["ok"], *[["unchanged"]] * 4]
    assert [heard.conditional for heard in server.requests] == [(None, None), *[(etag, date)] * 4]


@pytest.mark.parametrize(
    ("second", "sent"),
    [
        ({"ETag": '"2"', "Last_Modified": "one"}, (b'"2"', b"one")),
        ({"ETag": '"1"', "Last_Modified": "two"}, (b'"1"', b"two")),
        ({"ETag": '"1"'}, (b'"1"', None)),
        ({"Last_Modified": "one"}, (None, b"one")),
        ({}, (None, None)),
    ],
)
@pytest.mark.parametrize("body", ["One", "Two"], ids=["same body", "new body"])
def test_20_both_validators_are_stored_after_every_success(
    second: dict[str, str], sent: Any, body: str, reader: Reader, loopback: Any
) -> None:
    first = loopback.reply(feed(), ETag='"1"', Last_Modified="one")
    with loopback.serve(in_turn(first, loopback.reply(feed(body), **second))) as server:
        reader.follow(server)
        for n in range(3):
            reader.poll(HOUR * n)
    assert [heard.conditional for heard in server.requests][1:] == [(b'"1"', b"one"), sent]


def test_21_a_304_brings_new_validators(reader: Reader, loopback: Any) -> None:
    whole = loopback.reply(feed(), ETag='"1"', Last_Modified="one")
    new = loopback.reply(status=304, ETag='W/"2"')
    with loopback.serve(in_turn(whole, new, loopback.reply(status=304))) as server:
        reader.follow(server)
        for n in range(4):
            reader.poll(HOUR * n)
    assert [heard.conditional for heard in server.requests][2:] == [(b'W/"2"', b"one")] * 2


@pytest.mark.parametrize("kind", ["500", "404", "429", "cut", "garbage", "page", "empty"])
def test_22_a_failure_between_loses_no_validator_and_stores_none(
    kind: str, reader: Reader, loopback: Any
) -> None:
    new = {"ETag": '"bad"', "Last_Modified": "bad"}
    broken = {
        "cut": b"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: 999\r\n\r\n<rss",
        "garbage": loopback.reply(b"\x00\x01\x02" * 99, **new),
        "page": loopback.reply(b"<!doctype html><title>Login</title><p>Please log in", **new),
        "empty": loopback.reply(b"", **new),
    }.get(kind) or loopback.reply(b"no", int(kind), **new)

    async def cut() -> Any:
        yield broken

    def script(heard: Any) -> Any:
        if heard.number == 2:
            return cut()
        return loopback.reply(feed(), ETag='"1"', Last_Modified="one")

    with loopback.serve(script) as server:
        reader.follow(server)
        outcomes = [reader.poll(HOUR * n) for n in range(3)]
    assert outcomes == [["ok"], ["failed"], ["unchanged"]]
    assert [heard.conditional for heard in server.requests][1:] == [(b'"1"', b"one")] * 2


def test_23_the_same_bytes_are_nothing_new(reader: Reader, loopback: Any) -> None:
    with loopback.serve(in_turn(loopback.reply(feed()))) as server:
        reader.follow(server)
        assert [reader.poll(HOUR * n) for n in range(3)] == [["ok"], ["unchanged"], ["unchanged"]]
    assert all(heard.conditional == (None, None) for heard in server.requests)


# --- when ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", [SECOND, MINUTE * 10, HOUR * 12])
def test_24_not_more_often_than_the_plan(plan: timedelta, reader: Reader, loopback: Any) -> None:
    with loopback.serve(in_turn(loopback.reply(feed()))) as server:
        reader.follow(server, f", every: {plan.total_seconds():.0f}s")
        assert reader.poll() == ["ok"]
        assert reader.poll(plan - timedelta(microseconds=1)) == ["skipped"]
        assert reader.poll(plan) == ["unchanged"]
    assert len(server.requests) == 2


def test_24_hourly_where_nothing_is_said(reader: Reader, loopback: Any) -> None:
    with loopback.serve(in_turn(loopback.reply(feed()))) as server:
        reader.follow(server)
        reader.poll()
        assert reader.first_due(HOUR) == HOUR


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Cache_Control": "public, max-age=7200"}, HOUR * 2),
        ({"Cache_Control": "max-age=7200", "Age": "1800"}, HOUR * 1.5),
        ({"Cache_Control": "max-age=86400"}, HOUR * 24),
        (
            {
                "Date": "Mon, 02 Mar 2026 12:00:00 GMT",
                "Expires": "Mon, 02 Mar 2026 15:00:00 GMT",
            },
            HOUR * 3,
        ),
    ],
)
@pytest.mark.parametrize("status", [200, 304])
def test_25_not_before_the_answer_is_stale(
    status: int, headers: dict[str, str], wait: timedelta, reader: Reader, loopback: Any
) -> None:
    whole = loopback.reply(feed(), ETag='"1"')
    answer = loopback.reply(feed() if status == 200 else b"", status, ETag='"1"', **headers)
    with loopback.serve(in_turn(whole, answer)) as server:
        reader.follow(server, ", every: 1s")
        reader.poll(-HOUR)
        reader.poll()
        assert about(reader.first_due(wait + MINUTE), wait)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("channel", "wait"),
    [
        ("<ttl>180</ttl>", HOUR * 3),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            HOUR * 6,
        ),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", timedelta(days=7)),
    ],
    ids=["ttl", "syndication module", "weekly"],
)
def test_26_not_before_the_feed_wants_it_a_304_between_or_not(
    channel: str, wait: timedelta, reader: Reader, loopback: Any
) -> None:
    whole = loopback.reply(feed(channel=channel), ETag='"1"')
    same = loopback.reply(feed(channel=channel))
    with loopback.serve(in_turn(whole, loopback.reply(status=304), same)) as server:
        reader.follow(server, ", every: 1s")
        for n in range(3):
            assert reader.poll(wait * n + MINUTE * n) != ["skipped"]
            assert reader.poll(wait * (n + 1) + MINUTE * n - SECOND) == ["skipped"]
    assert len(server.requests) == 3


def test_26_a_wish_taken_back_is_forgotten(reader: Reader, loopback: Any) -> None:
    slow, quick = feed(channel="<ttl>180</ttl>"), feed("Two")
    with loopback.serve(in_turn(loopback.reply(slow), loopback.reply(quick))) as server:
        reader.follow(server, ", every: 1s")
        reader.poll()
        assert reader.poll(HOUR * 4) == ["ok"]
        assert reader.poll(HOUR * 4 + MINUTE) == ["unchanged"]


@pytest.mark.parametrize("status", [429, 503, 500, 404])
@pytest.mark.parametrize(
    ("wait", "headers"),
    [
        (HOUR * 30, {"Retry_After": "108000"}),
        (HOUR * 5, {"Retry_After": "Mon, 02 Mar 2026 17:00:00 GMT"}),
        (
            HOUR * 5,
            {
                "Retry_After": "Fri, 01 Jan 2016 05:00:00 GMT",
                "Date": "Fri, 01 Jan 2016 00:00:00 GMT",
            },
        ),
    ],
    ids=["seconds", "date", "date on a wrong clock"],
)
def test_27_retry_after_is_kept(
    status: int, wait: timedelta, headers: dict[str, str], reader: Reader, loopback: Any
) -> None:
    with loopback.serve(in_turn(loopback.reply(status=status, **headers))) as server:
        reader.follow(server, ", every: 1s")
        assert reader.poll() == ["failed"]
        assert about(reader.first_due(wait + MINUTE), wait)
        assert reader.poll(wait + MINUTE) == ["failed"]
    assert len(server.requests) == 2


def test_28_a_failing_source_backs_off_and_its_neighbour_does_not(
    reader: Reader, loopback: Any
) -> None:
    def script(heard: Any) -> bytes:
        fine = heard.path == "/fine"
        return loopback.reply(feed() if fine else b"", 200 if fine else 500)

    with loopback.serve(script) as server:
        urls = (f"url: {server.url('/broken')}", f"url: {server.url('/fine')}")
        reader.configure(*urls, ports=(server.port,))
        for n in range(32):
            reader.poll(HOUR * n)
    asked = [heard.path for heard in server.requests]
    assert asked.count("/fine") == 32
    assert asked.count("/broken") == 6  # after 0, 1, 3, 7, 15 and 31 hours


# --- moves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
def test_29_a_permanent_move_is_used_from_the_next_poll_and_shown(
    status: int, reader: Reader, loopback: Any
) -> None:
    def old(_: Any) -> bytes:
        return loopback.reply(status=status, Location=new.url("/new"))

    def answer(heard: Any) -> bytes:
        if heard.get("If-None-Match") == b'"new"':
            return loopback.reply(status=304)
        return loopback.reply(feed(), ETag='"new"', Last_Modified="then")

    with loopback.serve(answer) as new, loopback.serve(old) as server:
        reader.configure(f"url: {server.url()}", ports=(server.port, new.port))
        outcomes = [reader.poll(HOUR * n) for n in range(3)]
        shown: Any = list_sources(reader.config, now=START).document
    assert outcomes == [["ok"], ["unchanged"], ["unchanged"]]
    assert len(server.requests) == 1
    moved = (b'"new"', b"then")
    assert [heard.conditional for heard in new.requests] == [(None, None), moved, moved]
    assert shown["sources"][0]["moved_to"] == new.url("/new")


@pytest.mark.parametrize("status", [302, 303, 307])
def test_30_a_temporary_one_is_not(status: int, reader: Reader, loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        if heard.path == "/feed":
            return loopback.reply(status=status, Location="/today")
        return loopback.reply(feed(), ETag='"1"')

    with loopback.serve(script) as server:
        reader.follow(server)
        for n in range(3):
            reader.poll(HOUR * n)
    assert [heard.path for heard in server.requests] == ["/feed", "/today"] * 3
    assert server.requests[-1].conditional == (b'"1"', None)
    assert reader.state().moved_to is None


def test_31_a_move_to_a_place_that_fails_is_not_taken(reader: Reader, loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        moved = heard.path == "/feed"
        return loopback.reply(status=301 if moved else 404, Location="/new")

    with loopback.serve(script) as server:
        reader.follow(server)
        reader.poll()
        reader.poll(HOUR)
    assert [heard.path for heard in server.requests] == ["/feed", "/new"] * 2


def test_32_there_is_a_way_back_from_a_dead_place(reader: Reader, loopback: Any) -> None:
    """The old address moves us, the new one dies, the old one serves again."""
    moved = True

    def script(heard: Any) -> bytes:
        if heard.path == "/new":
            return loopback.reply(feed() if moved else b"", 200 if moved else 500, ETag='"new"')
        if moved:
            return loopback.reply(status=301, Location="/new")
        return loopback.reply(feed("Two"), ETag='"old"')

    with loopback.serve(script) as server:
        reader.follow(server)
        reader.poll()
        moved = False
        asked = [reader.poll(timedelta(days=n)) for n in range(1, 6)]
    assert asked == [["failed"]] * 3 + [["ok"], ["unchanged"]]
    assert [(heard.path, heard.get("If-None-Match")) for heard in server.requests[2:]] == [
        *[("/new", b'"new"')] * 3,
        ("/feed", None),
        ("/feed", b'"old"'),
    ]
    assert reader.state().moved_to is None


def test_32_a_place_that_recovers_is_found_again(reader: Reader, loopback: Any) -> None:
    """The old address died after the move; an outage of the new one must not send us there."""
    health = "moving"

    def script(heard: Any) -> bytes:
        if heard.path == "/new":
            return loopback.reply(feed(), 500 if health == "outage" else 200, ETag='"new"')
        if health == "moving":
            return loopback.reply(status=301, Location="/new")
        return loopback.reply(status=404)

    with loopback.serve(script) as server:
        reader.follow(server)
        reader.poll()
        health = "outage"
        for n in range(1, 5):
            assert reader.poll(timedelta(days=n)) == ["failed"]
        health = "well"
        assert reader.poll(timedelta(days=5)) == ["unchanged"]
    paths = [heard.path for heard in server.requests[2:]]
    assert paths == ["/new", "/new", "/new", "/feed", "/new"]
    assert reader.state().moved_to == server.url("/new")


def test_33_gone_is_gone_until_a_person_asks(reader: Reader, loopback: Any) -> None:
    answers = in_turn(
        loopback.reply(feed()),
        loopback.reply(status=410),
        loopback.reply(status=503),
        loopback.reply(feed("Two")),
    )
    with loopback.serve(answers) as server:
        reader.follow(server)
        assert [reader.poll(), reader.poll(HOUR)] == [["ok"], ["failed"]]
        for days in (1, 30, 400):
            (outcome,) = reader.outcomes(timedelta(days=days))
            assert outcome.outcome == "skipped"
            assert "410" in (outcome.error or "")
        assert len(server.requests) == 2
        # A person asks: busy is no sign of life, an answer is.
        assert reader.poll(timedelta(days=401), force=True) == ["failed"]
        assert reader.poll(timedelta(days=403)) == ["skipped"]
        assert reader.poll(timedelta(days=404), force=True) == ["ok"]
        assert reader.poll(timedelta(days=405)) == ["unchanged"]


# --- credentials ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "sent"),
    [("me:p\u00e4ss:w", b"Basic bWU6cMOkc3M6dw=="), (" token-1\n", b"Bearer token-1")],
)
def test_34_a_login_comes_from_the_environment(
    secret: str, sent: bytes, reader: Reader, loopback: Any
) -> None:
    reader.monkeypatch.setenv("FEED_LOGIN", secret)
    with loopback.serve(in_turn(loopback.reply(feed()))) as server:
        reader.follow(server, ", auth: FEED_LOGIN, headers: {X-Reader: digest}")
        assert reader.poll() == ["ok"]
    assert server.requests[0].get("Authorization") == sent
    assert server.requests[0].get("X-Reader") == b"digest"


def test_34_a_login_that_is_not_set_is_a_failure_in_words(reader: Reader, loopback: Any) -> None:
    reader.monkeypatch.delenv("FEED_LOGIN", raising=False)
    with loopback.serve(in_turn(loopback.reply(feed()))) as server:
        reader.follow(server, ", auth: FEED_LOGIN")
        (outcome,) = reader.outcomes(timedelta(0))
    assert outcome.outcome == "failed"
    assert "FEED_LOGIN is not set" in (outcome.error or "")
    assert server.connections == 0


def test_35_a_place_moved_to_gets_no_login(reader: Reader, loopback: Any) -> None:
    def old(_: Any) -> bytes:
        return loopback.reply(status=301, Location=new.url())

    reader.monkeypatch.setenv("FEED_LOGIN", "me:secret")
    answer = in_turn(loopback.reply(feed()))
    with loopback.serve(answer) as new, loopback.serve(old) as server:
        source = f"url: {server.url()}, auth: FEED_LOGIN, headers: {{X-Key: secret}}"
        reader.configure(source, ports=(server.port, new.port))
        reader.poll()
        reader.poll(HOUR)
    assert server.requests[0].get("Authorization") == b"Basic bWU6c2VjcmV0"
    assert len(new.requests) == 2
    for heard in new.requests:
        assert (heard.get("Authorization"), heard.get("X-Key")) == (None, None)


@pytest.mark.parametrize("status", [200, 404])
def test_36_a_password_in_an_address_is_told_to_nobody(
    status: int, reader: Reader, loopback: Any
) -> None:
    with loopback.serve(in_turn(loopback.reply(feed(), status))) as server:
        address = server.url().replace("//", "//me:hush@")
        text = f'{HEAD}network: {{allow_private: ["127.0.0.1:{server.port}"]}}\nsources:\n'
        reader.config.write_text(f"{text}  - {{url: '{address}'}}\n", encoding="utf-8")
        outcomes = reader.outcomes(timedelta(0))
        listed = list_sources(reader.config, now=START)
    assert server.requests[0].get("Authorization") == b"Basic bWU6aHVzaA=="
    told = summary(outcomes) + repr(outcomes) + listed.text + repr(listed.document)
    assert "hush" not in told
