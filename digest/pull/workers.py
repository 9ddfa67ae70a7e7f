"""Parsing in worker processes with hard limits, so that no input can hurt the run.

A job over its time loses its worker, which is killed; a job over its memory gets MemoryError or
dies with its worker. Either way the caller gets a ParseError and the next job a fresh worker.
Workers are started when first needed, see no secrets of the environment, and end with the pool
(also when this process is killed: their pipe closes).
"""

from __future__ import annotations

import os
import pickle
import queue
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import digest
from digest.errors import ParseError
from digest.pull.gate import DEFAULT_LIMITS, Limits
from digest.pull.parsed import Document, ParsedFeed, Reading
from digest.pull.workerpipe import LENGTH, READY, TOO_MUCH_MEMORY
from digest.source import Source

Answer = TypeVar("Answer")

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TMPDIR")
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """Bounds of a pool: time and memory of one job, size of one result, time to start up."""

    workers: int = 2
    time: timedelta = timedelta(seconds=9)
    start: timedelta = timedelta(seconds=30)
    memory: int = 192 * 1024 * 1024
    result: int = 64 * 1024 * 1024
    command: tuple[str, ...] = field(default=(sys.executable, "-m", "digest.pull.worker"))


class _TooSlowError(Exception):
    """The answer did not come in time."""


class _Worker:
    """One process and its two pipes; used by one thread at a time."""

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        environment = {k: os.environ[k] for k in _PASSED_ON if k in os.environ}
        environment["PYTHONPATH"] = str(Path(digest.__file__).parent.parent)
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no input in it
            [*settings.command, str(settings.memory), str(ceil(settings.time.total_seconds()) + 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            close_fds=True,
        )
        self._ready = False

    def ask(self, job: bytes) -> Any:
        """The unpickled answer; raises _TooSlowError, or EOFError when the process died."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        if not self._ready:
            limit = self._settings.start.total_seconds()
            self._ready = bool(_read(stdout.fileno(), len(READY), time.monotonic() + limit))
        try:
            stdin.write(LENGTH.pack(len(job)))
            stdin.write(job)
            stdin.flush()
        except OSError as error:
            raise EOFError from error
        deadline = time.monotonic() + self._settings.time.total_seconds()
        size = LENGTH.unpack(_read(stdout.fileno(), LENGTH.size, deadline))[0]
        if size > self._settings.result:
            raise ParseError("The feed grows too large when it is read; it may be hostile.")
        return pickle.loads(_read(stdout.fileno(), size, deadline))  # noqa: S301 - own worker

    def end(self) -> None:
        """Kill and reap; safe to call twice."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()


class ParserPool:
    """``feeds.parse`` with hard limits, over a few worker processes; a context manager.

    Safe to use from several threads.
    """

    def __init__(self, settings: PoolSettings | None = None) -> None:
        self._settings = settings or PoolSettings()
        self._idle: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        for _ in range(self._settings.workers):
            self._idle.put(None)
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; jobs under way fail with ParseError."""
        with self._lock:
            self._closed = True
            workers, self._all = self._all, set()
        for worker in workers:
            worker.end()

    def parse(
        self, body: bytes, *, url: str, content_type: str = "", limits: Limits = DEFAULT_LIMITS
    ) -> ParsedFeed:
        """What ``feeds.parse`` returns, within the pool's time and memory.

        Blocks while all workers are busy. Raises ParseError with a reason.
        """
        return self.ask("parse", (body, url, content_type, limits), ParsedFeed)

    def read(self, document: Document, source: Source, now: datetime) -> Reading:
        """What ``reading.read_document`` returns, within the pool's time and memory.

        Blocks while all workers are busy. Raises ParseError with a reason.
        """
        return self.ask("read", (document, source, now), Reading)

    def ask(self, name: str, arguments: tuple[object, ...], kind: type[Answer]) -> Answer:
        """What ``worker.JOBS[name]`` returns, which is a ``kind``, within time and memory.

        Blocks while all workers are busy. Raises ParseError with a reason.
        """
        job = pickle.dumps((name, arguments), protocol=pickle.HIGHEST_PROTOCOL)
        worker = self._idle.get()
        keep: _Worker | None = None
        try:
            worker = worker or self._start()
            result = worker.ask(job)
            keep = worker
        except _TooSlowError as error:
            seconds = self._settings.time.total_seconds()
            message = f"The feed took longer than {seconds:g} seconds to read, so it was stopped."
            raise ParseError(f"{message} It may be hostile; disable it or tell us.") from error
        except (EOFError, pickle.UnpicklingError) as error:
            raise ParseError(TOO_MUCH_MEMORY) from error
        finally:
            if keep is None and worker is not None:
                self._drop(worker)
            self._idle.put(keep)
        if isinstance(result, kind):
            return result
        raise ParseError(str(result))

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed:
                raise ParseError("The parser was stopped.")
            worker = _Worker(self._settings)
            self._all.add(worker)
            return worker

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.end()


def _read(pipe: int, size: int, deadline: float) -> bytes:
    """Exactly ``size`` bytes, or EOFError, or _TooSlowError at the deadline."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    pieces: list[bytes] = []
    while size:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise _TooSlowError
        piece = os.read(pipe, min(size, _PIECE))
        if not piece:
            raise EOFError
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
