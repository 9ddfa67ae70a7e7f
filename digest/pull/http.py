"""Fetching over HTTP: polite to servers, deaf to traps.

Politeness: validators are echoed byte for byte, one honest User-Agent, no cookies, no Referer,
a host's requests one at a time with a gap between them, permanent redirects reported.
Safety: every socket's address is judged by ``addresses.refusal`` just before it connects, which
covers literals, names, redirects and rebinding alike; redirects are followed here and not by the
library; body, headers and total time are capped. Failures are values (``Failed``), never raised.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from digest.errors import FetchError
from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.pull.answers import cause_of, sendable, status_sentence, translated, validator
from digest.pull.bodies import Body
from digest.pull.headers import fresh_for, retry_after, skew_of
from digest.pull.targets import Origin, address, host_of, origin_of, target_of, userinfo_of
from digest.pull.turns import Budget, Clock, Manners, Turns
from digest.pull.wire import SocketFactory, guarded_socket, open_socket, session

ACCEPT_FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
MAX_REDIRECTS = 5
MAX_HEADERS = 64 * 1024
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_LOGIN = frozenset({401, 403})
_OK, _EMPTY, _NOT_MODIFIED, _GONE, _REDIRECTION = 200, frozenset({204, 205, 206}), 304, 410, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to fetch. ``headers`` (a source's own, credentials too) go to ``home``'s origin only.

    ``home`` is the address the editor wrote, where ``url`` is one it moved to; default: ``url``.
    Its ``user:password@`` goes where the headers go.
    """

    url: str
    home: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: timedelta = timedelta(seconds=60)
    max_body: int = 15 * 1024 * 1024
    accept: str = ACCEPT_FEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How to behave on the network. ``allow_private`` are (host, port) pairs as configured.

    With a ``proxy`` names are resolved there, so only literal addresses and names that are known
    to be local are judged here.
    """

    user_agent: str
    allow_private: frozenset[tuple[str, int]] = frozenset()
    host_gap: timedelta = timedelta(seconds=1)
    connections: int = 64
    host_connections: int = 1
    proxy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Where the transport touches the machine: clock, resolver (default: the system's), sockets."""

    clock: Clock = field(default_factory=Clock)
    resolver: AbstractResolver | None = None
    sockets: SocketFactory = guarded_socket


class Transport(Protocol):
    """The edge to the network: one method, so a test's fake is a few lines."""

    async def fetch(self, request: Request) -> Fetched:
        """The answer to one request; whatever goes wrong comes back as ``Failed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Redirect:
    target: str
    permanent: bool


class _Job:
    """One request on its way: the time it has left, what it may say and where."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.budget = Budget(request.timeout)
        self.permanent = True
        self.moved_to: str | None = None
        self.at: str | None = None
        self.skew: timedelta | None = None
        self._own = dict(request.headers)
        home = request.home or request.url
        if secret := userinfo_of(home):
            self._own.setdefault("Authorization", secret)
        self._home = _origin(home) if self._own else None

    def follow(self, url: URL, *, permanent: bool) -> None:
        """Remember one redirect; only permanent ones from the very start move a source."""
        self.permanent = self.permanent and permanent
        if self.permanent:
            self.moved_to = str(url)

    @property
    def conditional(self) -> bool:
        """Whether there are validators that fit the address asked.

        They belong to where they were got: a permanent redirect leaves it, so they are taken off
        the request (RFC 9110 §15.4). A temporary one does not: what they came from may well have
        lain behind the same one, which is followed anew each time.
        """
        request = self.request
        return self.moved_to is None and bool(request.etag or request.last_modified)

    def own(self, url: URL) -> dict[str, str]:
        """The source's own headers, for its own scheme, host and port."""
        return self._own if self._own and origin_of(url) == self._home else {}

    @property
    def has_own(self) -> bool:
        return bool(self._own)

    def headers(self, url: URL) -> dict[str, str]:
        """What is sent to one address besides what the session always sends."""
        request = self.request
        headers = {"Accept": request.accept}
        if self.conditional:
            if request.etag and sendable(request.etag):
                headers["If-None-Match"] = request.etag
            if request.last_modified and sendable(request.last_modified):
                headers["If-Modified-Since"] = request.last_modified
        headers.update(self.own(url))
        return headers


