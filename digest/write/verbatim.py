"""Whether a quotation stands in its source, but for marked cuts and marked insertions."""

from __future__ import annotations

import re
from functools import lru_cache

from digest.data.prose import load_prose
from digest.write.casing import count_words

CUT = "[…]"

_MARKS = str.maketrans(dict.fromkeys("“”„«»‘’‚「」『』\"'`´", "'"))
_CUT = re.compile(r"\[\s*(?:…|\.{3})\s*\]")
_INSERTION = re.compile(r"(\[[^\[\]]*\])")
_CAPITAL = re.compile(r"\[(\w)\](?=\w)")
_EITHER = "\ue000"
_HAN = r"\u3400-\u9fff"
# What an insertion may stand for: a pronoun, a name, a few words.
_REPLACED = rf"([^{_HAN}]{{0,40}}?|.{{0,12}}?)"
_BORDER = rf"(?:(?<!\w)|(?!\w)|(?<=[{_HAN}])|(?=[{_HAN}]))"
_EDGE = re.compile(_BORDER)
_MOST_OURS = 2


def is_verbatim(quote: str, source: str) -> bool:
    """Whether a quotation stands in its source, word for word.

    ``[…]`` marks what was cut: what follows stands further on. ``[words]`` marks what was put in,
    or put for a few words of the source, never for a denial; ``[T]he`` a letter whose case was
    changed. Everything else stands in the source from word border to word border, and is hardly
    less than what was put in. Blanks are folded and the shape of quotation marks is free.
    """
    folded, told = _folded(source), _folded(quote)
    if told and _plain_end(told, folded, 0) is not None:
        return True
    if not re.search(r"\w", _INSERTION.sub("", told)):
        return False
    at = 0
    for part in _CUT.split(told):
        end = _end_of(part.strip(), folded, at)
        if end is None:
            return False
        at = end
    return True


def _end_of(part: str, source: str, start: int) -> int | None:
    """Where an uncut part of a quotation ends in the source from ``start`` on; else nothing."""
    if not re.search(r"\w", _INSERTION.sub("", part)):
        return start
    plain = _plain_end(part, source, start)
    if plain is not None or "[" not in part:
        return plain
    part = _CAPITAL.sub(rf"{_EITHER}\1", part)
    ours = sum(count_words(each[1:-1]) for each in _INSERTION.findall(part))
    if ours > count_words(_INSERTION.sub(" ", part)) + _MOST_OURS:
        return None
    for found in _pattern(_open(part)).finditer(source, start):
        if not any(load_prose().denying.search(each) for each in found.groups() if each):
            return found.end()
    return None


def _plain_end(part: str, source: str, start: int) -> int | None:
    """Where the very words end in the source from ``start`` on; else nothing.

    Found without a pattern: compiling one a sentence took a sixth of the time of an issue.
    """
    at = source.find(part, start)
    while at >= 0:
        end = at + len(part)
        if _EDGE.match(source, at) and _EDGE.match(source, end):
            return end
        at = source.find(part, at + 1)
    return None


def _open(part: str) -> str:
    """The pattern of a part that holds insertions: a few words may stand where one is."""
    made, between = "", ""
    for piece in map(str.strip, _INSERTION.split(part)):
        if _INSERTION.fullmatch(piece):
            between = rf"\s*(?:{re.escape(piece)}|{_REPLACED})\s*"
        elif piece:
            either = re.sub(rf"{_EITHER}(\w)", _letter, re.escape(piece))
            made += (between if made else "") + f"{_BORDER}{either}{_BORDER}"
    return made


def _letter(found: re.Match[str]) -> str:
    return f"[{found[1].lower()}{found[1].upper()}]"


@lru_cache(maxsize=256)
def _pattern(inside: str) -> re.Pattern[str]:
    return re.compile(f"{_BORDER}{inside}{_BORDER}")


def _folded(text: str) -> str:
    return " ".join(text.split()).translate(_MARKS)
