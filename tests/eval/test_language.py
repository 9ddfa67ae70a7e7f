"""The language of headlines, in own ones: a floor that only rises."""

from __future__ import annotations

import json
from pathlib import Path

from digest.text.language import language_of

HERE = Path(__file__).parent
OLDER = HERE.parent / "text" / "headlines.jsonl"
MAIN = ("en", "ru", "zh", "uk", "kk")
LEAST = 400
FLOOR = 0.995


def headlines() -> list[tuple[str, str]]:
    older = [json.loads(line) for line in OLDER.read_text(encoding="utf-8").splitlines()]
    made = [(row["lang"], row["title"]) for row in older if row["lang"] in MAIN]
    for lang in MAIN:
        lines = (HERE / f"headlines-{lang}.txt").read_text(encoding="utf-8").splitlines()
        made += [(lang, line) for line in lines]
    return made


def test_of_a_thousand_headlines_995_are_told() -> None:
    asked = headlines()
    wrong = [(lang, title) for lang, title in asked if language_of(title) != lang]
    assert len(set(asked)) >= LEAST
    assert len(wrong) <= (1 - FLOOR) * len(asked), wrong
