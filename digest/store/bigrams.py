"""Chinese cut into pairs of characters, so that a word index finds words of two characters.

A word index takes a run of Chinese for one word, and a trigram index finds nothing shorter than
three characters, while most Chinese words have two.
"""

from __future__ import annotations

import re

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_PART = re.compile('"[^"]*"|[^\\s"]+')
_WORD = re.compile(r"[^\W_]+")

PREFIX_FROM = 4
"""Words of so many letters also match longer words: Russian and English endings differ."""


def bigrams(text: str) -> str:
    """The text as it is indexed: every Chinese character begins one token.

    >>> bigrams("会见普京 today")
    ' 会见 见普 普京 京  today'
    """
    text = text.replace("ё", "е").replace("Ё", "Е")
    return _HAN.sub(_pairs, text)


def match_expression(query: str) -> str:
    """The FTS5 expression for what a person typed: all its words, in any order.

    Words in double quotes are a phrase. Nothing in a query acts as an operator. The empty text
    means that the query holds no word.

    >>> match_expression('oil "Caspian Pipeline" 中国人')
    '"oil" "Caspian Pipeline" "中国 国人"'
    """
    phrases: list[str] = []
    for part in _PART.findall(query.replace("ё", "е").replace("Ё", "Е")):
        if part.startswith('"'):
            words = _HAN.sub(_query_pairs, part.strip('"'))
            if _WORD.search(words):
                phrases.append(f'"{words}"')
        else:
            phrases += [_phrase(word) for word in _words(part)]
    return " ".join(phrases)


def _pairs(run: re.Match[str]) -> str:
    han = run[0]
    # The last character is a token of its own, so that a search for one character finds it.
    tokens = [han[at : at + 2] for at in range(len(han))]
    return f" {' '.join(tokens)} "


def _query_pairs(run: re.Match[str]) -> str:
    han = run[0]
    if len(han) == 1:
        return f" {han} "
    return f" {' '.join(han[at : at + 2] for at in range(len(han) - 1))} "


def _words(part: str) -> list[str]:
    """The words of a part, Chinese runs apart from what is written against them."""
    spaced = _HAN.sub(lambda run: f" {run[0]} ", part)
    return [word for piece in spaced.split() for word in _WORD.findall(piece)]


def _phrase(word: str) -> str:
    if not _HAN.match(word):
        return f'"{word}"*' if len(word) >= PREFIX_FROM else f'"{word}"'
    return f'"{word}"*' if len(word) == 1 else f'"{_query_pairs_of(word)}"'


def _query_pairs_of(word: str) -> str:
    return _HAN.sub(_query_pairs, word).strip()
