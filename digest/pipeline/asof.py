"""Which issue the words of a command line mean."""

from __future__ import annotations

from datetime import UTC, date, datetime

from digest.errors import NotFoundError, UsageError
from digest.model import Period
from digest.periods import end_of_day
from digest.pipeline.workspace import Workspace


def moment_of(text: str | None, ws: Workspace) -> datetime:
    """The time an ``--as-of`` means: a bare date is the end of that day; left out, it is now.

    Raises ``UsageError`` for anything that is no date or time.
    """
    if text is None:
        return ws.now
    try:
        if len(text) == len("2022-04-07"):
            return end_of_day(date.fromisoformat(text), ws.config.zone)
        found = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no date; write YYYY-MM-DD or an RFC 3339 time"
        raise UsageError(message, where="--as-of") from error
    return (found if found.tzinfo else found.replace(tzinfo=ws.config.zone)).astimezone(UTC)


def period_of(text: str | None, ws: Workspace) -> Period:
    """The period of the newest scheduled issue at that time."""
    try:
        return ws.period_at(moment_of(text, ws))
    except (OverflowError, ValueError) as error:
        raise UsageError(str(error), where="--as-of") from error


def issue_day(text: str) -> date:
    """The date that names an issue.

    Raises ``UsageError`` for anything else.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no issue; an issue is named by its date, YYYY-MM-DD"
        raise UsageError(message, where="ISSUE") from error


def newest_draft(ws: Workspace, closed: frozenset[date]) -> date:
    """The newest issue with a draft that is not closed.

    Raises ``NotFoundError`` when there is none.
    """
    days = sorted(
        (day for path in ws.drafts.glob("*.md") if (day := _day(path.stem)) is not None),
        reverse=True,
    )
    for day in days:
        if day not in closed:
            return day
    message = "there is no open draft; `digest draft` or `digest run` makes one"
    raise NotFoundError(message, where=str(ws.drafts))


def _day(stem: str) -> date | None:
    try:
        return date.fromisoformat(stem)
    except ValueError:
        return None
