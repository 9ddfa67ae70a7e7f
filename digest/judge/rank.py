"""What a story is worth for one issue, in parts that a person can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.judge.duplicates import origins
from digest.judge.features import group_of
from digest.model import OFF_TOPIC, Entry, Period, Placement, Ranked, Reason, Story
from digest.text.mentions import NameFinder

ORIGINS, OUTLETS, WEIGHT, FRESH, THEME, WEIGHTY, SURE = 1.0, 0.4, 0.6, 0.5, 3.0, 0.5, 0.5
"""What each part counts at most or per step; set on the sample weeks so that a story about both
countries outweighs one about either with twice the outlets."""

HALF, ONE_SIDE = 0.5, 0.2
FOREIGN = 2.0
MOST_NAMES = 4
MOST_STEPS = 3.0
FIELD = ("Russia", "Ukraine", "Central Asia")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What the newsletter is about: stories in which both sides are named come first."""

    ours: tuple[str, ...] = ("China",)
    theirs: tuple[str, ...] = FIELD


def rank(
    stories: Sequence[Story],
    entries: Mapping[str, Entry],
    placements: Mapping[str, Placement],
    *,
    period: Period,
    finder: NameFinder,
    language: str = "en",
) -> tuple[Ranked, ...]:
    """The stories that belong in some section, the best first; reasons sum to the score.

    A story that no report tells in the newsletter's ``language`` loses worth: its reader sees a
    label and the original words.
    """
    found = []
    for story in stories:
        if story.section == OFF_TOPIC:
            continue
        members = tuple(entries[entry_id] for entry_id in story.entry_ids)
        independent = len(origins(members))
        reasons = (
            *_coverage(members, independent),
            _freshness(members, period),
            _theme(members, finder, Theme()),
            _names(members, finder),
            _sure(story, members, placements),
            *_foreign(members, language),
        )
        found.append(
            Ranked(
                story=story,
                entries=members,
                score=sum(reason.weight for reason in reasons),
                reasons=reasons,
                origins=independent,
            )
        )
    return tuple(sorted(found, key=lambda ranked: (-ranked.score, ranked.story.id)))


def _coverage(members: Sequence[Entry], independent: int) -> tuple[Reason, ...]:
    outlets = len({entry.publisher for entry in members})
    best = max(entry.weight for entry in members)
    return (
        Reason(
            feature=f"{independent} independent origin(s)",
            weight=ORIGINS * min(math.log2(independent), MOST_STEPS),
        ),
        Reason(
            feature=f"{outlets} outlet(s)", weight=OUTLETS * min(math.log2(outlets), MOST_STEPS)
        ),
        Reason(feature=f"best source weighs {best:g}", weight=WEIGHT * min(best, 2.0)),
    )


def _freshness(members: Sequence[Entry], period: Period) -> Reason:
    newest = max(entry.date for entry in members)
    length = (period.end - period.start).total_seconds() or 1.0
    share = (newest - period.start).total_seconds() / length
    return Reason(
        feature=f"newest report of {newest:%Y-%m-%d}", weight=FRESH * min(max(share, 0.0), 1.0)
    )


def _theme(members: Sequence[Entry], finder: NameFinder, theme: Theme) -> Reason:
    """How far both sides of the newsletter's theme are in the story, in its headlines above all."""
    shares = [_both(entry, finder, theme) for entry in members]
    worth = sum(shares) / len(shares)
    words = "both sides of the theme" if worth >= HALF else "little of the theme’s two sides"
    return Reason(feature=words, weight=THEME * worth)


def _both(entry: Entry, finder: NameFinder, theme: Theme) -> float:
    title = _groups(entry.title, finder)
    whole = title | _groups(entry.text, finder)

    def holds(groups: set[str], sides: Sequence[str]) -> bool:
        return any(side in groups for side in sides)

    if holds(title, theme.ours) and holds(title, theme.theirs):
        return 1.0
    if holds(whole, theme.ours) and holds(whole, theme.theirs):
        return 0.8
    if holds(whole, theme.ours) or holds(whole, theme.theirs):
        return ONE_SIDE
    return 0.0


def _groups(text: str, finder: NameFinder) -> set[str]:
    names = (finder.name(mention.name_id) for mention in finder.find(text))
    return {group_of(name.country) for name in names if name.country}


def _names(members: Sequence[Entry], finder: NameFinder) -> Reason:
    people = {
        mention.name_id
        for entry in members
        for mention in finder.find(f"{entry.title}\n{entry.text}")
        if finder.name(mention.name_id).kind == "person"
    }
    share = min(len(people), MOST_NAMES) / MOST_NAMES
    return Reason(feature=f"{len(people)} known people", weight=WEIGHTY * share)


def _foreign(members: Sequence[Entry], language: str) -> tuple[Reason, ...]:
    if any(entry.lang == language for entry in members):
        return ()
    return (Reason(feature="no report in the newsletter’s language", weight=-FOREIGN),)


def _sure(story: Story, members: Sequence[Entry], placements: Mapping[str, Placement]) -> Reason:
    scores = [placements[e.id].score for e in members if placements[e.id].section == story.section]
    sure = sum(scores) / len(members)
    return Reason(feature=f"sure of its section ({sure:.0%})", weight=SURE * sure)
