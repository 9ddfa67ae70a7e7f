"""Which concepts of the news a text speaks of, the same in every language of the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from digest.data.concepts import load_concepts
from digest.data.training import load_lines
from digest.judge.lexicon import LexiconMatcher


def concepts_in(text: str) -> frozenset[str]:
    """The concepts that stand in a text, in whatever language it is written."""
    terms = load_concepts()
    return frozenset(terms[number].section for number in _matcher().find(text))


@lru_cache(maxsize=1)
def usual_concepts() -> tuple[Mapping[str, int], int]:
    """In how many of the shipped lines each concept stands, and how many lines there are."""
    lines = load_lines()
    counts = Counter(c for line in lines for c in concepts_in(f"{line.title} {line.text}"))
    return MappingProxyType(counts), len(lines)


@lru_cache(maxsize=1)
def _matcher() -> LexiconMatcher:
    return LexiconMatcher(load_concepts())
