"""Mailboxes on disk, one message after the other: ``.mbox`` files as a stream, Maildir folders."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from digest.model import Problem, RawEntry
from digest.pull.documents import Job, Opened, Opener, Piece, open_singly
from digest.pull.mail import MAX_MESSAGE
from digest.source import FileFacts

MOST_MESSAGES = 5_000
"""Messages of one mailbox that are kept, the last ones of the file: programs add at the end."""

_MOST_TEXT = 32_000_000
_BATCH = 1024 * 1024
_MOST_IN_BATCH = 64

_LINE = 64 * 1024
_SEPARATOR = re.compile(rb"From \S.{0,400}\d\d:\d\d.{0,40}\d{4}|From \S+\s*$|From -")
_ESCAPED = re.compile(rb">+From ")
_DROPPED_FLAGS = frozenset("TD")  # trashed, draft


def messages(stream: BinaryIO) -> Iterator[bytes]:
    """The messages of an mbox, each without its "From " line, in order (mboxrd, RFC 4155).

    Never holds more than one message, and of that at most ``MAX_MESSAGE`` bytes.
    """
    lines: list[bytes] | None = None
    size, at_start, blank = 0, True, True
    while line := stream.readline(_LINE):
        if at_start and blank and _SEPARATOR.match(line):
            if lines:
                yield b"".join(lines)
            lines, size = [], 0
        elif lines is not None and size < MAX_MESSAGE:
            if at_start and _ESCAPED.match(line):
                line = line[1:]
            lines.append(line)
            size += len(line)
        blank = at_start and not line.strip(b"\r\n")
        at_start = line.endswith(b"\n")
    if lines:
        yield b"".join(lines)


def is_maildir(folder: Path) -> bool:
    """Whether the folder holds a Maildir, which ``cur`` and ``new`` make out."""
    return (folder / "cur").is_dir() and (folder / "new").is_dir()


def in_maildir(path: Path) -> bool:
    """Whether the file is a message of a Maildir, neither trashed nor a draft."""
    if path.parent.name not in {"cur", "new"} or not is_maildir(path.parent.parent):
        return False
    return _DROPPED_FLAGS.isdisjoint(path.name.rpartition(":2,")[2] if ":2," in path.name else "")


def steady_name(relative: str) -> str:
    """The path of a message without its flags and its folder ``new``, both of which change.

    >>> steady_name("mail/cur/1650000000.M1.host:2,RS")
    'mail/1650000000.M1.host'
    """
    folder, _, name = relative.rpartition("/")
    return f"{folder.rpartition('/')[0]}/{name.partition(':2,')[0]}".lstrip("/")


# --- to entries ----------------------------------------------------------------------------------


def open_mail(path: Path, relative: str, *, known: tuple[FileFacts, ...], opener: Opener) -> Opened:
    """The entries of a message or an mbox; raises OSError.

    Of a large mbox the last messages: at most ``MOST_MESSAGES`` and 32 million characters.
    """
    if path.suffix.lower() != ".mbox":
        with path.open("rb") as stream:
            piece = Piece(data=stream.read(MAX_MESSAGE), where=relative)
        name = steady_name(relative) if in_maildir(path) else relative
        return open_singly(Job(kind="mail", pieces=(piece,), relative=name, known=known), opener)
    with path.open("rb") as stream:
        found = _kept(_opened(stream, relative, known, opener))
    if not found.entries and not found.problems and path.stat().st_size:
        message = 'The file is no mailbox: no line of it begins a message ("From ...").'
        return Opened(problems=(Problem(code="parse", message=message, where=relative),))
    return replace(
        found, problems=tuple(replace(p, where=p.where or relative) for p in found.problems)
    )


def _opened(
    stream: BinaryIO, relative: str, known: tuple[FileFacts, ...], opener: Opener
) -> Iterator[Opened]:
    pieces: list[Piece] = []
    size = 0
    for number, data in enumerate(messages(stream), 1):
        if pieces and (size + len(data) > _BATCH or len(pieces) >= _MOST_IN_BATCH):
            job = Job(kind="mail", pieces=tuple(pieces), relative=relative, known=known)
            yield open_singly(job, opener)
            pieces, size = [], 0
        pieces.append(Piece(data=data, where=f"{relative}, message {number}"))
        size += len(data)
    if pieces:
        job = Job(kind="mail", pieces=tuple(pieces), relative=relative, known=known)
        yield open_singly(job, opener)


def _kept(found: Iterable[Opened]) -> Opened:
    entries: deque[RawEntry] = deque()
    problems: deque[Problem] = deque(maxlen=MOST_MESSAGES)
    size = dropped = 0
    for opened in found:
        problems.extend(opened.problems)
        for entry in opened.entries:
            entries.append(entry)
            size += len(entry.content)
            while len(entries) > MOST_MESSAGES or size > _MOST_TEXT:
                size -= len(entries.popleft().content)
                dropped += 1
    if dropped:
        message = f"The mailbox is large: its first {dropped:,} messages are left out; split it."
        problems.append(Problem(code="too-large", message=message))
    return Opened(entries=tuple(entries), problems=tuple(problems))
