"""When a source is asked again, and what is remembered of it: pure arithmetic on states."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.source import Source, SourceState

LONGEST_WAIT = timedelta(days=1)
"""A failing source is asked at least this often (or at its own ``every``, if that is longer)."""

LONGEST_FRESH = timedelta(days=7)
"""A feed's own wish (max-age, TTL) silences it no longer than this; Retry-After may."""


def address_of(source: Source, state: SourceState | None) -> str | None:
    """The address to ask: where a permanent redirect led, else what the editor wrote."""
    return state.moved_to if state and state.moved_to else source.url


def is_due(source: Source, state: SourceState | None, now: datetime) -> bool:
    """True if the source may be asked now. A local path always may; a gone source never."""
    if not source.enabled:
        return False
    if source.path is not None or state is None:
        return True
    return not state.gone and (state.due_at is None or state.due_at <= now)


def next_state(
    source: Source,
    state: SourceState | None,
    fetched: Fetched,
    now: datetime,
    *,
    ttl: timedelta | None = None,
) -> SourceState:
    """What to remember after one answer, with the time the source is due again.

    ``ttl`` is what the feed itself asks (``ParsedFeed.ttl``). A body that could not be parsed is
    handed in as ``Failed``, so that its validators are not taken for good. The back-off doubles
    from ``source.every`` with each failure in a row. Validators of a success replace the old
    ones together; a 304 replaces those it brings; a failure touches none.
    """
    old = state or SourceState(source_id=source.id)
    if isinstance(fetched, Failed):
        return _after_failure(source, old, fetched, now)
    wait = max(source.every, min(max(fetched.fresh_for, ttl or timedelta(0)), LONGEST_FRESH))
    good = replace(
        old,
        moved_to=fetched.moved_to or old.moved_to,
        gone=False,
        due_at=now + wait,
        checked_at=now,
        succeeded_at=now,
        failures=0,
        error=None,
    )
    if isinstance(fetched, NotModified):
        return replace(
            good,
            etag=fetched.etag or old.etag,
            last_modified=fetched.last_modified or old.last_modified,
        )
    return replace(
        good,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        body_hash=body_hash(fetched),
    )


def body_hash(fetched: Retrieved) -> str:
    """A hash of the bytes: equal to the stored one means nothing new, whatever the headers say."""
    return sha256(fetched.body).hexdigest()


def _after_failure(source: Source, old: SourceState, failed: Failed, now: datetime) -> SourceState:
    failures = old.failures + 1
    longest = max(LONGEST_WAIT, source.every)
    back_off = min(source.every * 2 ** min(failures - 1, 30), longest)
    return replace(
        old,
        gone=failed.gone,
        due_at=None if failed.gone else now + max(back_off, failed.retry_after or timedelta(0)),
        checked_at=now,
        failures=failures,
        error=failed.message,
    )
