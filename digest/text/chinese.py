"""The two forms of Chinese writing."""

from __future__ import annotations

from functools import cache
from typing import Any


def simplified(text: str) -> str:
    """The text with traditional characters turned into simplified ones (mainland usage).

    >>> simplified("習近平訪問俄羅斯")
    '习近平访问俄罗斯'
    """
    return text if text.isascii() else str(_converter("t2s").convert(text))


def form_of(text: str) -> str:
    """``Hans`` or ``Hant``; "" where every character is the same in both.

    >>> form_of("俄罗斯"), form_of("俄羅斯"), form_of("北京")
    ('Hans', 'Hant', '')
    """
    traditional = _changed(text, simplified(text))
    simple = _changed(text, str(_converter("s2t").convert(text)))
    if traditional == simple:
        return ""
    return "Hant" if traditional > simple else "Hans"


def _changed(before: str, after: str) -> int:
    return sum(a != b for a, b in zip(before, after, strict=False))


@cache
def _converter(name: str) -> Any:
    import opencc  # noqa: PLC0415 - loads its dictionaries, and few texts need them

    return opencc.OpenCC(name)
