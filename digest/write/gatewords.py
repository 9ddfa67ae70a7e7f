"""What a sentence claims and what an entry supports: words, names and figures of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.data.prose import load_prose
from digest.model import Entry, Name
from digest.text.mentions import NameFinder
from digest.text.words import normal, tokens
from digest.write.gatecontext import Cited

MOST_WORDS, MOST_HAN = 8, 16
"""A longer run of a publisher's words, or Han characters, has to stand in quotation marks."""

_STEM = 5
_LONG = 4
_FIGURE = re.compile(r"\d(?:[\d,.\u00a0]*\d)?")
_UNIT = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['-][^\W_\u3400-\u9fff]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Stems of words that say something, ids of names, figures without their commas."""

    stems: frozenset[str]
    names: frozenset[str]
    figures: frozenset[str]


def facts_in(text: str, finder: NameFinder) -> Facts:
    """What a text says in words, names and figures."""
    words = [word for word in tokens(text, "en") if not _HAN.search(word)]
    long = {word.removesuffix("'s") for word in words}
    return Facts(
        stems=frozenset(
            word[:_STEM]
            for word in long
            if len(word) >= _LONG and word not in _empty_words() and not _FIGURE.match(word)
        ),
        names=frozenset(mention.name_id for mention in finder.find(text)),
        figures=frozenset(_figure(found[0]) for found in _FIGURE.finditer(text)),
    )


@lru_cache(maxsize=1)
def _empty_words() -> frozenset[str]:
    return load_prose().small | load_prose().fixed


def facts_of_entries(entries: Iterable[Cited], finder: NameFinder) -> Facts:
    """What entries support: every wording, who published them and when, how many they are.

    Who somebody is, as the name book has it, is supported where the entry names them.
    """
    known = tuple(entries)
    text = [part for each in known for part in _said(each)]
    people = {mention.name_id for part in text for mention in finder.find(part)}
    text += [_who(finder.name(each)) for each in sorted(people)]
    text += [str(count) for count in range(2, len(known) + 1)]
    return facts_in("\n".join(text), finder)


def _who(name: Name) -> str:
    adjective = load_prose().adjectives.get(name.country or "", "")
    return f"{name.name}, {name.role or ''} {adjective}"


def _said(cited: Cited) -> list[str]:
    entry = cited.entry
    said = [part for wording in cited.wordings for part in (wording.title, wording.text)]
    return [*said, entry.publisher, *entry.authors, *_dates(entry), _about(entry)]


def _dates(entry: Entry) -> tuple[str, ...]:
    return (entry.date.strftime("%d %B %Y %A"), f"{entry.date.day} {entry.date.month}")


def _about(entry: Entry) -> str:
    prose = load_prose()
    return f"{prose.adjectives.get(entry.country or '', '')} {prose.language(entry.lang)}"


def _figure(text: str) -> str:
    return re.sub(r"[,\u00a0]", "", text).lstrip("0") or "0"


# --- runs of words -----------------------------------------------------------------------------


def units(text: str) -> list[str]:
    """Words, and single Han characters, as they are compared."""
    return _UNIT.findall(normal(text))


@lru_cache(maxsize=512)
def runs(text: str) -> frozenset[tuple[str, ...]]:
    """All runs of a text that are one unit longer than what may be shared."""
    found = units(text)
    return frozenset(run for _, run in _windows(found))


def shared_with(text: str, sources: Sequence[str]) -> str | None:
    """A run of the text that one of the sources holds and that is too long; else nothing."""
    for piece in text.split("\n"):
        found = units(piece)
        for _, run in _windows(found):
            if any(run in runs(source) for source in sources):
                return ("" if _HAN.match(run[0]) else " ").join(run)
    return None


def _windows(found: Sequence[str]) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Runs of nine words, or of seventeen units with Han characters among them."""
    for at in range(len(found)):
        run = tuple(found[at : at + MOST_WORDS + 1])
        if len(run) <= MOST_WORDS:
            return
        if not any(_HAN.match(unit) for unit in run):
            yield at, run
            continue
        run = tuple(found[at : at + MOST_HAN + 1])
        if len(run) > MOST_HAN:
            yield at, run
