"""pull: sources -> entries. Fetching runs side by side; one source's failure stops no other.

What a source said and its new validators are stored together in one transaction, many sources
at a time, so that an interrupted pull neither loses entries nor skips them the next time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from digest.data.publishers import Publishers, load_publishers
from digest.errors import DigestError, ParseError
from digest.fetched import Failed, Fetched, Retrieved, SourceOutcome
from digest.model import Entry, Problem, RawEntry
from digest.pipeline.asking import ask
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.pull.due import is_due, next_state
from digest.pull.entries import entries_of
from digest.pull.files import find, read
from digest.pull.http import HttpSettings, HttpTransport, Transport
from digest.pull.identity import settled
from digest.pull.reading import Document
from digest.pull.workers import ParserPool
from digest.source import Source, SourceState
from digest.store.entries import known_entries, known_guids, save_entries
from digest.store.reports import save_report
from digest.store.sources import all_states, save_states
from digest.text.urls import without_userinfo

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHOWN_FAILURES = 10
"""Failures listed by name in what a person reads; the report and ``--json`` hold them all."""

BATCH = 100
"""Sources stored in one transaction: 20 rows at a time cost 16 s for 100,000 rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """How to pull. ``offline`` reads files only; ``force`` reads sources that are not due too."""

    offline: bool = False
    force: bool = False
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pulled:
    """What one source gave: its outcome, its new state, its entries."""

    outcome: SourceOutcome
    state: SourceState | None = None
    entries: tuple[Entry, ...] = ()
    again: bool = False
    """Whether the source was read before, so that its entries may be stored already."""


def pull_command(config: Path, *, now: datetime, offline: bool, wait: timedelta) -> Result:
    """The result of ``digest pull``: exit 1 when every network source failed."""
    with open_workspace(config, now=now) as ws:
        outcomes = pull(ws, PullOptions(offline=offline), wait=wait)
    return Result(
        text=summary(outcomes),
        document={"sources": [outcome_document(each) for each in outcomes]},
        code=1 if all_failed(outcomes) else 0,
    )


def pull(
    ws: Workspace, options: PullOptions, *, wait: timedelta = timedelta(0)
) -> tuple[SourceOutcome, ...]:
    """What became of every source, in the order of the configuration. Safe to run again."""
    with ws.lock("pull", wait):
        outcomes = asyncio.run(_pull(ws, options))
        document = [outcome_document(each) for each in outcomes]
        with ws.store.write() as connection:
            save_report(connection, ws.id, "pull", ws.now, ws.now, {"sources": document})
    return outcomes


def all_failed(outcomes: Sequence[SourceOutcome]) -> bool:
    """Whether there were network sources to ask and every one of them failed."""
    asked = [each for each in outcomes if each.url and each.outcome != "skipped"]
    return bool(asked) and all(each.outcome == "failed" for each in asked)


def outcome_document(outcome: SourceOutcome) -> dict[str, object]:
    """The JSON of one source in ``digest pull --json``."""
    return {
        "name": outcome.name,
        "url": outcome.url,
        "outcome": outcome.outcome,
        "entries": outcome.entries,
        "new": outcome.new,
        "error": outcome.error,
    }


def summary(outcomes: Sequence[SourceOutcome]) -> str:
    """Lines for a person: counts, then every source with something to say."""
    count = dict.fromkeys(("ok", "unchanged", "failed", "skipped"), 0)
    for each in outcomes:
        count[each.outcome] += 1
    new = sum(each.new for each in outcomes)
    counts = ", ".join(f"{number} {kind}" for kind, number in count.items() if number)
    lines = [f"{len(outcomes)} sources: {counts or 'none'}; {new} new entries"]
    failed = [f"  failed: {e.name}: {e.error}" for e in outcomes if e.outcome == "failed"]
    lines += failed[:SHOWN_FAILURES]
    if len(failed) > SHOWN_FAILURES:
        more = len(failed) - SHOWN_FAILURES
        lines.append(f"  and {more} more failed; `digest sources list` names them all")
    lines += [f"  {p.where}: {p.message}" for e in outcomes for p in e.problems]
    return "\n".join(lines)


