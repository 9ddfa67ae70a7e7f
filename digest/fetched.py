"""What came of asking a source: unchanged and failed are values, so a run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from digest.model import Problem


class Cause(StrEnum):
    """What kind of thing went wrong, so that many failures can be told to be one."""

    NETWORK = "network"  # no way there, or nobody who resolves names
    NAME = "name"  # the resolver does not know it
    CONNECTION = "connection"  # nobody takes the connection
    TIMEOUT = "timeout"
    CLOCK = "clock"  # a certificate that is not good at this time
    TLS = "tls"
    PROXY = "proxy"
    STATUS = "status"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A new body, with the validators to echo next time; ``url`` is where it was found.

    ``moved_to`` is set after permanent redirects (301, 308) only. ``fresh_for`` is the longest
    time the answer asks not to be polled again (max-age, TTL, Retry-After).
    """

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    fresh_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304: what stands is right; new validators, where given, replace the old ones."""

    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    fresh_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One sentence that names what went wrong; ``gone`` is 410: stop asking.

    ``at`` is the host:port where it did (a redirect may have led there), ``skew`` how far that
    server's clock is before ours, where it said its time.
    """

    message: str
    status: int | None = None
    gone: bool = False
    retry_after: timedelta | None = None
    cause: Cause = Cause.OTHER
    at: str | None = None
    skew: timedelta | None = None


Fetched = Retrieved | NotModified | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """What one pull did with one source: ``ok``, ``unchanged``, ``failed`` or ``skipped``.

    ``failure`` is what the network answered, where that is why it failed.
    """

    source_id: str
    name: str
    url: str | None
    outcome: str
    entries: int = 0
    new: int = 0
    error: str | None = None
    failure: Failed | None = None
    problems: tuple[Problem, ...] = ()
