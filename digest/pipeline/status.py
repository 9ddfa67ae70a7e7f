"""status and search: what stands, and where an entry is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from digest.deliveries import Delivery
from digest.pipeline.result import Result
from digest.pipeline.sourcehealth import Health, health_of, raised
from digest.pipeline.workspace import Workspace, open_workspace
from digest.render.data import rfc3339
from digest.store.deliveries import deliveries
from digest.store.entries import count
from digest.store.entries import search as find
from digest.store.issues import IssueRow, issues
from digest.store.locks import find_owner
from digest.store.reports import Report, latest_reports

SHOWN_ISSUES = 5
SHOWN_FAILURES = 10


def status(config: Path, *, now: datetime) -> Result:
    """The result of ``digest status``."""
    with open_workspace(config, now=now) as ws:
        return _status(ws)


def _status(ws: Workspace) -> Result:
    period = ws.period_at(ws.now)
    with ws.store.read() as connection:
        pulls = latest_reports(connection, ws.id, "pull", limit=1)
        rows = issues(connection, ws.id)[:SHOWN_ISSUES]
        ledgers = {row.day: deliveries(connection, ws.id, row.day) for row in rows}
        entries = count(connection)
    healths = health_of(ws)
    failing = sorted(
        (each for each in healths if each.source.enabled and each.state.error),
        key=lambda each: (not each.long_failing, each.name),
    )
    owner = find_owner(ws.state, "run")
    urgent = raised(healths)
    lines = [*urgent, *_failing(failing), *_pulled(pulls)]
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
        "raised": urgent,
        "failing": [_failure(each) for each in failing],
        "pull": _last_pull(pulls),
    }
    return Result(text="\n".join(lines), document=document)


def _issue(row: IssueRow, ledger: Sequence[Delivery]) -> dict[str, object]:
    return {
        "date": row.day.isoformat(),
        "number": row.number,
        "state": row.state.value,
        "deliveries": dict(Counter(each.state.value for each in ledger)),
    }


def _failing(failing: Sequence[Health]) -> list[str]:
    """The sources that fail, but not for so long that they are raised, nor for good."""
    lately = [each for each in failing if not each.long_failing and not each.state.gone]
    lines = [f"Failing: {each.name}: {each.state.error}" for each in lately[:SHOWN_FAILURES]]
    if len(lately) > SHOWN_FAILURES:
        more = len(lately) - SHOWN_FAILURES
        lines.append(f"Failing: {more} more; see `digest sources list`")
    return lines


def _failure(health: Health) -> dict[str, object]:
    return {
        "name": health.name,
        "error": health.state.error,
        "failures": health.state.failures,
        "since": rfc3339(health.failing_since) if health.failing_since else None,
    }


def _pulled(pulls: Sequence[Report]) -> list[str]:
    """What the last pull did with all its sources, in a line or two."""
    if not pulls:
        return ["No pull yet."]
    report = pulls[0]
    sources = report.document.get("sources", ())
    count = Counter(str(each.get("outcome")) for each in sources)
    said = ", ".join(f"{number} {kind}" for kind, number in sorted(count.items()))
    lines = [f"Last pull {report.started:%Y-%m-%d %H:%M} UTC: {said or 'no sources'}"]
    cause = report.document.get("all_failed")
    return [*lines, *([f"  {cause['message']}"] if cause else [])]


def _last_pull(pulls: Sequence[Report]) -> dict[str, object] | None:
    return {"at": rfc3339(pulls[0].started), **pulls[0].document} if pulls else None


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