async def _pull(ws: Workspace, options: PullOptions) -> tuple[SourceOutcome, ...]:
    with ws.store.read() as connection:
        states = {state.source_id: state for state in all_states(connection)}
    wanted = [s for s in ws.config.sources if options.only is None or s.id in options.only]
    outcomes: dict[str, SourceOutcome] = {}
    batch: list[_Pulled] = []
    async for pulled in _each(ws, wanted, states, options):
        batch.append(pulled)
        if len(batch) >= BATCH:
            outcomes |= _store(ws, batch)
            batch = []
    outcomes |= _store(ws, batch)
    return tuple(outcomes[source.id] for source in wanted)


async def _each(
    ws: Workspace,
    sources: Sequence[Source],
    states: dict[str, SourceState],
    options: PullOptions,
) -> AsyncIterator[_Pulled]:
    """Every source once, in the order in which they finish."""
    publishers = load_publishers().with_sources(ws.config.sources)
    with ParserPool() as pool:
        reader = _Reader(ws=ws, pool=pool, publishers=publishers)
        network: list[Source] = []
        for source in sources:
            state = states.get(source.id, SourceState(source_id=source.id))
            why = _skip(source, state, options, ws.now)
            if why is not None:
                yield _Pulled(outcome=_outcome(source, "skipped", error=why))
            elif source.path is not None:
                yield await asyncio.to_thread(reader.folder, source, state)
            else:
                network.append(source)
        if not network:
            return
        async with HttpTransport(http_settings(ws), now=ws.now) as transport:
            limit = asyncio.Semaphore(ws.config.network.connections)
            tasks = [
                asyncio.create_task(reader.feed(source, states.get(source.id), transport, limit))
                for source in network
            ]
            for task in asyncio.as_completed(tasks):
                yield await task


