"""Average-link clustering of a likeness matrix, in numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


def average_link(likeness: Matrix, joined: Sequence[tuple[int, int]] = ()) -> tuple[int, ...]:
    """A label an item: the smallest index of its group.

    Groups are joined while the mean likeness between two of them is above 0; pairs of ``joined``
    start together. Only items linked by a chain of positive likeness can ever meet, so each such
    component is worked on alone. Ties go to the smaller indices.
    """
    count = len(likeness)
    start = _components(count, joined)
    edges = [(int(a), int(b)) for a, b in np.argwhere(likeness > 0) if a < b]
    parts: dict[int, list[int]] = {}
    for item, part in enumerate(_components(count, [*joined, *edges])):
        parts.setdefault(part, []).append(item)
    labels = list(range(count))
    for members in parts.values():
        if len(members) > 1:
            for item, label in _link(likeness, members, start):
                labels[item] = label
    return tuple(labels)


def _components(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    parents = list(range(count))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    for a, b in edges:
        low, high = sorted((root(a), root(b)))
        parents[high] = low
    return [root(i) for i in range(count)]


def _link(likeness: Matrix, members: list[int], start: list[int]) -> list[tuple[int, int]]:
    """(item, label) of one component. Sums of likeness between groups are kept and added up."""
    seeds = sorted({start[item] for item in members})
    groups = [[item for item in members if start[item] == seed] for seed in seeds]
    share = np.zeros((len(seeds), len(members)))
    for column, item in enumerate(members):
        share[seeds.index(start[item]), column] = 1.0
    sums = share @ likeness[np.ix_(members, members)].astype(np.float64) @ share.T
    sizes = share.sum(axis=1)
    mean = sums / np.outer(sizes, sizes)
    np.fill_diagonal(mean, -np.inf)
    while len(groups) > 1:
        a, b = sorted(int(at) for at in np.unravel_index(int(np.argmax(mean)), mean.shape))
        if mean[a, b] <= 0:
            break
        groups[a] += groups[b]
        groups[b] = []
        sums[a] += sums[b]
        sums[:, a] += sums[:, b]
        sizes[a] += sizes[b]
        mean[b, :] = mean[:, b] = -np.inf
        live = np.isfinite(mean[a]) | (np.arange(len(groups)) == a)
        mean[a, live] = sums[a, live] / (sizes[a] * sizes[live])
        mean[:, a] = mean[a]
        mean[a, a] = -np.inf
    return [(item, min(group)) for group in groups for item in group]
