"""pull: sources -> entries. Fetching runs side by side; one source's failure stops no other.

What a source said and its new validators are stored together in one transaction, many sources
at a time, so that an interrupted pull neither loses entries nor skips them the next time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from digest.data.publishers import load_publishers
from digest.fetched import SourceOutcome
from digest.model import Entry, KnownEntry
from digest.pipeline.asking import http_settings
from digest.pipeline.outcomes import outcome_of
from digest.pipeline.pullreport import all_failed, outcome_document, summary
from digest.pipeline.reader import Pulled, Reader
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.pull.due import is_due
from digest.pull.http import HttpTransport
from digest.pull.identity import settled
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Source, SourceState
from digest.store.entries import known_entries, known_guids, save_entries
from digest.store.reports import save_report
from digest.store.sources import all_states, save_states

BATCH = 100
"""Sources stored in one transaction: 20 rows at a time cost 16 s for 100,000 rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """How to pull. ``offline`` reads files only; ``force`` reads sources that are not due too."""

    offline: bool = False
    force: bool = False
    only: frozenset[str] | None = None


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


async def _pull(ws: Workspace, options: PullOptions) -> tuple[SourceOutcome, ...]:
    with ws.store.read() as connection:
        states = {state.source_id: state for state in all_states(connection)}
    wanted = [s for s in ws.config.sources if options.only is None or s.id in options.only]
    outcomes: dict[str, SourceOutcome] = {}
    asked: list[tuple[Source, SourceState]] = []
    for source in wanted:
        state = states.get(source.id, SourceState(source_id=source.id))
        why = _skip(source, state, options, ws.now)
        if why is None:
            asked.append((source, state))
        else:
            outcomes[source.id] = outcome_of(source, "skipped", why)
    batch: list[Pulled] = []
    async for pulled in _each(ws, asked):
        batch.append(pulled)
        if len(batch) >= BATCH:
            outcomes |= _store(ws, batch)
            batch = []
    outcomes |= _store(ws, batch)
    return tuple(outcomes[source.id] for source in wanted)


async def _each(
    ws: Workspace, asked: Sequence[tuple[Source, SourceState]]
) -> AsyncIterator[Pulled]:
    """Every source once: folders first, the others in the order in which they finish."""
    settings = PoolSettings()
    with ThreadPoolExecutor(settings.workers) as threads, ParserPool(settings) as pool:
        publishers = load_publishers().with_sources(ws.config.sources)
        reader = Reader(ws=ws, pool=pool, threads=threads, publishers=publishers)
        for source, state in asked:
            if source.path is not None:
                yield await reader.folder(source, state)
        network = [(source, state) for source, state in asked if source.path is None]
        if network:
            async with HttpTransport(http_settings(ws.config.network), now=ws.now) as transport:
                async for pulled in _fetched(ws, network, reader, transport):
                    yield pulled


async def _fetched(
    ws: Workspace,
    network: Sequence[tuple[Source, SourceState]],
    reader: Reader,
    transport: HttpTransport,
) -> AsyncIterator[Pulled]:
    """Sources read side by side, but of one host no more than may be asked at once.

    A host's sources stand in one lane, or a patient host would hold every connection.
    """
    lanes = iter(_lanes(network, ws.config.network.host_connections))
    done: asyncio.Queue[Pulled] = asyncio.Queue(maxsize=BATCH)

    async def work() -> None:
        for lane in lanes:
            for source, state in lane:
                await done.put(await reader.feed(source, state, transport))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(ws.config.network.connections, len(network))):
            group.create_task(work())
        for _ in network:
            yield await done.get()


def _lanes(
    network: Sequence[tuple[Source, SourceState]], width: int
) -> Iterator[list[tuple[Source, SourceState]]]:
    """The sources by host, each host's in at most ``width`` lists; the longest first."""

    def host(asked: tuple[Source, SourceState]) -> str:
        return urlsplit(asked[1].moved_to or asked[0].url or "").netloc

    lanes = [
        hosts[n::width]
        for hosts in (list(same) for _, same in groupby(sorted(network, key=host), key=host))
        for n in range(min(width, len(hosts)))
    ]
    yield from sorted(lanes, key=len, reverse=True)


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


def _store(ws: Workspace, batch: Sequence[Pulled]) -> dict[str, SourceOutcome]:
    """Entries and state of many sources in one transaction; the outcomes with their new counts."""
    outcomes: dict[str, SourceOutcome] = {}
    if not batch:
        return outcomes
    with ws.store.write() as connection:
        again = [entry.id for pulled in batch if pulled.again for entry in pulled.entries]
        guids = known_guids(connection, again)
        batch = [_settled(each, guids, partial(known_entries, connection)) for each in batch]
        found = [entry for pulled in batch for entry in pulled.entries]
        fresh = save_entries(connection, found, now=ws.now)
        save_states(connection, [p.state for p in batch if p.state is not None])
    for pulled in batch:
        new = sum(entry.id in fresh for entry in pulled.entries)
        outcomes[pulled.outcome.source_id] = replace(pulled.outcome, new=new)
    return outcomes


def _settled(
    pulled: Pulled,
    guids: Mapping[str, tuple[str, str | None]],
    find: Callable[[str, Sequence[Entry]], tuple[KnownEntry, ...]],
) -> Pulled:
    """The same with every entry under the id it was stored with, whatever it is called today."""
    source_id = pulled.outcome.source_id
    usual = all(guids.get(each.id) == (source_id, each.guid) for each in pulled.entries)
    if usual or not pulled.again:
        return pulled
    return replace(pulled, entries=settled(pulled.entries, find(source_id, pulled.entries)))
