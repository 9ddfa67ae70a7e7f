"""Files that need a parser of their own, read in a worker: mail, Word documents, PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from digest.errors import ParseError
from digest.model import Problem, RawEntry
from digest.pull.docx import read_docx
from digest.pull.mail import read_message
from digest.pull.notes import Facts, Paper, entries_of_parts, filled, with_known
from digest.pull.pdf import read_pdf
from digest.source import FileFacts

MAX_DOCUMENT = 25 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message or document: its bytes, and the name by which a problem calls it."""

    data: bytes
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Pieces of one file: ``relative`` is its path, ``known`` what the editor knows of it."""

    kind: str
    pieces: tuple[Piece, ...]
    relative: str
    known: tuple[FileFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the pieces gave. Texts are plain, and every entry has its ``path``."""

    entries: tuple[RawEntry, ...] = ()
    problems: tuple[Problem, ...] = ()


def open_document(job: Job) -> Opened:
    """The entries of a job. Raises ParseError for a document that cannot be read as a whole."""
    return _READERS[job.kind](job)


def _mail(job: Job) -> Opened:
    facts = with_known(Facts(), job.known, job.relative)
    entries, problems = [], []
    for piece in job.pieces:
        letter = read_message(piece.data, where=piece.where)
        if letter.entry is not None:
            heading = letter.entry.guid
            entries.append(filled(replace(letter.entry, path=job.relative, heading=heading), facts))
        if letter.problem is not None:
            problems.append(letter.problem)
    return Opened(entries=tuple(entries), problems=tuple(problems))


def _paper(reader: Callable[[bytes], Paper]) -> Callable[[Job], Opened]:
    def read(job: Job) -> Opened:
        entries: list[RawEntry] = []
        problems: list[Problem] = []
        for piece in job.pieces:
            paper = reader(piece.data)
            said = Facts(title=paper.title, date=paper.parts.date)
            facts = with_known(said, job.known, job.relative)
            entries += entries_of_parts(paper.parts, facts, job.relative)
            problems += [replace(problem, where=piece.where) for problem in paper.problems]
        return Opened(entries=tuple(entries), problems=tuple(problems))

    return read


_READERS: dict[str, Callable[[Job], Opened]] = {
    "mail": _mail,
    "docx": _paper(read_docx),
    "pdf": _paper(read_pdf),
}
"""How each kind is read."""

Opener = Callable[[Job], Opened]
"""``open_document`` or ``ParserPool.document``."""


def open_singly(job: Job, opener: Opener) -> Opened:
    """The entries of a job; where the whole of it fails, those of the pieces that do not.

    One hostile message stops the worker that reads it, and not those that came with it.
    """
    try:
        return opener(job)
    except ParseError as error:
        if len(job.pieces) == 1:
            # A worker calls all that it reads a feed.
            message = error.message.replace("The feed", "The file")
            problem = Problem(code="parse", message=message, where=job.pieces[0].where)
            return Opened(problems=(problem,))
    return joined([open_singly(replace(job, pieces=(piece,)), opener) for piece in job.pieces])


def joined(found: Sequence[Opened]) -> Opened:
    """All of it as one."""
    return Opened(
        entries=tuple(entry for each in found for entry in each.entries),
        problems=tuple(problem for each in found for problem in each.problems),
    )
