"""A loopback server that says exactly the bytes it is told and writes down all that it hears."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from hypothesis import settings

# A busy machine is no fault of the code: nothing here is a timed test.
settings.register_profile("digest", deadline=None, max_examples=60)
settings.load_profile("digest")


@dataclass(frozen=True)
class Heard:
    """One request as it came over the wire; ``number`` counts them, from 1."""

    number: int
    line: bytes
    fields: tuple[tuple[bytes, bytes], ...]

    @property
    def path(self) -> str:
        """The request's target, byte for byte."""
        return self.line.split(b" ")[1].decode("latin-1")

    def get(self, name: str) -> bytes | None:
        """The value of the only header of that name; nothing where there is none."""
        values = [value for key, value in self.fields if key.lower() == name.lower().encode()]
        assert len(values) <= 1, f"{name} was sent {len(values)} times"
        return values[0] if values else None

    @property
    def conditional(self) -> tuple[bytes | None, bytes | None]:
        """If-None-Match and If-Modified-Since."""
        return self.get("If-None-Match"), self.get("If-Modified-Since")


Answer = bytes | AsyncIterator[bytes]
Script = Callable[[Heard], Answer]


@dataclass
class Server:
    """What a running server knows."""

    script: Script
    port: int = 0
    connections: int = 0
    requests: list[Heard] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0

    def url(self, path: str = "/feed") -> str:
        """An address on this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side has enough."""
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self._one(head, writer)
                if writer.is_closing():
                    break
        writer.close()

    async def _one(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        line, *lines = head.rstrip(b"\r\n").split(b"\r\n")
        pairs = tuple((k, v) for k, _, v in (each.partition(b": ") for each in lines))
        heard = Heard(number=len(self.requests) + 1, line=line, fields=pairs)
        self.requests.append(heard)
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            answer = self.script(heard)
            if isinstance(answer, bytes):
                writer.write(answer)
            else:
                async for piece in answer:
                    writer.write(piece)
                    await writer.drain()
                writer.close()
            await writer.drain()
        finally:
            self.open_now -= 1


@contextmanager
def serve(script: Script, host: str = "127.0.0.1") -> Iterator[Server]:
    """A server on a thread of its own. An answer of pieces ends its connection."""
    server = Server(script)
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        writers.append(writer)
        with suppress(asyncio.CancelledError):
            await server.talk(reader, writer)
        tasks.discard(task)

    async def main() -> None:
        listener = await asyncio.start_server(accept, host, 0)
        server.port = listener.sockets[0].getsockname()[1]
        stop.append(asyncio.Event())
        ready.set()
        await stop[0].wait()
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # a transport takes one turn of the loop to close

    stop: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop[0].set)
        thread.join(10)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def reply(body: bytes = b"", status: int = 200, **headers: str | bytes) -> bytes:
    """The bytes of a whole answer; ``ETag`` and the like as keywords, ``_`` for ``-``."""
    lines = [b"HTTP/1.1 %d Answer" % status]
    for name, value in headers.items():
        raw = value if isinstance(value, bytes) else value.encode()
        lines.append(name.replace("_", "-").encode() + b": " + raw)
    if status not in {204, 304}:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@pytest.fixture
def loopback() -> SimpleNamespace:
    """``serve(script)`` and ``reply(…)``: a server that says what a script says, byte for byte."""
    return SimpleNamespace(serve=serve, reply=reply)
