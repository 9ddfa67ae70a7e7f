"""Looking after the sources: list, check, OPML in and out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from digest.config import load_config
from digest.errors import UsageError
from digest.pipeline.pull import PullOptions, pull
from digest.pipeline.pullreport import all_failed, outcome_document, summary
from digest.pipeline.result import Result
from digest.pipeline.sourcesfile import append_sources
from digest.pipeline.workspace import open_workspace
from digest.pull.opml import read_opml, write_opml
from digest.source import Source, SourceState
from digest.store.sources import all_states
from digest.text.urls import without_userinfo


def list_sources(config: Path, *, now: datetime) -> Result:
    """The result of ``digest sources list``."""
    with open_workspace(config, now=now) as ws:
        with ws.store.read() as connection:
            states = {state.source_id: state for state in all_states(connection)}
        sources = ws.config.sources
    lines = [_line(source, states.get(source.id)) for source in sources]
    return Result(
        text="\n".join(lines),
        document={"sources": [_document(each, states.get(each.id)) for each in sources]},
    )


def check_sources(config: Path, *, offline: bool, now: datetime) -> Result:
    """The result of ``digest sources check``: every source is read now, due or not."""
    with open_workspace(config, now=now) as ws:
        outcomes = pull(ws, PullOptions(offline=offline, force=True))
    return Result(
        text=summary(outcomes),
        document={"sources": [outcome_document(each) for each in outcomes]},
        code=1 if all_failed(outcomes) else 0,
    )


def import_opml(config: Path, file: Path) -> Result:
    """The result of ``digest sources import``: feeds that are not sources yet, folders kept.

    A folder named like a section becomes the source's section.
    """
    loaded = load_config(config)
    try:
        body = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(file)) from error
    by_title = {section.title.casefold(): section.id for section in loaded.sections}
    by_title |= {section.id: section.id for section in loaded.sections}
    known = {source.url for source in loaded.sources}
    rows: list[dict[str, str]] = []
    for feed in read_opml(body, where=str(file)):
        if feed.url in known:
            continue
        row = {"name": feed.name, "url": feed.url}
        section = by_title.get((feed.folder or "").casefold())
        rows.append(row | ({"section": section} if section else {}))
    if rows:
        append_sources(config, rows)
    return Result(
        text=f"{len(rows)} new sources from {file}",
        document={"added": [row["url"] for row in rows]},
    )


def export_opml(config: Path) -> Result:
    """The result of ``digest sources export``."""
    loaded = load_config(config)
    sections = {section.id: section for section in loaded.sections}
    text = write_opml(loaded.sources, sections, title=loaded.newsletter.title)
    return Result(text=text, document={"opml": text})


def _line(source: Source, state: SourceState | None) -> str:
    place = without_userinfo(source.url or source.path or "")
    health = "not read yet"
    if not source.enabled:
        health = "not enabled"
    elif state is not None and state.error:
        health = f"failing ({state.failures}): {state.error}"
    elif state is not None and state.succeeded_at:
        health = f"read {state.succeeded_at:%Y-%m-%d %H:%M} UTC"
    owner = f" [{source.ownership}]" if source.ownership else ""
    return f"{without_userinfo(source.name)}{owner}  {place}  {health}"


def _document(source: Source, state: SourceState | None) -> dict[str, object]:
    return {
        "name": without_userinfo(source.name),
        "url": without_userinfo(source.url) if source.url else None,
        "path": source.path,
        "ownership": source.ownership,
        "section": source.section,
        "enabled": source.enabled,
        "succeeded_at": state.succeeded_at.isoformat() if state and state.succeeded_at else None,
        "failures": state.failures if state else 0,
        "error": state.error if state else None,
        "moved_to": state.moved_to if state else None,
    }
