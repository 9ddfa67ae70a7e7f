"""Which changes on disk call for a build."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.desk.watch import plan, watch

SECONDS = 20


def follow(paths: list[Path], *edits: Callable[[], object]) -> int:
    """How many builds there were: the first, and one after each edit; waits for each in turn."""

    async def main() -> int:
        stop, built = asyncio.Event(), asyncio.Queue[None]()
        count = 0

        async def rebuild() -> None:
            await built.put(None)

        async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
            group.create_task(watch(paths, rebuild, stop=stop))
            for edit in (lambda: None, *edits):
                edit()
                await built.get()
                count += 1
            stop.set()
        return count

    return asyncio.run(main())


def test_a_file_is_followed_when_another_takes_its_place(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("a", encoding="utf-8")

    def save(text: str) -> None:
        aside = tmp_path / "aside"
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)

    assert follow([path], lambda: save("b"), lambda: save("c")) == 3


def test_a_folder_is_followed_to_its_depths(tmp_path: Path) -> None:
    deep = tmp_path / "templates" / "web"
    deep.mkdir(parents=True)

    def save(name: str) -> None:
        (deep / name).write_text("a", encoding="utf-8")

    assert follow([tmp_path / "templates"], lambda: save("a.css"), lambda: save("b.css")) == 3


def test_a_folder_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    seen: list[list[str]] = []

    async def main() -> None:
        stop = asyncio.Event()

        async def rebuild() -> None:
            seen.append(sorted(each.name for each in folder.glob("*")))
            if len(seen) == 1:
                folder.mkdir()
            elif seen[-1] == [] and plan([folder]).trees:
                # Written during the build that was called for by the folder's coming.
                (folder / "a.md").write_text("a", encoding="utf-8")
            elif "b.md" in seen[-1]:
                stop.set()
            else:
                (folder / "b.md").write_text("b", encoding="utf-8")

        async with asyncio.timeout(SECONDS):
            await watch([folder], rebuild, stop=stop)

    asyncio.run(main())
    assert seen[0] == []
    assert seen[-1] == ["a.md", "b.md"]


def test_a_file_beside_a_watched_one_calls_for_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text("a", encoding="utf-8")
    builds: list[str] = []

    async def main() -> None:
        stop = asyncio.Event()

        async def rebuild() -> None:
            builds.append(path.read_text(encoding="utf-8"))
            if len(builds) == 1:
                (tmp_path / "other").write_text("b", encoding="utf-8")
                path.write_text("the last", encoding="utf-8")
            elif builds[-1] == "the last":
                stop.set()

        async with asyncio.timeout(SECONDS):
            await watch([path, tmp_path / "none" / "x"], rebuild, stop=stop)

    asyncio.run(main())
    assert builds[-1] == "the last"
    assert len(builds) == 2


@pytest.mark.parametrize("make", [True, False])
def test_the_plan_knows_folders_from_files(tmp_path: Path, *, make: bool) -> None:
    folder = tmp_path / "drafts"
    if make:
        folder.mkdir()
    made = plan([folder, tmp_path / "sources.yaml"])
    assert made.trees == ((folder,) if make else ())
    assert made.folders == (tmp_path,)
