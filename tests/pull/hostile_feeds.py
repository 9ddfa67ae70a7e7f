"""Feeds made to hurt, by name; run as a program it parses them all and prints what each cost."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from digest.errors import ParseError
from digest.pull.reading import Document
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Source

URL = "https://example.org/feed"
NOW = datetime(2022, 6, 1, tzinfo=UTC)
GOOD = b"<rss version='2.0'><channel><title>t</title><item><title>a</title></item></channel></rss>"
MANY = 1_000_000
LARGE = 14 << 20


def entry(inner: bytes) -> bytes:
    return GOOD.replace(b"</item>", inner + b"</item>")


def text(inner: bytes) -> bytes:
    return entry(b"<description><![CDATA[" + inner + b"]]></description>")


def dtd(declarations: bytes, inner: bytes = b"&a;") -> bytes:
    return (
        b"<!DOCTYPE r ["
        + declarations
        + b"]>"
        + entry(b"<description>" + inner + b"</description>")
    )


def laughs() -> bytes:
    lines = [b"<!ENTITY a0 'ha'>"]
    lines += [b"<!ENTITY a%d '&a%d;&a%d;'>" % (n, n - 1, n - 1) for n in range(1, 60)]
    return dtd(b"".join(lines), b"&a59;")


def items(inner: bytes, size: int = LARGE) -> bytes:
    one = b"<item>" + inner + b"</item>"
    return GOOD.replace(b"</channel>", one * (size // len(one)) + b"</channel>")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "quadratic entities": lambda: dtd(b"<!ENTITY a '" + b"x" * 8000 + b"'>", b"&a;" * 2000),
    "laughs": laughs,
    "laughs in UTF-16": lambda: laughs().decode().encode("utf-16"),
    "laughs of parameters": lambda: dtd(b"<!ENTITY % p '<!ENTITY a \"b\">'>%p;"),
    "laughs in an attribute": lambda: laughs().replace(b"<rss", b"<rss a='&a59;'"),
    "laughs in small letters": lambda: laughs().replace(b"!ENTITY", b"!entity"),
    "an outer entity": lambda: dtd(b"<!ENTITY a SYSTEM 'file:///etc/passwd'>"),
    "an outer parameter": lambda: dtd(b"<!ENTITY % a SYSTEM 'https://example.org/a.dtd'>%a;"),
    "an outer DTD": lambda: b"<!DOCTYPE r SYSTEM 'file:///etc/passwd'>" + GOOD,
    "XInclude": lambda: entry(
        b"<x:include xmlns:x='http://www.w3.org/2001/XInclude' href='/etc/passwd' parse='text'/>"
    ),
    "a style sheet": lambda: b"<?xml-stylesheet href='file:///etc/passwd'?>" + GOOD,
    "a million open tags": lambda: entry(b"<a>" * MANY),
    "a million nested tags": lambda: entry(b"<a>" * MANY + b"</a>" * MANY),
    "a million nested items": lambda: b"<rss><channel>" + b"<item>" * MANY,
    "nested tags in a text": lambda: text(b"<b>" * MANY),
    "escaped nested tags": lambda: entry(
        b"<description>" + b"&lt;b&gt;" * MANY + b"</description>"
    ),
    "a style": lambda: entry(
        b"<description>&lt;p style='" + b"a" * 29_000 + b"!'&gt;</description>"
    ),
    "a style in the open": lambda: entry(b"<p style='" + b"a" * 29_000 + b"!'>x</p>"),
    "an author": lambda: entry(b"<author>" + b"a" * 64_000 + b"</author>"),
    "an author of mails": lambda: entry(b"<author>" + b"a@" * 32_000 + b"</author>"),
    "a creator and an ampersand": lambda: entry(b"& <author>" + b"a." * 32_000 + b"</author>"),
    "comments": lambda: text(b"<!--" * 40_000),
    "comments in the open": lambda: entry(b"<!--" * 40_000),
    "declarations": lambda: entry(b"<!" * 100_000),
    "instructions": lambda: entry(b"<?" * 100_000),
    "open CDATA": lambda: entry(b"<![CDATA[" * 40_000),
    "angles": lambda: b"<rss>" + b"<" * MANY,
    "ampersands": lambda: entry(b"<title>" + b"&" * 300_000 + b"</title>"),
    "entities of HTML": lambda: entry(b"<title>" + b"&nbsp;" * 300_000 + b"</title>"),
    "references": lambda: entry(b"<title>" + b"&#65;" * 300_000 + b"</title>"),
    "surrogate references": lambda: entry(b"<title>" + b"&#xD800;" * 10_000 + b"</title>"),
    "a long reference": lambda: entry(b"<title>&#" + b"9" * MANY + b";</title>"),
    "attributes": lambda: b"<rss><channel><item " + b"a " * 500_000,
    "different attributes": lambda: entry(
        b"<a " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"/>"
    ),
    "namespaces": lambda: entry(
        b"<a " + b" ".join(b"xmlns:a%d='u:%d'" % (n, n) for n in range(50_000)) + b"/>"
    ),
    "different tags": lambda: entry(b"".join(b"<a%d/>" % n for n in range(300_000))),
    "a long tag": lambda: entry(b"<" + b"a" * MANY + b"/>"),
    "a long attribute": lambda: entry(b"<link href='" + b"a" * (5 << 20) + b"'/>"),
    "a long title": lambda: entry(b"<title>" + b"a" * LARGE + b"</title>"),
    "a long title, damaged": lambda: entry(b"<title>&" + b"a" * LARGE + b"</title>"),
    "a long link": lambda: entry(b"<link>https://example.org/" + b"a" * (5 << 20) + b"</link>"),
    "a long date": lambda: entry(b"<pubDate>" + b"1 " * MANY + b"</pubDate>"),
    "odd dates": lambda: items(
        b"<title>x</title><pubDate>the 3rd of Smarch 2022</pubDate>", 1 << 20
    ),
    "many entries": lambda: items(b"<title>x</title>"),
    "many entries, damaged": lambda: items(b"<title>x & y</title>"),
    "many full entries": lambda: items(
        b"<title>x</title><description>" + b"word " * 200 + b"</description><link>/1</link>"
    ),
    "many full entries, damaged": lambda: items(
        b"<title>x & y</title><description>" + b"word " * 200 + b"</description>"
    ),
    "many links": lambda: entry(b"<link>https://example.org/</link>" * 300_000),
    "many authors": lambda: entry(b"<author>a</author>" * 500_000),
    "many tags": lambda: entry(b"<category>a</category>" * 500_000),
    "many enclosures": lambda: entry(b"<enclosure url='x'/>" * 500_000),
    "many summaries": lambda: entry(b"<description>abc</description>" * 300_000),
    "NULs": lambda: b"<rss>" + b"\0" * LARGE,
    "NULs only": lambda: b"\0" * LARGE,
    "NULs between": lambda: GOOD.replace(b"a", b"a\0"),
    "blanks": lambda: b" " * LARGE,
    "control characters": lambda: text(bytes(range(32)) * 1000),
    "random bytes": lambda: bytes((n * n * 7919 + n) % 251 for n in range(500_000)),
    "high bytes": lambda: b"\xff\xfe" + bytes(range(128, 256)) * 10_000,
    "half of a UTF-16": lambda: GOOD.decode().encode("utf-16") + b"\xd8",
    "UTF-7": lambda: (
        b"<?xml version='1.0' encoding='utf-7'?>" + GOOD.replace(b"<item", b"+ADw-item")
    ),
    "EBCDIC": lambda: ("<?xml version='1.0' encoding='cp037'?>" + GOOD.decode()).encode("cp037"),
    "two declarations": lambda: b"<?xml version='1.0'?><?xml version='1.0'?>" + GOOD,
    "a long declaration": lambda: b"<?xml " + b"a='1' " * 300_000 + b"?>" + GOOD,
    "deep JSON": lambda: b'{"version": ' + b"[" * MANY,
    "JSON of objects": lambda: b'{"a":' * 300_000,
    "a JSON number": lambda: (
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + b"9" * MANY + b"}]}"
    ),
    "a large JSON Feed": lambda: (
        b'{"version": "https://jsonfeed.org/version/1", "items": ['
        + b",".join([b'{"id": "1", "content_text": "x"}'] * 300_000)
        + b"]}"
    ),
    "the same NaN": lambda: b'{"version": "https://jsonfeed.org/version/1", "items": [NaN]}',
    "a page": lambda: b"<!doctype html><html><body>" + b"<div>" * MANY,
    "gzip": lambda: b"\x1f\x8b\x08" + bytes(1000),
    "many closing tags": lambda: entry(b"</a>" * 300_000),
    "items across": lambda: b"<rss><channel>" + b"<item></channel><channel></item>" * 50_000,
    "quotes": lambda: entry(b"<a b=" + b"'\"" * 200_000 + b">"),
    "a base": lambda: GOOD.replace(b"<rss", b"<rss xml:base='" + b"../" * 100_000 + b"'"),
    "bases": lambda: GOOD.replace(
        b"<item>", b"<item>" + b"<link xml:base='http://[::1' href='//[x'/>" * 10_000
    ),
    "media within media": lambda: entry(
        b"<m:group xmlns:m='http://search.yahoo.com/mrss/'>" * 200 + b"</m:group>" * 200
    ),
}


def main() -> None:
    """Print for each the seconds, the megabytes of the largest worker so far, and what came."""
    source = Source(id="s", name="s", url=URL)
    with ParserPool(PoolSettings(workers=1)) as pool:
        for name, make in HOSTILE.items():
            document = Document(body=make(), url=URL)
            start = time.monotonic()
            try:
                reading = pool.read(document, source, NOW)
                came = f"{len(reading.entries)} entries"
            except ParseError as error:
                came = error.message
            seconds = time.monotonic() - start
            sizes = [high_water(worker._process.pid) for worker in pool._all]
            done = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            row = [name, round(seconds, 2), max([done, *sizes]), came]
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()


def high_water(pid: int) -> int:
    """Megabytes of the most memory that a living process has held."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main()
