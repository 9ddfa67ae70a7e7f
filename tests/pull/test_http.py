from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import DefaultResolver, web

from digest.errors import FetchRefusedError
from digest.fetched import Failed, NotModified, Retrieved
from digest.pull.http import Edges, HttpTransport, Request
from digest.pull.targets import target_of

ODD_ETAG = 'W/"a,b \\"c\\" d"'


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


def test_https_is_never_downgraded() -> None:
    base = target_of("https://example.org/feed")
    assert str(target_of("/new", base)) == "https://example.org/new"
    with pytest.raises(FetchRefusedError, match="from https to http"):
        target_of("http://example.org/feed", base)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/y", "feed", "http://", "http://[::1", ""]
)
def test_what_is_no_web_address_is_refused(url: str, settings: Any) -> None:
    async def run() -> Any:
        async with HttpTransport(settings()) as http:
            return await http.fetch(Request(url=url))

    assert isinstance(asyncio.run(run()), Failed)


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


def test_connections_are_kept_and_shared(loopback: Any, settings: Any) -> None:
    async def run(port: int) -> list[Any]:
        values = settings(port, host_connections=4)
        async with HttpTransport(values) as http:
            urls = [f"http://127.0.0.1:{port}/{n}" for n in range(100)]
            return await asyncio.gather(*(http.fetch(Request(url=url)) for url in urls))

    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server:
        answers = asyncio.run(run(server.port))
        assert all(isinstance(answer, Retrieved) for answer in answers)
        assert len(server.requests) == 100
        assert server.connections <= 4


def test_a_server_without_tls_is_named(settings: Any) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def run() -> Any:
        server = await asyncio.start_server(plain, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, HttpTransport(settings(port)) as http:
            return await http.fetch(Request(url=f"https://127.0.0.1:{port}/"))

    answer = asyncio.run(run())
    assert isinstance(answer, Failed)
    assert "No secure connection to 127.0.0.1" in answer.message


def test_an_unknown_name_is_named(settings: Any) -> None:
    class NoNames(DefaultResolver):
        async def resolve(self, *_: Any, **__: Any) -> Any:
            raise OSError(socket.EAI_NONAME, "Name or service not known")

    async def run() -> Any:
        async with HttpTransport(settings(), edges=Edges(resolver=NoNames())) as http:
            return await http.fetch(Request(url="http://feeds.example.org/"))

    answer = asyncio.run(run())
    assert isinstance(answer, Failed)
    assert "feeds.example.org is not known" in answer.message
