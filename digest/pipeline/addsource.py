"""sources add: whatever address a person gives becomes the best source it leads to."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from digest.config import Config, load_config
from digest.errors import UsageError
from digest.pipeline.lookup import lookup
from digest.pipeline.result import Result
from digest.pipeline.sourcesfile import append_sources
from digest.pull.discover import Candidate, Look, is_comments
from digest.pull.finding import Finding, Live, find_source, whole_address
from digest.pull.kinds import type_of
from digest.pull.workers import ParserPool, PoolSettings
from digest.source import Source
from digest.text.urls import canonical_url

SHOWN = 10
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOptions:
    """``as_is`` writes the address unread: nothing is asked, nothing is found out."""

    name: str | None = None
    as_is: bool = False


def add_source(config: Path, address: str, options: AddOptions, *, now: datetime) -> Result:
    """The result of ``digest sources add URL``: one source more in ``sources.yaml``.

    A page leads to the feed it names, its site is known for, or usually has; the others are
    listed. Raises UsageError where it is a source already or no feed is found, FetchError where
    the address cannot be reached.
    """
    loaded = load_config(config)
    _refuse_known(loaded, address, address)
    scheme = urlsplit(address.strip()).scheme.lower()
    if options.as_is or scheme.startswith("imap"):
        row = {"name": options.name} if options.name else {}
        append_sources(config, [row | {"url": address}])
        return Result(text=f"Added {address} to {config}", document={"added": [address]})
    finding = asyncio.run(_find(loaded, address, now))
    if finding.best is None:
        raise UsageError(
            "no feed was found there; `digest sources try` with this address reads the page "
            "itself, --as-is adds the address as it stands",
            where=address,
        )
    found = finding.best
    _refuse_known(loaded, found.candidate.url, address)
    append_sources(config, [_row(found, options.name)])
    return Result(
        text="\n".join(_lines(finding, found, config)),
        document={
            "added": [found.candidate.url],
            "why": found.candidate.why,
            "type": found.candidate.type,
            "others": [{"url": each.url, "title": each.title} for each in finding.others],
        },
    )


async def _find(config: Config, address: str, now: datetime) -> Finding:
    with ParserPool(PoolSettings(workers=1)) as pool:
        source = plain_source(whole_address(address))
        async with lookup(source, config.network, now) as ask:
            return await find_source(address, ask.fetch, partial(_look, pool))


def _look(pool: ParserPool, body: bytes, url: str, content_type: str) -> Look:
    return pool.ask("look", (body, url, content_type), Look)


def _refuse_known(config: Config, url: str, address: str) -> None:
    known = {canonical_url(source.url) for source in config.sources if source.url}
    if canonical_url(url) in known or canonical_url(whole_address(url)) in known:
        what = "is a source already" if url == address else f"leads to {url}, a source already"
        raise UsageError(what, where=address)


def _row(found: Live, name: str | None) -> dict[str, str]:
    url, kind = found.candidate.url, found.candidate.type
    row = {"name": name or (found.look.title or "")[:_LONGEST_NAME].strip(), "url": url}
    if type_of(plain_source(url)) != kind:
        row["type"] = kind
    return {key: value for key, value in row.items() if value}


def plain_source(url: str) -> Source:
    """A source of which nothing but the address is known."""
    return Source(id=hashlib.sha256(url.encode()).hexdigest()[:12], name=url, url=url)


def _lines(finding: Finding, found: Live, config: Path) -> Sequence[str]:
    look, chosen = found.look, found.candidate
    newest = f", the newest of {look.newest:%Y-%m-%d}" if look.newest else ""
    lines = [f"Added {chosen.url} to {config}", f"  {chosen.why}; {look.entries} entries{newest}"]
    if finding.others:
        lines.append("Also there:")
        lines += [f"  {_described(each)}" for each in finding.others[:SHOWN]]
    if len(finding.others) > SHOWN:
        lines.append(f"  and {len(finding.others) - SHOWN} more")
    return lines


def _described(candidate: Candidate) -> str:
    title = f"  {candidate.title}" if candidate.title else ""
    return f"{candidate.url}{title}{' (comments)' if is_comments(candidate) else ''}"