class HttpTransport:
    """``Transport`` over aiohttp; an async context manager.

    ``now`` is only used to read a date of an answer that has no Date of its own.
    """

    def __init__(
        self, settings: HttpSettings, *, now: datetime | None = None, edges: Edges | None = None
    ) -> None:
        self._settings = settings
        self._now = now
        self._edges = edges or Edges()
        self._allowed = frozenset((host.lower(), port) for host, port in settings.allow_private)
        manners = Manners(
            connections=settings.connections,
            per_host=settings.host_connections,
            gap=settings.host_gap,
        )
        self._turns = Turns(manners, self._edges.clock)

    async def __aenter__(self) -> Self:
        # Two doors, so that what is allowed for one host:port is not allowed for a redirect.
        edges, agent = self._edges, self._settings.user_agent
        guarded = open_socket if self._settings.proxy else edges.sockets
        self._public = session(agent, make=guarded, resolver=edges.resolver)
        self._private = session(agent, make=open_socket, resolver=edges.resolver)
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
        job: _Job | None = None
        try:
            url = target_of(request.url, allowed=self._allowed)
            job = _Job(request)
            return await self._follow(url, job)
        except FetchError as error:
            return Failed(
                message=error.message,
                status=error.status,
                # What a temporary redirect leads to may go, and the source itself live on.
                gone=error.status == _GONE and job is not None and job.permanent,
                retry_after=error.retry_after,
                cause=cause_of(error, proxied=self._settings.proxy is not None),
                at=job.at if job else None,
                skew=job.skew if job else None,
            )

    async def _follow(self, url: URL, job: _Job) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            job.at = f"{host_of(url)}:{url.port}"
            answer = await self._hop(url, job)
            if not isinstance(answer, _Redirect):
                moved = job.moved_to
                return answer if moved is None else replace(answer, moved_to=moved)
            url = target_of(answer.target, url, allowed=self._allowed)
            job.follow(url, permanent=answer.permanent)
        raise FetchError(f"The address redirects more than {MAX_REDIRECTS} times; check it.")

    async def _hop(self, url: URL, job: _Job) -> Retrieved | NotModified | _Redirect:
        """One request; a kept connection that was closed meanwhile is worth a second one."""
        again, proxied = True, self._settings.proxy is not None
        while True:
            async with self._turns.at(host_of(url), url.port or 0) as host, job.budget.spend():
                try:
                    answer = await self._ask(url, job)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                    stale = host.answered and not isinstance(error, aiohttp.ClientConnectorError)
                    if not (again and stale):
                        raise translated(error, url, proxied=proxied) from error
                    again = False
                except (aiohttp.ClientError, OSError, ValueError) as error:
                    # A ValueError is aiohttp's word for a header or URL that cannot be sent.
                    if isinstance(error, TimeoutError):
                        raise
                    raise translated(error, url, proxied=proxied) from error
                else:
                    host.answered = True
                    return answer

    async def _ask(self, url: URL, job: _Job) -> Retrieved | NotModified | _Redirect:
        allowed = (host_of(url), url.port) in self._allowed
        door = self._private if allowed else self._public
        headers = job.headers(url)
        async with door.get(
            url, headers=headers, allow_redirects=False, proxy=self._settings.proxy
        ) as response:
            return await self._answer(response, url, job)

    async def _answer(
        self, response: Any, url: URL, job: _Job
    ) -> Retrieved | NotModified | _Redirect:
        headers = response.headers
        if sum(len(k) + len(v) + 4 for k, v in response.raw_headers) > MAX_HEADERS:
            raise FetchError(f"The answer's headers are larger than {MAX_HEADERS:,} bytes.")
        status = response.status
        etag, modified = validator(headers, "ETag"), validator(headers, "Last-Modified")
        wait = retry_after(headers, self._now)
        job.skew = skew_of(headers, self._now)
        fresh = max(fresh_for(headers, self._now), wait or timedelta(0))
        if status in _REDIRECTS and headers.get("Location"):
            return _Redirect(target=headers["Location"], permanent=status in _PERMANENT)
        if status == _NOT_MODIFIED and job.conditional:
            return NotModified(etag=etag, last_modified=modified, fresh_for=fresh)
        if not _OK <= status < _REDIRECTION or status in _EMPTY:
            raise FetchError(_sentence(status, wait, url, job), status=status, retry_after=wait)
        return Retrieved(
            url=str(url),
            body=await _read(response, job.request.max_body),
            content_type=headers.get("Content-Type", ""),
            etag=etag,
            last_modified=modified,
            fresh_for=fresh,
        )


def _origin(home: str) -> Origin | None:
    try:
        return origin_of(address(home))
    except ValueError:
        return None


async def _read(response: Any, cap: int) -> bytes:
    body = Body(response.headers.get("Content-Encoding", ""), cap)
    async for chunk in response.content.iter_any():
        body.feed(chunk)
    return body.finish()


def _sentence(status: int, wait: timedelta | None, url: URL, job: _Job) -> str:
    if status in _LOGIN and job.has_own and not job.own(url):
        return (
            f"The server {url.host} wants a login ({status}), and the source's headers and "
            "credentials go to its configured address only; write the new address in sources.yaml."
        )
    return status_sentence(status, wait)
