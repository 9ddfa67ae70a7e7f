"""status and search: what stands, and where an entry is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from digest.deliveries import Delivery
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.render.data import rfc3339
from digest.source import Source, SourceState
from digest.store.deliveries import deliveries
from digest.store.entries import count
from digest.store.entries import search as find
from digest.store.issues import IssueRow, issues
from digest.store.locks import find_owner
from digest.store.sources import all_states

LONG_FAILING = timedelta(days=7)
"""A source that failed for so long is told first."""

SHOWN_ISSUES = 5


def status(config: Path, *, now: datetime) -> Result:
    """The result of ``digest status``."""
    with open_workspace(config, now=now) as ws:
        return _status(ws)


def _status(ws: Workspace) -> Result:
    period = ws.period_at(ws.now)
    with ws.store.read() as connection:
        states = {state.source_id: state for state in all_states(connection)}
        rows = issues(connection, ws.id)[:SHOWN_ISSUES]
        ledgers = {row.day: deliveries(connection, ws.id, row.day) for row in rows}
        entries = count(connection)
    trouble = [
        (source, states[source.id])
        for source in ws.config.sources
        if source.enabled and source.id in states and states[source.id].error
    ]
    trouble.sort(key=lambda pair: (not _long(pair[1], ws.now), pair[0].name))
    owner = find_owner(ws.state, "run")
    lines = [_trouble(source, state, ws.now) for source, state in trouble]
    lines += [f"A run is under way: {owner}"] if owner else []
    lines += [
        f"{ws.config.newsletter.title}: the newest period ends {period.day}; {entries} entries kept"
    ]
    for row in rows:
        counted = Counter(each.state.value for each in ledgers[row.day])
        mailed = ", ".join(f"{number} {state}" for state, number in sorted(counted.items()))
        lines.append(f"Issue of {row.day}: {row.state.value}; mail: {mailed or 'none'}")
    document = {
        "newsletter": ws.id,
        "period": {"start": rfc3339(period.start), "end": rfc3339(period.end)},
        "entries": entries,
        "running": str(owner) if owner else None,
        "issues": [_issue(row, ledgers[row.day]) for row in rows],
        "failing": [
            {"name": source.name, "error": state.error, "failures": state.failures}
            for source, state in trouble
        ],
    }
    return Result(text="\n".join(lines), document=document)


def _issue(row: IssueRow, ledger: Sequence[Delivery]) -> dict[str, object]:
    return {
        "date": row.day.isoformat(),
        "number": row.number,
        "state": row.state.value,
        "deliveries": dict(Counter(each.state.value for each in ledger)),
    }


def _long(state: SourceState, now: datetime) -> bool:
    since = state.succeeded_at or state.checked_at
    return since is not None and state.failures > 1 and now - since > LONG_FAILING


def _trouble(source: Source, state: SourceState, now: datetime) -> str:
    mark = "Failing for over a week" if _long(state, now) else "Failing"
    return f"{mark}: {source.name}: {state.error}"


def search(config: Path, query: str, *, limit: int, now: datetime) -> Result:
    """The result of ``digest search``: entries that hold the words, best first."""
    with open_workspace(config, now=now) as ws, ws.store.write() as connection:
        found = find(connection, query, limit)
    lines = [f"{e.id}  {e.date:%Y-%m-%d}  {e.publisher}: {e.title}" for e in found]
    return Result(
        text="\n".join(lines) or "Nothing found.",
        document={
            "query": query,
            "entries": [
                {
                    "id": e.id,
                    "title": e.title,
                    "publisher": e.publisher,
                    "date": rfc3339(e.date),
                    "lang": e.lang,
                    "url": e.url,
                }
                for e in found
            ],
        },
    )
