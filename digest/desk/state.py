"""What the desk shows: the last good build, and what went wrong since."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from digest.deliveries import Rendition
from digest.errors import DigestError

log = logging.getLogger(__name__)

Build = Callable[[], tuple[Rendition, ...]]
"""Makes all renditions of the newest draft; raises ``DigestError`` when that fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One state of the desk; ``version`` grows with every build, good or bad.

    ``error`` is the last build's, and ``None`` when it was good.
    """

    version: int = 0
    renditions: tuple[Rendition, ...] = ()
    error: str | None = None

    def find(self, name: str) -> Rendition | None:
        """The rendition of that name in the last good build."""
        return next((each for each in self.renditions if each.name == name), None)


class Desk:
    """The state, who changes it, and who waits for the change. All but ``build`` on one loop."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._changed = asyncio.Condition()
        self.shown = Shown()
        self.closed = False

    async def rebuild(self) -> Shown:
        """The state after one more build, which runs in a thread; a failed one keeps the pages."""
        before = self.shown
        renditions, error = await asyncio.to_thread(self._attempt)
        async with self._changed:
            self.shown = Shown(
                version=before.version + 1,
                renditions=before.renditions if error else renditions,
                error=error,
            )
            self._changed.notify_all()
        return self.shown

    async def first_build(self) -> None:
        """Nothing, as soon as there was a build, good or bad, or the desk was closed."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.closed or self.shown.version > 0)

    async def close(self) -> None:
        """Nothing; everyone who waits for a change is sent home."""
        async with self._changed:
            self.closed = True
            self._changed.notify_all()

    async def versions(self) -> AsyncIterator[int]:
        """The version now, then each new one, until the desk closes; late readers skip some."""
        last = -1
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self.closed or self.shown.version != last)  # noqa: B023
                if self.closed:
                    return
                last = self.shown.version
            yield last

    def _attempt(self) -> tuple[tuple[Rendition, ...], str | None]:
        try:
            return self._build(), None
        except DigestError as error:
            return (), str(error)
        except Exception as error:
            # A bug in a build must not end the preview that shows it; the log has the traceback.
            log.exception("the build ended with an error that is a fault of the program")
            return (), f"a fault of the program, please report it: {type(error).__name__}: {error}"
