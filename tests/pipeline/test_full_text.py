"""Full text through whole pulls: pages read once, politely, and never lost again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.model import Entry
from digest.pipeline.pull import PullOptions, pull
from digest.pipeline.workspace import open_workspace
from digest.store.entries import entries_seen_between

MONDAY = datetime(2026, 11, 16, 12, tzinfo=UTC)
TEASER = "The ferry between the two ports sails again."
PROSE = (
    "The ferry between the two ports sails again after eleven weeks in dock, its owner said. "
    "It carries forty lorries a day, and the first crossing was sold out within an hour. "
    "Fares stay as they were in spring, and a second ship joins the line in January."
)


class Site:
    """A feed of teasers, the pages they link to, and a robots.txt; every request is counted."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply
        self.teaser = TEASER
        self.rules = "User-agent: *\nDisallow: /closed/\n"
        self.status = 200
        self.asked: list[str] = []

    def __call__(self, heard: Any) -> bytes:
        self.asked.append(heard.path)
        if heard.path == "/robots.txt":
            return bytes(self.reply(self.rules.encode(), Content_Type="text/plain"))
        if heard.path == "/feed":
            return bytes(self.reply(self.feed(heard.get("Host").decode()).encode()))
        page = f"<html><body><nav>Menu</nav><article><p>{PROSE}</p></article></body></html>"
        return bytes(self.reply(page.encode(), status=self.status, Content_Type="text/html"))

    def feed(self, host: str) -> str:
        items = "".join(
            f"<item><title>Ferry in {where} service</title><link>http://{host}/{where}/1</link>"
            f"<guid isPermaLink='false'>ferry-{where}-1</guid>"
            f"<description>{self.teaser}</description>"
            "<pubDate>Sun, 15 Nov 2026 12:00:00 GMT</pubDate></item>"
            for where in ("open", "closed")
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel>{items}</channel></rss>"

    def pages(self) -> list[str]:
        return [path for path in self.asked if path not in ("/feed", "/robots.txt")]


@pytest.fixture
def site(loopback: Any) -> Site:
    return Site(loopback.reply)


def pulled(letter: Any, port: int, day: int) -> dict[str, Entry]:
    """The stored entries by the first word of their path after one more pull."""
    letter.configure(
        f'network: {{host_gap: 0s, allow_private: ["127.0.0.1:{port}"]}}\n'
        f"sources: [{{url: 'http://127.0.0.1:{port}/feed', full_text: yes, every: 1s}}]\n"
    )
    with open_workspace(letter.config, now=MONDAY + timedelta(days=day)) as ws:
        (outcome,) = pull(ws, PullOptions())
        assert outcome.outcome in ("ok", "unchanged"), outcome.error
        with ws.store.read() as c:
            stored = entries_seen_between(c, MONDAY, MONDAY + timedelta(days=99))
    return {str(entry.url).split("/")[3]: entry for entry in stored}


def test_a_page_is_read_once_and_stays(letter: Any, loopback: Any, site: Site) -> None:
    with loopback.serve(site) as server:
        first = pulled(letter, server.port, 0)
        again = pulled(letter, server.port, 1)
    assert first["open"].text == PROSE
    assert first["closed"].text == TEASER  # robots.txt forbids its page
    assert again == first
    assert site.pages() == ["/open/1"]
    assert site.asked.count("/robots.txt") == 1


def test_a_teaser_that_changes_has_its_page_read_again(
    letter: Any, loopback: Any, site: Site
) -> None:
    with loopback.serve(site) as server:
        pulled(letter, server.port, 0)
        site.teaser = "The ferry between the two ports sails again, twice a day."
        pulled(letter, server.port, 1)
    assert site.pages() == ["/open/1", "/open/1"]


def test_a_page_that_cannot_be_had_now_is_asked_for_another_time(
    letter: Any, loopback: Any, site: Site
) -> None:
    with loopback.serve(site) as server:
        site.status = 503
        assert pulled(letter, server.port, 0)["open"].text == TEASER
        site.status = 200
        # The feed itself is unchanged, byte for byte.
        assert pulled(letter, server.port, 2)["open"].text == PROSE
    assert site.pages() == ["/open/1", "/open/1"]
