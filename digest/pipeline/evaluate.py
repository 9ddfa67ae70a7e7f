"""evaluate: how good the judgement is on labelled lines, in figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from digest.errors import UsageError
from digest.judge.evaluate import (
    Figure,
    Labelled,
    SectionsReport,
    StoriesReport,
    sections_report,
    stories_report,
)
from digest.pipeline.judge import judged_lines
from digest.pipeline.lines import entries_of_lines, lines_of
from digest.pipeline.result import Result


def evaluate_sections(path: Path) -> Result:
    """The result of ``digest evaluate sections``: lines carry ``primary`` and ``secondary``."""
    report = sections_report([row for row in _labelled(path) if row.gold])
    low, high = report.interval
    lines = [
        f"{report.count} entries",
        f"accuracy {report.accuracy:.3f}, {report.lenient:.3f} with further sections for half",
        f"macro-F1 {report.macro_f1:.3f} (95 % interval {low:.3f}–{high:.3f})",
        "",
        "section         P     R     F1    n",
        *(f"{name:14} {_figure(found)}" for name, found in sorted(report.by_section.items())),
        "",
        *(
            f"{lang}: macro-F1 {value:.3f}, accuracy {report.accuracy_by_language[lang]:.3f}"
            for lang, value in sorted(report.by_language.items())
        ),
        "",
        *_confusion(report),
    ]
    return Result(text="\n".join(lines), document=_sections_document(report))


def evaluate_stories(path: Path, *, ignore: Sequence[str]) -> Result:
    """The result of ``digest evaluate stories``: lines carry ``story``."""
    pairs = []
    for each in ignore:
        first, colon, second = each.partition(":")
        if not colon:
            raise UsageError(f"{each!r} is no pair of stories; write A:B", where="--ignore")
        pairs.append((first, second))
    rows = [row for row in _labelled(path) if row.gold_story]
    report = stories_report(rows, ignore=pairs)
    lines = [
        f"{report.count} entries in {report.stories} stories",
        "                 P     R     F1    n",
        f"BCubed          {_figure(report.bcubed)}",
        f"pairs           {_figure(report.pairwise)}",
        f"across languages {_figure(report.across)}",
    ]
    return Result(text="\n".join(lines), document=_stories_document(report))


def _labelled(path: Path) -> list[Labelled]:
    lines = lines_of(path)
    entries = tuple(entries_of_lines(lines))
    texts = [text for text in path.read_text(encoding="utf-8").split("\n") if text.strip()]
    labels = [json.loads(text) for text, line in zip(texts, lines, strict=True) if line.entry]
    if len(labels) != len(lines):
        bad = next(line for line in lines if line.entry is None)
        raise UsageError(bad.error or "cannot be read", where=f"{path}:{bad.number}")
    rows = []
    for label, entry, judged in zip(labels, entries, judged_lines(entries), strict=True):
        rows.append(
            Labelled(
                id=entry.id,
                lang=entry.lang,
                gold=label.get("primary") or "",
                gold_also=tuple(label.get("secondary") or ()),
                section=str(judged["section"]),
                also=tuple(map(str, judged["also"])),  # type: ignore[call-overload]
                gold_story=label.get("story") or "",
                story=str(judged["story"]),
            )
        )
    return rows


def _figure(found: Figure) -> str:
    return f"{found.precision:.3f} {found.recall:.3f} {found.f1:.3f} {found.count}"


def _confusion(report: SectionsReport) -> list[str]:
    wrong = sorted(report.confusion.items(), key=lambda pair: (-pair[1], pair[0]))
    return [f"{gold} taken for {found}: {n}" for (gold, found), n in wrong if gold != found]


def _sections_document(report: SectionsReport) -> dict[str, object]:
    document = asdict(report)
    document["confusion"] = [
        {"gold": gold, "section": found, "count": count}
        for (gold, found), count in sorted(report.confusion.items())
    ]
    return document


def _stories_document(report: StoriesReport) -> dict[str, object]:
    return asdict(report)
