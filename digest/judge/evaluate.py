"""How good judgements are against labelled ones: the figures of ``digest evaluate``.

Sections: accuracy, macro-F1 over the labels present in the gold, a seeded bootstrap interval.
Stories: BCubed and pairwise F1, and F1 of pairs across languages (Bagga and Baldwin 1998).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

SEED = 20220407
ROUNDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One gold entry and what was decided: sections, language, stories."""

    id: str
    lang: str
    gold: str = ""
    gold_also: tuple[str, ...] = ()
    section: str = ""
    also: tuple[str, ...] = ()
    gold_story: str = ""
    story: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Precision, recall and F1 of one label, over ``count`` gold entries."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionsReport:
    """What ``digest evaluate sections`` prints; ``confusion`` counts (gold, decided).

    ``lenient`` is accuracy with half a point where a further section matches the gold one, or
    the decided one is among the gold's further sections.
    """

    count: int
    accuracy: float
    lenient: float
    macro_f1: float
    interval: tuple[float, float]
    by_section: dict[str, Figure]
    by_language: dict[str, float]
    accuracy_by_language: dict[str, float]
    confusion: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesReport:
    """What ``digest evaluate stories`` prints: BCubed, pairs, and pairs across languages."""

    count: int
    stories: int
    bcubed: Figure
    pairwise: Figure
    across: Figure


def sections_report(rows: Sequence[Labelled], *, rounds: int = ROUNDS) -> SectionsReport:
    """The figures for labelled sections. Raises ValueError for no rows."""
    if not rows:
        raise ValueError("no labelled entries")
    gold = [row.gold for row in rows]
    decided = [row.section for row in rows]
    langs = sorted({row.lang for row in rows})
    by_lang = {lang: [i for i, row in enumerate(rows) if row.lang == lang] for lang in langs}
    return SectionsReport(
        count=len(rows),
        accuracy=_share(a == b for a, b in zip(gold, decided, strict=True)),
        lenient=sum(_credit(row) for row in rows) / len(rows),
        macro_f1=macro_f1(gold, decided),
        interval=_interval(gold, decided, rounds),
        by_section=_by_label(gold, decided),
        by_language={
            lang: macro_f1([gold[i] for i in at], [decided[i] for i in at])
            for lang, at in by_lang.items()
        },
        accuracy_by_language={
            lang: _share(gold[i] == decided[i] for i in at) for lang, at in by_lang.items()
        },
        confusion=dict(sorted(Counter(zip(gold, decided, strict=True)).items())),
    )


def macro_f1(gold: Sequence[str], decided: Sequence[str]) -> float:
    """The mean F1 over the labels that occur in ``gold``."""
    figures = _by_label(gold, decided)
    return sum(figure.f1 for figure in figures.values()) / len(figures)


def stories_report(
    rows: Sequence[Labelled], *, ignore: Collection[tuple[str, str]] = ()
) -> StoriesReport:
    """The figures for labelled stories; pairs of ``ignore`` (two gold stories) are not scored."""
    skip = {frozenset(pair) for pair in ignore}
    pairs = [
        (a, b)
        for a, b in combinations(rows, 2)
        if frozenset((a.gold_story, b.gold_story)) not in skip
    ]
    across = [(a, b) for a, b in pairs if a.lang != b.lang]
    return StoriesReport(
        count=len(rows),
        stories=len({row.gold_story for row in rows}),
        bcubed=_bcubed(rows, skip),
        pairwise=_pair_figure(pairs),
        across=_pair_figure(across),
    )


def figures_of(figure: Figure) -> Mapping[str, float]:
    """A figure as plain numbers, for JSON."""
    return {"precision": figure.precision, "recall": figure.recall, "f1": figure.f1}


def _share(hits: Iterable[bool]) -> float:
    values = list(hits)
    return sum(values) / len(values)


def _credit(row: Labelled) -> float:
    if row.section == row.gold:
        return 1.0
    return 0.5 if row.gold in row.also or row.section in row.gold_also else 0.0


def _figure(hits: float, decided: float, gold: float) -> Figure:
    precision = hits / decided if decided else 0.0
    recall = hits / gold if gold else 0.0
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return Figure(precision=precision, recall=recall, f1=f1, count=round(gold))


def _by_label(gold: Sequence[str], decided: Sequence[str]) -> dict[str, Figure]:
    hits = Counter(a for a, b in zip(gold, decided, strict=True) if a == b)
    of_gold, of_decided = Counter(gold), Counter(decided)
    return {
        label: _figure(hits[label], of_decided[label], of_gold[label]) for label in sorted(of_gold)
    }


def _interval(gold: Sequence[str], decided: Sequence[str], rounds: int) -> tuple[float, float]:
    generator = np.random.default_rng(SEED)
    made = []
    for _ in range(rounds):
        at = generator.integers(0, len(gold), len(gold))
        made.append(macro_f1([gold[i] for i in at], [decided[i] for i in at]))
    low, high = np.percentile(made, [2.5, 97.5])
    return float(low), float(high)


def _pair_figure(pairs: Sequence[tuple[Labelled, Labelled]]) -> Figure:
    gold = [a.gold_story == b.gold_story for a, b in pairs]
    made = [a.story == b.story for a, b in pairs]
    return _figure(sum(g and m for g, m in zip(gold, made, strict=True)), sum(made), sum(gold))


def _bcubed(rows: Sequence[Labelled], skip: Collection[frozenset[str]]) -> Figure:
    precision, recall = [], []
    for row in rows:
        seen = [o for o in rows if frozenset((row.gold_story, o.gold_story)) not in skip]
        made = [o for o in seen if o.story == row.story]
        gold = [o for o in seen if o.gold_story == row.gold_story]
        both = sum(o.gold_story == row.gold_story for o in made)
        precision.append(both / len(made))
        recall.append(both / len(gold))
    p, r = sum(precision) / len(rows), sum(recall) / len(rows)
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return Figure(precision=p, recall=r, f1=f1, count=len(rows))
