"""Full text: the pages that a source's entries link to, where the editor asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from digest.model import Entry
from digest.pipeline.asking import request_for
from digest.pipeline.workspace import Workspace
from digest.pull.fulltext import Pages, planned, read_pages
from digest.pull.http import Transport
from digest.pull.identity import settled
from digest.pull.parsed import Document
from digest.pull.robots import Robots, RobotsStore
from digest.pull.workers import ParserPool
from digest.source import Source
from digest.store.entries import entries_by_id, known_entries
from digest.text.extract import PageText


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads pages for one run; what is allowed there is asked once a host and day."""

    ws: Workspace
    pages: Pages

    async def filled(
        self, source: Source, entries: Sequence[Entry]
    ) -> tuple[tuple[Entry, ...], bool]:
        """The entries with the text of their pages, and whether some are still to be read.

        An entry whose page was read before keeps what it gave. One that has neither title nor
        text without its page waits for it.
        """
        with self.ws.store.read() as connection:
            known = known_entries(connection, source.id, entries)
            entries = settled(entries, known)
            stored = entries_by_id(connection, [entry.id for entry in entries])
        now, wanting = planned(entries, stored)
        headers = request_for(source, None, self.ws.config.network).headers
        read = await read_pages(wanting, source, self.pages, headers=headers)
        done = {entry.id: entry for entry in read}
        pending = any(new is old for new, old in zip(read, wanting, strict=True))
        filled = (done.get(entry.id, entry) for entry in now)
        return tuple(entry for entry in filled if entry.title or entry.text), pending


@contextmanager
def page_reader(
    ws: Workspace, transport: Transport, pool: ParserPool, threads: Executor
) -> Iterator[PageReader]:
    """A reader of pages over the transport of a pull; the robots.txt of the day are kept."""
    store = RobotsStore(path=ws.state / "cache" / "robots.json")
    robots = Robots(transport, now=ws.now, known=store.load())

    async def read(document: Document, selector: str | None) -> PageText:
        loop = asyncio.get_running_loop()
        arguments = (document, selector)
        return await loop.run_in_executor(threads, pool.ask, "page", arguments, PageText)

    try:
        yield PageReader(ws=ws, pages=Pages(transport=transport, robots=robots, read=read))
    finally:
        store.save(robots.files)
