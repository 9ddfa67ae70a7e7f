"""How much the sections owe to the number of lines, and to each kind of feature.

    python benchmarks/judge_quality.py LABELLED.jsonl [...]

Prints accuracy and macro-F1 on each file for a quarter, a half, three quarters and all of the
labelled lines, for all of them without vectors, without names, without the lexicon, and how often
the model is right by how sure it is. The settings are the shipped ones; nothing is tuned here.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise
from pathlib import Path

import numpy as np

from digest.data.lexicon import load_lexicon
from digest.data.names import load_names
from digest.data.training import Line, load_lines
from digest.judge.embed import encode_entries, load_embedder
from digest.judge.evaluate import macro_f1
from digest.judge.features import LABELS, Counter, entry_of
from digest.judge.lexicon import LexiconMatcher
from digest.judge.train import _fitted, _line_weights, _Lines
from digest.text.mentions import NameFinder

SCALE, STRENGTH, TOLERANCE = 3.0, 0.1, 1e-4
SHARES = (0.25, 0.5, 0.75, 1.0)
GROUPS = ("vectors", "lexicon", "names")
SURE = (0.0, 0.5, 0.7, 0.9, 1.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    files = parser.parse_args().files
    lines = load_lines()
    learned = columns_of(lines)
    labels = np.array([LABELS.index(line.section) for line in lines])
    tests = {path.name: rows_of(path) for path in files}
    items = {name: columns_of(rows) for name, rows in tests.items()}
    order = np.random.default_rng(7).permutation(len(lines))
    trials = [
        (f"{round(s * len(lines))} lines", order[: round(s * len(lines))], GROUPS) for s in SHARES
    ]
    trials += [(f"without {g}", order, tuple(o for o in GROUPS if o != g)) for g in GROUPS]
    for name, at, groups in trials:
        model = fitted(np.hstack([learned[g] for g in groups])[at], labels[at])
        figures = []
        for test, rows in tests.items():
            chances = model.predict_proba(np.hstack([items[test][g] for g in groups]))
            gold = [row.section for row in rows]
            made = [LABELS[best] for best in chances.argmax(axis=1)]
            right = np.array([a == b for a, b in zip(gold, made, strict=True)])
            figures.append(
                f"{test}: accuracy {right.mean():.3f} macro-F1 {macro_f1(gold, made):.3f}"
            )
            if name == trials[len(SHARES) - 1][0]:
                print_reliability(test, chances.max(axis=1), right)
        print(f"{name:18} {'   '.join(figures)}", flush=True)


def columns_of(lines: tuple[Line, ...]) -> dict[str, np.ndarray]:
    entries = [entry_of(at, line) for at, line in enumerate(lines)]
    vectors = encode_entries(entries, load_embedder())
    if vectors is None:
        raise SystemExit("the sentence encoder is not installed")
    counter = Counter(LexiconMatcher(load_lexicon()), NameFinder(load_names()))
    features = [counter.count(entry) for entry in entries]
    return {
        "vectors": vectors.reshape(len(lines), -1).astype(np.float64) * SCALE,
        "lexicon": np.stack([f.words for f in features]),
        "names": np.stack([f.names for f in features]),
    }


def rows_of(path: Path) -> tuple[Line, ...]:
    rows = (json.loads(row) for row in path.read_text("utf-8").splitlines() if row.strip())
    return tuple(
        Line(
            section=row["primary"],
            lang=row.get("lang") or "en",
            title=row["title"],
            text=row.get("text") or row.get("summary") or "",
        )
        for row in rows
        if row.get("title") and row.get("primary")
    )


def fitted(columns: np.ndarray, labels: np.ndarray) -> object:
    folds = np.zeros(len(labels), dtype=int)
    weights = _line_weights(labels)
    learned = _Lines(labels=labels, weights=weights, folds=folds, counts=columns)
    return _fitted(columns, learned, np.ones(len(labels), dtype=bool), STRENGTH, TOLERANCE)


def print_reliability(test: str, sure: np.ndarray, right: np.ndarray) -> None:
    for low, high in pairwise(SURE):
        at = (sure >= low) & (sure < high)
        if at.any():
            said = f"said {sure[at].mean():.2f}, right {right[at].mean():.2f}"
            print(f"  {test}: {at.sum()} entries from {low:.1f}: {said}")


if __name__ == "__main__":
    main()
