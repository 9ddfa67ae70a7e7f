"""sources try: what a page, feed, sitemap or channel gives as a source; nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import yaml

from digest.config import Config, load_config
from digest.errors import ParseError, UsageError
from digest.fetched import Retrieved
from digest.model import Certainty, Entry
from digest.pipeline.addsource import plain_source
from digest.pipeline.lookup import Lookup, lookup
from digest.pipeline.result import Result
from digest.pull.discover import Candidate, Look
from digest.pull.finding import whole_address
from digest.pull.further import read_further
from digest.pull.kinds import channel_of, type_of
from digest.pull.parsed import Document, Reading
from digest.pull.reading import PARSERS
from digest.pull.suggest import Proposal
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Selectors, Source
from digest.text.urls import is_web_url

SHOWN = 10
_SELECTORS = ("item", "title", "link", "date", "summary")
_LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOptions:
    """What the person wants to see tried; CSS given here goes over that of a configured source."""

    type: str | None = None
    item: str | None = None
    title: str | None = None
    link: str | None = None
    date: str | None = None
    summary: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What came of it; ``look`` and ``proposals`` where the type was found out here."""

    source: Source
    reading: Reading | None
    look: Look | None = None
    proposals: tuple[Proposal, ...] = ()


def try_source(config: Path, what: str, options: TryOptions, *, now: datetime) -> Result:
    """The result of ``digest sources try``: the first entries, counts, and the YAML to paste.

    ``what`` is the name of a configured source or an address. Exit 1 where no entry is found.
    Raises UsageError, FetchError and ParseError.
    """
    if options.type is not None and options.type not in PARSERS:
        kinds = ", ".join(PARSERS)
        raise UsageError(f"no type {options.type!r} can be tried; known: {kinds}", where="--type")
    loaded = load_config(config)
    source, known = _source(loaded, what, options)
    tried = asyncio.run(_try(loaded, source, now, guess=not known and not source.type))
    return _result(tried, known=known)


def _source(config: Config, what: str, options: TryOptions) -> tuple[Source, bool]:
    """The source to try, and whether it is a configured one."""
    found = next((s for s in config.sources if what in (s.name, s.url, s.id)), None)
    if found is not None and found.url is None:
        raise UsageError("holds local files; `digest pull --offline` reads them", where=what)
    source = found
    if source is None:
        url = whole_address(what)
        if not is_web_url(url) or " " in what.strip():
            raise UsageError("is no configured source and no web address", where=what)
        source = plain_source(url)
    given = {name: value for name in _SELECTORS if (value := getattr(options, name))}
    selectors = replace(source.selectors or Selectors(), **given) if given else source.selectors
    kind = options.type or source.type or ("page" if given else None)
    return replace(source, type=kind, selectors=selectors), found is not None


async def _try(config: Config, source: Source, now: datetime, *, guess: bool) -> _Tried:
    assert source.url is not None  # noqa: S101 - _source gives none without
    channel = channel_of(source.url)
    if channel and type_of(source) == "telegram":
        source = replace(source, url=f"https://t.me/s/{channel}")
    with ParserPool(PoolSettings(workers=1)) as pool:
        async with lookup(source, config.network, now) as ask:
            attempt = _Attempt(ask, pool, now)
            fetched = await ask.get(source.url or "")
            return await attempt.run(source, fetched, guess=guess)


class _Attempt:
    """Reads one fetched document as a source; the parsing happens in the pool."""

    def __init__(self, ask: Lookup, pool: ParserPool, now: datetime) -> None:
        self._ask = ask
        self._pool = pool
        self._now = now

    async def run(self, source: Source, fetched: Retrieved, *, guess: bool) -> _Tried:
        """What the document gives; with ``guess`` its type and selectors are found out first."""
        look: Look | None = None
        proposals: tuple[Proposal, ...] = ()
        if guess and type_of(source) == "feed":
            look = await asyncio.to_thread(self._pool.ask, "look", _parts(fetched), Look)
            source = replace(source, type=look.type)
        if type_of(source) == "page" and (source.selectors is None or not source.selectors.item):
            proposals = await self._proposals(fetched)
            if not proposals:
                return _Tried(source=source, reading=None, look=look)
            source = replace(source, selectors=_over(proposals[0].selectors, source.selectors))
        try:
            reading = await self._read(source, _as_document(fetched))
            if reading.more:
                reading = await read_further(
                    reading, self._ask.fetch, lambda document: self._read(source, document)
                )
        except ParseError as error:
            advice = await self._advice(source, fetched)
            raise ParseError(f"{error.message}{advice}", where=source.url) from error
        return _Tried(source=source, reading=reading, look=look, proposals=proposals)

    async def _read(self, source: Source, document: Document) -> Reading:
        return await asyncio.to_thread(self._pool.read, document, source, self._now)

    async def _proposals(self, fetched: Retrieved) -> tuple[Proposal, ...]:
        return await asyncio.to_thread(self._pool.ask, "propose", _parts(fetched), tuple)

    async def _advice(self, source: Source, fetched: Retrieved) -> str:
        """Which selector would find something, where the one of the source does not."""
        if type_of(source) != "page":
            return ""
        for best in (await self._proposals(fetched))[:1]:
            return f" On the page as it is now, `item: {best.selectors.item}` finds {best.entries}."
        return ""


