"""The house style of an issue: which one is asked for, its measures, what it knows of the past."""

from __future__ import annotations

from datetime import date

from digest.errors import DraftError, UsageError
from digest.model import Period, Ranked, Selection
from digest.pipeline.closing import closed_days
from digest.pipeline.drafts import find_draft
from digest.pipeline.workspace import Workspace, log
from digest.store.stories import storylines_touching
from digest.write.brief import SHAPES, STYLES, Brief, Past

_ISSUES = 26
"""How many closed issues are looked through for earlier stories of a storyline."""


def style_of(ws: Workspace, asked: str | None) -> str:
    """The style asked for, else the newsletter's.

    Raises ``UsageError`` for a name without a template, with those that there are.
    """
    style = asked or ws.config.newsletter.style
    if style not in ws.templates.styles():
        known = ", ".join(ws.templates.styles())
        raise UsageError(f"there is no style {style!r}; there are {known}", where="--style")
    return style


def shape_of(ws: Workspace, style: str) -> str:
    """The shipped style whose measures a style has: its own, or the one its template names."""
    named = ws.templates.style_shape(style)
    if named is None:
        return style if style in STYLES else "column"
    if named not in SHAPES:
        known = ", ".join(STYLES)
        message = f"the style {style} sets shape to {named!r}; it is one of {known}"
        raise UsageError(message, where=f"styles/{style}.md.jinja")
    return named


def brief_of(ws: Workspace, period: Period, style: str, selection: Selection) -> Brief:
    """What the style has to know to write the issue of the period."""
    return Brief(
        newsletter=ws.id,
        number=ws.number_of(period.day),
        period=period,
        language=ws.config.newsletter.language,
        sections=ws.config.sections,
        names=ws.finder,
        style=style,
        shape=shape_of(ws, style),
        past=_past(ws, period, selection),
    )


def _past(ws: Workspace, period: Period, selection: Selection) -> dict[str, tuple[Past, ...]]:
    """By story id what closed issues told of the same storyline, the newest first."""
    stories = [each.story for each in _chosen(selection)]
    with ws.store.read() as connection:
        lines = storylines_touching(connection, ws.id, [story.id for story in stories])
    akin: dict[str, frozenset[str]] = {}
    for story in stories:
        mine = [line for line in lines if story.id in line.story_ids]
        others = (each for line in mine for each in line.story_ids)
        akin[story.id] = frozenset({story.id, *story.merged, *others})
    told = _told(ws, period.day) if stories else []
    return {
        story_id: found
        for story_id, ids in akin.items()
        if (found := tuple(past for known, past in told if known in ids))
    }


def _told(ws: Workspace, before: date) -> list[tuple[str, Past]]:
    """The stories of the closed issues before that day, the newest first."""
    found: list[tuple[str, Past]] = []
    days = sorted((day for day in closed_days(ws) if day < before), reverse=True)
    for day in days[:_ISSUES]:
        try:
            draft = find_draft(ws, day)
        except DraftError as error:
            log.warning("the issue of %s is not looked through for past reporting: %s", day, error)
            continue
        for story in draft.issue.stories if draft else ():
            base = ws.config.newsletter.base_url
            address = f"{base.rstrip('/')}/issues/{day.isoformat()}/#{story.id}" if base else None
            found.append((story.id, Past(day=day, heading=story.heading, address=address)))
    return found


def _chosen(selection: Selection) -> list[Ranked]:
    placed = [ranked for _, group in selection.sections for ranked in group]
    return [selection.lede, *placed] if selection.lede else placed
