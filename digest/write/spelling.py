"""One person, one spelling: which words of a text are other spellings of a name of the book."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from digest.model import Issue, IssueSection, IssueStory, Name
from digest.text.mentions import NameFinder
from digest.write.gloss import prose_of

_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = 0.55
_SHORTEST = 3
_LONGER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelt:
    """A word of a person's name as it stands at ``start:end``, and as the name book has it."""

    name_id: str
    start: int
    end: int
    word: str
    book: str


def spellings(text: str, finder: NameFinder) -> Iterator[Spelt]:
    """The words of people's names in a text, each with its spelling in the name book.

    Titles, first names left out and words that are no kin of the book's are passed over, so that
    ``President Xi`` is a spelling of ``Xi`` and ``Toqaev`` one of ``Tokayev``.
    """
    for mention in finder.find(text):
        name = finder.name(mention.name_id)
        if name.kind != "person":
            continue
        for found in _WORD.finditer(text[mention.start : mention.end]):
            book = _book_word(found[0], name)
            if book is not None:
                start = mention.start + found.start()
                end = mention.start + found.end()
                yield Spelt(name_id=name.id, start=start, end=end, word=found[0], book=book)


def spelled_one_way(issue: Issue, finder: NameFinder) -> Issue:
    """The issue with people's names in its own words as the name book spells them.

    Headings, title and standfirst too; quotations, link labels and text in another language stay
    as they are.
    """
    return replace(
        issue,
        title=_plain(issue.title, finder),
        standfirst=_plain(issue.standfirst, finder),
        introduction=_markdown(issue.introduction, finder),
        sections=tuple(_section(section, finder) for section in issue.sections),
        closing=_markdown(issue.closing, finder),
    )


def _section(section: IssueSection, finder: NameFinder) -> IssueSection:
    stories = tuple(_story(story, finder) for story in section.stories)
    return replace(section, intro=_markdown(section.intro, finder), stories=stories)


def _story(story: IssueStory, finder: NameFinder) -> IssueStory:
    heading, body = _plain(story.heading, finder), _markdown(story.body, finder)
    return replace(story, heading=heading, body=body)


def _markdown(text: str, finder: NameFinder) -> str:
    return _respelled(text, prose_of(text), finder)


def _plain(text: str, finder: NameFinder) -> str:
    quoted = re.sub(r"“[^“”]*”", lambda found: "\0" * len(found[0]), text)
    return _respelled(text, quoted, finder)


def _respelled(text: str, prose: str, finder: NameFinder) -> str:
    made, at = [], 0
    for spelt in spellings(prose, finder):
        if folded(spelt.word) != folded(spelt.book):
            made += [text[at : spelt.start], spelt.book]
            at = spelt.end
    return "".join([*made, text[at:]])


def _book_word(word: str, name: Name) -> str | None:
    """The word of the book's name that a word is a spelling of."""
    if not word[0].isupper() or len(word) < _SHORTEST:
        return None
    book = _WORD.findall(f"{name.name} {name.short or ''}")
    if word in book:
        return word
    if name.pinyin and name.hanzi:
        return None
    scored = [(_likeness(word, each), each) for each in book]
    best = max(scored, default=(0.0, ""))
    return best[1] if best[0] >= _ALIKE else None


@lru_cache(maxsize=4096)
def _likeness(one: str, other: str) -> float:
    first = other[0].casefold()
    if one[0].casefold() not in (first, *_SAME_SOUND.get(first, "")) or other[0].islower():
        return 0.0
    apart = abs(len(one) - len(other))
    if apart > _LONGER or (apart == _LONGER and one.startswith(other)):  # Jokowi is no Joko
        return 0.0
    return SequenceMatcher(None, folded(one), folded(other), autojunk=False).ratio()


_SAME_SOUND = {"k": "qc", "q": "k", "c": "kt", "j": "zyd", "z": "j", "y": "ji", "e": "y"}
"""First letters that stand for one sound in different transcriptions."""


def folded(text: str) -> str:
    """The text without accents and case."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
