"""Figures on labelled real items that lie beside the project; floors that only rise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.data.sections import SHIPPED_SECTIONS
from digest.judge.embed import encode_entries, load_embedder
from digest.judge.evaluate import Labelled, sections_report, stories_report
from digest.judge.sections import Classifier
from digest.judge.stories import cluster, item_of
from digest.model import Certainty, Entry
from tests.judge.builders import entry
from tests.shipped import shipped_finder

SHARED = Path(__file__).resolve().parents[3] / "shared"
DEV = SHARED / "eval" / "sections-dev.jsonl"
STORIES = SHARED / "eval" / "stories-dev.jsonl"
WEEK = SHARED / "sample_week" / "facts-2023-04-28.jsonl"
IGNORED = [
    ("X126", "X127"), ("X052", "S45"), ("X162", "S78"), ("X161", "S77"),
    ("S12", "S13"), ("X016", "S18"), ("X030", "X031"),
]  # fmt: skip

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled items are not beside us")


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return [row for row in rows if row.get("kind", "source") in ("source", "distractor")]


def entry_of(number: int, row: dict[str, Any]) -> Entry:
    changes: dict[str, Any] = {"lang": row.get("lang") or "en", "url": row.get("url") or None}
    try:
        changes["date"] = datetime.fromisoformat(row["date"]).replace(tzinfo=UTC)
    except ValueError:
        changes["certainty"] = Certainty.GUESS
    text = row.get("text", row.get("summary", ""))
    return entry(f"{number:04d}", row["title"], text, **changes)


def judged(path: Path, *, vectors: bool) -> list[Labelled]:
    rows = rows_of(path)
    entries = [entry_of(i, row) for i, row in enumerate(rows)]
    made = encode_entries(entries, load_embedder()) if vectors else None
    classifier = Classifier(SHIPPED_SECTIONS, shipped_finder())
    placements = classifier.place(entries, made)
    groups = cluster(
        [
            item_of(e, classifier.names(e), None if made is None else made[i])
            for i, e in enumerate(entries)
        ]
    )
    story = {i: str(number) for number, group in enumerate(groups) for i in group}
    return [
        Labelled(
            id=e.id,
            lang=e.lang,
            gold=row["primary"],
            gold_also=tuple(row.get("secondary", ())),
            section=placements[i].section,
            also=placements[i].also,
            gold_story=row.get("story", ""),
            story=story[i],
        )
        for i, (row, e) in enumerate(zip(rows, entries, strict=True))
    ]


@pytest.mark.parametrize(
    ("path", "vectors", "macro", "accuracy"),
    [(DEV, True, 0.88, 0.90), (DEV, False, 0.84, 0.86), (WEEK, True, 0.74, 0.80)],
)
def test_sections(path: Path, *, vectors: bool, macro: float, accuracy: float) -> None:
    report = sections_report(judged(path, vectors=vectors), rounds=20)
    assert report.macro_f1 >= macro
    assert report.accuracy >= accuracy


@pytest.mark.parametrize(
    ("path", "bcubed", "pairwise", "across"),
    [(STORIES, 0.93, 0.82, 0.79), (WEEK, 0.84, 0.70, 0.72)],
)
def test_stories(path: Path, bcubed: float, pairwise: float, across: float) -> None:
    report = stories_report(judged(path, vectors=True), ignore=IGNORED)
    assert report.bcubed.f1 >= bcubed
    assert report.pairwise.f1 >= pairwise
    assert report.across.f1 >= across
