"""Where the reports of one story differ: counts of the same thing that do not agree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.model import Entry
from digest.text.sentences import sentences
from digest.write.casing import curly

_ENGLISH = "one two three four five six seven eight nine ten eleven twelve"
_HAN = "一二三四五六七八九十"
_RUSSIAN = {
    1: "один одного", 2: "два двое двух двоих", 3: "три трое трёх трех троих", 4: "четыре четверо",
    5: "пять пятеро", 6: "шесть", 7: "семь", 8: "восемь", 9: "девять", 10: "десять",
}  # fmt: skip
_WORDS = {word: number for number, word in enumerate(_ENGLISH.split(), start=1)}
_WORDS |= {word: number for number, words in _RUSSIAN.items() for word in words.split()}
_WORDS |= {char: number for number, char in enumerate(_HAN, start=1)} | {"两": 2, "兩": 2}
_NUMBER = r"(\d{1,3}(?:[, ]\d{3})+|\d+|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + ")"
_FEW = r"(?:\w+ ){0,2}?"
_CLASSIFIER = "(?:名|个|個)?人?"
_THINGS = {
    "killed": (
        rf"\b{_NUMBER} {_FEW}(?:killed|dead|died|погиб\w*|убит\w*)\b",
        rf"\bkill(?:ed|ing) (?:at least )?{_NUMBER}\b",
        rf"{_NUMBER}{_CLASSIFIER}(?:死亡|遇难|遇難|丧生|喪生)",
    ),
    "injured": (
        rf"\b{_NUMBER} {_FEW}(?:injured|wounded|hurt|ранен\w*|пострада\w*)\b",
        rf"\b(?:injur|wound)(?:ed|ing) (?:at least )?{_NUMBER}\b",
        rf"{_NUMBER}{_CLASSIFIER}(?:受伤|受傷)",
    ),
    "arrested": (rf"\b{_NUMBER} {_FEW}(?:arrested|detained|задержан\w*)\b",),
} | {
    noun: (rf"\b{_NUMBER} (?:\w+ )?{noun}\b",)
    for noun in (
        "tankers", "drones", "missiles", "soldiers", "troops", "prisoners", "ships", "vessels",
        "aircraft", "hackers", "websites", "agreements", "wagons", "flights",
    )
}  # fmt: skip
_PATTERNS = {
    thing: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
    for thing, patterns in _THINGS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of a thing each report gives; at least two reports, at least two counts."""

    thing: str
    given: tuple[tuple[Entry, int], ...]


def differing(entries: Sequence[Entry]) -> tuple[Counts, ...]:
    """The things that reports of one story count differently.

    A report that gives several counts of a thing is left out: it may tell parts of a whole. So is
    an outlet's second report.
    """
    found = []
    for thing in _PATTERNS:
        given: dict[str, tuple[Entry, int]] = {}
        for entry in entries:
            numbers = _counts(entry)[thing]
            if len(numbers) == 1:
                given.setdefault(entry.publisher, (entry, min(numbers)))
        if len({number for _, number in given.values()}) > 1:
            found.append(Counts(thing=thing, given=tuple(given.values())))
    return tuple(found)


@lru_cache(maxsize=1024)  # an issue is composed more than once to find what fits
def _counts(entry: Entry) -> Mapping[str, frozenset[int]]:
    """The numbers an entry gives, by the thing they count."""
    parts = sentences(f"{entry.title}.\n\n{curly(entry.text)}", entry.lang)
    return {
        thing: frozenset(
            _value(match[1])
            for part in parts
            for pattern in patterns
            for match in pattern.finditer(part)
        )
        for thing, patterns in _PATTERNS.items()
    }


def _value(text: str) -> int:
    known = _WORDS.get(text.casefold())
    return int(re.sub(r"[, ]", "", text)) if known is None else known
