"""The sources of one host stand in line; a host that does not answer is given up for this run.

Otherwise fifty sources of a host that hangs cost fifty deadlines, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from digest.fetched import Cause, Failed
from digest.pipeline.outcomes import outcome_of
from digest.pipeline.reader import Pulled
from digest.pull.due import address_of
from digest.source import Source, SourceState

ENOUGH = 2
"""So many sources in a row without an answer, and the others of the host are not asked."""

_DEAD = frozenset({Cause.TIMEOUT, Cause.CONNECTION, Cause.NETWORK, Cause.NAME})
_PORTS = {"http": 80, "https": 443, "imap": 143, "imaps": 993}

Asked = tuple[Source, SourceState]


@dataclass(slots=True)
class Breaker:
    """What one host did in this run; its lanes share it."""

    host: str
    silent: int = 0
    last: Failed | None = None

    def heard(self, pulled: Pulled) -> None:
        """Count what came of one source; a failure elsewhere (a redirect led there) is no news."""
        failure = pulled.outcome.failure
        if failure is None or failure.cause not in _DEAD:
            self.silent = 0
        elif failure.at == self.host:
            self.silent += 1
            self.last = failure

    def unasked(self, source: Source, state: SourceState, now: datetime) -> Pulled | None:
        """What becomes of a source whose host is given up: looked at, but as due as before.

        Its own back-off stays as it was, for nothing is known against it.
        """
        if self.silent < ENOUGH or self.last is None:
            return None
        message = (
            f"{self.host} did not answer {ENOUGH} sources before this one; it is asked again the "
            "next time."
        )
        failure = replace(self.last, message=message, retry_after=None)
        outcome = replace(outcome_of(source, "failed", message), failure=failure)
        return Pulled(outcome=outcome, state=replace(state, checked_at=now))


@dataclass(frozen=True, slots=True)
class Lane:
    """Sources of one host, read one after the other."""

    breaker: Breaker
    asked: list[Asked] = field(default_factory=list)


def lanes_of(network: Sequence[Asked], width: int) -> Iterator[Lane]:
    """The sources by hostname:port, each host's in at most ``width`` lanes; the longest first."""
    hosts: dict[str, list[Asked]] = {}
    for source, state in network:
        hosts.setdefault(place_of(address_of(source, state) or ""), []).append((source, state))
    lanes: list[Lane] = []
    for host, asked in sorted(hosts.items()):
        breaker = Breaker(host)
        lanes += [Lane(breaker, asked[n::width]) for n in range(min(width, len(asked)))]
    yield from sorted(lanes, key=lambda lane: len(lane.asked), reverse=True)


def place_of(url: str) -> str:
    """The hostname:port that an address leads to, whatever else stands in it; else all of it."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme.lower(), 0)
    except ValueError:
        return url
    return f"{(parts.hostname or '').rstrip('.')}:{port}"
