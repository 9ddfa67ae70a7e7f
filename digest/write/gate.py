"""The gate: what keeps an issue from its readers, and what a person should look at first.

Every check is a function of one frozen ``Context`` and gives findings with a stable code, one
sentence and the line of the draft. Nothing here asks the store or the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from digest.write.gatecontext import Context, Finding, Severity
from digest.write.gateform import check_doubles, check_headings, check_lengths, check_sections
from digest.write.gatelinks import check_answers, check_links
from digest.write.gatenames import check_gloss, check_published_gloss, check_spelling
from digest.write.gatesources import (
    check_entries,
    check_quotations,
    check_quoted_words,
    check_repeated_quotations,
    check_reuse,
    check_runs,
    check_support,
)
from digest.write.gatetidy import (
    check_accessibility,
    check_conflicts,
    check_leftovers,
    check_reading,
)
from digest.write.gatevoices import check_attribution, check_dates, check_state_media

Check = Callable[[Context], Iterable[Finding]]

CHECKS: dict[str, Check] = {
    "conflicts": check_conflicts,
    "entries": check_entries,
    "quotations": check_quotations,
    "quoted-words": check_quoted_words,
    "quotations-repeated": check_repeated_quotations,
    "support": check_support,
    "runs": check_runs,
    "attribution": check_attribution,
    "state-media": check_state_media,
    "dates": check_dates,
    "links": check_links,
    "answers": check_answers,
    "reuse": check_reuse,
    "spelling": check_spelling,
    "gloss": check_gloss,
    "gloss-published": check_published_gloss,
    "lengths": check_lengths,
    "headings": check_headings,
    "sections": check_sections,
    "doubles": check_doubles,
    "leftovers": check_leftovers,
    "accessibility": check_accessibility,
    "reading": check_reading,
}
"""The checks by name; each asks one question of an issue."""

_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def examine(context: Context) -> tuple[Finding, ...]:
    """All findings, the gravest first, then in the order of the draft."""
    found = dict.fromkeys(each for check in CHECKS.values() for each in check(context))
    return tuple(sorted(found, key=lambda each: (_GRAVITY[each.severity], each.line or 0)))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that keep the issue back."""
    return tuple(each for each in findings if each.severity is Severity.ERROR)
