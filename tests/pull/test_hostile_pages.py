from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.pull.discover import look
from digest.pull.pages import read_listing
from digest.pull.parsed import Document
from digest.pull.reading import read_document
from digest.pull.sitemaps import read_sitemap
from digest.pull.suggest import propose
from digest.pull.telegram import read_channel
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Selectors, Source

NOW = datetime(2023, 5, 6, tzinfo=UTC)
CAP = 15 * 1024 * 1024
SMALL = 4 * 1024 * 1024
PAGE = Source(
    id="p",
    name="P",
    url="https://example.org/",
    type="page",
    selectors=Selectors(item="div, li, a", title="*", date="*", summary="*"),
)
CHANNEL = Source(id="t", name="T", url="https://t.me/s/example_news")
MAP = Source(id="m", name="M", url="https://example.org/sitemap.xml", full_text=True)
POST = "<div class=tgme_widget_message data-post=example_news/1><p class=js-message_text>"
LINK = "<li><a href=/{0}>A headline of a rather usual length {0}</a> 5 May 2023</li>"


def filled(piece: str, head: str = "", size: int = CAP) -> str:
    return head + piece * ((size - len(head)) // len(piece))


PAGES = {
    "open for ever": lambda: filled("<div>"),
    "as deep as is let through": lambda: "<div>" * 1990 + filled("x", size=CAP // 2),
    "items in items": lambda: filled("<a href=/x>", "<div>" * 1900),
    "many links": lambda: "".join(LINK.format(n) for n in range(60_000)),
    "a link of 15 MB": lambda: f"<a href=/{'x' * CAP}>title</a>",
    "a title of 15 MB": lambda: f"<a href=/x>{'x ' * (CAP // 2)}</a>",
    "attributes": lambda: "<a " + " ".join(f"a{n}=b" for n in range(500_000)) + " href=/x>t</a>",
    "ends without beginnings": lambda: filled("</div>"),
    "formatting reopened": lambda: "".join(f"<b a={n}><p>" for n in range(1900)),
    "tables in tables": lambda: filled("<table><tr><td>", size=500_000),
    "entities": lambda: f"<a href=/x>{'&lt;' * 3_000_000}</a>",
    "nothing but blanks": lambda: filled(" "),
    "nothing but NULs": lambda: filled("\0"),
    "comments": lambda: filled("<!-- x -->"),
    "templates and frames": lambda: filled("<template><iframe>", size=500_000),
    "drawings": lambda: filled("<svg><math>", size=500_000),
    "dates": lambda: "<ul>" + filled("<li><a href=/x>2023 5 2023 5 2023-05-</a>", size=500_000),
}
POSTS = {
    "posts in posts": lambda: filled(POST, size=100_000),
    "emoji": lambda: POST + "🔥" * 3_000_000,
    "hashtags": lambda: POST + "#a " * 3_000_000,
    "lines": lambda: POST + "x<br>" * 2_000_000,
    "no blank": lambda: POST + "a" * 10_000_000,
    "many": lambda: filled(POST + "Ten ships sailed.</p></div>", size=2_000_000),
}
MAPS = {
    "deep": lambda: filled("<a>", "<urlset>", SMALL),
    "empty ones": lambda: filled("<url/>", "<urlset>", SMALL),
    "addresses": lambda: filled("<url><loc>https://example.org/a</loc></url>", "<urlset>", SMALL),
    "a text of 15 MB": lambda: filled("x", "<urlset><url><loc>https://example.org/"),
    "attributes": lambda: "<urlset " + " ".join(f"a{n}='b'" for n in range(200_000)) + "/>",
    "plain lines": lambda: filled("https://example.org/a\n", size=SMALL),
    "an index": lambda: filled("<sitemap><loc>https://example.org/a</loc></sitemap>",
                               "<sitemapindex>", SMALL),
    "laughs": lambda: "<!DOCTYPE u [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><urlset>&b;</urlset>",
}  # fmt: skip
CASES = [
    *((PAGE, name, make) for name, make in PAGES.items()),
    *((CHANNEL, name, make) for name, make in (POSTS | PAGES).items()),
    *((MAP, name, make) for name, make in MAPS.items()),
]


@pytest.fixture(scope="module")
def guarded() -> Iterator[ParserPool]:
    with ParserPool(PoolSettings(workers=1)) as parsers:
        yield parsers


def peak_of(pool: ParserPool) -> int:
    """MiB that the workers now alive needed at most."""
    peak = 0
    for worker in pool._all:
        status = Path(f"/proc/{worker._process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        peak = max(peak, int(line.split()[1]) // 1024)
    return peak


@pytest.mark.parametrize(
    ("source", "make"),
    [(source, make) for source, _, make in CASES],
    ids=[f"{source.id}-{name}" for source, name, _ in CASES],
)
@pytest.mark.slow
def test_nothing_hostile_outlives_its_limits(
    guarded: ParserPool, source: Source, make: object
) -> None:
    assert callable(make)
    body = make().encode()[:CAP]
    start = time.monotonic()
    refused = ""
    try:
        guarded.read(Document(body=body, url=source.url or ""), source, NOW)
    except ParseError as error:
        refused = error.message
    assert "report this as a bug" not in refused
    assert time.monotonic() - start < 11
    assert peak_of(guarded) < 300


def test_a_bomb_of_gzip_stays_within_the_memory_of_a_worker(guarded: ParserPool) -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * 120_000_000)
    with pytest.raises(ParseError, match="50 MiB"):
        guarded.read(Document(body=bomb, url=MAP.url or ""), MAP, NOW)
    assert peak_of(guarded) < 300


GOOD = (
    "<!doctype html><html><base href=/x/><ul>"
    + "".join(LINK.format(n) for n in range(5))
    + f"</ul>{POST}Ten ships sailed. #ports</p><time datetime=2023-05-05T10:00:00Z></time></div>"
    "<urlset><url><loc>https://example.org/a</loc><lastmod>2023-05-05</lastmod></url></urlset>"
    "<link rel=alternate type=application/rss+xml href=/feed></html>"
).encode()
PIECES = st.sampled_from(
    [b"<", b">", b"</", b"<!--", b"&#", b"]]>", b"\0", b"\xff\xfe", b"'", b'"', b"<table>", b"//",
     b"<svg>", b"<a href='http://[", b"&#xD800;", b"<base href='::'>", b"<script>", b"<li>"]
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 40), PIECES), max_size=8))
def test_damaged_documents_are_read_or_refused_and_never_end_in_a_bug(
    damage: list[tuple[int, int, bytes]],
) -> None:
    body = GOOD
    for at, gone, piece in damage:
        body = body[:at] + piece + body[at + gone :]
    selectors = Selectors(item="li, div", date="time, li")
    url = "https://example.org/"
    for read in (
        lambda: read_listing(body, url=url, selectors=selectors),
        lambda: read_channel(body, url=CHANNEL.url or ""),
        lambda: read_sitemap(body[body.find(b"<urlset") :], url=url, full_text=True),
        lambda: look(body, url, "text/html"),
        lambda: propose(body, url, ""),
        lambda: read_document(Document(body=body, url=url), PAGE, NOW),
    ):
        with suppress(ParseError):
            read()
