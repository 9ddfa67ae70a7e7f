"""What a story has said so far, and how much another sentence would add to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from digest.data.prose import load_prose
from digest.model import Entry
from digest.text.words import tokens
from digest.write.casing import count_words
from digest.write.verbatim import CUT

NOVEL = 0.55
"""A sentence adds something when more than this share of its words has not been told."""

STEM = 6
_SMALL_WORD = 3
_MONTHS = (
    "january february march april may june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday"
)
_DATE = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r" \d{1,2}(?:, \d{4})?|\b\d{1,2} (?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)(?: \d{4})?|\b(?:19|20)\d\d\b"
)
_EMPTY = frozenset(_MONTHS.split()) | {
    "also", "been", "called", "could", "from", "have", "into", "news", "over", "president",
    "reported", "said", "says", "state", "that", "their", "them", "they", "this", "told", "were",
    "what", "when", "which", "while", "will", "with", "would",
}  # fmt: skip
_FULL_NAME = re.compile(r"\b[A-Z]\w+ ([A-Z][^\W\d_]+(?:-\w+)?)\b")


@dataclass(slots=True)
class Told:
    """What a story has said so far.

    ``kept_back`` is a sentence of an entry that stands elsewhere (a denial), not among the rest.
    """

    kept_back: tuple[Entry, str] | None = None
    stems: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    used: dict[str, list[str]] = field(default_factory=dict)
    words: int = 0

    def novelty(self, text: str, lang: str) -> float:
        """The share of its words a sentence would add; more where it brings a new figure.

        Days and years count as no figure: the same event told with its date is the same event.
        """
        stems, numbers = _stems(text, lang)
        share = len(stems - self.stems) / (len(stems) or 1)
        return min(1.0, share + 0.25) if numbers - self.numbers else share

    def add(self, entry: Entry, text: str, lang: str) -> None:
        """Note that a sentence of an entry has been told."""
        self.know(text, lang)
        self.words += count_words(text)
        self.used.setdefault(entry.id, []).append(text)

    def know(self, text: str, lang: str) -> None:
        """Note what a reader knows already, such as the heading."""
        stems, numbers = _stems(text, lang)
        self.stems |= stems
        self.numbers |= numbers

    def holds(self, sentence: str) -> bool:
        """Whether the sentence has been told, or is kept back, as it is."""
        kept = self.kept_back[1] if self.kept_back else None
        return sentence == kept or any(sentence in texts for texts in self.used.values())

    def reserved(self, entry: Entry) -> int:
        """How many of an entry's words are kept back."""
        if self.kept_back is None or self.kept_back[0] != entry:
            return 0
        return count_words(self.kept_back[1])


def likeness(one: str, other: str, lang: str) -> float:
    """The share of the words of ``one`` that ``other`` has, too; 0 where figures differ."""
    mine, numbers = _stems(one, lang)
    theirs, others = _stems(other, lang)
    if not numbers <= others:
        return 0.0
    return len(mine & theirs) / (len(mine) or 1)


def stands(sentence: str, before: Sequence[str], told: Told, *, follows: bool) -> bool:
    """Whether a reader knows of whom a sentence speaks; ``follows`` the one before is told, too."""
    prose = load_prose()
    leans = prose.leaning.match(sentence) is not None or prose.unnamed.search(sentence) is not None
    return (follows or not leans) and not _assumes(sentence, before, told)


def _assumes(sentence: str, before: Sequence[str], told: Told) -> bool:
    """Whether a sentence calls somebody by surname whom its report has introduced earlier on.

    Away from those sentences the reader would not know who that is.
    """
    introduced = {found[1] for text in before for found in _FULL_NAME.finditer(text)}
    here = {found[1] for found in _FULL_NAME.finditer(sentence)}
    words = set(re.findall(r"\w[\w’-]*", sentence.replace("’s", "")))
    return any(name.casefold()[:STEM] not in told.stems for name in (introduced - here) & words)


@lru_cache(maxsize=4096)  # a sentence is held against all others of the issue
def _stems(text: str, lang: str) -> tuple[frozenset[str], frozenset[str]]:
    dated = _DATE.sub(" ", text.replace(CUT, ""))
    words = {word.casefold().removesuffix("'s") for word in tokens(dated, lang)}
    words -= _EMPTY | load_prose().small
    numbers = frozenset(word for word in words if any(char.isdigit() for char in word))
    han = lang == "zh"
    return frozenset(w[:STEM] for w in words if han or len(w) > _SMALL_WORD), numbers
