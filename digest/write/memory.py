"""The words with which an issue says that it goes on with what an earlier one told."""

from __future__ import annotations

import re

_MARK = re.compile(
    r"\b(?:in|of) (?:the|our|an earlier|last week[’']s) issue\b|\bUpdate:|\bPast reporting\b"
    r"|\bEarlier:|\bas (?:we )?(?:noted|reported) (?:earlier|before|last week)\b",
    re.IGNORECASE,
)


def is_marked(text: str) -> bool:
    """Whether a story says that it takes up an earlier one.

    >>> is_marked("As noted in the issue of 7 April, the talks go on.")
    True
    """
    return _MARK.search(text) is not None
