"""add: one page, file or note becomes an entry of this week, by hand."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from digest.data.publishers import load_publishers
from digest.errors import ParseError, UsageError
from digest.fetched import Retrieved
from digest.model import Certainty, Entry, RawEntry
from digest.pipeline.lookup import lookup
from digest.pipeline.result import Result
from digest.pipeline.window import ADDED
from digest.pipeline.workspace import Workspace, open_workspace
from digest.pull.entries import entries_of
from digest.pull.files import read
from digest.pull.parsed import Document
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Source
from digest.store.entries import save_entries
from digest.text.extract import PageText
from digest.text.urls import is_web_url

LONGEST_TITLE = 90


def add(
    config: Path, *, what: str | None, note: str | None, section: str | None, now: datetime
) -> Result:
    """The result of ``digest add``: what was added, each with its id."""
    if (what is None) == (note is None):
        raise UsageError("give either a URL or a file, or --note TEXT")
    with open_workspace(config, now=now) as ws:
        if section is not None and section not in {each.id for each in ws.config.sections}:
            known = ", ".join(each.id for each in ws.config.sections)
            raise UsageError(f"no section {section!r}; known: {known}", where="--section")
        source = Source(id=ADDED, name="Editor’s desk", path="added", section=section)
        raw = _raw(ws, source, what, note)
        publishers = load_publishers().with_sources(ws.config.sources)
        entries = tuple(
            publishers.completed(entry)
            for entry in entries_of(raw, source=source, feed_title=None, now=now)
        )
        if not entries:
            raise UsageError("holds no entry", where=what)
        with ws.lock("pull", timedelta(seconds=30)), ws.store.write() as connection:
            save_entries(connection, entries, now=now)
    return Result(
        text="\n".join(f"{entry.id}  {entry.publisher}: {entry.title}" for entry in entries),
        document={"entries": [_document(entry) for entry in entries]},
    )


def _raw(ws: Workspace, source: Source, what: str | None, note: str | None) -> Sequence[RawEntry]:
    if note is not None:
        return (_note(note, ws.now),)
    assert what is not None  # noqa: S101 - one of the two is given
    if is_web_url(what):
        return (_page(ws, what),)
    return _file(ws, source, Path(what))


def _note(text: str, now: datetime) -> RawEntry:
    """An editor's note: its first line, or first sentence, is the title."""
    first, _, rest = text.strip().partition("\n")
    title = first if len(first) <= LONGEST_TITLE else first[: LONGEST_TITLE - 1] + "…"
    body = rest.strip() or first
    return RawEntry(
        title=title,
        path="note",
        heading=text,
        content=body,
        published=now,
        certainty=Certainty.TIME,
        paraphrase=True,
    )


def _page(ws: Workspace, url: str) -> RawEntry:
    found = asyncio.run(_fetch(ws, url))
    document = Document(body=found.body, url=found.url, content_type=found.content_type)
    with ParserPool(PoolSettings(workers=1)) as pool:
        page = pool.ask("page", (document, None), PageText)
    if page.problem:
        raise UsageError(f"shows no text ({page.problem}); add it with --note", where=url)
    return RawEntry(
        title=page.facts.title or page.facts.heading or url,
        url=page.facts.canonical or found.url,
        path=url,
        content=page.text,
        published=page.facts.date,
        certainty=page.facts.certainty,
        authors=page.facts.authors,
        lang=page.facts.lang,
        publisher=(urlsplit(found.url).hostname or url).removeprefix("www."),
    )


async def _fetch(ws: Workspace, url: str) -> Retrieved:
    source = Source(id=ADDED, name=url, url=url, type="page")
    async with lookup(source, ws.config.network, ws.now) as ask:
        return await ask.get(url)


def _file(ws: Workspace, source: Source, path: Path) -> Sequence[RawEntry]:
    """The entries of a file, copied below ``.digest/added`` so that it is kept with the week."""
    if not path.is_file():
        raise UsageError("there is no such file; give a web address or a file", where=str(path))
    kept = ws.state / "added" / path.name
    kept.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, kept)
    found, problems = read(kept, root=ws.state, source=source)
    if problems and not found:
        raise ParseError(problems[0].message, where=str(path))
    return tuple(
        replace(
            each, published=each.published or ws.now, publisher=each.publisher or "Editor’s desk"
        )
        for each in found
    )


def _document(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.id,
        "title": entry.title,
        "publisher": entry.publisher,
        "url": entry.url,
        "section": entry.section,
    }
