"""Entries of one event become one story, also across languages.

Each pair gets a chance that both tell of one event (``judge/likeness``). Groups are joined by
average link while the mean chance between their members is better than even; copies and entries
with one address start together. All weights are shipped; items are sorted by id first, so their
order does not matter, and the same items give the same stories however they came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.judge.embed import Vectors
from digest.judge.likeness import likely_pairs
from digest.judge.link import average_link
from digest.judge.traits import Item, traits_of
from digest.model import Certainty, Entry
from digest.text.urls import canonical_url

KIN = 0.45
"""Mean chance between two stories from which they are nearly one, if they are not one yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one story: indices, sorted, and how close each is to the others (0 to 1).

    ``kin`` are the places of stories that are nearly the same one.
    """

    members: tuple[int, ...]
    closeness: tuple[float, ...]
    kin: tuple[int, ...] = ()


def item_of(entry: Entry, names: Sequence[str] = (), vectors: Vectors | None = None) -> Item:
    """An entry as clustering sees it; ``vectors`` are its row of ``embed.vectors_of``."""
    return Item(
        id=entry.id,
        title=entry.title,
        text=entry.text,
        lang=entry.lang,
        day=None if entry.certainty is Certainty.GUESS else entry.date.date(),
        names=tuple(names),
        vectors=vectors,
        url=entry.url,
    )


def cluster(items: Sequence[Item]) -> tuple[tuple[int, ...], ...]:
    """The stories: indices into ``items``, each group sorted, groups by their first index."""
    return tuple(group.members for group in gathered(items))


def gathered(items: Sequence[Item]) -> tuple[Group, ...]:
    """The stories, each with how close its entries are to one another.

    The partition does not depend on the order of the items. Items must have distinct ids.
    """
    order = sorted(range(len(items)), key=lambda i: items[i].id)
    if not order:
        return ()
    ordered = [items[i] for i in order]
    pairs = likely_pairs(traits_of(ordered))
    labels = average_link(len(ordered), pairs.chances, [*pairs.copies, *_one_address(ordered)])
    inside = [0.0] * len(items)
    between: dict[tuple[int, int], float] = {}
    for a, b, chance in pairs.chances:
        if labels[a] == labels[b]:
            inside[order[a]] += chance
            inside[order[b]] += chance
        else:
            key = (min(labels[a], labels[b]), max(labels[a], labels[b]))
            between[key] = between.get(key, 0.0) + chance
    groups: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        groups.setdefault(label, []).append(order[place])
    sorted_labels = sorted(groups, key=lambda label: sorted(groups[label]))
    places = {label: at for at, label in enumerate(sorted_labels)}
    kin: dict[int, list[int]] = {}
    for (a, b), total in between.items():
        if total >= KIN * len(groups[a]) * len(groups[b]):
            kin.setdefault(a, []).append(places[b])
            kin.setdefault(b, []).append(places[a])
    return tuple(
        Group(
            members=tuple(sorted(groups[label])),
            closeness=tuple(
                inside[at] / max(len(groups[label]) - 1, 1) for at in sorted(groups[label])
            ),
            kin=tuple(sorted(kin.get(label, ()))),
        )
        for label in sorted_labels
    )


def _one_address(items: Sequence[Item]) -> list[tuple[int, int]]:
    """Pairs with one address."""
    first: dict[str, int] = {}
    pairs = []
    for at, item in enumerate(items):
        if item.url:
            held = first.setdefault(canonical_url(item.url), at)
            if held != at:
                pairs.append((held, at))
    return pairs
