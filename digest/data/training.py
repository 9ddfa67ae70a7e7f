"""The labelled lines in ``training.jsonl`` that the section model is trained on.

All of them were written for this project, in the voices of wires, state media, trade press and
official readouts; none is taken from a published text or from an evaluation set.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from digest.data.loader import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A headline, with or without a lead, and the section it belongs in."""

    section: str
    lang: str
    title: str
    text: str = ""


def load_lines() -> tuple[Line, ...]:
    """All labelled lines, in file order."""
    return tuple(Line(**json.loads(line)) for line in read_text("training.jsonl").splitlines())
