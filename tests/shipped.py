"""What ships with the program and is dear to make, made once a test session."""

from __future__ import annotations

from functools import cache

from digest.data.names import load_names
from digest.text.mentions import NameFinder


@cache
def shipped_finder() -> NameFinder:
    """A finder of the shipped names."""
    return NameFinder(load_names())
