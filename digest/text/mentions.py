"""Names of the name book in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256

import ahocorasick_rs

from digest.model import Mention, Name
from digest.text.inflect import inflected
from digest.text.nearby import Nearby, nearby

_FOLDED = {
    **dict.fromkeys(map(ord, "’‘ʼ`´"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—"), "-"),
    **dict.fromkeys((0xA0, 0x2009, 0x202F), " "),
    ord("ё"): "е",
    ord("臺"): "台",  # Taiwan writes both, and both ways of "in"
    ord("裡"): "裏",
    ord("Ё"): "Е",
}
_SHORT = 4


class NameFinder:
    """Finds the names of a name book; built once (0.3 s for 1,000 names), used for many texts.

    Latin and Cyrillic forms match whole words only, Chinese ones anywhere. Case counts for forms
    of up to four letters ("US" is not "us"); longer ones may also stand in capitals, and one that
    is written with a capital never matches a small first letter. Curly quotes, dashes, fixed
    blanks and ё match their plain kin. Russian and Ukrainian forms are listed in the nominative
    and found in every case; a form that ends with ``*`` is a stem that may go on. Where two names
    share a form, the one listed first is meant, unless the words around it speak against it.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = {name.id: name for name in names}
        self._forms: dict[str, list[tuple[str, str, Nearby | None]]] = {}
        for name in self._names.values():
            for lang, form in name.forms:
                self._add(name.id, lang, form, nearby(name.rules, form) if name.rules else None)
        self._patterns = list(self._forms)
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns) if self._patterns else None

    def _add(self, name_id: str, lang: str, form: str, rule: Nearby | None) -> None:
        variants = inflected(form, lang) if lang in ("ru", "uk") and "*" not in form else (form,)
        for variant in variants:
            folded = variant.translate(_FOLDED).strip()
            key = _lowered(folded.rstrip("*"))
            if key:
                self._forms.setdefault(key, []).append((name_id, folded, rule))

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever the names, their forms or their rules do."""
        return sha256(repr(tuple(self._names.values())).encode()).hexdigest()

    def name(self, name_id: str) -> Name:
        """The name of that id; raises KeyError for none."""
        return self._names[name_id]

    def find(self, text: str) -> tuple[Mention, ...]:
        """All mentions in order, none overlapping: the leftmost first, of those the longest."""
        if self._automaton is None:
            return ()
        folded = text.translate(_FOLDED)
        hits = sorted(self._hits(folded), key=lambda hit: (hit.start, -hit.end))
        mentions: list[Mention] = []
        for hit in hits:
            if not mentions or hit.start >= mentions[-1].end:
                mentions.append(hit)
        return tuple(mentions)

    def _hits(self, text: str) -> Iterator[Mention]:
        assert self._automaton is not None  # noqa: S101 - for the type checker
        found = self._automaton.find_matches_as_indexes(_lowered(text), overlapping=True)
        for index, start, end in found:
            for name_id, form, rule in self._forms[self._patterns[index]]:
                stop = _fits(form, text, start, end)
                if stop and (rule is None or rule.allows(text, start, stop)):
                    yield Mention(name_id=name_id, start=start, end=stop)
                    break


def _lowered(text: str) -> str:
    """The text in lower case, character for character, so that positions stay."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _fits(form: str, text: str, start: int, end: int) -> int:
    """Where the mention ends when ``text[start:end]`` may stand for the form; else 0."""
    stem = form.endswith("*")
    bare = form[:-1] if stem else form
    found = text[start:end]
    if not (found == bare or _same_but_capitals(bare, found)):
        return 0
    if _joins(bare[0]) and start > 0 and _joins(text[start - 1]):
        return 0
    if not _joins(bare[-1]):
        return end
    if stem:
        rest = re.compile(r"\w{0,5}").match(text, end)
        end = rest.end() if rest else end
    return 0 if end < len(text) and _joins(text[end]) else end


def _same_but_capitals(form: str, found: str) -> bool:
    letters = sum(c.isalpha() for c in form)
    if letters <= _SHORT and form.isupper():
        return False
    if found.isupper():
        return letters > 1
    return all(
        f.isupper() or not a.isupper() for a, f in zip(form, found, strict=False) if a.isalpha()
    )


def _joins(char: str) -> bool:
    """Whether the character would go on a word: letters and digits, but no Chinese ones."""
    return (char.isalnum() or char == "_") and not "\u2e80" <= char <= "\u9fff"
