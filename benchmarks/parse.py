"""Parsing alone: this project beside raw expat, lxml, feedparser and fastfeedparser.

    python benchmarks/parse.py [FOLDER of feed files]

Printed are CPU-microseconds a feed. The bar is twice expat **with handlers that collect the text of
every element**, which is what any Python user of expat has to do to have anything at all; expat
that counts events and expat without handlers (which gives nothing) stand beside it. A feed in
another encoding is given to expat in UTF-8, which costs expat nothing. Generated feeds of 20
entries are always measured; a folder adds its well-formed files.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import feedparser
from lxml import etree

from digest.pull.charset import as_utf8
from digest.pull.feeds import parse

URL = "https://example.org/feed"
WORDS = "Oil flows again through the pipeline after a pause of two weeks, the operator said. "
ROUNDS, LEAST = 5, 0.05
Work = Callable[[bytes], object]


def raw(body: bytes) -> None:
    expat.ParserCreate().Parse(body, True)


def counting(body: bytes) -> None:
    parser, seen = expat.ParserCreate(), [0, 0, 0]
    parser.buffer_text = True

    def start(_name: str, _attributes: dict[str, str]) -> None:
        seen[0] += 1

    def end(_name: str) -> None:
        seen[1] += 1

    def text(_text: str) -> None:
        seen[2] += 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    parser.Parse(body, True)


def collecting(body: bytes) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    found: list[tuple[str, str]] = []
    pieces: list[str] = []

    def start(_name: str, _attributes: dict[str, str]) -> None:
        pieces.clear()

    def end(name: str) -> None:
        found.append((name, "".join(pieces)))
        pieces.clear()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = pieces.append
    parser.Parse(body, True)


def ours(body: bytes) -> object:
    return parse(body, url=URL)


def theirs(body: bytes) -> object:
    return feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)


def seconds(work: Work, body: bytes, rounds: int = ROUNDS) -> float:
    """CPU-seconds of one call, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start, calls = time.process_time(), 0
        while time.process_time() - start < LEAST:
            work(body)
            calls += 1
        best = min(best, (time.process_time() - start) / calls)
    return best


def generated(words: int, kind: str) -> bytes:
    text = WORDS * words
    if kind == "atom":
        entry = (
            '<entry><title>Report {n}</title><link href="https://example.org/{n}"/>'
            "<id>tag:example.org,2022:{n}</id><updated>2022-05-31T08:{n:02}:00Z</updated>"
            '<author><name>Anna</name></author><summary type="html">&lt;p&gt;{text}&lt;/p&gt;'
            "</summary></entry>"
        )
        head, tail = '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>', "</feed>"
    else:
        entry = (
            "<item><title>Report {n}</title><link>https://example.org/{n}</link>"
            "<guid isPermaLink='false'>{n}</guid><pubDate>Tue, 31 May 2022 08:{n:02}:00 +0300"
            "</pubDate><category>Oil</category><description><![CDATA[<p>{text}</p>]]>"
            "</description></item>"
        )
        head, tail = '<rss version="2.0"><channel><title>News</title>', "</channel></rss>"
    return (head + "".join(entry.format(n=n, text=text) for n in range(20)) + tail).encode()


def bodies(folder: Path | None) -> dict[str, bytes]:
    found = {f"20 entries, {kind}, {len(WORDS) * n} characters": generated(n, kind)
             for kind in ("rss", "atom") for n in (2, 10)}  # fmt: skip
    for path in sorted(folder.iterdir()) if folder else ():
        try:
            raw(as_utf8(path.read_bytes()))
        except expat.ExpatError:
            continue  # not well-formed, or no XML
        found[path.name] = path.read_bytes()
    return found


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    columns: dict[str, Work] = {
        "raw": raw,
        "count": counting,
        "collect": collecting,
        "lxml": lambda body: etree.fromstring(body, parser),
    }
    names = (*columns, "ours", "feedparser", "ours/collect", "ours/raw")
    print(f"{'CPU-µs a feed':44}" + "".join(f"{name:>13}" for name in names))
    total: dict[str, float] = dict.fromkeys((*columns, "ours", "feedparser"), 0.0)
    for name, body in bodies(folder).items():
        text = as_utf8(body)
        row = {column: seconds(work, text) for column, work in columns.items()}
        row["ours"], row["feedparser"] = seconds(ours, body), seconds(theirs, body, 1)
        total = {column: total[column] + spent for column, spent in row.items()}
        show(name, row)
    show("all", total)


def show(name: str, row: dict[str, float]) -> None:
    ratios = (row["ours"] / row["collect"], row["ours"] / row["raw"])
    figures = "".join(f"{spent * 1e6:13,.0f}" for spent in row.values())
    print(f"{name[:44]:44}{figures}" + "".join(f"{ratio:13.2f}" for ratio in ratios))


if __name__ == "__main__":
    main()
