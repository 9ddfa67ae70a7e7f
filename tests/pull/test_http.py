# ruff: noqa: S104 - nothing is bound here
from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from digest.errors import FetchRefusedError
from digest.fetched import Failed, NotModified, Retrieved
from digest.pull.http import HttpTransport, Request
from digest.pull.targets import target_of

ODD_ETAG = 'W/"a,b \\"c\\" d"'
ODD_DATE = "Mon, 07 Nov 1994 8:49:37 gmt "


def reply(body: bytes = b"<rss/>", status: int = 200, **headers: str) -> Any:
    named = {key.replace("_", "-"): value for key, value in headers.items()}

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers=named)

    return handler


def test_a_body_comes_with_its_validators(fetch_from: Any) -> None:
    answer, _ = fetch_from(
        reply(ETag=ODD_ETAG, Last_Modified="yesterday", Content_Type="application/rss+xml")
    )
    assert isinstance(answer, Retrieved)
    assert answer.body == b"<rss/>"
    assert (answer.etag, answer.last_modified) == (ODD_ETAG, "yesterday")
    assert answer.content_type == "application/rss+xml"
    assert answer.moved_to is None


def test_validators_are_echoed_byte_for_byte(fetch_from: Any) -> None:
    _, seen = fetch_from(reply(), etag=ODD_ETAG, last_modified=ODD_DATE.strip())
    assert seen[0].headers["If-None-Match"] == ODD_ETAG
    assert seen[0].headers["If-Modified-Since"] == ODD_DATE.strip()


def test_the_first_request_is_plain_and_honest(fetch_from: Any) -> None:
    _, seen = fetch_from(reply(Set_Cookie="a=b"), repeat=2)
    headers = seen[1].headers
    assert headers["User-Agent"] == "digest-test (+https://example.org/contact)"
    assert "application/atom+xml" in headers["Accept"]
    assert "gzip" in headers["Accept-Encoding"]
    assert not {"Cookie", "Referer", "If-None-Match", "If-Modified-Since"} & set(headers)


def test_304_brings_new_validators(fetch_from: Any) -> None:
    answer, _ = fetch_from(reply(b"", 304, ETag='"2"', Cache_Control="max-age=60"), etag='"1"')
    assert answer == NotModified(etag='"2"', fresh_for=timedelta(seconds=60))


@pytest.mark.parametrize(
    ("status", "wait", "seconds"),
    [
        (429, "120", 120),
        (503, "7", 7),
        (503, "Wed, 01 Jun 2022 13:00:00 GMT", 3600),
        (500, "9", 9),
        (404, "soon", None),
    ],
)
def test_retry_after_is_read_from_every_failure(
    status: int, wait: str, seconds: int | None, fetch_from: Any
) -> None:
    date = "Wed, 01 Jun 2022 12:00:00 GMT"
    answer, _ = fetch_from(reply(b"", status, Retry_After=wait, Date=date))
    assert isinstance(answer, Failed)
    assert answer.status == status
    assert answer.retry_after == (timedelta(seconds=seconds) if seconds else None)


def test_410_is_gone_and_404_is_not(fetch_from: Any) -> None:
    gone, _ = fetch_from(reply(b"", 410))
    missing, _ = fetch_from(reply(b"", 404))
    assert isinstance(gone, Failed)
    assert gone.gone
    assert isinstance(missing, Failed)
    assert not missing.gone
    assert "404" in missing.message


# --- redirects -----------------------------------------------------------------------------------


def chain(**hops: tuple[int, str]) -> Any:
    async def handler(request: web.Request) -> web.Response:
        status, target = hops.get(request.path.strip("/"), (200, ""))
        if status == 200:
            return web.Response(body=b"<rss/>")
        return web.Response(status=status, headers={"Location": target})

    return handler


