from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from digest.fetched import Fetched
from digest.pull.http import HttpSettings, HttpTransport, Request
from digest.pull.workers import ParserPool

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """A loopback server that remembers what it was asked."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.requests: list[web.Request] = []
        self.port = 0

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests.append(request)  # type: ignore[arg-type]
        return await self._handler(request)  # type: ignore[arg-type]


@asynccontextmanager
async def serving(handler: Handler) -> Any:
    server = Server(handler)
    runner = web.ServerRunner(web.Server(server.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


def settings(*ports: int, **changes: Any) -> HttpSettings:
    values: dict[str, Any] = {
        "user_agent": "digest-test (+https://example.org/contact)",
        "allow_private": frozenset(("127.0.0.1", port) for port in ports),
        "host_gap": timedelta(0),
    }
    return HttpSettings(**(values | changes))


def fetch_from(
    handler: Handler, path: str = "/feed", *, repeat: int = 1, **request: Any
) -> tuple[Fetched, list[web.Request]]:
    """The last answer to ``repeat`` equal requests, and the requests the server saw."""

    async def run() -> tuple[Fetched, list[web.Request]]:
        async with serving(handler) as server, HttpTransport(settings(server.port)) as http:
            for _ in range(repeat):
                answer = await http.fetch(Request(url=server.url(path), **request))
            return answer, server.requests

    return asyncio.run(run())


@pytest.fixture(name="serving")
def serving_fixture() -> Any:
    return serving


@pytest.fixture(name="settings")
def settings_fixture() -> Any:
    return settings


@pytest.fixture(name="fetch_from")
def fetch_from_fixture() -> Any:
    return fetch_from


@pytest.fixture(scope="session")
def pool() -> Iterator[ParserPool]:
    with ParserPool() as parsers:
        yield parsers


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of shared test data is not there")
    return SHARED
