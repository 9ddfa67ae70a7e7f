"""Toned pinyin of a Chinese person's name, where it is sure."""

from __future__ import annotations

from functools import cache
from typing import Any
from unicodedata import normalize

from digest.data.surnames import load_surnames

_MOST = 4
_TONES = frozenset("\u0300\u0301\u0304\u030c")
_VOWELS = "aāáǎàeēéěèoōóǒò"


def name_pinyin(hanzi: str) -> str | None:
    """The reading as we print it, surname apart; nothing where a part may be read otherwise.

    Two to four characters, the surname first, of one character or of two. Where the book of
    surnames says that a surname or a given name's character has more readings in names, only the
    person's own entry in the name book can tell, and nothing is given.

    >>> name_pinyin("习近平"), name_pinyin("欧阳修"), name_pinyin("单雄信")
    ('Xí Jìnpíng', 'Ōuyáng Xiū', 'Shàn Xióngxìn')
    >>> name_pinyin("普京") is None, name_pinyin("覃小明") is None
    (True, True)
    """
    book = load_surnames()
    if not 2 <= len(hanzi) <= _MOST:  # noqa: PLR2004 - a surname and a given name
        return None
    length = 2 if hanzi[:2] in book.readings and len(hanzi) > 2 else 1  # noqa: PLR2004 - compound
    surname, given = hanzi[:length], hanzi[length:]
    first = book.readings.get(surname)
    if first is None or not 1 <= len(given) <= 2:  # noqa: PLR2004 - of given names
        return None
    syllables = [_syllable(char) for char in given]
    if any(syllable is None for syllable in syllables):
        return None
    joined = ""
    for syllable in filter(None, syllables):
        joined += f"'{syllable}" if joined and syllable[0] in _VOWELS else syllable
    return f"{first.capitalize()} {joined.capitalize()}"


def _syllable(char: str) -> str | None:
    """The reading of a character of a given name; nothing where names read it in more ways."""
    book = load_surnames()
    if char in book.doubtful:
        return None
    if char in book.given:
        return book.given[char]
    if not "\u3400" <= char <= "\u9fff":
        return None
    return _reading(char)


def agreed_pinyin(hanzi: str, name: str) -> str | None:
    """The toned pinyin of a person whose printed name and characters say the same.

    That is what keeps tones from those who are not Chinese: their characters only sound alike.

    >>> agreed_pinyin("习近平", "Xi Jinping"), agreed_pinyin("文在寅", "Moon Jae-in")
    ('Xí Jìnpíng', None)
    """
    read = name_pinyin(hanzi)
    return read if read is not None and without_tones(read) == name else None


def without_tones(pinyin: str) -> str:
    """The romanisation that newspapers print.

    >>> without_tones("Lǚ Dàliáng")
    'Lü Daliang'
    """
    letters = normalize("NFD", pinyin)
    return normalize("NFC", "".join(char for char in letters if char not in _TONES))


@cache
def _reading(char: str) -> str:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - loads its dictionaries

    made: Any = pinyin(char, style=Style.TONE)
    return str(made[0][0])
