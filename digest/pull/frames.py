"""Messages of a mailbox on a server as one body, and that body as entries.

What a server gave goes to a worker unread: ``framed`` joins it, ``read_mailbox`` takes it apart.
A frame is a line ``UID LENGTH`` and so many bytes.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import replace

from digest.errors import ParseError
from digest.model import Problem, RawEntry
from digest.pull.mail import read_message
from digest.pull.parsed import ParsedFeed
from digest.source import Source

MAGIC = b"digest-mailbox 1\n"


def framed(messages: Iterable[tuple[int, bytes]]) -> bytes:
    """The body for (UID, message) pairs; an empty message is one that the server did not give."""
    frames = (b"%d %d\n%b" % (uid, len(data), data) for uid, data in messages)
    return MAGIC + b"".join(frames)


def unframed(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The (UID, message) pairs of a body. Raises ParseError."""
    if not body.startswith(MAGIC):
        raise ParseError("The address gave no mailbox; check its type in sources.yaml.")
    at = len(MAGIC)
    while at < len(body):
        end = body.find(b"\n", at)
        uid, _, length = body[at:end].partition(b" ")
        if end < 0 or not uid.isdigit() or not length.isdigit():
            raise ParseError("The mailbox was not handed on whole; please report this as a bug.")
        at = end + 1 + int(length)
        yield int(uid), body[end + 1 : at]


def read_mailbox(body: bytes, source: Source) -> ParsedFeed:
    """The entries of a body, one a message; texts are escaped, for they are plain.

    What gives no entry is a problem that names the message by its UID. Raises ParseError.
    """
    entries: list[RawEntry] = []
    problems: list[Problem] = []
    for uid, data in unframed(body):
        where = f"{source.name}, message {uid}"
        if not data:
            message = "The server does not hand the message out; open it in a mail program."
            problems.append(Problem(code="unreadable", message=message, where=where))
            continue
        letter = read_message(data, where=where)
        if letter.entry is not None:
            entries.append(_escaped(letter.entry, source))
        if letter.problem is not None:
            problems.append(letter.problem)
    return ParsedFeed(title=None, entries=tuple(entries), problems=tuple(problems))


def _escaped(entry: RawEntry, source: Source) -> RawEntry:
    # Of a newsletter that is a source by itself the editor knows the publisher better.
    return replace(
        entry,
        title=html.escape(entry.title, quote=False),
        content=html.escape(entry.content, quote=False),
        publisher=None if source.publisher else html.escape(entry.publisher or "", quote=False),
    )
