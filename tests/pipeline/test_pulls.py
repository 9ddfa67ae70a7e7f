"""However a window's entries came in, the same entries give the same stories and sections."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.model import Entry
from digest.pipeline.asof import period_of
from digest.pipeline.judge import judge
from digest.pipeline.window import candidates
from digest.pipeline.workspace import open_workspace
from digest.store.entries import save_entries
from digest.store.stories import stories_touching

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DAY = "2023-04-27"

Stories = set[tuple[frozenset[str], str]]


def judged(config: Path, pulls: Sequence[Sequence[Entry]]) -> tuple[Stories, list[object]]:
    """Stories by their entries with their section, and the issue, judged after each pull."""
    with open_workspace(config, now=NOW) as ws:
        period = period_of(DAY, ws)
        for pull in pulls:
            with ws.store.write() as connection:
                save_entries(connection, pull, now=NOW)
            found = candidates(ws, period)
            selection = judge(ws, period, found, ())
        with ws.store.read() as connection:
            stories = stories_touching(connection, ws.id, [entry.id for entry in found])
    lede = selection.lede
    assert lede is not None
    issue: list[object] = [frozenset(lede.story.entry_ids), lede.score]
    issue += [
        (name, [(each.entries, each.score) for each in held]) for name, held in selection.sections
    ]
    return {(frozenset(story.entry_ids), story.section) for story in stories}, issue


@pytest.fixture
def entries(sample: Any) -> tuple[Entry, ...]:
    sample.run("pull", "--offline")
    with open_workspace(sample.config, now=NOW) as ws:
        return candidates(ws, period_of(DAY, ws))


def test_the_order_and_number_of_pulls_change_nothing(
    sample: Any, entries: tuple[Entry, ...], tmp_path: Path
) -> None:
    text = sample.config.read_text(encoding="utf-8")

    def folder(name: str) -> Path:
        config = tmp_path / name / "sources.yaml"
        config.parent.mkdir()
        config.write_text(text, encoding="utf-8")
        return config

    expected = judged(folder("one"), [entries])
    assert len(expected[0]) > 20
    for seed in range(2):
        chance = random.Random(seed)  # noqa: S311 - a test's shuffle
        order = chance.sample(entries, len(entries))
        cuts = sorted(chance.sample(range(1, len(order)), 3))
        bounds = zip([0, *cuts], [*cuts, len(order)], strict=True)
        pulls = [order[start:end] for start, end in bounds]
        assert judged(folder(f"many-{seed}"), pulls) == expected
