"""Killed at any moment, a pull loses nothing and its validators never promise what is not stored.

A seeded few kills here; ``make soak`` makes 200.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

FEEDS = 220
"""More than two batches of a pull, so that kills also fall between two commits."""

KEPT = 3
KILLS = 200 if os.environ.get("DIGEST_SOAK") else 20


class Feeds:
    """Feeds that gain one entry a round and drop the oldest; validators change with them."""

    def __init__(self) -> None:
        self.round = 0
        self.unchanged = 0

    def links(self, feed: str) -> list[str]:
        newest = range(max(0, self.round - KEPT + 1), self.round + 1)
        return [f"https://publisher.example/{feed}/{n}" for n in newest]

    def answer(self, heard: Any, reply: Any) -> bytes:
        feed = heard.path.strip("/")
        etag = f'"{feed}-{self.round}"'
        if heard.get("If-None-Match") == etag.encode():
            self.unchanged += 1
            return bytes(reply(status=304, ETag=etag))
        items = "".join(
            f"<item><title>Report {link}</title><link>{link}</link><guid>{link}</guid>"
            "<description>One sentence.</description>"
            "<pubDate>Mon, 16 Nov 2026 12:00:00 GMT</pubDate></item>"
            for link in self.links(feed)
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
        return bytes(reply(body.encode(), ETag=etag, Content_Type="application/rss+xml"))


def stored(database: Path) -> set[str]:
    """The addresses of all stored entries; the database is sound."""
    if not database.exists():
        return set()
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'")
        found = connection.execute("SELECT url FROM entries") if tables.fetchone() else ()
        urls = {url for (url,) in found}
    connection.close()
    return urls


@pytest.mark.slow
def test_a_killed_pull_is_finished_by_the_next(letter: Any, loopback: Any) -> None:
    feeds = Feeds()
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "digest", "pull", "--quiet", "--config", str(letter.config)]
    database = letter.folder / ".digest" / "digest.sqlite3"
    chance = random.Random(20261123)  # noqa: S311 - a seeded test
    with loopback.serve(lambda heard: feeds.answer(heard, loopback.reply)) as server:
        urls = [server.url(f"/{number}") for number in range(FEEDS)]
        sources = "".join(f"  - {{url: '{url}', every: 1s}}\n" for url in urls)
        allowed = f'allow_private: ["127.0.0.1:{server.port}"]'
        letter.configure(
            f"network: {{host_gap: 0s, host_connections: 8, {allowed}}}\nsources:\n{sources}"
        )
        started = time.monotonic()
        subprocess.run(command, check=True, env=environment)
        whole = time.monotonic() - started
        for feeds.round in range(1, KILLS + 1):
            before = stored(database)
            child = subprocess.Popen(command, env=environment)
            try:
                child.wait(chance.uniform(0.3, 1.05) * whole)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.wait()
            after = stored(database)
            assert before <= after
            subprocess.run(command, check=True, env=environment)
            now = stored(database)
            assert after <= now
            assert {link for n in range(FEEDS) for link in feeds.links(str(n))} <= now
        assert feeds.unchanged, "no kill fell between two commits: the test shows nothing"
