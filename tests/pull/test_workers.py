from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.errors import ParseError
from digest.pull.gate import LOCAL_LIMITS
from digest.pull.parsed import ParsedFeed
from digest.pull.workers import ParserPool, PoolSettings

URL = "https://example.org/feed"
GOOD = b"<rss version='2.0'><channel><title>t</title><item><title>a</title></item></channel></rss>"
HANGS = "import sys, time; sys.stdout.write('+'); sys.stdout.flush(); time.sleep(60)"
DIES = "import sys; sys.stdout.write('+'); sys.stdout.flush(); sys.stdin.read(9); sys.exit(1)"


def entry(inner: bytes) -> bytes:
    return GOOD.replace(b"</item>", inner + b"</item>")


def fake(code: str, **changes: timedelta) -> PoolSettings:
    return PoolSettings(workers=1, command=(sys.executable, "-c", code), **changes)


def test_a_job_gives_what_parse_gives(pool: ParserPool) -> None:
    feed = pool.parse(GOOD, url=URL)
    assert isinstance(feed, ParsedFeed)
    assert feed.entries[0].title == "a"


def test_jobs_run_beside_the_event_loop(pool: ParserPool) -> None:
    async def run() -> list[ParsedFeed]:
        return await asyncio.gather(
            *(asyncio.to_thread(pool.parse, GOOD, url=URL) for _ in range(8))
        )

    assert len(asyncio.run(run())) == 8


def test_a_failing_input_is_a_parse_error_with_its_reason(pool: ParserPool) -> None:
    with pytest.raises(ParseError, match="no feed"):
        pool.parse(b"hello", url=URL)


def test_a_job_over_its_time_loses_its_worker_and_no_more() -> None:
    settings = fake(HANGS, time=timedelta(seconds=0.2))
    with ParserPool(settings) as parsers:
        for _ in range(2):
            start = time.monotonic()
            with pytest.raises(ParseError, match=r"longer than 0\.2 seconds"):
                parsers.parse(GOOD, url=URL)
            assert time.monotonic() - start < 5
        assert not parsers._all


def test_a_worker_that_never_comes_up_is_given_up() -> None:
    settings = fake("import time; time.sleep(60)", start=timedelta(seconds=0.2))
    with ParserPool(settings) as parsers, pytest.raises(ParseError):
        parsers.parse(GOOD, url=URL)


def test_a_dying_worker_is_a_parse_error() -> None:
    with ParserPool(fake(DIES)) as parsers, pytest.raises(ParseError, match="memory"):
        parsers.parse(GOOD, url=URL)


def test_no_worker_is_left_behind() -> None:
    with ParserPool() as parsers:
        parsers.parse(GOOD, url=URL)
        (worker,) = parsers._all
        number = worker._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    with pytest.raises(ParseError, match="stopped"):
        parsers.parse(GOOD, url=URL)


def test_workers_see_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_SMTP_PASSWORD", "secret")
    with ParserPool() as parsers:
        parsers.parse(GOOD, url=URL)
        (worker,) = parsers._all
        environment = Path(f"/proc/{worker._process.pid}/environ")
        if not environment.exists():
            pytest.skip("no /proc here")
        assert b"secret" not in environment.read_bytes()


BOMBS: dict[str, Callable[[], bytes]] = {
    "quadratic entities": lambda: (
        b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 8000 + b"'>]>" + entry(b"&a;" * 2000)
    ),
    "nested tags": lambda: b"<rss><channel>" + b"<item>" * 100_000,
    "closed nested tags": lambda: entry(b"<a>" * 100_000 + b"</a>" * 100_000),
    "escaped nested tags": lambda: entry(
        b"<description>" + b"&lt;b&gt;" * 100_000 + b"</description>"
    ),
    "style": lambda: entry(b"<description>&lt;p style='" + b"a" * 29_000 + b"!'&gt;</description>"),
    "author": lambda: entry(b"<author>" + b"a" * 64_000 + b"</author>"),
    "comments": lambda: entry(b"<description><![CDATA[" + b"<!--" * 40_000 + b"]]></description>"),
    "attributes": lambda: b"<rss><channel><item " + b"a " * 500_000,
    "many items": lambda: GOOD.replace(b"</channel>", b"<item><title>x</title></item>" * 300_000),
    "deep JSON": lambda: b'{"version": ' + b"[" * 100_000,
    "angles": lambda: b"<rss>" + b"<" * 300_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_stops_within_its_limits(name: str, pool: ParserPool) -> None:
    start = time.monotonic()
    try:
        feed = pool.parse(BOMBS[name](), url=URL)
    except ParseError as error:
        found, message = 0, error.message
    else:
        found, message = len(feed.entries), "."
    assert found <= 10_000
    assert message.endswith(".")
    assert time.monotonic() - start < 10


def test_every_hard_feed_of_the_public_suites(pool: ParserPool, shared: Path) -> None:
    folder = shared / "hostile" / "feedparser"
    if not folder.is_dir():
        pytest.skip("the hard feeds are not there")
    start = time.monotonic()
    outcomes: Counter[str] = Counter()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        try:
            pool.parse(path.read_bytes(), url=URL, limits=LOCAL_LIMITS)
            outcomes["read"] += 1
        except ParseError as error:
            outcomes["bug" if "bug" in error.message else "refused"] += 1
    assert outcomes.total() == len(files) == 502
    assert outcomes["read"] >= 498
    assert not outcomes["bug"]
    assert time.monotonic() - start < 60
