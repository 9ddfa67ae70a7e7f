"""Lines of a JSON Lines file as entries, without a database: what ``judge --input`` works on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from digest.data.publishers import load_publishers
from digest.errors import UsageError
from digest.model import Certainty, Entry
from digest.pull.ids import fingerprint
from digest.pull.lines import Line, read_lines
from digest.text.clean import clean_text
from digest.text.language import language_of

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The date of a line without one; its certainty is ``GUESS``, so nobody takes it for a date."""


def lines_of(path: Path) -> tuple[Line, ...]:
    """The lines of the file, bad ones too.

    Raises ``UsageError`` for a file that cannot be read.
    """
    return read_lines(text_of(path))


def text_of(path: Path) -> str:
    """The text of the file. Raises ``UsageError`` for one that cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from error


def entries_of_lines(lines: tuple[Line, ...]) -> Iterator[Entry]:
    """The entries of the good lines, in order; equal lines stay two entries."""
    publishers = load_publishers()
    for line in lines:
        raw = line.entry
        if raw is None:
            continue
        title, text = clean_text(raw.title), clean_text(raw.content or raw.summary)
        yield publishers.completed(
            Entry(
                id=line.id,
                source_id="lines",
                url=raw.url,
                publisher=raw.publisher or "",
                title=title,
                text=text,
                lang=raw.lang or language_of(f"{title}\n{text}"),
                date=raw.published or UNDATED,
                certainty=raw.certainty if raw.published else Certainty.GUESS,
                first_seen=raw.published or UNDATED,
                fingerprint=fingerprint(title, text),
                section=raw.section,
                paraphrase=raw.paraphrase,
            )
        )
