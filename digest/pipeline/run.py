"""run: pull, judge, draft and publish in a row; the weekly cron line. Mails only when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from digest.errors import NothingToReportError, UsageError
from digest.fetched import SourceOutcome
from digest.model import Period, Problem
from digest.periods import periods_back
from digest.pipeline.asof import moment_of, period_of
from digest.pipeline.closing import is_closed
from digest.pipeline.draft import Drafted, draft
from digest.pipeline.drafts import get_draft
from digest.pipeline.files import write_folder
from digest.pipeline.gate import counted, finding_line, gate
from digest.pipeline.publish import publish, rendered
from digest.pipeline.pull import PullOptions, pull
from digest.pipeline.pullreport import all_failed_because, summary
from digest.pipeline.result import Result
from digest.pipeline.send import SendOptions, send
from digest.pipeline.sourcehealth import health_of, raised
from digest.pipeline.window import candidates
from digest.pipeline.workspace import Workspace, open_workspace, rehearsal
from digest.render.data import rfc3339
from digest.store.reports import save_report
from digest.write.gate import errors
from digest.write.gatecontext import Finding, Severity

WAITING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The words of ``digest run``."""

    as_of: str | None = None
    latest: bool = False
    offline: bool = False
    if_due: bool = False
    wait: timedelta = timedelta(0)
    send: bool = False
    dry_run: bool = False
    style: str | None = None


@dataclass(slots=True, kw_only=True)
class _Run:
    """What a run has done so far."""

    period: Period
    outcomes: tuple[SourceOutcome, ...] = ()
    drafted: Drafted | None = None
    output: Path | None = None
    raised: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    code: int = 0


def run(config: Path, options: RunOptions, *, now: datetime) -> Result:
    """The result of ``digest run``; safe to repeat: an issue made twice is the same issue."""
    if options.send and (options.offline or options.latest):
        message = "mails the issue of now, so it does not go with --offline or --latest"
        raise UsageError(message, where="--send")
    if options.dry_run:
        with rehearsal(config, now=now) as ws:
            return _result(_run(ws, options), dry=True)
    with open_workspace(config, now=now) as ws, ws.lock("run", options.wait):
        period = period_of(options.as_of, ws)
        if options.if_due and is_made(ws, period):
            text = f"Nothing is due: the issue of {period.day} is made."
            return Result(text=text, document=_document(_Run(period=period)))
        made = _run(ws, options)
        with ws.store.write() as connection:
            save_report(connection, ws.id, "run", now, now, _document(made))
        return _result(made)


def is_made(ws: Workspace, period: Period) -> bool:
    """Whether the issue of the period is published, waiting for approval, or closed."""
    if is_closed(ws, period.day) or (ws.issue_folder(period.day) / "issue.json").exists():
        return True
    return ws.config.newsletter.review == "required" and ws.draft_path(period.day).exists()


def _run(ws: Workspace, options: RunOptions) -> _Run:
    made = _Run(period=period_of(options.as_of, ws))
    if is_closed(ws, made.period.day):
        made.lines.append(f"The issue of {made.period.day} is closed; nothing was changed.")
        return made
    pulling = PullOptions(offline=options.offline or options.dry_run)
    made.outcomes = pull(ws, pulling, wait=options.wait)
    _tell_sources(ws, made)
    try:
        if options.latest:
            made.period = _latest(ws, options, made)
        made.drafted = draft(ws, made.period, style=options.style)
    except NothingToReportError as error:
        made.problems.append(Problem(code=error.code, message=error.message, where=error.where))
        made.lines.append(str(error))
        made.code = 1
        return made
    _tell_draft(made)
    _publish(ws, made)
    if options.send and made.code == 0:
        sent = send(ws, SendOptions(issue=made.period.day.isoformat()))
        made.lines.append(sent.text)
        made.code = max(made.code, sent.code)
    return made


def _latest(ws: Workspace, options: RunOptions, made: _Run) -> Period:
    """The newest period that has entries, which may be the one asked for."""
    letter = ws.config.newsletter
    found = periods_back(
        moment_of(options.as_of, ws),
        schedule=letter.schedule,
        zone=ws.config.zone,
        length=letter.period,
    )
    for period in found:
        if candidates(ws, period):
            if period != made.period:
                made.lines.append(
                    f"Nothing is dated in the period to {made.period.day}; "
                    f"this is the newest one with entries, to {period.day}."
                )
            return period
    return made.period