def _skip(source: Source, state: SourceState, options: PullOptions, now: datetime) -> str | None:
    if not source.enabled:
        return "not enabled"
    if source.path is not None:
        return None
    if options.offline:
        return "offline"
    if state.gone and not options.force:
        return "gone (410): the publisher asks not to come back; `digest sources check` asks again"
    if not options.force and not is_due(source, state, now):
        return "not due yet"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads one source at a time; every expected failure becomes an outcome."""

    ws: Workspace
    pool: ParserPool
    publishers: Publishers
    started: float = field(default_factory=monotonic)

    @property
    def took(self) -> timedelta:
        """How long after ``ws.now`` this moment is, by a clock that is never set."""
        return timedelta(seconds=monotonic() - self.started)

    async def feed(
        self,
        source: Source,
        state: SourceState | None,
        transport: Transport,
        limit: asyncio.Semaphore,
    ) -> _Pulled:
        state = state or SourceState(source_id=source.id)
        async with limit:
            fetched = await ask(source, state, transport, self.ws.config.network)
            return await asyncio.to_thread(self._fetched, source, state, fetched)

    def _fetched(self, source: Source, state: SourceState, fetched: Fetched) -> _Pulled:
        now = self.ws.now
        following = next_state(source, state, fetched, now, took=self.took)
        if isinstance(fetched, Failed):
            outcome = _outcome(source, "failed", error=fetched.message)
            return _Pulled(outcome=outcome, state=following)
        if not isinstance(fetched, Retrieved) or following.body_hash == state.body_hash:
            return _Pulled(outcome=_outcome(source, "unchanged"), state=following)
        try:
            document = Document(
                body=fetched.body, url=fetched.url, content_type=fetched.content_type
            )
            reading = self.pool.read(document, source, now)
        except ParseError as error:
            broken = Failed(message=error.message)
            failed = next_state(source, state, broken, now, took=self.took)
            return _Pulled(outcome=_outcome(source, "failed", error=error.message), state=failed)
        return _Pulled(
            outcome=_outcome(source, "ok", entries=reading.said, problems=reading.problems),
            state=next_state(source, state, fetched, now, ttl=reading.ttl, took=self.took),
            entries=self._completed(reading.entries),
            again=state.succeeded_at is not None,
        )

    def folder(self, source: Source, state: SourceState) -> _Pulled:
        """Local files; a broken one is a problem, the others are read all the same."""
        root = self.ws.config.folder
        assert source.path is not None  # noqa: S101 - the caller's promise, for the type checker
        try:
            paths = find(root, source.path)
        except (OSError, DigestError) as error:
            return _Pulled(outcome=_outcome(source, "failed", error=str(error)))
        if not paths:
            message = f"nothing to read at {source.path}; check the path"
            return _Pulled(outcome=_outcome(source, "failed", error=message))
        raw: list[RawEntry] = []
        problems: list[Problem] = []
        for path in paths:
            found, wrong = read(path, root=root, source=source, parser=self.pool.parse)
            raw += found
            problems += wrong
        now = self.ws.now
        found_entries = entries_of(raw, source=source, feed_title=None, now=now)
        entries = self._completed(found_entries)
        kind = "failed" if problems and not entries else "ok"
        outcome = _outcome(source, kind, entries=len(raw), problems=tuple(problems))
        if kind == "failed":
            outcome = replace(outcome, error="no file of it could be read")
        following = replace(
            state, checked_at=self.ws.now, succeeded_at=self.ws.now, error=outcome.error
        )
        return _Pulled(outcome=outcome, state=following, entries=entries)

    def _completed(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        return tuple(self.publishers.completed(entry) for entry in entries)


def _store(ws: Workspace, batch: Sequence[_Pulled]) -> dict[str, SourceOutcome]:
    """Entries and state of many sources in one transaction; the outcomes with their new counts."""
    outcomes: dict[str, SourceOutcome] = {}
    if not batch:
        return outcomes
    with ws.store.write() as connection:
        batch = _settled(connection, batch)
        found = [entry for pulled in batch for entry in pulled.entries]
        fresh = save_entries(connection, found, now=ws.now)
        save_states(connection, [p.state for p in batch if p.state is not None])
    for pulled in batch:
        new = sum(entry.id in fresh for entry in pulled.entries)
        outcomes[pulled.outcome.source_id] = replace(pulled.outcome, new=new)
    return outcomes


def _settled(connection: Connection, batch: Sequence[_Pulled]) -> list[_Pulled]:
    """The same with every entry under the id it was stored with, whatever it is called today."""
    again = [pulled for pulled in batch if pulled.again and pulled.entries]
    known = known_guids(connection, (entry.id for p in again for entry in p.entries))
    result = []
    for pulled in batch:
        source_id = pulled.outcome.source_id
        if pulled.again and any(
            known.get(entry.id) != (source_id, entry.guid) for entry in pulled.entries
        ):
            standing = known_entries(connection, source_id, pulled.entries)
            pulled = replace(pulled, entries=settled(pulled.entries, standing))  # noqa: PLW2901
        result.append(pulled)
    return result


def _outcome(
    source: Source,
    kind: str,
    *,
    entries: int = 0,
    error: str | None = None,
    problems: tuple[Problem, ...] = (),
) -> SourceOutcome:
    return SourceOutcome(
        source_id=source.id,
        name=without_userinfo(source.name),
        url=without_userinfo(source.url) if source.url else None,
        outcome=kind,
        entries=entries,
        error=error,
        problems=problems,
    )


def http_settings(ws: Workspace) -> HttpSettings:
    """The network part of the configuration, as the transport wants it."""
    network = ws.config.network
    contact = f" (+{network.contact})" if network.contact else ""
    return HttpSettings(
        user_agent=network.user_agent or f"digest/0.1{contact}",
        allow_private=frozenset(network.allow_private),
        host_gap=network.host_gap,
        connections=network.connections,
        host_connections=network.host_connections,
        proxy=network.proxy,
    )
