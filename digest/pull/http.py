"""Fetching over HTTP: polite to servers, deaf to traps.

Politeness: validators are echoed byte for byte, one honest User-Agent, no cookies, no Referer,
a host's requests one at a time with a gap between them, permanent redirects reported.
Safety: every socket's address is judged by ``addresses.refusal`` just before it connects, which
covers literals, names, redirects and rebinding alike; redirects are followed here and not by the
library; body, headers and total time are capped. Failures are values (``Failed``), never raised.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp
from yarl import URL

from digest.errors import FetchError, FetchRefusedError
from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.pull.addresses import literal, refusal
from digest.pull.bodies import ACCEPTED, Body
from digest.pull.headers import fresh_for, retry_after
from digest.text.urls import without_userinfo

ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
MAX_REDIRECTS = 5
MAX_HEADERS = 64 * 1024
_MAX_LINE = 16 * 1024
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_PAUSES = frozenset({429, 503})
_OK, _NO_CONTENT, _RESET, _NOT_MODIFIED, _GONE, _REDIRECTION = 200, 204, 205, 304, 410, 300
_DENIAL = re.compile(r"The address \S+ is not on the public internet .*?to allow it\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to fetch. ``headers`` (a source's own, credentials too) go to ``url``'s origin only."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: timedelta = timedelta(seconds=60)
    max_body: int = 15 * 1024 * 1024
    accept: str = ACCEPT_FEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How to behave on the network. ``allow_private`` are (host, port) pairs as configured.

    With a ``proxy`` names are resolved there, so only literal addresses are judged here.
    """

    user_agent: str
    allow_private: frozenset[tuple[str, int]] = frozenset()
    host_gap: timedelta = timedelta(seconds=1)
    connections: int = 64
    host_connections: int = 1
    proxy: str | None = None


