"""What a pull tells: a document for programs, lines for a person."""

from __future__ import annotations

from collections.abc import Sequence

from digest.fetched import SourceOutcome

SHOWN_FAILURES = 10
"""Failures listed by name in what a person reads; the report and ``--json`` hold them all."""


def all_failed(outcomes: Sequence[SourceOutcome]) -> bool:
    """Whether there were network sources to ask and every one of them failed."""
    asked = [each for each in outcomes if each.url and each.outcome != "skipped"]
    return bool(asked) and all(each.outcome == "failed" for each in asked)


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
    count = dict.fromkeys(("ok", "unchanged", "failed", "skipped"), 0)
    for each in outcomes:
        count[each.outcome] += 1
    new = sum(each.new for each in outcomes)
    counts = ", ".join(f"{number} {kind}" for kind, number in count.items() if number)
    lines = [f"{len(outcomes)} sources: {counts or 'none'}; {new} new entries"]
    failed = [f"  failed: {e.name}: {e.error}" for e in outcomes if e.outcome == "failed"]
    lines += failed[:SHOWN_FAILURES]
    if len(failed) > SHOWN_FAILURES:
        more = len(failed) - SHOWN_FAILURES
        lines.append(f"  and {more} more failed; `digest sources list` names them all")
    lines += [f"  {p.where}: {p.message}" for e in outcomes for p in e.problems]
    return "\n".join(lines)
