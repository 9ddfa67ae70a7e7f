"""The labelled lines in ``training.jsonl`` that the section model is trained on.

All of them were written for this project, in the voices of wires, state media, trade press and
official readouts; none is taken from a published text or from an evaluation set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from digest.data.loader import read_text
from digest.data.sections import SHIPPED_SECTIONS
from digest.errors import UsageError
from digest.model import OFF_TOPIC

SECTIONS = (*(section.id for section in SHIPPED_SECTIONS), OFF_TOPIC)
"""What a line may be labelled with."""

LANGUAGES = ("en", "ru", "zh")
"""The languages lines are written in."""

_TEXTS = ("section", "lang", "title", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A headline, with or without a lead, and the section it belongs in.

    Lines of one ``batch`` were written together and resemble one another; what is chosen by
    validation is chosen on batches that were left out whole.
    """

    section: str
    lang: str
    title: str
    text: str = ""
    batch: int = 1


def load_lines() -> tuple[Line, ...]:
    """All labelled lines, in file order."""
    return read_training(read_text("training.jsonl"), where="training.jsonl")


def read_training(text: str, *, where: str) -> tuple[Line, ...]:
    """The lines of a JSON Lines text, in order; empty lines are skipped.

    Raises UsageError, with the place, for the first line that cannot be used.
    """
    made = []
    for number, row in enumerate(text.split("\n"), start=1):
        if row.strip():
            made.append(_line(row, f"{where}:{number}"))
    return tuple(made)


def written(lines: Iterable[Line]) -> str:
    """The lines as JSON Lines, as ``read_training`` reads them."""
    rows = []
    for line in lines:
        row: dict[str, object] = {"section": line.section, "lang": line.lang, "title": line.title}
        if line.text:
            row["text"] = line.text
        if line.batch != 1:
            row["batch"] = line.batch
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(rows)


def _line(row: str, where: str) -> Line:
    try:
        data = json.loads(row)
    except (ValueError, RecursionError) as error:
        raise UsageError("the line is no JSON object; mend it", where=where) from error
    if not isinstance(data, dict):
        raise UsageError("the line is no JSON object; mend it", where=where)
    further = sorted(data.keys() - {*_TEXTS, "batch"})
    if further:
        raise UsageError(f"the line has an unknown key “{further[0]}”; remove it", where=where)
    for key in _TEXTS:
        if not isinstance(data.get(key, ""), str):
            raise UsageError(f"“{key}” is no text; put it in quotation marks", where=where)
    if not str(data.get("title", "")).strip():
        raise UsageError("the line has no title; give it one", where=where)
    if data.get("section") not in SECTIONS:
        known = ", ".join(SECTIONS)
        raise UsageError(f"the section must be one of {known}", where=where)
    if data.get("lang") not in LANGUAGES:
        raise UsageError(f"the language must be one of {', '.join(LANGUAGES)}", where=where)
    batch = data.get("batch", 1)
    if not isinstance(batch, int) or isinstance(batch, bool) or batch < 1:
        raise UsageError("“batch” must be a whole number from 1", where=where)
    return Line(**data)