@pytest.mark.parametrize(
    ("hops", "moved"),
    [
        ({"feed": (301, "/b")}, "/b"),
        ({"feed": (308, "/b"), "b": (301, "/c")}, "/c"),
        ({"feed": (302, "/b")}, None),
        ({"feed": (303, "/b")}, None),
        ({"feed": (307, "/b")}, None),
        ({"feed": (301, "/b"), "b": (302, "/c")}, "/b"),
        ({"feed": (302, "/b"), "b": (301, "/c")}, None),
    ],
)
def test_only_a_chain_of_permanent_redirects_moves_a_source(
    hops: dict[str, tuple[int, str]], moved: str | None, fetch_from: Any
) -> None:
    answer, seen = fetch_from(chain(**hops))
    assert isinstance(answer, Retrieved)
    expected = f"http://{seen[0].host}{moved}" if moved else None
    assert answer.moved_to == expected


def test_five_redirects_are_followed_and_no_more(fetch_from: Any) -> None:
    hops = {"feed": (302, "/1"), **{str(n): (302, f"/{n + 1}") for n in range(1, 9)}}
    answer, seen = fetch_from(chain(**hops))
    assert isinstance(answer, Failed)
    assert len(seen) == 6
    five = {"feed": (302, "/1"), **{str(n): (302, f"/{n + 1}") for n in range(1, 5)}}
    answer, seen = fetch_from(chain(**five))
    assert isinstance(answer, Retrieved)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/f", "gopher://x/", "javascript:alert(1)"]
)
def test_a_redirect_never_leaves_http(target: str, fetch_from: Any) -> None:
    answer, seen = fetch_from(chain(feed=(302, target)))
    assert isinstance(answer, Failed)
    assert "redirects away" in answer.message
    assert len(seen) == 1


def test_https_is_never_downgraded() -> None:
    base = target_of("https://example.org/feed")
    assert str(target_of("/new", base)) == "https://example.org/new"
    with pytest.raises(FetchRefusedError, match="from https to http"):
        target_of("http://example.org/feed", base)


def test_credentials_stay_with_their_origin(serving: Any, settings: Any) -> None:
    async def run() -> list[web.Request]:
        async with serving(reply()) as other:

            async def away(_: web.Request) -> web.Response:
                return web.Response(status=302, headers={"Location": other.url()})

            async with serving(away) as own, HttpTransport(settings(own.port, other.port)) as http:
                await http.fetch(Request(url=own.url(), headers=(("Authorization", "secret"),)))
                return [*own.requests, *other.requests]

    own, other = asyncio.run(run())
    assert own.headers["Authorization"] == "secret"
    assert "Authorization" not in other.headers


# --- addresses -----------------------------------------------------------------------------------

HOSTS = [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "１２７.０.０.１",
    "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0", "[::]",
    "localhost.", "127。0。0。1",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_no_connection_is_made_to_a_private_address(host: str, serving: Any, settings: Any) -> None:
    async def run() -> tuple[Any, int]:
        async with serving(reply()) as server, HttpTransport(settings()) as http:
            url = server.url().replace("127.0.0.1", host)
            return await http.fetch(Request(url=url)), len(server.requests)

    answer, connections = asyncio.run(run())
    assert isinstance(answer, Failed)
    assert connections == 0
    assert answer.message.endswith(".")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1"])
def test_what_is_allowed_for_one_port_is_not_for_a_redirect_to_another(
    host: str, serving: Any, settings: Any
) -> None:
    async def run() -> tuple[Any, int]:
        async with serving(reply()) as inner:
            target = inner.url().replace("127.0.0.1", host)

            async def away(_: web.Request) -> web.Response:
                return web.Response(status=302, headers={"Location": target})

            async with serving(away) as outer, HttpTransport(settings(outer.port)) as http:
                return await http.fetch(Request(url=outer.url())), len(inner.requests)

    answer, connections = asyncio.run(run())
    assert isinstance(answer, Failed)
    assert "public internet" in answer.message
    assert connections == 0


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/y", "feed", "http://", "http://[::1", ""]
)
def test_what_is_no_web_address_is_refused(url: str, settings: Any) -> None:
    async def run() -> Any:
        async with HttpTransport(settings()) as http:
            return await http.fetch(Request(url=url))

    assert isinstance(asyncio.run(run()), Failed)


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate", "two members"])
def test_compressed_bodies_are_read(coding: str, fetch_from: Any) -> None:
    text = b"<rss>" + b"news " * 5000 + b"</rss>"
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw deflate": raw.compress(text) + raw.flush(),
        "two members": gzip.compress(text[:100]) + gzip.compress(text[100:]),
    }
    name = "deflate" if "deflate" in coding else "gzip"
    answer, _ = fetch_from(reply(bodies[coding], Content_Encoding=name))
    assert isinstance(answer, Retrieved)
    assert answer.body == text


