"""What a pull tells: a document for programs, lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from digest.fetched import SourceOutcome
from digest.pull.outage import Outage, find_outage

SHOWN_FAILURES = 10
"""Failures listed by name in what a person reads; the report and ``--json`` hold them all."""


def all_failed(outcomes: Sequence[SourceOutcome]) -> bool:
    """Whether there were network sources to ask and every one of them failed."""
    asked = _asked(outcomes)
    return bool(asked) and all(each.outcome == "failed" for each in asked)


def all_failed_because(outcomes: Sequence[SourceOutcome], *, proxied: bool) -> Outage | None:
    """Why every network source failed, one sentence with a remedy; nothing where one did not.

    Where the cause does not lie on our side it is what most of them say.
    """
    if not all_failed(outcomes):
        return None
    asked = _asked(outcomes)
    failures = [each.failure for each in asked if each.failure]
    # What never came to the network, such as a login that is not set, says nothing about it.
    found = find_outage(failures, proxied=proxied)
    begin = "Every network source failed"
    if found is not None:
        return Outage(code=found.code, sentence=f"{begin}. {found.sentence}")
    words = [_without_host(each) for each in asked]
    most = max(set(words), key=lambda word: (words.count(word), word))
    count = f"{words.count(most)} of {len(words)}"
    return Outage(code="other", sentence=f"{begin}, {count} because: {most}")


def pull_document(outcomes: Sequence[SourceOutcome], *, proxied: bool) -> dict[str, object]:
    """The JSON of ``digest pull --json``."""
    cause = all_failed_because(outcomes, proxied=proxied)
    return {
        "sources": [outcome_document(each) for each in outcomes],
        "all_failed": {"code": cause.code, "message": cause.sentence} if cause else None,
    }


def outcome_document(outcome: SourceOutcome) -> dict[str, object]:
    """The JSON of one source in ``digest pull --json``."""
    return {
        "name": outcome.name,
        "url": outcome.url,
        "outcome": outcome.outcome,
        "entries": outcome.entries,
        "new": outcome.new,
        "error": outcome.error,
    }


def summary(outcomes: Sequence[SourceOutcome]) -> str:
    """Lines for a person: counts, then every source with something to say."""
    lines = [f"{counts(outcomes)}; {sum(each.new for each in outcomes)} new entries"]
    failed = [f"  failed: {e.name}: {e.error}" for e in outcomes if e.outcome == "failed"]
    lines += failed[:SHOWN_FAILURES]
    if len(failed) > SHOWN_FAILURES:
        more = len(failed) - SHOWN_FAILURES
        lines.append(f"  and {more} more failed; `digest sources list` names them all")
    lines += [f"  {p.where}: {p.message}" for e in outcomes for p in e.problems]
    return "\n".join(lines)


def counts(outcomes: Sequence[SourceOutcome]) -> str:
    """How many sources there were, and what became of how many."""
    count = dict.fromkeys(("ok", "unchanged", "failed", "skipped"), 0)
    for each in outcomes:
        count[each.outcome] += 1
    said = ", ".join(f"{number} {kind}" for kind, number in count.items() if number)
    return f"{len(outcomes)} sources: {said or 'none'}"


def _asked(outcomes: Sequence[SourceOutcome]) -> list[SourceOutcome]:
    return [each for each in outcomes if each.url and each.outcome != "skipped"]


def _without_host(outcome: SourceOutcome) -> str:
    """The failure without the name of its host, which would make each one another cause."""
    host = urlsplit(outcome.url or "").hostname or ""
    error = outcome.error or "failed"
    return error.replace(host, "…") if host else error
