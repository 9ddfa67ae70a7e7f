"""evaluate: how good the judgement is on labelled lines, in figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

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
from digest.pipeline.lines import entries_of_lines, text_of
from digest.pipeline.result import Result
from digest.pull.lines import read_lines


def evaluate_sections(path: Path) -> Result:
    """The result of ``digest evaluate sections``: lines carry ``primary`` and ``secondary``."""
    rows = [row for row in _labelled(path) if row.gold]
    if not rows:
        raise UsageError("no line has a “primary” section; label some", where=str(path))
    report = sections_report(rows)
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
    if not rows:
        raise UsageError("no line has a “story”; label some", where=str(path))
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
    """The labelled lines and what is decided about them.

    A ``summary`` serves as text where there is none. Lines without a title say something about
    the issue and not about an entry; they are left out when they carry a ``kind``.
    """
    labels, rows = [], []
    for text in text_of(path).removeprefix("\ufeff").split("\n"):
        data = _parsed(text)
        about_issue = bool(data.get("kind")) and not data.get("title")
        if text.strip() and not about_issue:
            labels.append(data)
        row = json.dumps({"text": data.get("summary"), **data}) if data else text
        rows.append("" if about_issue else row)  # lines keep their numbers
    lines = read_lines("\n".join(rows))
    bad = next((line for line in lines if line.entry is None), None)
    if bad is not None:
        raise UsageError(bad.error or "cannot be read", where=f"{path}, line {bad.number}")
    entries = tuple(entries_of_lines(lines))
    return [
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
        for label, entry, judged in zip(labels, entries, judged_lines(entries), strict=True)
    ]


def _parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


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
