"""Words that prose needs: the lists of ``prose.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Small words, sentence openings and notices as patterns, adjectives by country, languages.

    ``unnamed`` finds “, the company said”, ``denying`` a denial; ``fixed`` are the words of the
    program's own fixed sentences.
    """

    small: frozenset[str]
    leaning: re.Pattern[str]
    unnamed: re.Pattern[str]
    chrome: re.Pattern[str]
    adjectives: dict[str, str]
    languages: dict[str, str]
    fixed: frozenset[str]
    denying: re.Pattern[str]

    def language(self, code: str) -> str:
        """The language as an English sentence names it; its code where that is not known."""
        return self.languages.get(code, code)


@lru_cache(maxsize=1)
def load_prose() -> Prose:
    """The shipped lists; the same object on every call."""
    data = read_yaml("prose.yaml")
    words = "|".join(map(re.escape, data["leaning"]["words"]))
    han = "|".join(map(re.escape, data["leaning"]["han"]))
    denials = "|".join(map(re.escape, data["denying"]["words"]))
    return Prose(
        small=frozenset(data["small"].split()),
        leaning=re.compile(rf"(?:{words})\b|(?:{han})", re.IGNORECASE),
        unnamed=re.compile(rf", the (?:{'|'.join(data['unnamed'])}) \w+(?: on [^,.]+)?[,.]"),
        chrome=re.compile("|".join(map(re.escape, data["chrome"])), re.IGNORECASE),
        adjectives=data["adjectives"],
        languages=data["languages"],
        fixed=frozenset(data["fixed"].split()),
        denying=re.compile(rf"\b(?:{denials})\b|n't|[{data['denying']['han']}]", re.IGNORECASE),
    )
