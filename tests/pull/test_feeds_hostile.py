"""Feeds made to hurt: each stops within its time and memory, with a sentence or with entries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.pull.feeds import parse

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("hostile_feeds.py")
URL = "https://example.org/feed"
FEED = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/'
    b'elements/1.1/"><channel><title>News</title><ttl>9</ttl><item><title>A &amp; b</title>'
    b"<link>https://example.org/1</link><description><![CDATA[<p>Text</p>]]></description>"
    b"<pubDate>Tue, 31 May 2022 08:30:00 +0300</pubDate><guid isPermaLink='false'>1</guid>"
    b"<dc:creator>Anna</dc:creator><category>Oil</category></item></channel></rss>"
)
PIECES = (
    *(
        b"<",
        b">",
        b"&",
        b"&#0;",
        b"&#xD800;",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"-->",
        b"\0",
        b"\x1b",
    ),
    *(
        b"<item>",
        b"</item>",
        b"</rss>",
        b"<!DOCTYPE x>",
        b"\xff",
        b"\xc3",
        b"'",
        b'"',
        b"<?x",
        b"\x80",
    ),
    *(
        b"xmlns:dc='u'",
        b"xml:base='//['",
        b"\xef\xbb\xbf",
        b"encoding='utf-16'",
        b"<title><b>",
        b"%s",
    ),
)


@pytest.mark.slow
def test_no_hostile_feed_passes_its_limits() -> None:
    run = subprocess.run(
        [sys.executable, str(PROGRAM)],
        capture_output=True,
        check=True,
        timeout=280,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
    )
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(rows) >= 75
    for name, seconds, megabytes, came in rows:
        assert seconds <= 10, name
        assert megabytes <= 200, name
        assert "bug" not in came, name
        assert came.endswith((".", "entries")), name
    assert not run.stderr


def outcome(body: bytes) -> str | None:
    """The sentence of a failure, None for a feed; anything else that is raised is a bug."""
    try:
        parse(body, url=URL)
    except ParseError as error:
        return error.message
    return None


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_damage_to_a_feed_raises_but_a_sentence(data: st.DataObject) -> None:
    body = FEED
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(at, min(at + 40, len(body))))
        body = body[:at] + data.draw(st.sampled_from((b"", *PIECES))) + body[end:]
    said = outcome(body)
    assert said is None or said.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32-be", "gb18030", "koi8-r"])
def test_no_cut_of_a_feed_raises_but_a_sentence(encoding: str) -> None:
    whole = FEED.decode().replace("utf-8", encoding).replace("Text", "Нефть").encode(encoding)
    for size in range(0, len(whole), 7):
        said = outcome(whole[:size])
        assert said is None or said.endswith(".")


@pytest.mark.slow
def test_every_real_feed_survives_damage(shared: Path) -> None:
    for path in sorted((shared / "feeds" / "snapshots").glob("*.*")):
        body = path.read_bytes()[:20_000]
        for at in range(100, len(body), max(len(body) // 6, 1)):
            for piece in (b"", b"<", b"&", b"\0", b"<![CDATA["):
                said = outcome(body[:at] + piece + body[at + 3 :])
                assert said is None or said.endswith("."), path


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!doctype html><title>News</title><p>Hi", "sources add URL"),
        (
            b"<html><title>Just a moment...</title><script src='/cdn-cgi/challenge-platform'>",
            "human",
        ),
        (b"<html><form><input type='password'></form>", "login page"),
        (b"<html><title>Sign in</title>", "login page"),
        (b"<html><title>404 Not Found</title>", "error message"),
        (b"<html><title>Cookie consent</title>", "consent"),
        (b"<html><body>This domain is for sale", "for sale"),
        (b"<html><noscript>Please enable JavaScript", "JavaScript"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "type: sitemap"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"[1, 2]", "JSON"),
        (b'{"error": "no"}', "no JSON Feed"),
        (b"", "empty"),
        (b"Not a feed", "no feed"),
        (b"<rss", "damaged"),
    ],
)
def test_what_is_no_feed_is_named_with_a_remedy(body: bytes, words: str) -> None:
    said = outcome(body)
    assert said is not None
    assert words in said
