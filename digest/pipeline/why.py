"""why: the reasons behind an entry's section, a story's rank, and what kept a story out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from digest.errors import NotFoundError
from digest.model import Entry, Period, Placement, Ranked, Reason, Selection, Story
from digest.periods import periods_back
from digest.pipeline.judge import judge, placements
from digest.pipeline.result import Result
from digest.pipeline.storylines import told_of
from digest.pipeline.window import LATE, candidates, moment_of
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.entries import entries_by_id, find_entry
from digest.store.issues import overrides
from digest.store.stories import find_story, stories_touching

_DECIDERS = {"model": "the model", "editor": "the editor"}


def why(config: Path, what: str, *, now: datetime) -> Result:
    """The result of ``digest why``: of an entry by id, or of a story by id.

    Raises ``NotFoundError`` when nothing has that id.
    """
    with open_workspace(config, now=now) as ws:
        with ws.store.read() as connection:
            story = find_story(connection, ws.id, what) if what.startswith("s-") else None
            entry = None if story else find_entry(connection, what)
            if entry is not None:
                touching = stories_touching(connection, ws.id, (entry.id,))
                story = touching[0] if touching else None
            members = entries_by_id(connection, story.entry_ids if story else ())
        if entry is not None:
            return _of_entry(ws, entry, story)
        if story is not None:
            return _of_story(ws, story, tuple(members.values()))
    message = "no entry and no story has that id; `digest search WORDS` finds entries"
    raise NotFoundError(message, where=what)


def _of_entry(ws: Workspace, entry: Entry, story: Story | None) -> Result:
    placement = placements(ws, (entry,))[entry.id]
    lines = [
        f"{entry.id}  {entry.publisher}, {entry.date:%Y-%m-%d} ({entry.certainty}): {entry.title}",
        *_placement_lines(placement),
        f"story: {story.id}, {len(story.entry_ids)} entries" if story else "in no story",
    ]
    return Result(
        text="\n".join(lines),
        document={
            "entry": entry.id,
            "title": entry.title,
            "placement": _placement(placement),
            "story": story.id if story else None,
        },
    )


def _of_story(ws: Workspace, story: Story, entries: Sequence[Entry]) -> Result:
    period = _period_of(ws, entries)
    with ws.store.read() as connection:
        decided = overrides(connection, ws.id, period.day)
    selection = judge(ws, period, candidates(ws, period), decided)
    ranked, verdict = _find(selection, story, period)
    lines = [f"{story.id}  section {story.section}" + _also(story)]
    if ranked is not None:
        lines.append(f"score {ranked.score:.2f}, {ranked.origins} independent origin(s):")
        lines += [_reason(reason) for reason in ranked.reasons]
    lines.append(verdict)
    line, standing = told_of(ws, period, ranked) if ranked is not None else ([], {})
    lines += line
    lines += [f"  {e.id}  {e.publisher}, {e.date:%Y-%m-%d}: {e.title}" for e in entries]
    return Result(
        text="\n".join(lines),
        document={
            "story": story.id,
            "section": story.section,
            "also": list(story.also),
            "issue": period.day.isoformat(),
            "score": ranked.score if ranked else None,
            "reasons": _reasons(ranked.reasons if ranked else ()),
            "verdict": verdict,
            "entries": [e.id for e in entries],
        }
        | standing,
    )


def _find(selection: Selection, story: Story, period: Period) -> tuple[Ranked | None, str]:
    """The story as ranked, and the sentence that says where it stands or why it does not."""
    ids = {story.id, *story.merged}
    if selection.lede and selection.lede.story.id in ids:
        return selection.lede, f"the lede of the issue of {period.day}"
    for section, stories in selection.sections:
        for position, each in enumerate(stories, 1):
            if each.story.id in ids:
                return each, f"in the issue of {period.day}, {section}, place {position}"
    for each in selection.further:
        if each.story.id in ids:
            return each, f"in the issue of {period.day} as further reading"
    for unused in selection.unused:
        if unused.ranked.story.id in ids:
            return unused.ranked, f"not in the issue of {period.day}: {unused.why}"
    return None, f"not a candidate for the issue of {period.day}: told before, or sample"


def _period_of(ws: Workspace, entries: Sequence[Entry]) -> Period:
    """The period of the story's newest entry."""
    letter = ws.config.newsletter
    newest = max(moment_of(entry, ws) for entry in entries)
    found = periods_back(
        newest + 2 * LATE, schedule=letter.schedule, zone=ws.config.zone, length=letter.period
    )
    fitting = None
    for period in found:
        if period.end <= newest:
            break
        fitting = period
    return fitting or ws.period_at(newest)


def _placement_lines(placement: Placement) -> list[str]:
    also = f" (also {', '.join(placement.also)})" if placement.also else ""
    head = f"section {placement.section}, probability {placement.score:.2f}{also}"
    return [
        f"{head}, decided by {_DECIDERS.get(placement.decided_by, placement.decided_by)}, because",
        *map(_reason, placement.reasons),
        f"  {_raw(placement):+6.2f}  in all, where 0 is the mean of all sections",
    ]


def _raw(placement: Placement) -> float:
    return sum(reason.weight for reason in placement.reasons)


def _placement(placement: Placement) -> dict[str, object]:
    return {
        "section": placement.section,
        "score": placement.score,
        "raw": round(_raw(placement), 4),
        "also": list(placement.also),
        "reasons": _reasons(placement.reasons),
        "decided_by": placement.decided_by,
    }


def _reasons(reasons: Sequence[Reason]) -> list[dict[str, object]]:
    return [{"feature": reason.feature, "weight": round(reason.weight, 4)} for reason in reasons]


def _reason(reason: Reason) -> str:
    return f"  {reason.weight:+6.2f}  {reason.feature}"


def _also(story: Story) -> str:
    return f" (also {', '.join(story.also)})" if story.also else ""
