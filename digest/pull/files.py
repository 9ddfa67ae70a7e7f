"""Local files to raw entries: notes, saved pages, JSON Lines, feed files, mail and documents.

Everything a file does not say itself is filled from what the editor knows of it
(``source.files``). A file that cannot be read is a problem that names it; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from digest.errors import ParseError
from digest.model import Problem, RawEntry
from digest.pull.decode import decode
from digest.pull.documents import MAX_DOCUMENT, Job, Opener, Piece, open_document, open_singly
from digest.pull.feeds import parse
from digest.pull.gate import LOCAL_LIMITS, Limits
from digest.pull.htmlfile import read_page
from digest.pull.lines import Line, read_lines
from digest.pull.mbox import in_maildir, is_maildir, open_mail
from digest.pull.notes import Facts, entries_of_parts, filled, front_matter, with_known
from digest.pull.parsed import ParsedFeed
from digest.pull.parts import Parts, markdown_parts, text_parts
from digest.source import Source
from digest.text.clean import clean_text, without_chrome

__all__ = ["Line", "find", "read", "read_lines"]

MAX_TEXT_FILE = 5 * 1024 * 1024
MAX_FEED_FILE = 15 * 1024 * 1024
_FEEDS = frozenset({".xml", ".rss", ".atom", ".rdf", ".json"})
_NOTES = frozenset({".md", ".markdown", ".txt"})
_PAGES = frozenset({".html", ".htm"})
_MAIL = frozenset({".eml", ".mbox"})
_DOCUMENTS = frozenset({".docx", ".pdf"})
SUFFIXES = _FEEDS | _NOTES | _PAGES | _MAIL | _DOCUMENTS | {".jsonl"}

Found = tuple[tuple[RawEntry, ...], tuple[Problem, ...]]


class Parser(Protocol):
    """``feeds.parse`` or ``ParserPool.parse``."""

    def __call__(
        self, body: bytes, *, url: str, content_type: str = ..., limits: Limits = ...
    ) -> ParsedFeed: ...


def find(root: Path, pattern: str) -> tuple[Path, ...]:
    """The files a source's ``path`` names, sorted: a file, a folder (whole tree) or a pattern.

    Hidden files, READMEs and kinds we do not read (OPML among them) are left out of folders and
    patterns, as are drafts and what was thrown away of a Maildir; a file named outright is always
    returned, that ``read`` may say what is wrong.
    """
    target = root / pattern
    if target.is_file():
        return (target,)
    if target.is_dir():
        base, candidates = target, tuple(target.rglob("*"))
    else:
        base, candidates = root, () if Path(pattern).is_absolute() else tuple(root.glob(pattern))
    return tuple(sorted(path for path in candidates if _is_readable(path, base)))


def _is_readable(path: Path, base: Path) -> bool:
    inner = path.relative_to(base).parts
    if any(part.startswith(".") for part in inner) or path.stem.upper() == "README":
        return False
    # Messages of a Maildir have no suffix, and what lies in its "tmp" is not delivered yet.
    known = path.suffix.lower() in SUFFIXES and not is_maildir(path.parent.parent)
    return (known or in_maildir(path)) and path.is_file()


def read(
    path: Path,
    *,
    root: Path,
    source: Source,
    parser: Parser = parse,
    opener: Opener = open_document,
) -> Found:
    """The entries of one file, and what a person should know about it.

    ``root`` is the folder that must hold the file after links are resolved. ``parser`` reads
    feed files and ``opener`` mail and documents; give ``ParserPool.parse`` and
    ``ParserPool.document`` where the file may be hostile. Never raises for what a file is or holds.
    """
    relative = _relative(path, root)
    if relative is None:
        return (), (_problem(path.name, "outside", "The file lies outside the folder; move it."),)
    try:
        stat = path.stat()
        entries, problems = _contents(path, relative, source, parser, opener)
    except OSError as error:
        message = f"The file cannot be read ({error.strerror or 'error'}); check its permissions."
        return (), (_problem(relative, "unreadable", message),)
    if not entries and not problems:
        problems = (
            _problem(relative, "empty-file", "The file holds no entry; fill or remove it."),
        )
    if source.dates == "file":
        modified = datetime.fromtimestamp(stat.st_mtime, tz=UTC)
        entries = tuple(e if e.published else replace(e, published=modified) for e in entries)
    return entries, problems


def _contents(path: Path, relative: str, source: Source, parser: Parser, opener: Opener) -> Found:
    """What a file gives by its kind; raises OSError."""
    suffix = path.suffix.lower()
    if suffix in _MAIL or in_maildir(path):
        return _mail(path, relative, source, opener)
    if suffix in _DOCUMENTS:
        limit = MAX_DOCUMENT
    else:
        limit = MAX_FEED_FILE if suffix in _FEEDS else MAX_TEXT_FILE
    if path.stat().st_size > limit:
        message = f"The file is larger than {limit:,} bytes; split it."
        return (), (_problem(relative, "too-large", message),)
    data = path.read_bytes()
    if suffix in _FEEDS:
        return _feed(data, relative, source, parser)
    if suffix in _DOCUMENTS:
        return _document(data, relative, source, opener)
    if reader := _reader(suffix):
        return reader(decode(data), relative, source)
    message = f'Files of the kind "{suffix}" are not read; use {", ".join(sorted(SUFFIXES))}.'
    return (), (_problem(relative, "unknown-kind", message),)


def _relative(path: Path, root: Path) -> str | None:
    """The path below root with ``/``; None if the file, its links resolved, lies elsewhere."""
    try:
        real_root = root.resolve(strict=True)
        path.resolve(strict=True).relative_to(real_root)
        return path.absolute().relative_to(root.absolute()).as_posix()
    except FileNotFoundError:
        return path.name  # reading it says what is wrong
    except (ValueError, OSError, RuntimeError):
        return None


def _reader(suffix: str) -> Callable[[str, str, Source], Found] | None:
    if suffix in _NOTES:
        return _markdown if suffix != ".txt" else _text
    if suffix in _PAGES:
        return _page
    return _json_lines if suffix == ".jsonl" else None


# --- notes ---------------------------------------------------------------------------------------


def _text(text: str, relative: str, source: Source) -> Found:
    facts, body, problems = front_matter(text, where=relative)
    parts = text_parts(without_chrome(clean_text(body)))
    return _entries(parts, facts, relative, source), problems


def _markdown(text: str, relative: str, source: Source) -> Found:
    facts, body, problems = front_matter(text, where=relative)
    parts = markdown_parts(clean_text(body))
    if all(part.heading is None for part in parts.parts):
        joined = "\n\n".join(part.text for part in parts.parts)
        parts = text_parts(without_chrome(joined))
    return _entries(parts, facts, relative, source), problems


def _entries(parts: Parts, facts: Facts, relative: str, source: Source) -> tuple[RawEntry, ...]:
    said = replace(facts, date=facts.date or parts.date)
    return entries_of_parts(parts, with_known(said, source.files, relative), relative)


# --- mail and documents --------------------------------------------------------------------------


def _mail(path: Path, relative: str, source: Source, opener: Opener) -> Found:
    opened = open_mail(path, relative, known=source.files, opener=opener)
    # Of a newsletter that is a source by itself the editor knows the publisher better.
    own = [replace(e, publisher=None) if source.publisher else e for e in opened.entries]
    return tuple(own), opened.problems


def _document(data: bytes, relative: str, source: Source, opener: Opener) -> Found:
    kind = relative.rpartition(".")[2].lower()
    piece = Piece(data=data, where=relative)
    job = Job(kind=kind, pieces=(piece,), relative=relative, known=source.files)
    opened = open_singly(job, opener)
    return opened.entries, opened.problems


# --- pages, lines, feeds -------------------------------------------------------------------------


def _page(text: str, relative: str, source: Source) -> Found:
    page = read_page(text)
    facts = with_known(page.facts, source.files, relative)
    if not facts.title and not page.text:
        return (), ()
    entry = RawEntry(
        title=facts.title or "",
        url=facts.url,
        path=relative,
        summary=page.summary,
        content=without_chrome(clean_text(page.text)),
        authors=page.authors,
    )
    return (filled(entry, facts),), ()


def _json_lines(text: str, relative: str, source: Source) -> Found:
    facts = with_known(Facts(), source.files, relative)
    entries, problems = [], []
    for line in read_lines(text):
        if line.entry is None:
            message = f"Line {line.number}: {line.error}"
            problems.append(Problem(code="bad-line", message=message, where=relative))
            continue
        heading = line.id if line.entry.guid else line.entry.title
        entries.append(filled(replace(line.entry, path=relative, heading=heading), facts))
    return tuple(entries), tuple(problems)


def _feed(data: bytes, relative: str, source: Source, parser: Parser) -> Found:
    try:
        feed = parser(data, url="", limits=LOCAL_LIMITS)
    except ParseError as error:
        return (), (_problem(relative, "parse", error.message),)
    facts = with_known(Facts(), source.files, relative)
    problems = tuple(replace(problem, where=relative) for problem in feed.problems)
    return tuple(filled(entry, facts) for entry in feed.entries), problems


def _problem(where: str, code: str, message: str) -> Problem:
    return Problem(code=code, message=message, where=where)
