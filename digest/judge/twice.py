"""No event is told twice: two stories of an issue that are nearly one are told as one.

Clustering leaves apart what is a little more likely two events than one, such as a call and what
each side says of it. In an issue the second telling would stand beside the first and say it
again, so there it joins it, unless it has somebody of its own to tell of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from digest.judge.duplicates import origins
from digest.judge.rank import Named
from digest.judge.stories import Group
from digest.model import Ranked, Story

OWN, SELDOM = 0.5, 0.25
"""A person is a story's own who stands in this share of its titles, and in less of the other's."""

Kin = Mapping[str, frozenset[str]]


def kin_of(groups: Sequence[Group], stories: Sequence[Story]) -> dict[str, frozenset[str]]:
    """The stories that are nearly the same as each, by id; ``stories`` are those of the groups."""
    return {
        story.id: frozenset(stories[at].id for at in group.kin)
        for group, story in zip(groups, stories, strict=True)
        if group.kin
    }


def as_one(one: Ranked, other: Ranked) -> Ranked:
    """Both stories as one, led by that with more origins, with the better score."""
    first, second = sorted((one, other), key=lambda each: (-each.origins, -each.score))
    best = max(one, other, key=lambda each: each.score)
    story = replace(
        first.story,
        section=best.story.section,
        entry_ids=(*first.story.entry_ids, *second.story.entry_ids),
        merged=tuple(dict.fromkeys((*first.story.merged, second.story.id, *second.story.merged))),
    )
    return replace(
        first,
        story=story,
        entries=(*first.entries, *second.entries),
        score=best.score,
        reasons=best.reasons,
        origins=len(origins((*first.entries, *second.entries))),
    )


def distinct(ranked: Collection[Ranked], kin: Kin, named: Named) -> dict[str, frozenset[str]]:
    """``kin`` without pairs one of which has somebody of its own in its titles."""
    people = {each.story.id: _people(each, named) for each in ranked if each.story.id in kin}
    return {
        story_id: frozenset(
            other
            for other in kin[story_id]
            if other in people and not _apart(people[story_id], people[other])
        )
        for story_id in people
    }


def _people(each: Ranked, named: Named) -> dict[str, float]:
    counts = Counter(
        name_id
        for entry in each.entries
        for name_id in named.in_title(entry)
        if named.finder.name(name_id).kind == "person"
    )
    return {name_id: count / len(each.entries) for name_id, count in counts.items()}


def _apart(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return any(
        share >= OWN and theirs.get(name_id, 0.0) < SELDOM
        for mine, theirs in ((one, other), (other, one))
        for name_id, share in mine.items()
    )
