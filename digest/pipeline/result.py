"""What a command has to say to the command line or the desk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Lines for a person, a document for a program, and an exit code."""

    text: str = ""
    document: object = None
    code: int = 0
