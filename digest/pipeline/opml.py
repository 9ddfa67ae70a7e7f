"""Subscription lists in and out: the sources of a newsletter as OPML, and OPML as sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from digest.config import Config, SourceConfig, load_config
from digest.errors import ParseError, UsageError
from digest.model import Section
from digest.pipeline.result import Result
from digest.pipeline.sourcesfile import append_sources
from digest.pull.opml import Subscription, is_listed, read_opml, write_opml

LARGEST = 15_000_000
"""Bytes: fifty thousand feeds. A list is read into memory whole."""

SHOWN = 10


def import_opml(config: Path, file: Path) -> Result:
    """The result of ``digest sources import``: feeds that are not sources yet, folders kept.

    A folder named like a section becomes the source's section. A feed that the configuration
    would not take is left out and named; the others are added.
    """
    loaded = load_config(config)
    known = {source.url for source in loaded.sources}
    rows, refused = [], []
    for feed in read_opml(_body(file), where=str(file)):
        if feed.url in known:
            continue
        row = _row(feed, loaded)
        if problem := _problem(row):
            refused.append(f"{feed.url[:100]}: {problem}")
        else:
            rows.append(row)
    if rows:
        append_sources(config, rows)
    lines = [f"{len(rows)} new sources from {file}"]
    lines += [f"  left out: {each}" for each in refused[:SHOWN]]
    if len(refused) > SHOWN:
        lines.append(f"  and {len(refused) - SHOWN} more")
    return Result(
        text="\n".join(lines),
        document={"added": [row["url"] for row in rows], "left_out": refused},
    )


def export_opml(config: Path) -> Result:
    """The result of ``digest sources export``: what a feed reader could follow."""
    loaded = load_config(config)
    sections = {section.id: section for section in loaded.sections}
    text = write_opml(loaded.sources, sections, title=loaded.newsletter.title)
    left = [source.name for source in loaded.sources if not is_listed(source)]
    return Result(text=text, document={"opml": text, "left_out": left})


def _body(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            body = opened.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(file)) from error
    if len(body) > LARGEST:
        raise ParseError(f"is larger than {LARGEST:,} bytes; split it", where=str(file))
    return body


def _row(feed: Subscription, config: Config) -> dict[str, str]:
    ids: Mapping[str, Section] = {section.id: section for section in config.sections}
    titles = {section.title.strip().casefold(): section.id for section in config.sections}
    folder = (feed.folder or "").casefold()
    section = feed.section if feed.section in ids else titles.get(folder)
    if section is None and folder in ids:
        section = folder
    row = {
        "name": feed.name,
        "url": feed.url,
        "type": feed.type,
        "publisher": feed.publisher,
        "ownership": feed.ownership,
        "lang": feed.lang,
        "country": feed.country,
        "section": section,
    }
    row |= {key: None for key in _OPTIONAL if row[key] and _problem({"url": _ANY, key: row[key]})}
    return {key: value for key, value in row.items() if value}


_OPTIONAL = ("type", "publisher", "ownership", "lang", "country")
_ANY = "https://example.org/"


def _problem(row: Mapping[str, str | None]) -> str | None:
    """Why the configuration would not take this source, in a few words."""
    try:
        SourceConfig.model_validate(dict(row))
    except ValidationError as error:
        first = error.errors()[0]
        return f"{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}"
    return None
