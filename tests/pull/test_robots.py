from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.fetched import Failed, Fetched, Retrieved
from digest.pull.http import Request
from digest.pull.robots import LONGEST_DELAY, Robots, RobotsFile, RobotsStore, Verdict

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
PAGE = "https://example.org/news/1?a=b"
YES, NO = Verdict(allowed=True), Verdict(allowed=False)
LATER = Verdict(allowed=False, later=True)


class Wire:
    """A transport with one answer, which remembers what it was asked."""

    def __init__(self, answer: Fetched | str) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def fetch(self, request: Request) -> Fetched:
        self.asked.append(request.url)
        if isinstance(self.answer, str):
            return Retrieved(url=request.url, body=self.answer.encode())
        return self.answer


def verdict(answer: Fetched | str, url: str = PAGE) -> Verdict:
    return asyncio.run(Robots(Wire(answer), now=NOW).verdict(url))


RULES = [
    ("", YES),
    ("User-agent: *\nDisallow:", YES),
    ("User-agent: *\nDisallow: /", NO),
    ("User-agent: *\nDisallow: /news/", NO),
    ("User-agent: *\nDisallow: /private/", YES),
    ("User-agent: *\nDisallow: /\nUser-agent: digest\nDisallow: /private/", YES),
    ("User-agent: Digest\nDisallow: /", NO),
    ("User-agent: otherbot\nDisallow: /", YES),
    ("User-agent: *\nDisallow: /news/\nAllow: /news/1", YES),
    ("User-agent: *\nDisallow: /*?a=", NO),
    ("User-agent: *\nDisallow: /news/1$", YES),
    ("\ufeffUser-agent: *\r\nDisallow: /", NO),
    ("<html><body>Welcome</body></html>", YES),
    ("User-agent: *\nCrawl-delay: 3", Verdict(allowed=True, delay=timedelta(seconds=3))),
    ("User-agent: *\nCrawl-delay: 1e300", Verdict(allowed=True, delay=LONGEST_DELAY)),
    ("User-agent: *\nCrawl-delay: -5", YES),
    ("User-agent: *\nCrawl-delay: soon", YES),
    ("User-agent: *\nCrawl-delay: nan", YES),
]


@pytest.mark.parametrize(("text", "expected"), RULES)
def test_what_a_file_says_is_done(text: str, expected: Verdict) -> None:
    assert verdict(text) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, YES), (403, YES), (401, YES), (410, YES), (429, LATER), (500, LATER), (None, LATER)],
)
def test_what_is_done_where_there_is_no_file(status: int | None, expected: Verdict) -> None:
    assert verdict(Failed(message="No.", status=status)) == expected


def test_the_file_stands_at_the_root_of_the_very_origin() -> None:
    wire = Wire("")
    asyncio.run(Robots(wire, now=NOW).verdict("HTTP://me:secret@Example.org:8080/a?b"))
    assert wire.asked == ["http://example.org:8080/robots.txt"]


def test_a_host_is_asked_once_however_many_ask_at_once() -> None:
    wire = Wire("User-agent: *\nDisallow: /b")

    async def run() -> list[bool]:
        robots = Robots(wire, now=NOW)
        urls = [f"https://example.org/{letter}" for letter in "abab"]
        return [v.allowed for v in await asyncio.gather(*map(robots.verdict, urls))]

    assert asyncio.run(run()) == [True, False, True, False]
    assert len(wire.asked) == 1


@pytest.mark.parametrize(("age", "asked"), [(23, 0), (24, 1), (-1, 1)])
def test_a_file_is_good_for_a_day(age: int, asked: int, tmp_path: Path) -> None:
    origin = "https://example.org"
    old = RobotsFile(
        origin=origin, asked_at=NOW - timedelta(hours=age), text="User-agent: *\nDisallow: /"
    )
    store = RobotsStore(path=tmp_path / "cache" / "robots.json")
    store.save({origin: old})
    wire = Wire("")
    robots = Robots(wire, now=NOW, known=store.load())
    assert asyncio.run(robots.verdict(PAGE)).allowed is bool(asked)
    assert len(wire.asked) == asked
    assert set(robots.files) == {origin}


def test_what_could_not_be_had_is_asked_by_the_next_run() -> None:
    gone = {
        "https://example.org": RobotsFile(origin="https://example.org", asked_at=NOW, text=None)
    }
    assert asyncio.run(Robots(Wire(""), now=NOW, known=gone).verdict(PAGE)) == YES


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"origin": "x"}]', "null", "\x00"])
def test_a_broken_store_is_an_empty_one(content: str, tmp_path: Path) -> None:
    path = tmp_path / "robots.json"
    path.write_text(content, encoding="utf-8")
    assert RobotsStore(path=path).load() == {}
    assert RobotsStore(path=tmp_path / "missing").load() == {}
