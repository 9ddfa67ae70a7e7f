"""The further documents of a source: a sitemap index stands for the sitemaps it names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from digest.errors import ParseError
from digest.fetched import Failed, Fetched, Retrieved
from digest.model import Entry, Problem
from digest.pull.parsed import Document, Reading


async def read_further(
    first: Reading,
    fetch: Callable[[str], Awaitable[Fetched]],
    read: Callable[[Document], Awaitable[Reading]],
) -> Reading:
    """``first`` together with the documents of its ``more``, which are not followed further.

    ``more`` stays as it was: its bearer must be read again although its own bytes stay the same.
    One that fails is a problem; raises ParseError where all do.
    """
    entries: dict[str, Entry] = {entry.id: entry for entry in first.entries}
    problems = list(first.problems)
    said, failures = first.said, []
    for url in first.more:
        try:
            reading = await _read(url, fetch, read)
        except ParseError as error:
            failures.append(Problem(code="sitemap", message=error.message, where=url))
            continue
        said += reading.said
        problems += reading.problems
        for entry in reading.entries:
            entries.setdefault(entry.id, entry)
    if failures and len(failures) == len(first.more) and not entries:
        message = f"None of the {len(failures)} sitemaps of the index could be read."
        raise ParseError(f"{message} The first, {failures[0].where}: {failures[0].message}")
    return replace(
        first, entries=tuple(entries.values()), said=said, problems=(*problems, *failures)
    )


async def _read(
    url: str,
    fetch: Callable[[str], Awaitable[Fetched]],
    read: Callable[[Document], Awaitable[Reading]],
) -> Reading:
    fetched = await fetch(url)
    if isinstance(fetched, Failed):
        raise ParseError(fetched.message)
    if not isinstance(fetched, Retrieved):
        raise ParseError("It answered that nothing changed, though nothing was asked.")
    reading = await read(
        Document(body=fetched.body, url=fetched.url, content_type=fetched.content_type)
    )
    if reading.more:
        raise ParseError("It is an index within an index; name its address as the source.")
    return reading
