"""Sources of one host: in which lanes they stand, and when the host is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.pipeline.lanes import lanes_of, place_of
from digest.pipeline.pull import PullOptions, pull
from digest.pipeline.sourcehealth import health_of
from digest.pipeline.workspace import open_workspace
from digest.source import Source, SourceState
from digest.store.sources import all_states

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = b"""<rss version="2.0"><channel><title>F</title><item><title>One</title>
<link>https://example.org/1</link><pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>
</channel></rss>"""


def asked(url: str, **state: Any) -> tuple[Source, SourceState]:
    return Source(id=url, name=url, url=url), SourceState(source_id=url, **state)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://Example.ORG/feed", "example.org:443"),
        ("https://me:secret@example.org:443/x", "example.org:443"),
        ("http://example.org./", "example.org:80"),
        ("https://example.org:8443/", "example.org:8443"),
        ("imaps://mail.example.org/INBOX", "mail.example.org:993"),
        ("http://[::1]:8080/", "::1:8080"),
        ("http://example.org:port/", "http://example.org:port/"),
    ],
)
def test_a_place_is_hostname_and_port(url: str, place: str) -> None:
    assert place_of(url) == place


def test_a_host_has_so_many_lanes_and_the_longest_come_first() -> None:
    one = [asked(f"https://a.example/{n}") for n in range(5)]
    other = [asked("https://B.example/"), asked("https://me:x@b.example:443/2")]
    moved = asked("https://b.example/3", moved_to="https://a.example/new")
    lanes = list(lanes_of([*other, *one, moved], 2))
    assert [(lane.breaker.host, len(lane.asked)) for lane in lanes] == [
        ("a.example:443", 3),
        ("a.example:443", 3),
        ("b.example:443", 1),
        ("b.example:443", 1),
    ]
    assert lanes[0].breaker is lanes[1].breaker


def configure(folder: Path, urls: list[str], ports: list[int], more: str = "") -> Path:
    allowed = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    lines = [
        'newsletter: {id: letter, title: The Letter, schedule: "0 7 * * THU"}',
        f"network: {{allow_private: [{allowed}], host_gap: 0s, timeout: 300ms{more}}}".replace(
            "300ms", "0.3s"
        ),
        "sources:",
        *(f"  - {{name: S{n}, url: '{url}'}}" for n, url in enumerate(urls)),
    ]
    config = folder / "sources.yaml"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


async def _never() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


def test_a_host_that_hangs_is_asked_twice_and_given_up(tmp_path: Path, loopback: Any) -> None:
    def script(heard: Any) -> Any:
        return _never()

    def fine(heard: Any) -> bytes:
        return loopback.reply(FEED)

    with loopback.serve(script) as hung, loopback.serve(fine) as well:
        urls = [hung.url(f"/{n}") for n in range(6)] + [well.url("/feed")]
        config = configure(tmp_path, urls, [hung.port, well.port])
        with open_workspace(config, now=START) as ws:
            outcomes = pull(ws, PullOptions())
            with ws.store.read() as c:
                states = {state.source_id: state for state in all_states(c)}
        assert len(hung.requests) == 2
        assert [each.outcome for each in outcomes] == ["failed"] * 6 + ["ok"]
        unasked = [each for each in outcomes if "did not answer 2 sources" in (each.error or "")]
        assert len(unasked) == 4
        for each in unasked:
            state = states[each.source_id]
            assert (state.checked_at, state.failures, state.due_at) == (START, 0, None)
        with open_workspace(config, now=START) as ws:
            kinds = [each.kind for each in health_of(ws)]
        assert sorted(kinds) == ["failing"] * 2 + ["new"] * 4 + ["well"]
        # The next run begins with those that were not asked, for the two are not due.
        with open_workspace(config, now=START + timedelta(minutes=30)) as ws:
            outcomes = pull(ws, PullOptions())
        assert len(hung.requests) == 4
        assert [each.outcome for each in outcomes].count("skipped") == 3


@pytest.mark.parametrize("width", [1, 3])
def test_a_failure_that_is_an_answer_gives_no_host_up(
    width: int, tmp_path: Path, loopback: Any
) -> None:
    def script(heard: Any) -> bytes:
        return loopback.reply(status=500)

    with loopback.serve(script) as server:
        urls = [server.url(f"/{n}") for n in range(6)]
        config = configure(tmp_path, urls, [server.port], f", host_connections: {width}")
        with open_workspace(config, now=START) as ws:
            pull(ws, PullOptions())
    assert len(server.requests) == 6


def test_a_dead_place_that_a_host_redirects_to_is_not_its_fault(
    tmp_path: Path, loopback: Any
) -> None:
    def script(heard: Any) -> bytes:
        return loopback.reply(status=302, Location="http://127.0.0.1:9/feed")

    with loopback.serve(script) as server:
        urls = [server.url(f"/{n}") for n in range(4)]
        config = configure(tmp_path, urls, [server.port, 9])
        with open_workspace(config, now=START) as ws:
            pull(ws, PullOptions())
    assert len(server.requests) == 4
