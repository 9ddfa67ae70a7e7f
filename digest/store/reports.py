"""What each run did, as the report it printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from digest.store.schema import reports

KEPT = 200
"""Reports kept of each verb: an hourly job that finds nothing to do must not fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of one verb; ``document`` is the JSON object it gave."""

    id: int
    verb: str
    started: datetime
    finished: datetime
    document: Mapping[str, Any]


def save_report(
    c: Connection,
    newsletter: str,
    verb: str,
    started: datetime,
    finished: datetime,
    document: Mapping[str, object],
) -> int:
    """The number of the stored report; the oldest of the verb beyond 200 are dropped."""
    row = {
        "newsletter": newsletter,
        "verb": verb,
        "started": started,
        "finished": finished,
        "report": json.dumps(document, ensure_ascii=False),
    }
    number: int = c.execute(insert(reports).values(row).returning(reports.c.id)).scalar_one()
    same = (reports.c.newsletter == newsletter) & (reports.c.verb == verb)
    old = select(reports.c.id).where(same).order_by(reports.c.id.desc()).offset(KEPT)
    c.execute(delete(reports).where(reports.c.id.in_(old)))
    return number


def latest_reports(
    c: Connection, newsletter: str, verb: str | None = None, *, limit: int = 10
) -> tuple[Report, ...]:
    """The newest reports of one verb, or of all, newest first."""
    statement = select(reports).where(reports.c.newsletter == newsletter)
    if verb is not None:
        statement = statement.where(reports.c.verb == verb)
    rows = c.execute(statement.order_by(reports.c.id.desc()).limit(limit))
    return tuple(
        Report(
            id=row.id,
            verb=row.verb,
            started=row.started,
            finished=row.finished,
            document=json.loads(row.report),
        )
        for row in rows
    )
