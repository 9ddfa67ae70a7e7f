"""What a story is worth for one issue, in parts that a person can read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from digest.judge.duplicates import origins
from digest.judge.features import group_of
from digest.model import OFF_TOPIC, Entry, Period, Placement, Ranked, Reason, Story
from digest.text.mentions import NameFinder

ORIGINS, OUTLETS, WEIGHT, FRESH, THEME, WEIGHTY, SURE = 1.0, 0.4, 0.6, 0.5, 3.0, 0.5, 0.5
"""What each part counts at most or per step; set on the sample weeks so that a story about both
countries outweighs one about either with twice the outlets."""

HALF, ONE_SIDE, IN_TEXT = 0.5, 0.2, 0.8
FOREIGN = 2.0
MOST_NAMES = 4
MOST_STEPS = 3.0
FIELD = ("Russia", "Ukraine", "Central Asia")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What the newsletter is about: stories in which both sides are named come first."""

    ours: tuple[str, ...] = ("China",)
    theirs: tuple[str, ...] = FIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whose names stand in entries: ``known`` by entry id, where that was found out before."""

    finder: NameFinder
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def in_title(self, entry: Entry) -> set[str]:
        """The ids of names in the title."""
        return {mention.name_id for mention in self.finder.find(entry.title)}

    def in_all(self, entry: Entry) -> set[str]:
        """The ids of names in title and text."""
        if entry.id in self.known:
            return set(self.known[entry.id])
        return self.in_title(entry) | {m.name_id for m in self.finder.find(entry.text)}


def rank(
    stories: Sequence[Story],
    entries: Mapping[str, Entry],
    placements: Mapping[str, Placement],
    *,
    period: Period,
    named: Named,
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
            _theme(members, named, Theme()),
            _names(members, named),
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


def _theme(members: Sequence[Entry], named: Named, theme: Theme) -> Reason:
    """How far both sides of the newsletter's theme are in the story, in its headlines above all."""
    shares = [_both(entry, named, theme) for entry in members]
    worth = sum(shares) / len(shares)
    words = "both sides of the theme" if worth >= HALF else "little of the theme’s two sides"
    return Reason(feature=words, weight=THEME * worth)


def _both(entry: Entry, named: Named, theme: Theme) -> float:
    whole = _groups(named.in_all(entry), named.finder)
    ours, theirs = (any(each in whole for each in side) for side in (theme.ours, theme.theirs))
    if not (ours and theirs):
        return ONE_SIDE if ours or theirs else 0.0
    title = _groups(named.in_title(entry), named.finder)
    both = all(any(each in title for each in side) for side in (theme.ours, theme.theirs))
    return 1.0 if both else IN_TEXT


def _groups(ids: Iterable[str], finder: NameFinder) -> set[str]:
    return {group_of(country) for name_id in ids if (country := finder.name(name_id).country)}


def _names(members: Sequence[Entry], named: Named) -> Reason:
    ids = {name_id for entry in members for name_id in named.in_all(entry)}
    people = sum(named.finder.name(name_id).kind == "person" for name_id in ids)
    share = min(people, MOST_NAMES) / MOST_NAMES
    return Reason(feature=f"{people} known people", weight=WEIGHTY * share)


def _foreign(members: Sequence[Entry], language: str) -> tuple[Reason, ...]:
    if any(entry.lang == language for entry in members):
        return ()
    return (Reason(feature="no report in the newsletter’s language", weight=-FOREIGN),)


def _sure(story: Story, members: Sequence[Entry], placements: Mapping[str, Placement]) -> Reason:
    scores = [placements[e.id].score for e in members if placements[e.id].section == story.section]
    sure = sum(scores) / len(members)
    return Reason(feature=f"sure of its section ({sure:.0%})", weight=SURE * sure)
