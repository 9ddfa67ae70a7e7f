"""Whose turn it is at a host, and how much of a request's time is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from digest.errors import FetchError


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Seconds that only go forward, and a pause measured in them; a test's own never sleeps."""

    time: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep


class Host:
    """The turn-taking of one hostname:port; ``answered`` once it has answered in this run."""

    def __init__(self, connections: int) -> None:
        self.free = asyncio.Semaphore(connections)
        self.door = asyncio.Lock()
        self.ready_at = 0.0
        self.answered = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """At most ``connections`` requests at once, ``per_host`` at one host, ``gap`` apart there."""

    connections: int
    per_host: int
    gap: timedelta


class Turns:
    """Everybody's turns; requests that wait for one host hold up no other."""

    def __init__(self, manners: Manners, clock: Clock) -> None:
        self._manners = manners
        self._clock = clock
        self._gap = manners.gap.total_seconds()
        self._free = asyncio.Semaphore(manners.connections)
        self._hosts: dict[tuple[str, int], Host] = {}

    @asynccontextmanager
    async def at(self, name: str, port: int) -> AsyncIterator[Host]:
        """Our turn at one host; the gap counts from the end of a request to the next start."""
        key = (name.removesuffix("."), port)
        host = self._hosts.get(key)
        if host is None:
            host = self._hosts[key] = Host(self._manners.per_host)
        clock = self._clock
        async with host.free:
            if self._gap:
                async with host.door:
                    if (wait := host.ready_at - clock.time()) > 0:
                        await clock.sleep(wait)
                    host.ready_at = clock.time() + self._gap
            async with self._free:
                try:
                    yield host
                finally:
                    if self._gap:
                        host.ready_at = max(host.ready_at, clock.time() + self._gap)


class Budget:
    """What is left of a request's time, over all its hops; waiting for a turn costs nothing."""

    def __init__(self, total: timedelta) -> None:
        self.total = self.left = total.total_seconds()

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        """Raises FetchError when the time is up, whatever the server is doing just then."""
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
