"""What many failures have in common: one cause with its remedy, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from digest.fetched import Cause, Failed

MOST = 0.8
"""This part of the failures makes a cause common: a login that is not set changes nothing."""

WRONG_CLOCK = timedelta(days=1)
"""Servers' clocks differ by seconds; one that is off by a day is rare, and many are not."""

FEW_HOSTS = 2
"""A single name may be mistyped and a single certificate forgotten."""

_MANY_HOSTS = 3
_NOWHERE = frozenset({Cause.NETWORK, Cause.NAME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A common cause: ``code`` for programs, one sentence with what to do for a person."""

    code: str
    sentence: str


NO_NETWORK = Outage(
    code="no-network",
    sentence="There is no network: no address can be reached from this machine and no name looked "
    "up; connect it, then run again.",
)
NO_ANSWER = Outage(
    code="no-network",
    sentence="No server answered in time; the line is dead or a firewall drops what we send: check "
    "the network, then run again.",
)
NO_NAMES = Outage(
    code="dns",
    sentence="No name is known to the resolver (DNS), so no server was asked; check the network "
    "and its name servers (/etc/resolv.conf).",
)
PROXY = Outage(
    code="proxy",
    sentence="The proxy cannot be reached or lets nothing through; check network.proxy in "
    "sources.yaml, and the proxy itself.",
)
CLOCK = Outage(
    code="clock",
    sentence="The clock of this machine seems wrong: certificates everywhere are past their time "
    "or before it; set date and time (NTP), then run again.",
)


def find_outage(failures: Sequence[Failed], *, proxied: bool = False) -> Outage | None:
    """The cause that explains nearly all failures, when it lies on our side.

    For a pull in which everything failed: then a proxy that is there explains silence, too.
    """
    hosts = len({each.at for each in failures if each.at})
    unnamed = _count(failures, {Cause.NAME}) > _count(failures, {Cause.NETWORK})
    blocked = {Cause.PROXY, Cause.TIMEOUT} if proxied else {Cause.PROXY}
    # In this order: what a clock does to certificates, it does through a proxy too.
    rules = (
        (_most(failures, {Cause.CLOCK}) and hosts >= FEW_HOSTS, CLOCK),
        (_most(failures, blocked), PROXY),
        (_most(failures, _NOWHERE) and unnamed and hosts >= FEW_HOSTS, NO_NAMES),
        (_most(failures, _NOWHERE) and not unnamed, NO_NETWORK),
        (_most(failures, {Cause.TIMEOUT}) and hosts >= _MANY_HOSTS, NO_ANSWER),
    )
    return _wrong_clock(failures) or next((outage for holds, outage in rules if holds), None)


def _wrong_clock(failures: Sequence[Failed]) -> Outage | None:
    """What the servers' own clocks say, where nearly all agree that ours is off the same way."""
    told = sorted(each.skew for each in failures if each.skew is not None)
    if not told or len(told) * 2 < len(failures):
        return None
    behind = sum(each > WRONG_CLOCK for each in told)
    ahead = sum(each < -WRONG_CLOCK for each in told)
    if max(behind, ahead) < MOST * len(told):
        return None
    days = abs(told[len(told) // 2]).days
    off = f"{days} day{'s' if days > 1 else ''} {'behind' if behind > ahead else 'ahead'}"
    return Outage(
        code="clock",
        sentence=f"The clock of this machine is wrong: the servers' clocks say that it is {off}; "
        "set date and time (NTP), then run again.",
    )


def _most(failures: Sequence[Failed], causes: Collection[Cause]) -> bool:
    return bool(failures) and _count(failures, causes) >= MOST * len(failures)


def _count(failures: Sequence[Failed], causes: Collection[Cause]) -> int:
    return sum(each.cause in causes for each in failures)
