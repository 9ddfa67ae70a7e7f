"""What belongs to a site and not to its text, read from ``chrome.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml

_TO_THE_END = "[ .:：…]*$"
_BEHIND_A_SENTENCE = r"""(?:(?<=[.!?…\])»”"'])[\s-]+|(?<=[…。！？」』”\])）】])\s*)"""
_AT_THE_END = r"[\s.:…→»›>\])]*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern that is tried only where one of the words stands."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """The rules as ``chrome.yaml`` describes them, for lines in lower case.

    ``known`` matches whatever ``end``, ``aside`` or ``drop`` does: one look settles most lines.
    """

    known: re.Pattern[str]
    end: re.Pattern[str]
    aside: re.Pattern[str]
    drop: re.Pattern[str]
    unprose: re.Pattern[str]
    where: tuple[Rule, ...]
    tail: tuple[Rule, ...]


@cache
def load_chrome() -> Chrome:
    """The rules, compiled once."""
    data = read_yaml("chrome.yaml")
    kinds = {
        name: f"(?:{_any(data[name])})|(?:{_any(data[f'{name}_line'])}){_TO_THE_END}"
        for name in ("end", "aside", "drop")
    }
    return Chrome(
        known=re.compile(_any(kinds.values())),
        **{name: re.compile(pattern) for name, pattern in kinds.items()},
        unprose=re.compile(_any(data["unprose"])),
        where=tuple(_rule(row, "{}") for row in data["drop_where"]),
        tail=tuple(
            _rule(row, f"{_BEHIND_A_SENTENCE}(?:{{}}){_AT_THE_END}") for row in data["tail"]
        ),
    )


def _any(patterns: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _rule(row: dict[str, object], frame: str) -> Rule:
    words = row["words"]
    if not isinstance(words, list):
        raise TypeError("words of a rule in chrome.yaml are a list")
    return Rule(
        words=tuple(str(word) for word in words),
        pattern=re.compile(frame.replace("{}", str(row["rule"]))),
    )
