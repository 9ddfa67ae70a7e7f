"""When an issue is over: approval, ``publish --final`` or its first delivery closes it for good."""

from __future__ import annotations

from datetime import date

from digest.model import Issue
from digest.pipeline.workspace import Workspace
from digest.store.issues import IssueRow, IssueState, close_issue, find_issue, issues, save_issue


def closed_days(ws: Workspace) -> frozenset[date]:
    """The days of all closed issues."""
    with ws.store.read() as connection:
        rows = issues(connection, ws.id)
    return frozenset(row.day for row in rows if row.state is IssueState.CLOSED)


def is_closed(ws: Workspace, day: date) -> bool:
    """Whether the issue of that day is closed."""
    with ws.store.read() as connection:
        row = find_issue(connection, ws.id, day)
    return row is not None and row.state is IssueState.CLOSED


def close(ws: Workspace, issue: Issue) -> bool:
    """Whether the issue was open: it is closed now, and what it cites counts as told.

    An issue made of sample entries tells nothing: they never enter memory.
    """
    cited = () if issue.sample else tuple(c for story in issue.stories for c in story.citations)
    with ws.store.write() as connection:
        if find_issue(connection, ws.id, issue.date) is None:
            row = IssueRow(day=issue.date, number=issue.number, title=issue.title)
            save_issue(connection, ws.id, row)
        return close_issue(connection, ws.id, issue.date, cited, ws.now)
