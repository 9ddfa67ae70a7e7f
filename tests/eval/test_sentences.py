"""Where sentences end, in own cases: ``|`` marks each end within a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.text.sentences import sentences

HERE = Path(__file__).parent
LEAST = 100
FLOOR = 0.99


def cases(lang: str) -> list[tuple[str, ...]]:
    lines = (HERE / f"sentences-{lang}.txt").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("|")) for line in lines if line]


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_of_a_hundred_cases_99_are_cut_as_a_reader_would(lang: str) -> None:
    asked = cases(lang)
    joined = "" if lang == "zh" else " "
    wrong = [case for case in asked if sentences(joined.join(case), lang) != case]
    assert len(asked) >= LEAST
    assert len(wrong) <= (1 - FLOOR) * len(asked), wrong
