"""Locks between processes: one ``flock`` a name, freed by the kernel when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from digest.errors import BusyError, StoreError

POLL_SECONDS = 0.1
"""How often a waiting process tries again: flock has no timeout of its own."""

_held: set[int] = set()


class Clock(Protocol):
    """The two functions of the module ``time`` that waiting needs; tests bring their own."""

    def monotonic(self) -> float:
        """Seconds from some fixed moment, never going back."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who holds a lock, as written in its file: for people to read, never to decide by."""

    pid: int
    command: str = ""
    started: datetime | None = None

    def __str__(self) -> str:
        command = f" ({self.command})" if self.command else ""
        since = f" since {self.started:%Y-%m-%d %H:%M} UTC" if self.started else ""
        return f"process {self.pid}{command} has held it{since}"


@contextmanager
def hold(
    folder: Path,
    name: str,
    *,
    wait: timedelta = timedelta(0),
    now: datetime | None = None,
    command: str | None = None,
    clock: Clock = time,
) -> Iterator[None]:
    """The lock ``name`` of ``folder`` is held inside the ``with``.

    Waits at most ``wait`` for another holder. Not reentrant: two holds in one process are two
    holders. Pid, ``command`` (this process's own words where left out) and ``now`` are written
    into ``folder/name.lock`` for display. A crash frees the lock; so does the end of the
    ``with``. A forked child does not keep it alive.

    Raises:
        BusyError: another process holds it; the message names its pid and since when.
        StoreError: the file system cannot make or lock the file.

    """
    path = folder / f"{name}.lock"
    descriptor = _open(path)
    _held.add(descriptor)
    try:
        _take(descriptor, path, clock.monotonic() + wait.total_seconds(), clock)
        words = _own_words() if command is None else command
        _write_owner(descriptor, Owner(pid=os.getpid(), command=words, started=now))
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


def find_owner(folder: Path, name: str) -> Owner | None:
    """Who holds the lock now, as far as a person wants to know; a dead holder is nobody."""
    owner = _read_owner(folder / f"{name}.lock")
    if owner is None:
        return None
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it lives, and belongs to another user
    return owner


def _own_words() -> str:
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"the lock file cannot be made: {error.strerror}", where=str(path)
        ) from error


def _take(descriptor: int, path: Path, deadline: float, clock: Clock) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            left = deadline - clock.monotonic()
            if left <= 0:
                holder = _read_owner(path) or "another process has held it"
                raise BusyError(
                    f"{holder}; try again when it has ended, or wait for it with --wait 10m",
                    where=f"lock {path.stem}",
                ) from error
            clock.sleep(min(POLL_SECONDS, left))
        except OSError as error:
            raise StoreError(
                f"the file cannot be locked: {error.strerror}", where=str(path)
            ) from error
        else:
            return


def _write_owner(descriptor: int, owner: Owner) -> None:
    started = owner.started.astimezone(UTC).isoformat() if owner.started else None
    line = json.dumps({"pid": owner.pid, "command": owner.command, "started": started})
    with suppress(OSError):  # a full disk must not stop the run: the lock itself is in the kernel
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, line.encode(), 0)


def _read_owner(path: Path) -> Owner | None:
    try:
        facts = json.loads(path.read_bytes())
        started = datetime.fromisoformat(facts["started"]) if facts["started"] else None
        return Owner(pid=int(facts["pid"]), command=str(facts["command"]), started=started)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # just taken, just freed, or written by somebody else


def _forget_in_child() -> None:
    """A forked worker shares the open file and would keep the lock after its parent's death.

    Closing the child's copy frees nothing the parent holds; LOCK_UN would.
    """
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget_in_child)
