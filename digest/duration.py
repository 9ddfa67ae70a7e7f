"""Lengths of time as a person writes them."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def parse_duration(text: str) -> timedelta:
    """The length of time of ``"90s"``, ``"10m"``, ``"1h"``, ``"7d"`` or ``"2w"``.

    Raises ``ValueError`` with a sentence that names the forms.

    >>> parse_duration("10m")
    datetime.timedelta(seconds=600)
    """
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([smhdw])", text.strip())
    if match:
        try:
            return timedelta(seconds=float(match[1]) * UNITS[match[2]])
        except OverflowError:  # more than 2.7 million years
            pass
    message = f"{text[:40]!r} is no length of time; write one such as 30s, 10m, 1h, 7d or 2w"
    raise ValueError(message)
