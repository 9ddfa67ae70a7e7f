"""Files that change on disk call for a new build."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, awatch

DEBOUNCE_MS = 200
"""Longest wait for further changes of one save; editors write, rename and touch in a burst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Folders watched with all below them, and files watched through the folder they stand in.

    A file is not watched itself: most editors replace it by a new one, and the watch would stay
    with the old.
    """

    trees: tuple[Path, ...]
    folders: tuple[Path, ...]
    files: frozenset[Path]


def plan(paths: Iterable[Path]) -> Plan:
    """How to watch the paths as they stand now; a path not there yet is waited for."""
    resolved = [path.resolve() for path in paths]
    trees = [path for path in resolved if path.is_dir()]
    files = [path for path in resolved if not path.is_dir()]
    folders = {path.parent for path in files if path.parent.is_dir()}
    return Plan(
        trees=tuple(sorted(set(trees))), folders=tuple(sorted(folders)), files=frozenset(files)
    )


async def watch(
    paths: Sequence[Path], rebuild: Callable[[], Awaitable[object]], *, stop: asyncio.Event
) -> None:
    """Nothing, when ``stop`` is set; until then ``rebuild`` is called after each burst of changes.

    It is called once at the start, when the watch has begun, so that no change falls between.
    Changes made while a build runs call for one more. A folder that comes or goes is seen.
    """
    while not stop.is_set():
        await _watch_plan(paths, rebuild, stop)


async def _watch_plan(
    paths: Sequence[Path], rebuild: Callable[[], Awaitable[object]], stop: asyncio.Event
) -> None:
    """As ``watch``, until the paths have to be watched in another way."""
    current = plan(paths)
    changed, done = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for roots, tree in ((current.trees, True), (current.folders, False)):
            if roots:
                follower = _follow(current, roots, tree=tree, changed=changed, done=done)
                group.create_task(follower)
        # One turn of the loop: the followers open their watches.
        await asyncio.sleep(0)
        changed.set()
        try:
            while await _first(changed, stop):
                changed.clear()
                await rebuild()
                if plan(paths) != current:
                    break
        finally:
            done.set()


async def _follow(
    current: Plan,
    roots: Sequence[Path],
    *,
    tree: bool,
    changed: asyncio.Event,
    done: asyncio.Event,
) -> None:
    """Nothing, when ``done`` is set; until then ``changed`` is set at every burst below roots."""
    in_trees = DefaultFilter()

    def is_ours(change: Change, path: str) -> bool:
        return in_trees(change, path) if tree else Path(path) in current.files

    async for _ in awatch(
        *roots, watch_filter=is_ours, recursive=tree, debounce=DEBOUNCE_MS, stop_event=done
    ):
        changed.set()


async def _first(changed: asyncio.Event, stop: asyncio.Event) -> bool:
    """Whether it was a change that came, and not the end."""
    waits = [asyncio.ensure_future(each.wait()) for each in (changed, stop)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
    return not stop.is_set()
