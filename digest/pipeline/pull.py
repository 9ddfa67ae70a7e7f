"""pull: sources -> entries. Fetching runs side by side; one source's failure stops no other.

What a source said and its new validators are stored together in one transaction, many sources
at a time, so that an interrupted pull neither loses entries nor skips them the next time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from digest.data.publishers import load_publishers
from digest.fetched import SourceOutcome
from digest.model import Entry, KnownEntry
from digest.pipeline.asking import http_settings
from digest.pipeline.lanes import Asked, lanes_of
from digest.pipeline.moves import adopt_moves
from digest.pipeline.outcomes import outcome_of
from digest.pipeline.pullreport import all_failed_because, pull_document, summary
from digest.pipeline.reader import Network, Pulled, Reader
from digest.pipeline.result import Result
from digest.pipeline.sourcehealth import health_of, raised
from digest.pipeline.workspace import Workspace, open_workspace
from digest.pull.due import is_due, may_be_asked
from digest.pull.http import HttpTransport, Transport
from digest.pull.identity import settled
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Source, SourceState
from digest.store.entries import known_entries, known_guids, save_entries
from digest.store.reports import save_report
from digest.store.sources import all_states, save_states

BATCH = 100
"""Sources stored in one transaction: 20 rows at a time cost 16 s for 100,000 rows."""

_AHEAD = 8
"""Sources read and not yet taken: readers wait for the store rather than fill the memory."""


_BY_NAME = "`digest sources check NAME` asks all the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """How to pull. ``offline`` reads files only; ``force`` reads sources that are not due too.

    With ``sparing`` it leaves alone those that are gone and those whose server said when to come.
    """

    offline: bool = False
    force: bool = False
    sparing: bool = False
    only: frozenset[str] | None = None


def pull_command(config: Path, *, now: datetime, offline: bool, wait: timedelta) -> Result:
    """The result of ``digest pull``: exit 1 when every network source failed."""
    with open_workspace(config, now=now) as ws:
        outcomes = pull(ws, PullOptions(offline=offline), wait=wait)
        document = report(ws, outcomes)
        lines = raised(health_of(ws))
    cause = all_failed_because(outcomes, proxied=ws.config.network.proxy is not None)
    lines += [summary(outcomes), *([cause.sentence] if cause else [])]
    return Result(text="\n".join(lines), document=document, code=1 if cause else 0)


def report(ws: Workspace, outcomes: Sequence[SourceOutcome]) -> dict[str, object]:
    """The document of a pull: every source with its outcome, and why all failed where they did."""
    return pull_document(outcomes, proxied=ws.config.network.proxy is not None)


def pull(
    ws: Workspace, options: PullOptions, *, wait: timedelta = timedelta(0)
) -> tuple[SourceOutcome, ...]:
    """What became of every source, in the order of the configuration. Safe to run again."""
    with ws.lock("pull", wait):
        outcomes = asyncio.run(_pull(ws, options))
        with ws.store.write() as connection:
            save_report(connection, ws.id, "pull", ws.now, ws.now, report(ws, outcomes))
    return outcomes


async def _pull(ws: Workspace, options: PullOptions) -> tuple[SourceOutcome, ...]:
    with ws.store.read() as connection:
        states = {state.source_id: state for state in all_states(connection)}
    states = adopt_moves(ws, states)
    wanted = [s for s in ws.config.sources if options.only is None or s.id in options.only]
    outcomes: dict[str, SourceOutcome] = {}
    asked: list[Asked] = []
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


async def _each(ws: Workspace, asked: Sequence[Asked]) -> AsyncIterator[Pulled]:
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
                with _door(reader, transport, network) as door:
                    async for pulled in _fetched(ws, network, reader, door):
                        yield pulled


@contextmanager
def _door(reader: Reader, transport: Transport, network: Sequence[Asked]) -> Iterator[Network]:
    if not any(source.full_text for source, _ in network):
        yield Network(transport=transport)
        return
    from digest.pipeline.pages import page_reader  # noqa: PLC0415 - see Reader

    with page_reader(reader.ws, transport, reader.pool, reader.threads) as pages:
        yield Network(transport=transport, pages=pages)


async def _fetched(
    ws: Workspace,
    network: Sequence[Asked],
    reader: Reader,
    door: Network,
) -> AsyncIterator[Pulled]:
    """Sources read side by side, but of one host no more than may be asked at once.

    A host's sources stand in one lane, or a patient host would hold every connection; one that
    does not answer is given up for this run.
    """
    lanes = lanes_of(network, ws.config.network.host_connections)
    done: asyncio.Queue[Pulled] = asyncio.Queue(maxsize=_AHEAD)

    async def work() -> None:
        for lane in lanes:
            for source, state in lane.asked:
                pulled = lane.breaker.unasked(source, state, ws.now)
                if pulled is None:
                    pulled = await reader.feed(source, state, door)
                    lane.breaker.heard(pulled)
                await done.put(pulled)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(ws.config.network.connections, len(network))):
            group.create_task(work())
        for _ in network:
            yield await done.get()


def _skip(source: Source, state: SourceState, options: PullOptions, now: datetime) -> str | None:
    if not source.enabled:
        return "not enabled"
    if source.path is not None:
        return None
    if options.offline:
        return "offline"
    if not (options.force and not options.sparing) and not may_be_asked(state, now):
        return _unwelcome(state)
    if not options.force and not is_due(source, state, now):
        return "not due yet"
    return None


def _unwelcome(state: SourceState) -> str:
    """Why a source is left alone that somebody would like to ask."""
    if state.gone:
        why = "gone (410): the publisher asks not to come back"
    else:
        why = f"the server asks not to come before {state.not_before:%Y-%m-%d %H:%M} UTC"
    return f"{why}; {_BY_NAME}"


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
