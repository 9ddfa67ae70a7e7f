"""The storylines of a newsletter: kept up after each judging, told of one, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from digest.judge.embed import Vectors
from digest.judge.gist import gists_of
from digest.judge.rank import Named
from digest.judge.storylines import WEEKS, continues, storylines_of
from digest.model import Gist, Period, Ranked, Standing, Story, Storyline
from digest.pipeline.asof import period_of
from digest.pipeline.cores import one_core
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.issues import overrides, told_in
from digest.store.stories import stories_by_id
from digest.store.storylines import (
    forget_gists,
    gists_between,
    save_gists,
    save_storylines,
    storylines_touching,
)

REMEMBERED = 40
"""So many stories of a window are remembered, the best first, and those an editor decided about:
twice what an issue holds. Half a year of them is compared in two tenths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What judging knows of its window: ids of its stories, now and before; names; vectors by id.

    There are no vectors without an encoder.
    """

    window: frozenset[str]
    named: Named
    vectors: Mapping[str, Vectors] | None


def followed(
    ws: Workspace, period: Period, ranked: Sequence[Ranked], known: Known
) -> tuple[Ranked, ...]:
    """The stories with their storyline and standing; storylines are stored as they are now.

    Looked at are the stories remembered from half a year before the period to half a year after
    it, so that judging an old issue again leaves what came later in its place.
    """
    fresh = gists_of(_remembered(ws, period, ranked), known.named, known.vectors)
    lines = _kept_up(ws, period, fresh, known.window)
    return _standing(ws, period, ranked, lines)


def _kept_up(
    ws: Workspace, period: Period, fresh: Sequence[Gist], window: frozenset[str]
) -> tuple[Storyline, ...]:
    """The storylines of the time around the period; what changed is stored."""
    found, before = _around(ws, period)
    stored = {gist.story_id: gist for gist in found}
    now = {key: gist for key, gist in stored.items() if key not in window}
    now |= {gist.story_id: gist for gist in fresh}
    gone = [key for key in stored if key not in now]
    changed = [gist for gist in fresh if stored.get(gist.story_id) != gist]
    if not gone and not changed:
        return before
    with ws.store.read() as connection:
        left = stories_by_id(connection, ws.id, gone)
    lost = frozenset(gone) - left.keys()
    known = [
        replace(line, story_ids=tuple(s for s in line.story_ids if s not in lost))
        for line in before
    ]
    with one_core():
        lines = storylines_of(tuple(now.values()), known)
    standing = {line.id: line for line in before}
    moved = [line for line in lines if standing.get(line.id) != line]
    with ws.store.write() as connection:
        forget_gists(connection, ws.id, gone)
        save_gists(connection, ws.id, changed)
        save_storylines(connection, ws.id, moved)
    return lines


def _remembered(ws: Workspace, period: Period, ranked: Sequence[Ranked]) -> list[Ranked]:
    with ws.store.read() as connection:
        decided = {each.story_id for each in overrides(connection, ws.id, period.day)}
    rest = [each for each in ranked[REMEMBERED:] if each.story.id in decided]
    return [*ranked[:REMEMBERED], *rest]


def _standing(
    ws: Workspace, period: Period, ranked: Sequence[Ranked], lines: Sequence[Storyline]
) -> tuple[Ranked, ...]:
    """Each story with what it goes on with: stories of other windows that stand before it."""
    window = {each.story.id for each in ranked}
    holder = {s: line for line in lines for s in line.story_ids if s in window}
    before = {
        s: [other for other in line.story_ids[: line.story_ids.index(s)] if other not in window]
        for s, line in holder.items()
    }
    with ws.store.read() as connection:
        stories = stories_by_id(connection, ws.id, (s for found in before.values() for s in found))
        entries = [entry_id for story in stories.values() for entry_id in story.entry_ids]
        told = told_in(connection, ws.id, entries, before=period.day)
    made = []
    for each in ranked:
        line = holder.get(each.story.id)
        story = replace(each.story, storyline_id=line.id if line else None)
        past = [stories[s] for s in before.get(story.id, ()) if s in stories]
        made.append(replace(each, story=story, standing=_standing_of(past, told)))
    return tuple(made)


def _standing_of(past: Sequence[Story], told: Mapping[str, date]) -> Standing:
    if any(entry_id in told for story in past for entry_id in story.entry_ids):
        return Standing.UPDATE
    return Standing.FOLLOW_UP if past else Standing.NEW


def list_storylines(config: Path, *, as_of: str | None, now: datetime) -> Result:
    """The result of ``digest storylines``: those of the half year up to the issue, newest first."""
    with open_workspace(config, now=now) as ws:
        period = period_of(as_of, ws)
        found, lines = _around(ws, period)
        gists = {gist.story_id: gist for gist in found if gist.first < period.end.date()}
        rows = [_row(ws, line, gists, period) for line in lines]
    rows = [row for row in rows if len(row["stories"]) > 1]
    rows.sort(key=lambda row: (row["last"], row["id"]), reverse=True)
    text = [
        f"{row['id']}  {row['title']}: {len(row['stories'])} stories, {row['first']} to "
        f"{row['last']}, " + (f"told in {len(row['told'])} issue(s)" if row["told"] else "not told")
        for row in rows
    ]
    return Result(
        text="\n".join(text)
        or f"No story goes on with another in the half year to {period.day.isoformat()}.",
        document={"storylines": rows},
    )


def _row(
    ws: Workspace, line: Storyline, gists: Mapping[str, Gist], period: Period
) -> dict[str, Any]:
    held = [gists[story_id] for story_id in line.story_ids if story_id in gists]
    with ws.store.read() as connection:
        stories = stories_by_id(connection, ws.id, (gist.story_id for gist in held)).values()
        entries = (entry_id for story in stories for entry_id in story.entry_ids)
        told = told_in(connection, ws.id, entries, before=period.day + timedelta(days=1))
    return {
        "id": line.id,
        "title": line.title,
        "first": min((gist.first for gist in held), default=period.day).isoformat(),
        "last": max((gist.last for gist in held), default=period.day).isoformat(),
        "stories": [{"id": gist.story_id, "title": gist.title} for gist in held],
        "told": sorted({day.isoformat() for day in told.values()}),
    }


def _around(ws: Workspace, period: Period) -> tuple[tuple[Gist, ...], tuple[Storyline, ...]]:
    """What is remembered of half a year before and after, and its storylines."""
    reach = timedelta(weeks=WEEKS)
    start, end = (period.start - reach).date(), (period.end + reach).date()
    with ws.store.read() as connection:
        gists = gists_between(connection, ws.id, start, end)
        lines = storylines_touching(connection, ws.id, (gist.story_id for gist in gists))
    return gists, lines


def told_of(ws: Workspace, period: Period, ranked: Ranked) -> tuple[list[str], dict[str, Any]]:
    """Lines and data that say how a story stands to its storyline, and why it belongs to it."""
    gists, lines = _around(ws, period)
    line = next((each for each in lines if each.id == ranked.story.storyline_id), None)
    data: dict[str, Any] = {"standing": ranked.standing, "storyline": line.id if line else None}
    if line is None:
        return ["new: it goes on with no story of the last half year"], data
    said = {
        Standing.NEW: "new: the storyline began in this window",
        Standing.UPDATE: "update: an issue before told of the storyline",
        Standing.FOLLOW_UP: "follow-up: the storyline is known, but no issue told of it",
    }[ranked.standing]
    count = len(line.story_ids)
    text = [f"storyline {line.id}, {count} stories: {line.title}", f"  {said}"]
    found = continues(gists, line, ranked.story.id)
    if found is not None:
        shared = ", ".join(ws.finder.name(each).name for each in found.shared)
        text.append(
            f"  it goes on with {found.story.story_id} of {found.story.last}: {found.story.title}"
        )
        text += [f"    {r.weight:+6.2f}  {r.feature}" for r in found.reasons]
        text += [f"    both name {shared}"] if shared else []
        data["continues"] = found.story.story_id
    return text, data
