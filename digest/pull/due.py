"""When a source is asked again, and what is remembered of it: pure arithmetic on states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.source import Source, SourceState

LONGEST_WAIT = timedelta(days=1)
"""A failing source is asked at least this often (or at its own ``every``, if that is longer)."""

LONGEST_FRESH = timedelta(days=7)
"""A feed's own wish (max-age, TTL) silences it no longer than this; Retry-After may."""


WAY_BACK = 3
"""After so many failures in a row at a place it moved to, a source is asked at its old one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask for a source: an address, with the validators that were got there."""

    url: str | None
    etag: str | None = None
    last_modified: str | None = None


def question_of(source: Source, state: SourceState | None) -> Question:
    """What to ask next. Validators of a place the source moved to are for that place only."""
    url = address_of(source, state)
    if state is None or (state.moved_to and url != state.moved_to):
        return Question(url=url)
    return Question(url=url, etag=state.etag, last_modified=state.last_modified)


def address_of(source: Source, state: SourceState | None) -> str | None:
    """The address to ask: where a permanent redirect led, else what the editor wrote.

    A new place that fails ``WAY_BACK`` times in a row is asked in turn with the configured one,
    so that neither a redirect taken back nor an old place given up can lose a source.
    """
    if state is None or not state.moved_to:
        return source.url
    back = state.failures >= WAY_BACK and (state.failures - WAY_BACK) % 2 == 0
    return source.url if back else state.moved_to


def failing_since(state: SourceState) -> datetime | None:
    """When the failures in a row began; what is stored by older programs counts from its success.

    A source of which no such time is known counts from its last try.
    """
    if not state.failures:
        return None
    return state.failed_since or state.succeeded_at or state.checked_at


def may_be_asked(state: SourceState, now: datetime) -> bool:
    """Whether a person's wish to know is enough to ask, due or not: not against the server's."""
    return not state.gone and (state.not_before is None or state.not_before <= now)


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
    took: timedelta = timedelta(0),
) -> SourceState:
    """What to remember after one answer, with the time the source is due again.

    ``ttl`` is what the feed itself asks (``ParsedFeed.ttl``); an unchanged feed keeps the one it
    had. ``took`` is how long after ``now`` the answer came: what a server asks counts from then,
    the editor's plan from ``now``, so that an hourly run finds an hourly source due each time.
    A body that could not be parsed is handed in as ``Failed``, so that its validators are not
    taken for good. The back-off doubles from ``source.every`` with each failure in a row.
    Validators of a success replace the old ones together; a 304 replaces those it brings; a
    failure touches none. What is gone stays gone until it answers well, asked by a person.
    """
    old = state or SourceState(source_id=source.id)
    if isinstance(fetched, Failed):
        return _after_failure(source, old, fetched, now, took)
    digest = body_hash(fetched) if isinstance(fetched, Retrieved) else old.body_hash
    if ttl is None and digest == old.body_hash:
        ttl = old.ttl
    asked = min(max(fetched.fresh_for, ttl or timedelta(0)), LONGEST_FRESH)
    good = replace(
        old,
        body_hash=digest,
        ttl=ttl,
        moved_to=_place(source, old, fetched),
        gone=False,
        due_at=max(now + source.every, now + took + asked if asked else now),
        checked_at=now,
        succeeded_at=now,
        failures=0,
        failed_since=None,
        not_before=None,
        error=None,
    )
    if isinstance(fetched, NotModified):
        return replace(
            good,
            etag=fetched.etag or old.etag,
            last_modified=fetched.last_modified or old.last_modified,
        )
    return replace(good, etag=fetched.etag, last_modified=fetched.last_modified)


def _place(source: Source, old: SourceState, fetched: Retrieved | NotModified) -> str | None:
    """Where the source moved to, after an answer; nothing once it answers at its own address."""
    place = fetched.moved_to or address_of(source, old)
    return None if place == source.url else place


def folder_state(state: SourceState, error: str | None, now: datetime) -> SourceState:
    """What to remember of local files after they were read; ``error`` is why nothing was."""
    if error is None:
        return replace(
            state, checked_at=now, succeeded_at=now, failures=0, failed_since=None, error=None
        )
    return replace(
        state,
        checked_at=now,
        failures=state.failures + 1,
        failed_since=failing_since(state) or now,
        error=error,
    )


def body_hash(fetched: Retrieved) -> str:
    """A hash of the bytes: equal to the stored one means nothing new, whatever the headers say."""
    return sha256(fetched.body).hexdigest()


def _after_failure(
    source: Source, old: SourceState, failed: Failed, now: datetime, took: timedelta
) -> SourceState:
    failures = old.failures + 1
    longest = max(LONGEST_WAIT, source.every)
    back_off = min(source.every * 2 ** min(failures - 1, 30), longest)
    wished = now + took + failed.retry_after if failed.retry_after else None
    gone = failed.gone or old.gone
    return replace(
        old,
        gone=gone,
        due_at=None if gone else max(now + back_off, wished or now),
        checked_at=now,
        failures=failures,
        failed_since=failing_since(old) or now,
        not_before=wished,
        error=failed.message,
    )
