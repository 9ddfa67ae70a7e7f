"""Asking the network for a command that keeps nothing: the rules of a pull, no validators."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from digest.config import NetworkConfig
from digest.errors import FetchError
from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.pipeline.asking import ACCEPT_ANY, http_settings, request_for
from digest.pull.http import HttpTransport, Transport
from digest.source import Source
from digest.text.urls import without_userinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Asks on behalf of ``source``, whose headers and login go to its own origin only."""

    source: Source
    network: NetworkConfig
    transport: Transport

    async def fetch(self, url: str) -> Fetched:
        """What came of one address; failures are values."""
        try:
            request = request_for(self.source, None, self.network)
        except FetchError as error:
            return Failed(message=error.message)
        return await self.transport.fetch(replace(request, url=url, accept=ACCEPT_ANY))

    async def get(self, url: str) -> Retrieved:
        """The document at the address; raises FetchError."""
        fetched = await self.fetch(url)
        where = without_userinfo(url)
        if isinstance(fetched, Failed):
            raise FetchError(fetched.message, where=where, status=fetched.status)
        if isinstance(fetched, NotModified):
            raise FetchError("It answered that nothing changed, though nothing was asked.")
        return fetched


@asynccontextmanager
async def lookup(source: Source, network: NetworkConfig, now: datetime) -> AsyncIterator[Lookup]:
    """An open door to the network on behalf of one source."""
    async with HttpTransport(http_settings(network), now=now) as transport:
        yield Lookup(source=source, network=network, transport=transport)
