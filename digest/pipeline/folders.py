"""One folder of local files to entries; a broken file is a problem, the others are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from digest.errors import DigestError
from digest.fetched import SourceOutcome
from digest.model import Entry, Problem, RawEntry
from digest.pipeline.outcomes import outcome_of
from digest.pull.documents import Job, Opened
from digest.pull.entries import entries_of
from digest.pull.files import find, read
from digest.pull.workers import ParserPool
from digest.source import Source


def read_folder(
    source: Source, *, root: Path, pool: ParserPool, now: datetime
) -> tuple[Sequence[Entry], SourceOutcome]:
    """The entries of the files a source names, and what became of it. Never raises for a file."""
    try:
        paths = find(root, source.path or "")
    except (OSError, DigestError) as error:
        return (), outcome_of(source, "failed", str(error))
    if not paths:
        return (), outcome_of(source, "failed", f"nothing to read at {source.path}; check the path")

    def opened(job: Job) -> Opened:
        return pool.ask("document", (job,), Opened)

    raw: list[RawEntry] = []
    problems: list[Problem] = []
    for path in paths:
        found, wrong = read(path, root=root, source=source, parser=pool.parse, opener=opened)
        raw += found
        problems += wrong
    entries = entries_of(raw, source=source, feed_title=None, now=now)
    if problems and not entries:
        outcome = outcome_of(source, "failed", "no file of it could be read")
    else:
        outcome = outcome_of(source, "ok")
    return entries, replace(outcome, entries=len(raw), problems=tuple(problems))
