"""draft: stories -> issue, as one Markdown file that a person may edit and that is then theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.errors import NothingToReportError
from digest.model import Issue, Period, Selection
from digest.pipeline.asof import period_of
from digest.pipeline.closing import is_closed
from digest.pipeline.deciding import decided, reworded, settled
from digest.pipeline.drafts import find_draft, write_draft, write_pool, write_proposal
from digest.pipeline.judge import judge
from digest.pipeline.result import Result
from digest.pipeline.styles import brief_of, style_of
from digest.pipeline.window import candidates
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.issues import (
    IssueRow,
    cite,
    find_issue,
    replace_overrides,
    save_issue,
)
from digest.write.column import compose, fitted
from digest.write.issue import issue_from
from digest.write.pool import pool_of, pool_text, selection_of
from digest.write.spelling import spelled_one_way


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The draft that stands, how much is in it, and the proposal beside one that was touched."""

    path: Path
    proposal: Path | None
    issue: Issue
    selection: Selection

    @property
    def stories(self) -> int:
        """How many stories the draft holds."""
        return len(self.issue.stories)

    @property
    def used(self) -> int:
        """How many entries it cites."""
        return len({c.entry_id for story in self.issue.stories for c in story.citations})


def draft_command(
    config: Path, *, as_of: str | None, now: datetime, style: str | None = None
) -> Result:
    """The result of ``digest draft``."""
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        period = period_of(as_of, ws)
        if is_closed(ws, period.day):
            text = f"The issue of {period.day} is closed; nothing was changed."
            return Result(text=text, document={"issue": period.day.isoformat(), "closed": True})
        drafted = draft(ws, period, style=style)
    beside = (
        f"\nIt has your changes and is kept; proposal: {drafted.proposal}"
        f"\n`digest merge {period.day}` brings it in."
    )
    return Result(
        text=f"Draft of {period.day}, {drafted.stories} stories: {drafted.path}"
        + (beside if drafted.proposal else ""),
        document={
            "issue": period.day.isoformat(),
            "draft": str(drafted.path),
            "proposal": str(drafted.proposal) if drafted.proposal else None,
            "stories": drafted.stories,
            "entries": drafted.used,
        },
    )


def draft(ws: Workspace, period: Period, *, style: str | None = None) -> Drafted:
    """The issue of the period as a draft; one that a person touched is never overwritten.

    ``style`` outranks the newsletter's house style. Raises ``NothingToReportError`` when no entry
    is in the period, ``DraftError`` for a draft that cannot be read.
    """
    style = style_of(ws, style)
    entries = candidates(ws, period)
    if not entries:
        message = (
            f"no entry is dated between {period.start:%Y-%m-%d %H:%M} and "
            f"{period.end:%Y-%m-%d %H:%M} UTC; --latest takes the newest period that has some"
        )
        raise NothingToReportError(message)
    standing = find_draft(ws, period.day)
    found = decided(ws, period, standing)
    selection = judge(ws, period, entries, found)
    selection = fitted(selection, brief_of(ws, period, style, selection))
    issue = composed(ws, period, selection, style=style)
    issue = reworded(issue, settled(found, standing, ws), ws)
    if standing is not None and standing.touched:
        proposal = write_proposal(ws, issue)
        kept = standing.issue
        path = standing.path
    else:
        proposal = None
        kept = issue
        path = write_draft(ws, issue)
        ws.proposal_path(period.day).unlink(missing_ok=True)
    _fill_pool(ws, period, selection, style=style)
    with ws.store.write() as connection:
        replace_overrides(connection, ws.id, period.day, found)
        known = find_issue(connection, ws.id, period.day)
        if known is None:
            row = IssueRow(day=period.day, number=kept.number, title=kept.title)
            save_issue(connection, ws.id, row)
        cite(connection, ws.id, period.day, (c for s in kept.stories for c in s.citations))
    return Drafted(path=path, proposal=proposal, issue=kept, selection=selection)


def composed(ws: Workspace, period: Period, selection: Selection, *, style: str) -> Issue:
    """The issue that a house style makes of a selection, names spelled one way."""
    made = compose(selection, brief_of(ws, period, style, selection))
    issue = issue_from(made, ws.templates.style_bodies(style, made))
    return spelled_one_way(issue, ws.finder)


def _fill_pool(ws: Workspace, period: Period, selection: Selection, *, style: str) -> None:
    """Tell the best stories that found no place, for a person to choose from."""
    pool = pool_of(selection, [section.id for section in ws.config.sections])
    whys = {ranked.story.id: f"{why} (score {ranked.score:.2f})" for ranked, why in pool}
    issue = composed(ws, period, selection_of(pool), style=style)
    write_pool(ws, period.day, pool_text(issue, whys, period.day))
