"""How a sentence reads inside another one: its first letter, its quotation marks, its end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.data.prose import load_prose
from digest.text.mentions import NameFinder

_CAPITALS = re.compile(r"[A-Z][\w’'-]*[A-Z0-9]|\w*\d")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORD = re.compile(r"[^\W\d_][\w’'-]*")


class Casing:
    """Decides, from texts of the same issue, whether a first word is a name.

    A word is small when it is one of the language's small words or stands with a small letter
    somewhere in the texts; a name when it is in the name book, is written in capitals, or
    stands with a capital within a sentence of the texts. Anything else is not known.
    """

    def __init__(self, texts: Iterable[str], finder: NameFinder | None) -> None:
        self._finder = finder
        self._small: set[str] = set()
        self._capital: set[str] = set()
        for text in texts:
            self._learn(text)

    def _learn(self, text: str) -> None:
        for found in _WORD.finditer(text):
            word = found[0]
            if word[0].islower():
                self._small.add(word)
            elif re.search(r"[\w,;)’] $", text[max(0, found.start() - 2) : found.start()]):
                self._capital.add(word)

    def lowered(self, sentence: str) -> str | None:
        """The sentence as it reads after a comma; nothing where its first word is not known."""
        first = _WORD.match(sentence)
        if first is None:
            return sentence if sentence[:1].isdigit() else None
        word = first[0]
        small = word.lower()
        if small in load_prose().small and word != "I":
            return small[0] + sentence[1:]
        if self._is_name(word, sentence):
            return sentence
        if small in self._small:
            return small[0] + sentence[1:]
        return None

    def _is_name(self, word: str, sentence: str) -> bool:
        bare = re.sub(r"[’']s$", "", word)
        if len(bare) > 1 and _CAPITALS.match(bare):
            return True
        if self._finder is not None and any(m.start == 0 for m in self._finder.find(sentence)):
            return True
        if bare in self._capital or word in self._capital:
            return bare.lower() not in self._small
        return re.match(rf"{re.escape(word)},? [A-Z]\w+", sentence) is not None

    def proper(self) -> frozenset[str]:
        """Words that stand with a capital within sentences and never without."""
        return frozenset(word for word in self._capital if word.lower() not in self._small)

    def kept(self, headline: str) -> frozenset[str]:
        """What keeps its capitals in a headline: proper words, and names of the name book."""
        found = self._finder.find(headline) if self._finder is not None else ()
        return self.proper() | {headline[mention.start : mention.end] for mention in found}


def curly(text: str) -> str:
    """The text with typographic quotation marks and apostrophes.

    A straight mark opens after a blank or an opening bracket, and closes elsewhere.
    """
    text = re.sub(r"(?<=[\s(\[—–])\"|^\"", "“", text).replace('"', "”")
    text = re.sub(r"(?<=[\s(\[—–“])'(?=\w)|^'", "‘", text)
    return text.replace("'", "’")


def open_end(sentence: str) -> str | None:
    """The sentence without its full stop, a comma inside a closing quotation mark instead.

    Nothing for a sentence that ends otherwise (a question, an ellipsis).
    """
    if re.search(r"[.…]{2}[”’]?$|[?!…][”’]?$", sentence):
        return None
    found = re.fullmatch(r"(.*)\.([”’]*)", sentence, re.DOTALL)
    if found is None:
        return None
    return f"{found[1]},{found[2]}"


def spelled(number: int) -> str:
    """A number as prose writes it: in letters below ten."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def count_words(text: str) -> int:
    """The length of a text in words; two Han characters count as one."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    return len(re.findall(r"[^\W\u3400-\u9fff][^\s\u3400-\u9fff]*", text)) + han // 2