def test_a_compressed_bomb_stops_at_the_cap(fetch_from: Any) -> None:
    bomb = gzip.compress(b"\0" * 100_000_000)
    answer, _ = fetch_from(reply(bomb, Content_Encoding="gzip"), max_body=1_000_000)
    assert isinstance(answer, Failed)
    assert "larger than 1,000,000 bytes" in answer.message


@pytest.mark.parametrize(
    "broken", [gzip.compress(b"x" * 9999)[:-9], b"\x1f\x8bgarbage"], ids=["short", "garbage"]
)
def test_a_damaged_body_is_a_failure(broken: bytes, fetch_from: Any) -> None:
    answer, _ = fetch_from(reply(broken, Content_Encoding="gzip"))
    assert isinstance(answer, Failed)


def test_an_endless_body_stops_at_the_cap(fetch_from: Any) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(10_000):
            await response.write(b"x" * 10_000)
        return response

    answer, _ = fetch_from(endless, max_body=50_000)
    assert isinstance(answer, Failed)
    assert "50,000" in answer.message


def test_a_drip_ends_at_the_total_deadline(fetch_from: Any) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.01)

    answer, _ = fetch_from(drip, timeout=timedelta(seconds=0.2))
    assert isinstance(answer, Failed)
    assert "0.2 seconds" in answer.message


def test_large_headers_are_refused(fetch_from: Any) -> None:
    answer, _ = fetch_from(reply(**{f"X_{n}": "y" * 7000 for n in range(12)}))
    assert isinstance(answer, Failed)
    answer, _ = fetch_from(reply(X="y" * 70_000))
    assert isinstance(answer, Failed)


def test_a_dead_port_and_a_rude_server_are_failures(settings: Any) -> None:
    async def run() -> tuple[Any, Any]:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            dead = unused.getsockname()[1]

        async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(b"SPQR\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(rude, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, HttpTransport(settings(dead, port)) as http:
            return (
                await http.fetch(Request(url=f"http://127.0.0.1:{dead}/")),
                await http.fetch(Request(url=f"http://127.0.0.1:{port}/")),
            )

    for answer in asyncio.run(run()):
        assert isinstance(answer, Failed)
        assert answer.message.endswith(".")


# --- turns ---------------------------------------------------------------------------------------


def test_one_host_is_asked_one_request_at_a_time_with_a_gap(serving: Any, settings: Any) -> None:
    open_now, most, times = 0, 0, []

    async def count(_: web.Request) -> web.Response:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.01)
        open_now -= 1
        return web.Response(body=b"<rss/>")

    async def run() -> None:
        async with serving(count) as server:
            values = settings(server.port, host_gap=timedelta(seconds=0.05))
            async with HttpTransport(values) as http:
                await asyncio.gather(*(http.fetch(Request(url=server.url())) for _ in range(4)))

    asyncio.run(run())
    assert most == 1
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(times))


def test_a_hung_host_holds_up_no_other(serving: Any, settings: Any) -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def run() -> tuple[Any, Any]:
        async with (
            serving(hang) as stuck,
            serving(reply()) as fine,
            HttpTransport(settings(stuck.port, fine.port)) as http,
        ):
            late = Request(url=stuck.url(), timeout=timedelta(seconds=0.5))
            slow = asyncio.create_task(http.fetch(late))
            quick = await http.fetch(Request(url=fine.url()))
            assert not slow.done()
            return quick, await slow

    quick, slow = asyncio.run(run())
    assert isinstance(quick, Retrieved)
    assert isinstance(slow, Failed)
