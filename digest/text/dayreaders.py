"""What each language brings to the finding of dates: its forms, and its signs of tense."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from digest.text.dayspans import Moment, Span

Reader = Callable[[re.Match[str], Moment], Span | None]


@dataclass(frozen=True, slots=True)
class Language:
    """Forms with what they mean, and the words of a sentence about what will be or has been."""

    forms: tuple[tuple[re.Pattern[str], Reader], ...]
    future: re.Pattern[str]
    past: re.Pattern[str]
