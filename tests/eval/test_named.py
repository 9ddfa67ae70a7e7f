"""Names in own sentences: which stand there and whom or what they mean; a floor only rises."""

from __future__ import annotations

import re
from pathlib import Path

from tests.shipped import shipped_finder

FILE = Path(__file__).with_name("names.txt")
_BRACKETS = re.compile(r"\[([^\]]*)\]")
LEAST = 200
FLOOR = 0.99


def cases() -> list[tuple[str, list[tuple[str, str]]]]:
    made = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        marked, _, meant = line.rpartition("|")
        names = [name.strip() for name in meant.split(";") if name.strip()]
        shown = _BRACKETS.findall(marked)
        assert len(names) == len(shown), line
        sentence = re.sub(r"[\[\]]", "", marked).strip()
        made.append((sentence, list(zip(shown, names, strict=True))))
    return made


def test_of_two_hundred_sentences_99_in_100_are_read_right() -> None:
    finder = shipped_finder()
    asked = cases()
    wrong = []
    for sentence, expected in asked:
        found = [
            (sentence[m.start : m.end], finder.name(m.name_id).name) for m in finder.find(sentence)
        ]
        if found != expected:
            wrong.append((sentence, found))
    assert len(asked) >= LEAST
    assert len(wrong) <= (1 - FLOOR) * len(asked), wrong
