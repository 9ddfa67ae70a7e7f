"""Names of the name book in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

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
_REST = re.compile(r"\w{0,5}")


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
        self._forms: dict[str, list[_Form]] = {}
        for name in self._names.values():
            for lang, form in name.forms:
                self._add(name.id, lang, form, nearby(name.rules, form) if name.rules else None)
        self._of_pattern = [
            (forms, any(form.stem for form in forms)) for forms in self._forms.values()
        ]
        self._automaton = ahocorasick_rs.AhoCorasick(list(self._forms)) if self._forms else None

    def _add(self, name_id: str, lang: str, form: str, rule: Nearby | None) -> None:
        variants = inflected(form, lang) if lang in ("ru", "uk") and "*" not in form else (form,)
        for variant in variants:
            folded = variant.translate(_FOLDED).strip()
            bare = folded.rstrip("*")
            key = _lowered(bare)
            if key:
                made = _Form(name_id, bare, folded.endswith("*"), _is_short(bare), rule)
                self._forms.setdefault(key, []).append(made)

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
        mentions: list[Mention] = []
        last = 0
        for start, behind, name_id in sorted(self._hits(folded)):
            if start >= last:
                last = -behind
                mentions.append(Mention(name_id=name_id, start=start, end=last))
        return tuple(mentions)

    def _hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end (less than none, so that the longest sort first) and name of every hit."""
        assert self._automaton is not None  # noqa: S101 - for the type checker
        lowered = _lowered(text)
        size = len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(lowered, overlapping=True):
            if start and _joins(lowered[start]) and _joins(lowered[start - 1]):
                continue
            forms, stems = self._of_pattern[index]
            open_end = end < size and _joins(lowered[end - 1]) and _joins(lowered[end])
            if open_end and not stems:
                continue
            found = text[start:end]
            for form in forms:
                if open_end and not form.stem:
                    continue
                if not (found == form.bare or _same_but_capitals(form, found)):
                    continue
                stop = _end_of_word(text, end) if form.stem else end
                if stop and (form.rule is None or form.rule.allows(text, start, stop)):
                    yield start, -stop, form.name_id
                    break


class _Form(NamedTuple):
    """A form of a name as it is looked for; ``short`` where its capitals count."""

    name_id: str
    bare: str
    stem: bool
    short: bool
    rule: Nearby | None


def _lowered(text: str) -> str:
    """The text in lower case, character for character, so that positions stay."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _end_of_word(text: str, end: int) -> int:
    """Where a word ends that goes on behind a stem by five letters at most; else 0."""
    if not _joins(text[end - 1]):
        return end
    rest = _REST.match(text, end)
    end = rest.end() if rest else end
    return 0 if end < len(text) and _joins(text[end]) else end


def _is_short(bare: str) -> bool:
    return bare.isupper() and sum(char.isalpha() for char in bare) <= _SHORT


def _same_but_capitals(form: _Form, found: str) -> bool:
    if form.short:
        return False
    if found.isupper():
        return sum(char.isalpha() for char in form.bare) > 1
    return all(
        f.isupper() or not a.isupper()
        for a, f in zip(form.bare, found, strict=False)
        if a.isalpha()
    )


def _joins(char: str) -> bool:
    """Whether the character would go on a word: letters and digits, but no Chinese ones."""
    return (char.isalnum() or char == "_") and not "\u2e80" <= char <= "\u9fff"
