"""publish: draft -> renditions. An issue's folder is swapped in whole; archive and feeds come last.

What is published is what the draft says, whoever wrote it. Names get their gloss here, worked
out anew at each rendering, so that moving a story never leaves a gloss behind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from digest.deliveries import Rendition
from digest.errors import DraftError, NotFoundError
from digest.model import Issue
from digest.pipeline.asof import issue_day, newest_draft
from digest.pipeline.closing import close, closed_days
from digest.pipeline.drafts import find_draft, get_draft
from digest.pipeline.files import write_file, write_folder
from digest.pipeline.gate import refuse
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, log, open_workspace
from digest.render.renditions import archive_renditions, renditions
from digest.store.issues import IssueRow, find_issue, save_issue
from digest.write.gloss import gloss


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Where an issue stands, and how much is in it."""

    issue: Issue
    folder: Path

    @property
    def page(self) -> Path:
        """The web page."""
        return self.folder / "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """The words of ``digest publish``."""

    issue: str | None = None
    final: bool = False
    despite_errors: bool = False


def publish_command(config: Path, options: PublishOptions, *, now: datetime) -> Result:
    """The result of ``digest publish``. Raises ``GateError`` where the gate finds errors."""
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        day = issue_day(options.issue) if options.issue else newest_draft(ws, closed_days(ws))
        if not options.despite_errors:
            refuse(ws, get_draft(ws, day))
        published = publish(ws, day)
        if options.final:
            close(ws, published.issue)
        stories = len(published.issue.stories)
    state = " and closed" if options.final else ""
    return Result(
        text=f"Issue of {day}, {stories} stories, published{state}: {published.page}",
        document={
            "issue": day.isoformat(),
            "output": str(published.folder),
            "stories": stories,
            "final": options.final,
        },
    )


def publish(ws: Workspace, day: date) -> Published:
    """The issue of that day, rendered from its draft into ``output/``.

    Raises ``DraftError``, ``RenderError`` or ``OutputError``; then what stood before still stands.
    """
    issue = get_draft(ws, day).issue
    files = rendered(ws, issue)
    folder = ws.issue_folder(day)
    with ws.store.write() as connection:
        known = find_issue(connection, ws.id, day)
        if known is None:
            row = IssueRow(day=day, number=issue.number, title=issue.title)
            save_issue(connection, ws.id, row)
    write_folder(folder, files)
    publish_archive(ws)
    return Published(issue=issue, folder=folder)


def rendered(ws: Workspace, issue: Issue) -> tuple[Rendition, ...]:
    """All published forms of an issue, names glossed."""
    return renditions(gloss(issue, ws.finder), ws.site, ws.templates)


def preview_newest(ws: Workspace) -> tuple[Rendition, ...]:
    """The published forms of the newest draft, written nowhere: what the preview shows."""
    try:
        day = newest_draft(ws, frozenset())
    except NotFoundError:
        return ()
    return rendered(ws, get_draft(ws, day).issue)


def publish_archive(ws: Workspace) -> None:
    """The index of all published issues and the feeds, from their drafts."""
    issues = []
    for folder in sorted((ws.output / "issues").glob("[0-9]*-[0-9]*-[0-9]*")):
        try:
            draft = find_draft(ws, date.fromisoformat(folder.name))
        except (DraftError, ValueError) as error:
            log.warning("%s is left out of the archive: %s", folder.name, error)
            continue
        if draft is None:
            log.warning("%s is left out of the archive: its draft is gone", folder.name)
            continue
        issues.append(gloss(draft.issue, ws.finder))
    for rendition in archive_renditions(issues, ws.site, ws.templates):
        path = ws.output / rendition.name
        if not path.exists() or path.read_bytes() != rendition.content:
            write_file(path, rendition.content)


def published_days(ws: Workspace) -> tuple[date, ...]:
    """The days of all published issues, newest first."""
    found = []
    for path in (ws.output / "issues").glob("*/issue.json"):
        try:
            found.append(date.fromisoformat(json.loads(path.read_text("utf-8"))["date"]))
        except (ValueError, KeyError, OSError) as error:
            log.warning("%s is no issue of ours: %s", path, error)
    return tuple(sorted(found, reverse=True))
