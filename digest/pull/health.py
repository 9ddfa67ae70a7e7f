"""How a source is doing, from the days on which it published: pure arithmetic, no store, no clock.

A source is *strangely quiet* when its silence is longer than it would be once in 200 times, told
by its own gaps. Gaps are counted between days of publication, not between entries: a paper that
prints fifty reports every morning has a gap of a day, and its nights are no gaps at all.

If publishing were purely random (exponential gaps), then of ``n`` gaps that sum to ``T`` the next
one is longer than ``r * T`` with probability ``(1 + r) ** -n``: no constant is guessed, and few
gaps ask for a longer silence than many. A source with a rhythm is the sum of several such phases
(an Erlang distribution), which ends sooner; how many is read off the spread of its gaps, and
only many gaps may speak for many phases. What a source did itself before, but for one gap in
200, is never strange. On simulated sources (exponential, gamma, weekdays, geometric) false alarms
came in 0 to 1 % of the gaps, in 1.5 % with the heavy tail of a lognormal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import comb
from statistics import median

HISTORY = timedelta(weeks=26)
"""How far back a source's days are looked at."""

WEEKS = 8
"""Weeks of which the median is the entries a week; also "recently", for duplicates."""

LEAST_ENTRIES = 8
"""A source of which fewer entries are known is too new to be strange."""

LEAST_DAYS = 4
"""Fewer days of publication tell no rhythm: one import of fifty old entries is one day."""

SHARED = 0.8
"""Two sources that share so much of what either brings are one source twice."""

LEAST_SHARED = 5
"""So many entries in common, or it may be chance."""

_ODDS = 1 / 200
_MOST_PHASES = 4
_GAPS_A_PHASE = 7
_TRICKLE_WEEKS = 2
_TRICKLE = 5
_LEAST_RATE = 10

Days = Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a source usually brings; ``quiet`` is why it is strange now, in words, or nothing."""

    per_week: float | None
    last: date | None
    quiet: str | None


def pace_of(days: Days, today: date) -> Pace:
    """The pace of a source from its days of publication and how many entries each had, in order.

    Of weeks before its first known entry nothing is known, so they do not count.
    """
    known = [(day, number) for day, number in days if day <= today]
    if not known:
        return Pace(per_week=None, last=None, quiet=None)
    weeks = weeks_of(known, today)[:WEEKS]
    quiet = None
    if sum(number for _, number in known) >= LEAST_ENTRIES and len(known) >= LEAST_DAYS:
        quiet = _silent([day for day, _ in known], today) or _trickling(known, today)
    return Pace(per_week=median(weeks) if weeks else None, last=known[-1][0], quiet=quiet)


def weeks_of(days: Days, today: date) -> list[int]:
    """Entries of each whole week back from ``today``, newest first, since the first known day.

    A source known for less than a week has one, with what there is.
    """
    first = days[0][0]
    counts = [0] * max((today - first).days // 7, 1)
    for day, number in days:
        ago = (today - day).days // 7
        if ago < len(counts):
            counts[ago] += number
    return counts


def _silent(known: Sequence[date], today: date) -> str | None:
    gaps = [(after - before).days for before, after in pairwise(known)]
    silence = (today - known[-1]).days
    if silence <= longest_usual(gaps):
        return None
    usual = sum(gaps) / len(gaps)
    every = "every day" if round(usual) <= 1 else f"every {round(usual)} days"
    return f"nothing for {silence} days, though it used to publish {every}"


def longest_usual(gaps: Sequence[int]) -> float:
    """The silence, in the unit of the gaps, that is outlasted about once in 200 times."""
    number, total = len(gaps), sum(gaps)
    mean = total / number
    spread = sum((gap - mean) ** 2 for gap in gaps) / max(number - 1, 1)
    phases = int(mean * mean / spread) if spread else _MOST_PHASES
    phases = max(1, min(phases, number // _GAPS_A_PHASE, _MOST_PHASES))
    own = sorted(gaps)[-1 - int(number * _ODDS)]
    return max(total * _outlasting(number, phases), own)


@cache
def _outlasting(gaps: int, phases: int) -> float:
    """The part of the sum of the gaps that the next one outlasts with the odds; by bisection."""
    low, high = 0.0, 200.0
    for _ in range(50):
        middle = (low + high) / 2
        if _chance(gaps * phases, phases, middle) > _ODDS:
            low = middle
        else:
            high = middle
    return high


def _chance(known: int, phases: int, part: float) -> float:
    """The chance that fewer than ``phases`` of the next ones come before ``part`` of the known."""
    ahead, stays = part / (1 + part), 1 / (1 + part)
    return sum(comb(known + n - 1, n) * ahead**n * stays**known for n in range(phases))


def _trickling(known: Days, today: date) -> str | None:
    """A source that is not silent and yet brings next to nothing of what it did."""
    weeks = weeks_of(known, today)[: _TRICKLE_WEEKS + WEEKS]
    now, before = weeks[:_TRICKLE_WEEKS], weeks[_TRICKLE_WEEKS:]
    if len(before) < WEEKS or median(before) < _LEAST_RATE:
        return None
    if max(now) * _TRICKLE >= min(before):
        return None
    return (
        f"{sum(now)} entries in {_TRICKLE_WEEKS} weeks, though it used to bring "
        f"{median(before):g} a week"
    )


def doubles(
    shared: Sequence[tuple[str, ...]], totals: Mapping[str, int]
) -> dict[tuple[str, str], float]:
    """Pairs of sources that bring the same, each with the part of the smaller's that is common.

    ``shared`` are the sources of each entry that several brought, ``totals`` how many entries
    each source brought in the same time. An entry that very many sources bring tells little of
    any two, so only its owner is paired with them: the work stays in proportion.
    """
    common: dict[tuple[str, str], int] = {}
    for sources in shared:
        firsts = range(len(sources) if len(sources) <= LEAST_SHARED else 1)
        for first in firsts:
            for other in sources[first + 1 :]:
                pair = (min(sources[first], other), max(sources[first], other))
                common[pair] = common.get(pair, 0) + 1
    found = {}
    for pair, number in common.items():
        smaller = min(totals.get(each, 0) for each in pair)
        if number >= LEAST_SHARED and number >= SHARED * smaller:
            found[pair] = min(number / max(smaller, 1), 1.0)
    return found
