"""The house style of an issue: which one is asked for, its measures, what it knows of the past."""

from __future__ import annotations

from datetime import date

from digest.errors import DraftError, UsageError
from digest.model import IssueStory, Period, Ranked, Selection, Standing, Story
from digest.pipeline.drafts import find_draft
from digest.pipeline.workspace import Workspace, log
from digest.store.issues import told_in
from digest.store.stories import stories_by_id
from digest.store.storylines import storylines_touching
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
    """By story id what closed issues told of its storyline, the newest first.

    Of several stories of one storyline the best alone says that it goes on.
    """
    going = [each for each in _chosen(selection) if each.standing is Standing.UPDATE]
    going.sort(key=lambda each: each.score)
    leading = {each.story.storyline_id: each.story for each in going}
    found: dict[str, tuple[Past, ...]] = {}
    for story in leading.values():
        told = _told(ws, period.day, story)
        if told:
            found[story.id] = told
    return found


def _told(ws: Workspace, before: date, story: Story) -> tuple[Past, ...]:
    """What the closed issues before that day told of the storyline of a story."""
    with ws.store.read() as connection:
        lines = storylines_touching(connection, ws.id, (story.id,))
        ids = [each for line in lines for each in line.story_ids if each != story.id]
        known = stories_by_id(connection, ws.id, ids).values()
        entry_ids = frozenset(entry_id for each in known for entry_id in each.entry_ids)
        days = frozenset(told_in(connection, ws.id, entry_ids, before=before).values())
    return tuple(
        Past(day=day, heading=told.heading, address=_address(ws, day, told.id))
        for day in sorted(days, reverse=True)[:_ISSUES]
        for told in _stories_of(ws, day)
        if any(cited.entry_id in entry_ids for cited in told.citations)
    )


def _stories_of(ws: Workspace, day: date) -> tuple[IssueStory, ...]:
    try:
        draft = find_draft(ws, day)
    except DraftError as error:
        log.warning("the issue of %s is not looked through for past reporting: %s", day, error)
        return ()
    return draft.issue.stories if draft else ()


def _address(ws: Workspace, day: date, story_id: str) -> str | None:
    base = ws.config.newsletter.base_url
    return f"{base.rstrip('/')}/issues/{day.isoformat()}/#{story_id}" if base else None


def _chosen(selection: Selection) -> list[Ranked]:
    placed = [ranked for _, group in selection.sections for ranked in group]
    return [selection.lede, *placed] if selection.lede else placed
