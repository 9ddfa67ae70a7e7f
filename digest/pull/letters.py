"""Reading a mailbox so that one hostile message stops neither the others nor the next polls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from digest.errors import ParseError
from digest.model import Problem
from digest.pull.frames import framed, unframed
from digest.pull.parsed import Document, Reading


def read_letters(document: Document, read: Callable[[Document], Reading]) -> Reading:
    """What ``read`` makes of a body of frames; where that fails, what it makes of its halves.

    A message that fails alone is a problem. Anyone may write to a mailbox: if one message could
    fail a poll, it would be asked for again each time, and nothing behind it ever read. Raises
    ParseError for what is no body of frames.
    """
    try:
        return read(document)
    except ParseError as error:
        frames = list(unframed(document.body))
        if len(frames) <= 1:
            uid = frames[0][0] if frames else 0
            # A worker calls all that it reads a feed.
            message = error.message.replace("The feed", "The message")
            problem = Problem(code="parse", message=message, where=f"message {uid}")
            return Reading(entries=(), said=0, problems=(problem,))
    half = len(frames) // 2
    parts = [
        read_letters(replace(document, body=framed(part)), read)
        for part in (frames[:half], frames[half:])
    ]
    return Reading(
        entries=tuple(entry for part in parts for entry in part.entries),
        said=sum(part.said for part in parts),
        problems=tuple(problem for part in parts for problem in part.problems),
    )
