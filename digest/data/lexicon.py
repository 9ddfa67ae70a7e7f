"""The weighted words of ``lexicon.yaml``: which terms speak for which section.

A term is a word or phrase in lower case. ``*`` at the end of a word lets any letters follow
(endings); other words match whole. Chinese terms are simplified and match anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word or phrase that speaks for ``section`` with ``weight`` (1 hint … 3 almost alone)."""

    section: str
    lang: str
    text: str
    weight: float


@lru_cache(maxsize=1)
def load_lexicon() -> tuple[Term, ...]:
    """All terms of the shipped lexicon, in file order; the same object on every call."""
    book: dict[str, dict[str, dict[int, list[str]]]] = read_yaml("lexicon.yaml")
    return tuple(
        Term(section=section, lang=lang, text=str(text), weight=float(weight))
        for section, languages in book.items()
        for lang, weights in languages.items()
        for weight, texts in weights.items()
        for text in texts
    )
