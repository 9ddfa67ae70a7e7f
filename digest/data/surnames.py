"""Chinese surnames and what is read in a name as nowhere else: ``surnames.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from digest.data.loader import read_words


@dataclass(frozen=True, slots=True)
class Surnames:
    """Readings of surnames, and of given names' characters; ``doubtful`` ones have several."""

    readings: Mapping[str, str]
    given: Mapping[str, str]
    doubtful: frozenset[str]


@cache
def load_surnames() -> Surnames:
    """The tables of the file; a surname of two readings among people is left out."""
    data = read_words("surnames.yaml")
    readings = {
        surname: syllable
        for group in ("surnames", "compound")
        for syllable, surnames in data[group].items()
        for surname in surnames.split()
    }
    given = {char: syllable for syllable, chars in data["given"].items() for char in chars.split()}
    return Surnames(
        MappingProxyType(readings), MappingProxyType(given), frozenset(data["doubtful"].split())
    )