class Transport(Protocol):
    """The edge to the network: one method, so a test's fake is a few lines."""

    async def fetch(self, request: Request) -> Fetched:
        """The answer to one request; whatever goes wrong comes back as ``Failed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    target: str
    permanent: bool


class _Host:
    """The turn-taking of one hostname:port."""

    def __init__(self, connections: int) -> None:
        self.free = asyncio.Semaphore(connections)
        self.door = asyncio.Lock()
        self.ready_at = 0.0


class _Budget:
    """What is left of a request's time; waiting for a host's turn costs nothing."""

    def __init__(self, total: timedelta) -> None:
        self.total = self.left = total.total_seconds()

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        clock = asyncio.get_running_loop().time
        start = clock()
        try:
            async with asyncio.timeout(self.left):
                yield
        except TimeoutError as error:
            message = f"No complete answer within {self.total:g} seconds; try again later."
            raise FetchError(message) from error
        finally:
            self.left = max(self.left - (clock() - start), 0.0)


class HttpTransport:
    """``Transport`` over aiohttp; an async context manager.

    ``now`` is only used to read a Retry-After date of an answer that has no Date of its own.
    """

    def __init__(self, settings: HttpSettings, *, now: datetime | None = None) -> None:
        self._settings = settings
        self._now = now
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._free = asyncio.Semaphore(settings.connections)
        self._allowed = frozenset((host.lower(), port) for host, port in settings.allow_private)

    async def __aenter__(self) -> Self:
        # Two doors, so that what is allowed for one host:port is not allowed for a redirect.
        self._public = self._session(_guarded_socket if not self._settings.proxy else None)
        self._private = self._session(None)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._public.close()
        await self._private.close()

    async def fetch(self, request: Request) -> Fetched:
        """The answer to one request, redirects followed (at most 5).

        Never raises for what a server, a name or an address does; the message of a ``Failed``
        is one sentence. Cancellation passes through.
        """
        try:
            return await self._follow(request)
        except FetchError as error:
            return Failed(
                message=error.message,
                status=error.status,
                gone=error.status == _GONE,
                retry_after=error.retry_after,
            )

    async def _follow(self, request: Request) -> Fetched:
        first = url = self._checked(request.url, None)
        budget = _Budget(request.timeout)
        moved_to: str | None = None
        permanent = True
        for _ in range(MAX_REDIRECTS + 1):
            own = url.origin() == first.origin()
            answer = await self._hop(url, request, budget, headers=_headers(request, own=own))
            if not isinstance(answer, _Redirect):
                return _with_move(answer, moved_to)
            url = self._checked(answer.target, url)
            permanent = permanent and answer.permanent
            if permanent:
                moved_to = str(url)
        raise FetchError(f"The address redirects more than {MAX_REDIRECTS} times; check it.")

    def _checked(self, target: str, base: URL | None) -> URL:
        """The address to ask next; raises FetchRefusedError before anything is connected."""
        try:
            url = base.join(URL(target)) if base else URL(target.strip())
            host, port = (url.host or "").lower(), url.port
        except ValueError as error:
            raise FetchRefusedError("The address cannot be read; check it.") from error
        if url.scheme not in {"http", "https"} or not host or port is None:
            message = "The address is not http or https; it is not opened."
            if base:
                message = "The address redirects away from http and https; it is not followed."
            raise FetchRefusedError(message)
        if base and base.scheme == "https" and url.scheme == "http":
            raise FetchRefusedError("The address redirects from https to http; it is not followed.")
        number = literal(host)
        if number and (host, port) not in self._allowed and (what := refusal(number)):
            raise FetchRefusedError(_denial(host, port, what))
        return url

    async def _hop(
        self, url: URL, request: Request, budget: _Budget, *, headers: dict[str, str]
    ) -> Fetched | _Redirect:
        allowed = ((url.host or "").lower(), url.port) in self._allowed
        session = self._private if allowed else self._public
        async with self._turn(url), budget.spend():
            try:
                async with session.get(
                    url, headers=headers, allow_redirects=False, proxy=self._settings.proxy
                ) as response:
                    return await self._answer(response, request)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                # A ValueError is aiohttp's word for a header or URL that cannot be sent.
                if isinstance(error, TimeoutError):
                    raise
                raise _translated(error, url) from error

    @asynccontextmanager
    async def _turn(self, url: URL) -> AsyncIterator[None]:
        """Our turn at the host: at most ``host_connections`` at once, ``host_gap`` apart."""
        loop = asyncio.get_running_loop()
        gap = self._settings.host_gap.total_seconds()
        key = (url.host or "", url.port or 0)
        host = self._hosts.setdefault(key, _Host(self._settings.host_connections))
        async with host.free:
            async with host.door:
                await asyncio.sleep(max(host.ready_at - loop.time(), 0.0))
                host.ready_at = loop.time() + gap
            async with self._free:
                try:
                    yield
                finally:
                    host.ready_at = max(host.ready_at, loop.time() + gap)

    async def _answer(self, response: Any, request: Request) -> Fetched | _Redirect:
        headers = response.headers
        if sum(len(k) + len(v) + 4 for k, v in response.raw_headers) > MAX_HEADERS:
            raise FetchError(f"The answer's headers are larger than {MAX_HEADERS:,} bytes.")
        status = response.status
        etag, modified = _sendable(headers.get("ETag")), _sendable(headers.get("Last-Modified"))
        wait = retry_after(headers, self._now)
        fresh = max(fresh_for(headers), wait or timedelta(0))
        if status == _NOT_MODIFIED:
            return NotModified(etag=etag, last_modified=modified, fresh_for=fresh)
        if status in _REDIRECTS and headers.get("Location"):
            return _Redirect(target=headers["Location"], permanent=status in _PERMANENT)
        if not _OK <= status < _REDIRECTION or status in {_NO_CONTENT, _RESET}:
            pause = wait if status in _PAUSES else None
            raise FetchError(_status_sentence(status, pause), status=status, retry_after=pause)
        return Retrieved(
            url=without_userinfo(str(response.url)),
            body=await _read(response, request.max_body),
            content_type=headers.get("Content-Type", ""),
            etag=etag,
            last_modified=modified,
            fresh_for=fresh,
        )

    def _session(self, socket_factory: Any) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0, ttl_dns_cache=60, keepalive_timeout=5, socket_factory=socket_factory
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self._settings.user_agent, "Accept-Encoding": ACCEPTED},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_LINE,
            raise_for_status=False,
        )


def _guarded_socket(info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
    """A socket for a public address; OSError for any other. The one wall all connects pass."""
    family, kind, protocol, _, address = info
    if what := refusal(str(address[0])):
        raise OSError(_denial(str(address[0]), address[1], what))
    return socket.socket(family=family, type=kind, proto=protocol)


def _denial(host: str, port: int, what: str) -> str:
    return (
        f"The address {host} is not on the public internet ({what}), so it is not opened; "
        f'list "{host}:{port}" under network.allow_private to allow it.'
    )


def _headers(request: Request, *, own: bool) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if request.etag:
        headers["If-None-Match"] = request.etag
    if request.last_modified:
        headers["If-Modified-Since"] = request.last_modified
    if own:
        headers.update(request.headers)
    return headers


async def _read(response: Any, cap: int) -> bytes:
    body = Body(response.headers.get("Content-Encoding", ""), cap)
    async for chunk in response.content.iter_any():
        body.feed(chunk)
    return body.finish()


def _sendable(validator: str | None) -> str | None:
    """The validator if it can be echoed byte for byte; else none, for it is never altered."""
    if not validator:
        return None
    try:
        validator.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return validator


def _with_move(answer: Fetched, moved_to: str | None) -> Fetched:
    if moved_to is None or isinstance(answer, Failed):
        return answer
    return replace(answer, moved_to=moved_to)


def _status_sentence(status: int, pause: timedelta | None) -> str:
    known = {
        401: "The server wants a login (401); give the source its credentials.",
        403: "The server refuses us (403); open the address in a browser to see why.",
        404: "There is nothing at this address (404); check it for a new one.",
        410: "The server says it is gone for good (410); remove it from sources.yaml.",
        429: "The server asks us to come less often (429).",
        503: "The server is busy (503).",
    }
    sentence = known.get(status, f"The server answered with status {status}; try again later.")
    return f"{sentence} It is asked again in {pause}." if pause else sentence


def _translated(error: Exception, url: URL) -> FetchError:
    """One sentence for what aiohttp or the system raised."""
    # Of several refused addresses of one name the first speaks for all.
    if denied := next((m for e in _chain(error) if (m := _DENIAL.search(str(e)))), None):
        return FetchRefusedError(denied.group())
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(f"The name {url.host} is not known; check the address and the network.")
    if isinstance(error, aiohttp.ClientSSLError):
        return FetchError(f"No secure connection to {url.host}: its certificate or TLS is wrong.")
    if isinstance(error, aiohttp.ClientConnectionError | OSError):
        return FetchError(f"The connection to {url.host} failed or was cut; try again later.")
    return FetchError("The server's answer breaks the rules of HTTP; try again later.")


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    inner: BaseException | None = error
    while inner is not None and inner not in found:
        found.append(inner)
        inner = getattr(inner, "os_error", None) or inner.__cause__ or inner.__context__
    return found
