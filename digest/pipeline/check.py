"""check: the gate's findings with their lines, the issue in numbers, and links asked live."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from digest.fetched import Failed, Fetched
from digest.pipeline.asof import issue_day, newest_draft
from digest.pipeline.closing import closed_days
from digest.pipeline.drafts import get_draft
from digest.pipeline.gate import context_of, counted, finding_line
from digest.pipeline.lookup import lookup
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.source import Source
from digest.write.gate import errors, examine
from digest.write.gatecontext import Answer, Asked, Finding, Severity
from digest.write.gateform import Figures, figures_of

_BLOCKED = frozenset({401, 403, 405, 406, 407, 429, 451})
_LATER = frozenset({408, 425})
_SERVER = 500


def check_command(config: Path, *, issue: str | None, online: bool, now: datetime) -> Result:
    """The result of ``digest check``: findings with their lines, figures; exit 1 for errors."""
    with open_workspace(config, now=now) as ws:
        day = issue_day(issue) if issue else newest_draft(ws, closed_days(ws))
        draft = get_draft(ws, day)
        context = context_of(ws, draft)
        if online:
            urls = {link.url for part in context.parts for link in part.links}
            context = replace(context, asked=asyncio.run(_asked(ws, sorted(urls))))
        findings = examine(context)
        figures = figures_of(context)
    return Result(
        text="\n".join([*_lines(draft.path, findings), _headline(day, findings), *_told(figures)]),
        document={
            "issue": day.isoformat(),
            "draft": str(draft.path),
            "errors": _count(findings, Severity.ERROR),
            "warnings": _count(findings, Severity.WARNING),
            "notes": _count(findings, Severity.NOTE),
            "findings": [_document(each) for each in findings],
            "figures": _figures(figures),
        },
        code=1 if errors(findings) else 0,
    )


# --- the network -------------------------------------------------------------------------------


async def _asked(ws: Workspace, urls: Sequence[str]) -> Mapping[str, Asked]:
    """What became of each link, asked with the manners of a pull."""
    web = [url for url in urls if url.startswith(("http://", "https://"))]
    asker = Source(id="check", name="check", url=web[0] if web else None)
    async with lookup(asker, ws.config.network, ws.now) as door:
        answers = await asyncio.gather(*(door.fetch(url) for url in web))
    found = dict(zip(web, answers, strict=True))
    down = not any(_is_answer(each) for each in answers)
    return {url: _judged(each, down=down) for url, each in found.items()}


def _is_answer(answer: Fetched) -> bool:
    return not isinstance(answer, Failed) or answer.status is not None


def _judged(answer: Fetched, *, down: bool) -> Asked:
    """Whether a page is there. With nobody answering at all the fault may be our network's."""
    if not isinstance(answer, Failed):
        return Asked(answer=Answer.ALIVE)
    if answer.status is None:
        return Asked(answer=_unanswered(answer.message, down=down), message=answer.message)
    kind = Answer.DEAD
    if answer.status in _BLOCKED:
        kind = Answer.BLOCKED
    elif answer.status >= _SERVER or answer.status in _LATER:
        kind = Answer.SILENT
    return Asked(answer=kind, message=answer.message)


def _unanswered(message: str, *, down: bool) -> Answer:
    """What it means that no server answered with a status."""
    if "not on the public internet" in message:
        return Answer.BLOCKED
    if "larger than" in message:
        return Answer.ALIVE
    unknown = re.search(r"^The name \S+ is not known", message) is not None and not down
    refused = re.search(r"^The connection to \S+ failed", message) is not None
    return Answer.DEAD if unknown or refused else Answer.SILENT


# --- telling -----------------------------------------------------------------------------------


def _lines(path: Path, findings: Iterable[Finding]) -> list[str]:
    return [finding_line(path, each) for each in findings]


def _headline(day: date, findings: Sequence[Finding]) -> str:
    sums = (counted(_count(findings, each), each.value) for each in Severity)
    return f"Issue of {day}: {', '.join(sums)}"


def _told(figures: Figures) -> list[str]:
    lede = next((story.words for story in figures.stories if story.lede), 0)
    sections = ", ".join(f"{name} {count}" for name, count in figures.sections)
    size = f"{figures.words} words, lede {lede}; {counted(len(figures.stories), 'story')}"
    parts = f"{counted(figures.quotations, 'quotation')}, {counted(figures.links, 'link')}"
    lines = [f"{size}; {parts}", f"sections: {sections}"]
    for story in figures.stories:
        credit = f" and {story.credited} credited" if story.credited else ""
        sources = f"{counted(story.sources, 'source')}{credit}"
        lines.append(f"  {story.words:4d} words, {sources}: {story.heading}")
    return lines


def _count(findings: Iterable[Finding], severity: Severity) -> int:
    return sum(each.severity is severity for each in findings)


def _document(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "line": finding.line,
        "story": finding.story or None,
    }


def _figures(figures: Figures) -> dict[str, object]:
    return {
        "words": figures.words,
        "lede": next((story.words for story in figures.stories if story.lede), 0),
        "quotations": figures.quotations,
        "links": figures.links,
        "sections": dict(figures.sections),
        "stories": [
            {
                "id": story.id,
                "heading": story.heading,
                "section": story.section,
                "words": story.words,
                "sources": story.sources,
                "credited": story.credited,
            }
            for story in figures.stories
        ],
    }
