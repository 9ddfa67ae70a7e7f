"""A loopback server of generated feeds, in a process of its own, for benchmarks.

``/N.xml`` is feed N: 20 entries of news-like text, with ETag and Last-Modified; it answers 304 to
its own validators. Texts differ between feeds and entries and are the same in every run.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

ENTRIES = 20
_NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
_WORDS = (
    "pipeline talks ministers border trade summit delegation agreement sanctions export gas oil "
    "rail freight yuan rouble bank envoy exercise fleet satellite reactor grain coal customs port "
    "committee statement spokesman quarter growth corridor visit ceremony contract supplier court "
    "network operator breach campaign station university student visa flight tourism festival the "
    "a of to in on for with after before between against under over new joint first second and "
    "that from which their has been is was by as at it its the of and to in the of and to in"
).split()


@cache
def feed(number: int) -> bytes:
    """The document of one feed, about 12 KB."""
    chance = random.Random(number)
    items = []
    for n in range(ENTRIES):
        date = _NEWEST - timedelta(minutes=chance.randrange(60 * 24 * 14))
        title = " ".join(chance.choices(_WORDS, k=9)).capitalize()
        text = ". ".join(" ".join(chance.choices(_WORDS, k=14)).capitalize() for _ in range(4))
        link = f"https://publisher{number}.example/news/{n}-{chance.randrange(10**6)}"
        items.append(
            f"<item><title>{title}</title><link>{link}</link>"
            f'<guid isPermaLink="true">{link}</guid>'
            f"<pubDate>{format_datetime(date)}</pubDate>"
            f"<description>&lt;p&gt;{text}.&lt;/p&gt; &amp;amp; more</description>"
            f"<category>{chance.choice(_WORDS)}</category></item>"
        )
    head = (
        f"<title>Publisher {number}</title><link>https://publisher{number}.example/</link>"
        "<description>Generated</description><language>en</language>"
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}'
    return f"{body}{''.join(items)}</channel></rss>".encode()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            fields = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines[1:] if line)
            }
            number = int(lines[0].split(" ")[1].strip("/").partition(".")[0])
            etag = f'"feed-{number}"'
            close = fields.get("connection", "").lower() == "close"
            status, body = "200 OK", feed(number)
            if fields.get("if-none-match") == etag:
                status, body = "304 Not Modified", b""
            answer = (
                f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
                f"ETag: {etag}\r\nLast-Modified: {format_datetime(_NEWEST, usegmt=True)}\r\n"
            )
            if status.startswith("200"):
                answer += f"Content-Length: {len(body)}\r\n"
            answer += "Connection: close\r\n" if close else ""
            writer.write(f"{answer}\r\n".encode("latin-1") + body)
            await writer.drain()
            if close:
                break
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        pass
    finally:
        writer.close()


async def _main(feeds: int) -> None:
    for number in range(feeds):
        feed(number)  # made before the clock starts
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
