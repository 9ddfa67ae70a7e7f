"""The sessions of aiohttp as we use them: no cookies, no proxy of the environment, one guard."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from digest.pull.addresses import refusal
from digest.pull.bodies import accepted
from digest.pull.targets import denial

AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
SocketFactory = Callable[[AddressInfo], socket.socket]

_MAX_LINE = 16 * 1024
_VALIDATORS = ("If-None-Match", "If-Modified-Since")


def guarded_socket(info: AddressInfo) -> socket.socket:
    """A socket for a public address; OSError for any other. The one wall all connects pass."""
    address = str(info[4][0])
    if what := refusal(address):
        raise OSError(denial(address, info[4][1], what))
    return open_socket(info)


def open_socket(info: AddressInfo) -> socket.socket:
    """A socket for any address."""
    family, kind, protocol, _, _ = info
    return socket.socket(family=family, type=kind, proto=protocol)


def session(
    user_agent: str, *, make: SocketFactory, resolver: AbstractResolver | None = None
) -> aiohttp.ClientSession:
    """A session that sends what we say and nothing of its own; deadlines are the caller's."""
    connector = aiohttp.TCPConnector(
        limit=0, ttl_dns_cache=60, keepalive_timeout=5, socket_factory=make, resolver=resolver
    )
    made = aiohttp.ClientSession(
        connector=connector,
        request_class=_ExactRequest,
        headers={"User-Agent": user_agent, "Accept-Encoding": accepted()},
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        auto_decompress=False,
        trust_env=False,
        max_line_size=_MAX_LINE,
        max_field_size=_MAX_LINE,
        raise_for_status=False,
    )
    # aiohttp asks again at once when a connection is cut, a fresh one too: twice without a gap.
    # We do that ourselves, in turn. (Its own test client switches it off in the same way.)
    made._retry_connection = False  # noqa: SLF001 - there is no public switch
    return made


class _ExactRequest(aiohttp.ClientRequest):
    """A request whose validators leave byte for byte: aiohttp would send ISO-8859-1 as UTF-8."""

    async def send(self, conn: Any) -> aiohttp.ClientResponse:
        texts = [text for name in _VALIDATORS if (text := self.headers.get(name))]
        if all(text.isascii() for text in texts):
            return await super().send(conn)
        protocol = conn.protocol
        transport = protocol.transport
        protocol.transport = _Octets(transport, texts)
        try:
            return await super().send(conn)
        finally:
            protocol.transport = transport


class _Octets:
    """A transport that writes the given texts as they once came in, one byte a character."""

    def __init__(self, transport: Any, texts: Sequence[str]) -> None:
        self._transport = transport
        self._texts = texts

    def is_closing(self) -> bool:
        return bool(self._transport.is_closing())

    def write(self, data: bytes) -> None:
        for text in self._texts:
            data = data.replace(b": %b\r\n" % text.encode(), b": %b\r\n" % text.encode("latin-1"))
        self._transport.write(data)
