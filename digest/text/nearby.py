"""What a name means where it stands: the words around it decide, by the rules of the name book."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import NameRule

_NEAR = 200
"""Characters on either side that are looked at: a sentence before and one behind."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """The rules of one form, ready to be asked."""

    only: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def allows(self, text: str, start: int, end: int) -> bool:
        """Whether ``text[start:end]`` is the name there."""
        around = text[max(0, start - _NEAR) : end + _NEAR]
        if self.unless is not None and self.unless.search(around):
            return False
        return self.only is None or self.only.search(around) is not None


def nearby(rules: Sequence[NameRule], form: str) -> Nearby | None:
    """The rules that hold for a form, as one; nothing where none does."""
    held = [rule for rule in rules if rule.form in ("", form)]
    if not held:
        return None
    only = [word for rule in held for word in rule.only]
    unless = [word for rule in held for word in rule.unless]
    return Nearby(_pattern(only), _pattern(unless))


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(_word, words)), re.IGNORECASE) if words else None


def _word(word: str) -> str:
    """A whole word, or one that may go on; Chinese words have no edges."""
    bare = word.removesuffix("*")
    if "\u2e80" <= bare[-1] <= "\u9fff":
        return re.escape(bare)
    return r"(?<!\w)" + re.escape(bare) + ("" if word.endswith("*") else r"(?!\w)")
