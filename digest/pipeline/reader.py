"""One source at a time: asked, parsed, completed. Every expected failure becomes an outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Protocol

from digest.data.publishers import Publishers
from digest.errors import ParseError
from digest.fetched import Failed, Fetched, Retrieved, SourceOutcome
from digest.model import Entry
from digest.pipeline.asking import ask, request_for
from digest.pipeline.outcomes import outcome_of
from digest.pipeline.workspace import Workspace
from digest.pull.due import folder_state, next_state
from digest.pull.further import read_further
from digest.pull.http import Transport
from digest.pull.kinds import type_of
from digest.pull.parsed import Document, Reading
from digest.pull.workers import ParserPool
from digest.source import Source, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What one source gave: its outcome, its new state, its entries.

    ``again`` says that the source was read before, so that its entries may be stored already.
    """

    outcome: SourceOutcome
    state: SourceState | None = None
    entries: tuple[Entry, ...] = ()
    again: bool = False


class LinkedPages(Protocol):
    """``pages.PageReader``."""

    async def filled(
        self, source: Source, entries: Sequence[Entry]
    ) -> tuple[tuple[Entry, ...], bool]:
        """The entries with the text of their pages, and whether some are still to be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What reaches out: ``pages`` reads linked pages, where a source wants them."""

    transport: Transport
    pages: LinkedPages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads sources; ``threads`` wait for the parsers, as many as there are of these.

    What reads files, mailboxes and pages is imported when a source asks for it: a pull of feeds
    alone stays small, however many there are.
    """

    ws: Workspace
    pool: ParserPool
    threads: Executor
    publishers: Publishers
    started: float = field(default_factory=monotonic)

    @property
    def took(self) -> timedelta:
        """How long after ``ws.now`` this moment is, by a clock that is never set."""
        return timedelta(seconds=monotonic() - self.started)

    async def feed(self, source: Source, state: SourceState, network: Network) -> Pulled:
        """What a source on the network gave."""
        transport = network.transport
        fetched = await ask(source, state, transport, self.ws.config.network)
        following = next_state(source, state, fetched, self.ws.now, took=self.took)
        if isinstance(fetched, Failed):
            outcome = outcome_of(source, "failed", fetched.message)
            return Pulled(outcome=replace(outcome, failure=fetched), state=following)
        if not isinstance(fetched, Retrieved) or following.body_hash == state.body_hash:
            return Pulled(outcome=outcome_of(source, "unchanged"), state=following)
        now = self.ws.now
        document = Document(body=fetched.body, url=fetched.url, content_type=fetched.content_type)
        try:
            reading = await self._parsed(source, document)
            if reading.more:
                reading = await self._further(source, reading, transport)
        except ParseError as error:
            failed: Fetched = Failed(message=error.message)
            following = next_state(source, state, failed, now, took=self.took)
            return Pulled(outcome=outcome_of(source, "failed", error.message), state=following)
        outcome = outcome_of(source, "ok")
        following = next_state(source, state, fetched, now, ttl=reading.ttl, took=self.took)
        entries, pending = self._completed(reading.entries), bool(reading.more)
        if source.full_text and network.pages:
            entries, waiting = await network.pages.filled(source, entries)
            pending = pending or waiting
        if pending:  # what is still to be read must not be hidden behind "unchanged"
            following = replace(following, etag=None, last_modified=None, body_hash=None)
        return Pulled(
            outcome=replace(outcome, entries=reading.said, problems=reading.problems),
            state=following,
            entries=entries,
            again=state.succeeded_at is not None,
        )

    async def _parsed(self, source: Source, document: Document) -> Reading:
        loop = asyncio.get_running_loop()
        parsed = partial(self.pool.read, source=source, now=self.ws.now)
        read = partial(parsed, document)
        if type_of(source) == "imap":
            from digest.pull.letters import read_letters  # noqa: PLC0415 - see Reader

            read = partial(read_letters, document, parsed)
        return await loop.run_in_executor(self.threads, read)

    async def _further(self, source: Source, first: Reading, transport: Transport) -> Reading:
        request = request_for(source, None, self.ws.config.network)

        async def fetch(url: str) -> Fetched:
            return await transport.fetch(replace(request, url=url))

        return await read_further(first, fetch, partial(self._parsed, source))

    async def folder(self, source: Source, state: SourceState) -> Pulled:
        """Local files; a broken one is a problem, the others are read all the same."""
        from digest.pipeline.folders import read_folder  # noqa: PLC0415 - parsers; see Reader

        read = partial(read_folder, source, root=self.ws.config.folder, pool=self.pool)
        loop = asyncio.get_running_loop()
        entries, outcome = await loop.run_in_executor(self.threads, partial(read, now=self.ws.now))
        done = folder_state(state, outcome.error, self.ws.now)
        return Pulled(outcome=outcome, state=done, entries=self._completed(entries))

    def _completed(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        return tuple(self.publishers.completed(entry) for entry in entries)
