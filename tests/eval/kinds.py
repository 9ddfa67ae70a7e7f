"""What corrections of one kind move, of the kind and of other entries: headlines of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from digest.data.sections import SHIPPED_SECTIONS
from digest.data.training import LANGUAGES, Line, load_lines
from digest.judge.embed import Embedder, Group, Vectors, encode_entries
from digest.judge.features import entry_of
from digest.judge.lessons import Lesson
from digest.judge.sections import Classifier
from digest.model import Entry
from digest.text.mentions import NameFinder

OTHERS = 200
_SPARED = 3
"""Gates are not fitted on every third labelled line."""


class Remembering:
    """An encoder that encodes no text twice."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[Group, Vectors] = {}

    def encode(self, groups: Sequence[Group]) -> Vectors:
        """One unit vector a text, group after group."""
        for group in groups:
            if group not in self._known:
                self._known[group] = self._embedder.encode([group])
        return np.vstack([self._known[group] for group in groups])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Headlines of one kind, where an editor moves them, and which labelled lines are of it."""

    name: str
    section: str
    words: re.Pattern[str]
    entries: tuple[Entry, ...]

    def halves(self) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        """The first and the second half of each language.

        Much is told in all three, in one order: so what is held out was not moved in another.
        """
        by_lang = [[e for e in self.entries if e.lang == lang] for lang in LANGUAGES]
        first = tuple(e for held in by_lang for e in held[: (len(held) + 1) // 2])
        return first, tuple(e for e in self.entries if e not in first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Of the kind's held-out entries that stood elsewhere: how many, how many moved. Of others:

    how many, and how many changed their section.
    """

    asked: int
    moved: int
    others: int
    changed: tuple[str, ...]


def kinds() -> Iterator[Kind]:
    """The kinds of ``kinds.txt``."""
    text = (Path(__file__).parent / "kinds.txt").read_text("utf-8")
    for block in re.split(r"^= ", text, flags=re.MULTILINE)[1:]:
        head, *titles = block.splitlines()
        named, _, words = head.partition(" | ")
        name, _, section = named.partition(" > ")
        entries = tuple(_entry(f"{name}{at}", title) for at, title in enumerate(titles) if title)
        pattern = re.compile(words, re.IGNORECASE)
        yield Kind(name=name, section=section, words=pattern, entries=entries)


def moved_by(
    kind: Kind,
    corrections: Sequence[Entry],
    held_out: Sequence[Entry],
    finder: NameFinder,
    embedder: Embedder | None,
) -> Moved:
    """What corrections of a kind move."""
    lessons = [Lesson(entry=each, section=kind.section) for each in corrections]
    before = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder)
    after = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder, lessons=lessons)
    others = _others(kind)
    was, now = _sections(before, held_out, embedder), _sections(after, held_out, embedder)
    old, new = _sections(before, others, embedder), _sections(after, others, embedder)
    return Moved(
        asked=sum(section != kind.section for section in was),
        moved=sum(a != kind.section == b for a, b in zip(was, now, strict=True)),
        others=len(others),
        changed=tuple(e.title for e, a, b in zip(others, old, new, strict=True) if a != b),
    )


def _others(kind: Kind) -> list[Entry]:
    lines = [entry_of(at, line) for at, line in enumerate(load_lines())][::_SPARED]
    unlike = [e for e in lines if not kind.words.search(f"{e.title} {e.text}")]
    return unlike[:: len(unlike) // OTHERS][:OTHERS]


def _sections(
    classifier: Classifier, entries: Sequence[Entry], embedder: Embedder | None
) -> list[str]:
    placed = classifier.place(entries, encode_entries(entries, embedder))
    return [each.section for each in placed]


def _entry(key: str, title: str) -> Entry:
    lang = "zh" if re.search("[\u3400-\u9fff]", title) else "en"
    lang = "ru" if re.search("[\u0400-\u04ff]", title) else lang
    made = entry_of(0, Line(section="", lang=lang, title=title))
    return replace(made, id=key, fingerprint=title)