def _parts(fetched: Retrieved) -> tuple[bytes, str, str]:
    return fetched.body, fetched.url, fetched.content_type


def _as_document(fetched: Retrieved) -> Document:
    return Document(body=fetched.body, url=fetched.url, content_type=fetched.content_type)


def _over(found: Selectors, given: Selectors | None) -> Selectors:
    """The selectors of the editor, and for those left out what was found."""
    own = {name: value for name in _SELECTORS if (value := getattr(given, name, None))}
    return replace(found, **own)


def _result(tried: _Tried, *, known: bool) -> Result:
    source, reading = tried.source, tried.reading
    feeds = tried.look.named if tried.look else ()
    if reading is None:
        lines = [f"{source.url}: nothing on the page repeats as a listing does.", *_named(feeds)]
        if not feeds:
            lines.append("Look at the page's source, and give --item and what else it needs.")
        return Result(text="\n".join(lines), document=_document(tried), code=1)
    kind = type_of(source)
    lines = [f"{source.url} as {kind}: {_counted(len(reading.entries))} of {reading.said} read"]
    for entry in reading.entries[:SHOWN]:
        lines += [f"  {_when(entry):16}  {_short(entry.title)}", f"  {'':16}  {entry.url or '-'}"]
    if len(reading.entries) > SHOWN:
        lines.append(f"  and {len(reading.entries) - SHOWN} more")
    missing = [f"{number} without {what}" for what, number in _missing(reading.entries) if number]
    if missing:
        lines.append(f"Missing: {', '.join(missing)}")
    lines += [f"Problem: {problem.message}" for problem in reading.problems]
    lines += _named(feeds)
    if not known:
        lines += ["To paste below `sources:` in sources.yaml:", _yaml(source)]
    code = 0 if reading.entries else 1
    return Result(text="\n".join(lines), document=_document(tried), code=code)


def _named(feeds: Sequence[Candidate]) -> list[str]:
    if not feeds:
        return []
    lines = ["The page names feeds, which are surer; `digest sources add` takes the best of them:"]
    return lines + [f"  {feed.url}  {feed.title}".rstrip() for feed in feeds[:SHOWN]]


def _counted(number: int) -> str:
    return f"{number} entr{'y' if number == 1 else 'ies'}"


def _when(entry: Entry) -> str:
    if entry.certainty is Certainty.GUESS:
        return "no date"
    return (
        f"{entry.date:%Y-%m-%d %H:%M}"
        if entry.certainty is Certainty.TIME
        else str(entry.date.date())
    )


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"


def _missing(entries: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    undated = sum(entry.certainty is Certainty.GUESS for entry in entries)
    return ("a date", undated), ("text", sum(not entry.text for entry in entries))


def _yaml(source: Source) -> str:
    """The lines that make this a source, as they stand below ``sources:``."""
    row: dict[str, object] = {"url": source.url}
    if type_of(replace(source, type=None)) != type_of(source):
        row["type"] = type_of(source)
    if source.selectors is not None and type_of(source) == "page":
        chosen = {name: getattr(source.selectors, name) for name in _SELECTORS}
        row["selectors"] = {name: value for name, value in chosen.items() if value}
    text = yaml.safe_dump([row], allow_unicode=True, sort_keys=False, width=1000)
    return "".join(f"  {line}\n" for line in text.splitlines()).rstrip()


def _document(tried: _Tried) -> dict[str, object]:
    entries = tried.reading.entries if tried.reading else ()
    return {
        "url": tried.source.url,
        "type": type_of(tried.source),
        "said": tried.reading.said if tried.reading else 0,
        "entries": [
            {
                "title": entry.title,
                "url": entry.url,
                "date": None if entry.certainty is Certainty.GUESS else entry.date.isoformat(),
                "lang": entry.lang,
                "text": entry.text[:500],
            }
            for entry in entries
        ],
        "missing": dict(_missing(entries)),
        "problems": [p.message for p in tried.reading.problems] if tried.reading else [],
        "feeds": [feed.url for feed in (tried.look.named if tried.look else ())],
        "proposals": [_proposal(each) for each in tried.proposals],
        "yaml": _yaml(tried.source) if tried.reading else None,
    }


def _proposal(proposal: Proposal) -> dict[str, object]:
    chosen = {name: getattr(proposal.selectors, name) for name in _SELECTORS}
    return {"entries": proposal.entries, "dated": proposal.dated, "selectors": chosen}