def _publish(ws: Workspace, made: _Run) -> None:
    """Publish, or only show: an issue that waits for approval, or that has errors."""
    day = made.period.day
    draft_now = get_draft(ws, day)
    found = gate(ws, draft_now)
    _tell_findings(made, found, draft_now.path)
    folder = ws.state / "preview" / day.isoformat()
    if ws.config.newsletter.review == "required":
        write_folder(folder, rendered(ws, draft_now.issue))
        made.lines.append(
            f"Waiting for approval: read {folder / 'index.html'}, "
            f"then `digest publish {day} --final`."
        )
        made.code = WAITING
        return
    if errors(found):
        write_folder(folder, rendered(ws, draft_now.issue))
        made.lines.append(
            f"Not published: read {folder / 'index.html'}, correct {draft_now.path}, "
            f"then `digest publish {day}` (or, all the same, with --despite-errors)."
        )
        made.code = 1
        return
    published = publish(ws, day)
    made.output = published.folder
    made.lines.append(f"Issue of {day}, {len(published.issue.stories)} stories: {published.page}")


def _tell_findings(made: _Run, found: Sequence[Finding], path: Path) -> None:
    """What the gate found: errors one by one, the rest as a number."""
    grave = errors(found)
    made.problems += [
        Problem(code=f"gate-{each.code}", message=each.message, where=f"{path}:{each.line or 1}")
        for each in grave
    ]
    made.lines += [finding_line(path, each) for each in grave]
    warned = sum(each.severity is Severity.WARNING for each in found)
    if warned:
        shown = f"`digest check {made.period.day}` shows them"
        made.lines.append(f"The gate has {counted(warned, 'warning')}; {shown}.")


def _tell_sources(ws: Workspace, made: _Run) -> None:
    made.raised = raised(health_of(ws))
    failed = [each for each in made.outcomes if each.outcome == "failed"]
    made.problems += [
        Problem(code="source", message=each.error or "failed", where=each.name) for each in failed
    ]
    made.problems += [problem for each in made.outcomes for problem in each.problems]
    made.lines += [*made.raised, summary(made.outcomes)]
    proxied = ws.config.network.proxy is not None
    if cause := all_failed_because(made.outcomes, proxied=proxied):
        problem = Problem(code="all-sources-failed", message=cause.sentence, where=cause.code)
        made.problems.append(problem)
        made.lines.append(cause.sentence)
        made.code = 1


def _tell_draft(made: _Run) -> None:
    drafted = made.drafted
    if drafted is None:
        return
    if drafted.proposal is not None:
        made.lines.append(
            f"The draft has your changes and is kept; the new proposal is {drafted.proposal}"
        )
        message = "the draft was edited; the program's own is beside it"
        where = str(drafted.proposal)
        made.problems.append(Problem(code="draft-kept", message=message, where=where))


def _document(made: _Run) -> dict[str, object]:
    counts = dict.fromkeys(("ok", "unchanged", "failed", "skipped"), 0)
    for each in made.outcomes:
        counts[each.outcome] += 1
    drafted = made.drafted
    return {
        "issue": made.period.day.isoformat() if drafted else None,
        "period": {"start": rfc3339(made.period.start), "end": rfc3339(made.period.end)},
        "draft": str(drafted.path) if drafted else None,
        "proposal": str(drafted.proposal) if drafted and drafted.proposal else None,
        "output": str(made.output) if made.output else None,
        "stories": drafted.stories if drafted else 0,
        "entries": {
            "pulled": sum(each.entries for each in made.outcomes),
            "new": sum(each.new for each in made.outcomes),
            "used": drafted.used if drafted else 0,
        },
        "sources": counts,
        "raised": made.raised,
        "problems": [
            {"code": p.code, "message": p.message, "where": p.where} for p in made.problems
        ],
    }


def _result(made: _Run, *, dry: bool = False) -> Result:
    lines = list(made.lines)
    if dry:
        lines.append("Dry run: nothing was fetched or written.")
    return Result(text="\n".join(lines), document=_document(made), code=made.code)
