"""What the texts of one document have in common at their ends, and what no one of them says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

_LEAST = 3  # texts that share a line before it counts as the site's
_SHARE = 0.3  # of the document's texts, for a line of its own
_SENTENCE_SHARE = 0.6  # for a sentence within a paragraph: "No one was hurt" may well be news
_MOST = 8  # lines taken from either end
_LONGEST = 400
_TIP = 3  # characters of the shortest line that counts
_WORD = re.compile(r"[^\W\d_]{2}")
_SENTENCE_END = re.compile(r"""[.!?…]['"”»)\]]*\s+|[。！？…][」』”）]*""")


def without_repeats(texts: Sequence[str]) -> tuple[str, ...]:
    r"""The texts of one document without the lines that many of them begin or end with.

    A line (or a last sentence, where more than half have it) is taken from the ends of all texts
    when at least three different texts and 30 % of them have it there, letter for letter. What
    varies stays, and so does the last line of a text that consists of nothing else.

    >>> without_repeats(("One.\n\nBy Example", "Two.\n\nBy Example", "Three.\n\nBy Example"))
    ('One.', 'Two.', 'Three.')
    """
    distinct = set(texts)
    if len(distinct) < _LEAST:
        return tuple(texts)
    now = {text: text.strip() for text in distinct}
    for end in (_last_line, _last_sentence, _last_line, _first_line):
        now = _peeled(now, end, _SENTENCE_SHARE if end is _last_sentence else _SHARE)
    return tuple(now[text] if now[text] != text.strip() else text for text in texts)


_End = Callable[[str], tuple[str, str]]
"""What stands at one end of a text, and the rest; "" for what there is not."""


def _peeled(texts: dict[str, str], end: _End, share: float) -> dict[str, str]:
    """The texts without what enough of them have at this end, as often as there is something."""
    needed = max(_LEAST, share * len(texts))
    for _ in range(_MOST):
        # Few texts end alike in as little as three characters: the others are not cut up.
        tips = {
            text: now[:_TIP] if end is _first_line else now[-_TIP:] for text, now in texts.items()
        }
        frequent = _frequent(tips.values(), needed)
        ends = {text: end(texts[text]) for text, tip in tips.items() if tip in frequent}
        common = _frequent((at_end for at_end, _ in ends.values()), needed)
        cut = {text: rest for text, (at_end, rest) in ends.items() if at_end in common and rest}
        if not cut:
            break
        texts = texts | cut
    return texts


def _frequent(parts: Iterable[str], needed: float) -> frozenset[str]:
    counts = Counter(part for part in parts if len(part) >= _TIP)
    return frozenset(part for part, count in counts.items() if count >= needed)


def _last_line(text: str) -> tuple[str, str]:
    at = text.rfind("\n")
    return _ends(text[at + 1 :], text[: at + 1]) if at >= 0 else _ends(text, "")


def _first_line(text: str) -> tuple[str, str]:
    at = text.find("\n")
    return _ends(text[:at], text[at:]) if at >= 0 else _ends(text, "")


def _last_sentence(text: str) -> tuple[str, str]:
    begin = max(text.rfind("\n") + 1, len(text) - _LONGEST, 0)
    at = begin
    for found in _SENTENCE_END.finditer(text, begin, len(text) - 1):
        at = found.end()
    if at == begin or not _WORD.search(text, at):  # "..." says that the text is cut
        return _ends("", text)
    return _ends(text[at:], text[:at])


def _ends(end: str, rest: str) -> tuple[str, str]:
    end = end.strip()
    return (end if len(end) <= _LONGEST else ""), rest.strip()
