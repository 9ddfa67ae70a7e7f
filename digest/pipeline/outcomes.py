"""What became of a source, as it is told: without passwords."""

from __future__ import annotations

from digest.fetched import SourceOutcome
from digest.source import Source
from digest.text.urls import without_userinfo


def outcome_of(source: Source, kind: str, error: str | None = None) -> SourceOutcome:
    """What became of a source, before entries are counted."""
    return SourceOutcome(
        source_id=source.id,
        name=without_userinfo(source.name),
        url=without_userinfo(source.url) if source.url else None,
        outcome=kind,
        error=error,
    )
