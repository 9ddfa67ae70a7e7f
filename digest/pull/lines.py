"""JSON Lines of entries: one ``{id?, title, text?, date?, lang?, publisher?, url?, …}`` a line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digest.model import Certainty, RawEntry
from digest.text.dates import parse_date
from digest.text.urls import is_web_url

_PARTIAL = re.compile(r"\d{4}(-\d{2})?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its number from 1, its id (the number where it gives none), and either

    the entry or the sentence that says what is wrong with it.
    """

    number: int
    id: str
    entry: RawEntry | None = None
    error: str | None = None


def read_lines(text: str) -> tuple[Line, ...]:
    """The entries of JSON Lines, in order; empty lines are skipped, bad ones carry an ``error``.

    Text is taken as it stands (plain, not HTML). Further fields are ignored, but for
    ``paraphrase`` (true: an editor's note in our own words).
    """
    lines = enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
    return tuple(_line(number, line) for number, line in lines if line.strip())


def _line(number: int, line: str) -> Line:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return Line(number=number, id=str(number), error="The line is no JSON object; mend it.")
    if not isinstance(data, dict):
        return Line(number=number, id=str(number), error="The line is no JSON object; mend it.")
    given = data.get("id")
    name = str(given) if isinstance(given, str | int) and given != "" else str(number)
    error = _wrong(data)
    if error:
        return Line(number=number, id=name, error=error)
    return Line(number=number, id=name, entry=_entry(data, name if given is not None else None))


def _wrong(data: Mapping[str, Any]) -> str | None:
    for key in ("title", "text", "date", "lang", "publisher", "url"):
        if data.get(key) is not None and not isinstance(data[key], str):
            return f'"{key}" is no text; put it in quotation marks.'
    if not (data.get("title") or "").strip():
        return 'The line has no "title"; give it one.'
    if data.get("date") and _when(data["date"]) is None and not _PARTIAL.match(data["date"]):
        return f'The date "{data["date"][:40]}" cannot be read; write it as 2022-04-07.'
    if data.get("url") and not is_web_url(data["url"]):
        return f'The address "{data["url"][:80]}" is not http or https; mend or remove it.'
    return None


def _when(text: str) -> tuple[datetime, Certainty] | None:
    """The date; a month or a year alone is none: the first of it would be made up."""
    return None if _PARTIAL.match(text) else parse_date(text) if text else None


def _entry(data: Mapping[str, Any], guid: str | None) -> RawEntry:
    when = _when(data.get("date") or "")
    return RawEntry(
        title=" ".join(data["title"].split()),
        url=data.get("url") or None,
        guid=guid,
        content=data.get("text") or "",
        published=when[0] if when else None,
        certainty=when[1] if when else Certainty.GUESS,
        lang=data.get("lang") or None,
        publisher=data.get("publisher") or None,
        paraphrase=data.get("paraphrase") is True,
    )
