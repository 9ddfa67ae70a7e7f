"""The sources as a table of at most 100 columns for people, and whole for programs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from digest.model import Ownership
from digest.pipeline.sourcehealth import ORDER, Health, remedy
from digest.pull.due import is_due
from digest.text.urls import without_userinfo

WIDTH = 100
"""Columns of a terminal, half a screen wide."""

_LABELS = {"double": "twice", "new": "not read", "well": "well", "off": "off"}
_COLUMNS = (
    ("state", 8),
    ("source", 35),
    ("owner", 11),
    ("a week", 6),
    ("last read", 16),
    ("next", 16),
)
_INDENT = 9


def table(healths: Sequence[Health], notes: Mapping[str, str] | None = None) -> str:
    """One line a source, the worst first, with what is wrong and what to do below it.

    ``notes`` are further remarks by source id.
    """
    ranked = sorted(healths, key=_rank)
    lines = [_counted(ranked), ""] if ranked else ["No sources yet; `digest sources add URL`."]
    if ranked:
        lines.append(_row([name for name, _ in _COLUMNS]))
    for health in ranked:
        lines.append(_row(_cells(health)))
        texts = [text for kind in health.kinds if (text := _remark(health, kind))]
        if note := (notes or {}).get(health.source.id):
            texts.append(note)
        for text in texts:
            lines += wrapped(text, WIDTH - _INDENT, " " * _INDENT)
    return "\n".join(line.rstrip() for line in lines)


def document(health: Health) -> dict[str, object]:
    """All that is known of a source, as JSON."""
    source, state, pace = health.source, health.state, health.pace
    return {
        "id": source.id,
        "name": health.name,
        "url": without_userinfo(source.url) if source.url else None,
        "path": source.path,
        "type": source.type,
        "publisher": source.publisher,
        "ownership": source.ownership,
        "state_media": source.ownership is Ownership.STATE,
        "country": source.country,
        "lang": source.lang,
        "section": source.section,
        "enabled": source.enabled,
        "state": health.kind,
        "states": list(health.kinds),
        "checked_at": _time(state.checked_at),
        "succeeded_at": _time(state.succeeded_at),
        "due_at": _time(state.due_at),
        "not_before": _time(state.not_before),
        "failures": state.failures,
        "failing_since": _time(health.failing_since),
        "error": state.error,
        "entries_a_week": pace.per_week,
        "newest_entry": pace.last.isoformat() if pace.last else None,
        "quiet": health.quiet,
        "moved_to": state.moved_to,
        "gone": state.gone,
        "duplicates": list(health.doubles),
        "remedies": [text for kind in health.kinds if (text := remedy(health, kind))],
    }


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """The text in lines of at most so many columns; a word that is longer is cut."""
    lines, line = [], ""
    for word in text.split():
        rest = word
        while columns(rest) > width:
            if line:
                lines.append(line)
                line = ""
            piece = cut(rest, width)
            lines.append(piece)
            rest = rest[len(piece) :]
        joined = f"{line} {rest}" if line else rest
        if columns(joined) > width:
            lines.append(line)
            joined = rest
        line = joined
    return [indent + each for each in [*lines, *([line] if line else [])]]


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two, a mark none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def cut(text: str, width: int) -> str:
    """The longest beginning of the text that fits."""
    taken = 0
    for at, character in enumerate(text):
        taken += columns(character)
        if taken > width:
            return text[:at]
    return text


def _rank(health: Health) -> tuple[object, ...]:
    since = health.failing_since or health.now
    return ORDER.index(health.kind), since, health.name.casefold()


def _counted(healths: Sequence[Health]) -> str:
    count = Counter(health.kind for health in healths)
    said = ", ".join(f"{count[kind]} {_LABELS.get(kind, kind)}" for kind in ORDER if count[kind])
    return f"{len(healths)} sources: {said}"


def _cells(health: Health) -> list[str]:
    source, state = health.source, health.state
    owner = source.ownership.value if source.ownership else ""
    rate = health.pace.per_week
    return [
        _LABELS.get(health.kind, health.kind),
        health.name,
        "state media" if source.ownership is Ownership.STATE else owner,
        "" if rate is None else f"{rate:g}",
        f"{state.succeeded_at:%Y-%m-%d %H:%M}" if state.succeeded_at else "never",
        _next(health),
    ]


def _next(health: Health) -> str:
    if not health.source.enabled or health.state.gone:
        return "never"
    due = health.state.due_at
    if due is None or is_due(health.source, health.state, health.now):
        return "now"
    return f"{due:%Y-%m-%d %H:%M}"


def _row(cells: Sequence[str]) -> str:
    padded = []
    for cell, (name, width) in zip(cells, _COLUMNS, strict=True):
        shown = cell if columns(cell) <= width else cut(cell, width - 1) + "…"
        blank = " " * (width - columns(shown))
        padded.append(blank + shown if name == "a week" else shown + blank)
    return " ".join(padded)


def _remark(health: Health, kind: str) -> str:
    """What is wrong, and what to do about it."""
    state, since = health.state, health.failing_since
    said = {
        "gone": "gone (410): the publisher asks not to come back",
        "failing": f"since {since:%Y-%m-%d}, {_times(state.failures)}: {state.error}"
        if since
        else "",
        "moved": f"to {state.moved_to}",
        "quiet": f"strangely quiet: {health.quiet}",
        "double": f"brings the same as {'; '.join(health.doubles)}",
    }.get(kind, "")
    todo = remedy(health, kind)
    return f"{said.rstrip('.')}; {todo}" if said and todo else said


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
