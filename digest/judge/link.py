"""Average-link clustering of chances that two items belong together.

Only pairs with a chance worth keeping are given; all others count as none. So memory and time
grow with those pairs and not with the square of the items.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

EVEN = 0.5
"""Groups are joined while the mean chance between their members is above this."""

SETTLED, FIRM = 3, 0.6
"""Two groups of so many stand for stories of their own, and are joined only above this."""

Pair = tuple[int, int]


def average_link(
    count: int, chances: Iterable[tuple[int, int, float]], joined: Sequence[Pair] = ()
) -> tuple[int, ...]:
    """A label an item: the smallest index of its group.

    ``chances`` names each pair at most once. The two groups with the greatest mean chance between
    them are joined first, ties in favour of the smaller indices; pairs of ``joined`` start
    together.
    """
    labels = _started(count, joined)
    sizes = [0] * count
    for label in labels:
        sizes[label] += 1
    sums: list[dict[int, float]] = [{} for _ in range(count)]
    for a, b, chance in chances:
        first, second = labels[a], labels[b]
        if first != second:
            sums[first][second] = sums[second][first] = sums[first].get(second, 0.0) + chance
    parents = _merged(sums, sizes)
    return tuple(_root(parents, label) for label in labels)


def _started(count: int, joined: Sequence[Pair]) -> list[int]:
    parents = list(range(count))
    for a, b in joined:
        low, high = sorted((_root(parents, a), _root(parents, b)))
        parents[high] = low
    return [_root(parents, item) for item in range(count)]


def _root(parents: list[int], item: int) -> int:
    while parents[item] != item:
        parents[item] = parents[parents[item]]
        item = parents[item]
    return item


def _merged(sums: list[dict[int, float]], sizes: list[int]) -> list[int]:
    """The group each group ended in. A queue entry is stale once either group has changed."""
    parents = list(range(len(sums)))
    versions = [0] * len(sums)
    queue: list[tuple[float, int, int, int, int]] = []

    def offer(a: int, b: int) -> None:
        mean = sums[a][b] / (sizes[a] * sizes[b])
        if mean > (FIRM if min(sizes[a], sizes[b]) >= SETTLED else EVEN):
            low, high = min(a, b), max(a, b)
            heapq.heappush(queue, (-mean, low, high, versions[low], versions[high]))

    for a, near in enumerate(sums):
        for b in near:
            if a < b:
                offer(a, b)
    while queue:
        _, a, b, version_a, version_b = heapq.heappop(queue)
        if (versions[a], versions[b]) != (version_a, version_b):
            continue
        parents[b] = a
        sizes[a] += sizes[b]
        versions[a] += 1
        versions[b] += 1
        _absorb(sums, a, b)
        for other in sorted(sums[a]):
            offer(a, other)
    return parents


def _absorb(sums: list[dict[int, float]], a: int, b: int) -> None:
    """What was between ``b`` and others is now between ``a`` and them."""
    for other, chance in sums[b].items():
        del sums[other][b]
        if other != a:
            sums[a][other] = sums[other][a] = sums[a].get(other, 0.0) + chance
    sums[b] = {}
