"""How much the lexicon's words in a title and a text speak for each section."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from digest.data.lexicon import Term
from digest.text.words import normal

TITLE_WEIGHT = 3.0
"""A word in the title counts as much as three in the text (NLP.md §5: judge the headline)."""

_MOST_IN_TEXT = 2
_HAN = re.compile(r"[\u3400-\u9fff]")


class Hit(NamedTuple):
    """A term found in an entry and what it is worth there."""

    section: str
    term: str
    worth: float


class LexiconMatcher:
    """Finds the terms of a lexicon; one automaton over the literal starts of all terms."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = tuple(terms)
        self._said = [
            (term.section, term.text.replace("*", ""), term.weight) for term in self._terms
        ]
        keys: dict[str, list[int]] = {}
        self._rests: list[tuple[str, str]] = []
        for number, term in enumerate(self._terms):
            text = normal(term.text)
            key = text.split("*")[0]
            keys.setdefault(key, []).append(number)
            self._rests.append((text, key))
        self._keys = tuple(keys)
        self._of_key = tuple(tuple(keys[key]) for key in self._keys)
        self._automaton = AhoCorasick(list(self._keys))

    def find(self, text: str) -> dict[int, int]:
        """How often each term (by number) stands in a text."""
        folded = normal(text)
        found: dict[int, int] = {}
        for key, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            if start and _joined(folded[start - 1], folded[start]):
                continue
            for number in self._of_key[key]:
                if _rest(*self._rests[number]).match(folded, end):
                    found[number] = found.get(number, 0) + 1
        return found

    def hits(self, title: str, text: str) -> tuple[Hit, ...]:
        """The terms in an entry with their worth: weight × (3 in the title + 1–2 in the text)."""
        in_title, in_text = self.find(title), self.find(text)
        made = []
        for number in sorted(in_title.keys() | in_text.keys()):
            section, term, weight = self._said[number]
            times = min(in_text.get(number, 0), _MOST_IN_TEXT)
            worth = weight * (TITLE_WEIGHT * (number in in_title) + times)
            made.append(Hit(section, term, worth))
        return tuple(made)


def _joined(before: str, after: str) -> bool:
    """Whether two characters belong to one word; Han characters never do."""
    return before.isalnum() and after.isalnum() and not _HAN.match(before) and not _HAN.match(after)


@cache  # compiled at a term's first find: few of them stand in a week
def _rest(text: str, key: str) -> re.Pattern[str]:
    """What must follow the literal start of a term: its other words, then a word's end."""
    rest = re.escape(text[len(key) :]).replace(r"\*", r"[^\W\d_]*").replace(r"\ ", r"\s+")
    end = "" if _HAN.match(text[-1]) else r"(?![^\W\u3400-\u9fff])"
    return re.compile(rest + end)
