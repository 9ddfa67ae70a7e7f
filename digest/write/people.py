"""How a story calls people: in full with their office first, by their short name after that."""

from __future__ import annotations

import re

from digest.data.prose import load_prose
from digest.text.mentions import NameFinder

_TITLES = (
    "President|Prime Minister|Premier|Foreign Minister|Defen[cs]e Minister|Minister|Ambassador"
    "|Chancellor|Chairman|Secretary of State|Secretary|General|Governor|Envoy|Special Envoy"
    "|Foreign Policy Chief|leader|spokesman|spokeswoman|spokesperson|counterpart"
)
_OTHERS = (
    "American|U\\.S\\.|US|British|French|German|Polish|Italian|Japanese|Indian|European|EU|Taiwanese"
    "|South Korean|Moldovan|Georgian|Armenian|Lithuanian|Latvian|Estonian|Hungarian|Israeli"
)
_PLURAL = re.compile(r"\b(?:presidents|leaders|ministers|premiers|envoys|diplomats|both|and)\b")


class People:
    """Whom a story has introduced. One value serves one story."""

    def __init__(self, finder: NameFinder | None) -> None:
        self._finder = finder
        self._known: dict[str, str] = {}
        adjectives = "|".join(map(re.escape, sorted(set(load_prose().adjectives.values()))))
        self._office = re.compile(
            rf"(?:[Tt]he )?(?:(?:{adjectives}|{_OTHERS}) )?(?:{_TITLES}) $|(?:{adjectives}) $"
        )

    def told(self, sentence: str) -> str:
        """The sentence with everybody who was introduced before under their short name.

        Office and apposition of such a person fall away with the full name. Words are only left
        out, none is put in but the short name, which the full one holds. Whoever the sentence
        introduces is known from then on.
        """
        finder = self._finder
        if finder is None:
            return sentence
        out, at = "", 0
        fresh: dict[str, str] = {}
        for mention in finder.find(sentence):
            name = finder.name(mention.name_id)
            # A form such as "President Xi" ends within the name.
            whole = sentence.find(name.name, mention.start, mention.end + len(name.name))
            stop = whole + len(name.name) if whole >= 0 else mention.end
            full = sentence[mention.start : stop]
            if name.kind != "person" or not name.short or full == name.short:
                continue
            if name.short not in full.split():
                continue
            if name.id not in self._known or self._is_shared(name.id, name.short):
                fresh[name.id] = name.short
                continue
            before = _inside_quotes(sentence, mention.start)
            if before or mention.start < at:
                continue
            start = self._office_start(sentence, mention.start)
            end = _apposition_end(sentence, stop)
            out += sentence[at:start] + name.short
            at = end
        self._known |= fresh
        return out + sentence[at:]

    def _is_shared(self, name_id: str, short: str) -> bool:
        return any(other != name_id and known == short for other, known in self._known.items())

    def _office_start(self, sentence: str, start: int) -> int:
        found = self._office.search(sentence[:start])
        return found.start() if found else start


def _inside_quotes(sentence: str, at: int) -> bool:
    return sentence.count("“", 0, at) > sentence.count("”", 0, at)


def _apposition_end(sentence: str, end: int) -> int:
    """Where the sentence goes on after ``, the president of China,``; ``end`` without one."""
    found = re.match(
        r", (?:the|a|an|his|her|its|China’s|Russia’s|Ukraine’s|Kazakhstan’s) ([^,.;:“”—–]{3,60})"
        r"(?P<stop>,|(?=\.$))",
        sentence[end:],
    )
    if found is None or _PLURAL.search(found[1]) or re.search(r"\b(?:who|which|that)\b", found[1]):
        return end
    after = sentence[end + found.end() :].lstrip()
    verbless = found["stop"] == "," and not re.match(r"[a-z]+|“", after)
    return end if verbless else end + found.end()
