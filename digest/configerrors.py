"""What is wrong with a configuration, in plain words and with the line.

Two kinds of check: what pydantic found in single values, put into our words, and what spans several
places (a source twice, a section that is not there). The second reads the plain data, so that it
also speaks when single values are wrong: a person sees all problems at once.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from digest.model import Problem
from digest.yamlfile import Place, YamlFile

TAKEN_SECTIONS = frozenset({"lede", "closing", "introduction", "off-topic"})
"""Words that mean something else where a section's id may stand."""

SHIPPED_STYLES = ("column", "roundup", "explainer", "links")
"""The house styles that come with the program."""

SHOWN = 40
"""Characters of a wrong value that a message repeats."""

_WANTED = {
    "tuple": "a list, such as [one, two]",
    "bool": "yes or no",
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "string": "text",
}
"""What to write, by the first word of pydantic's name for the error."""

_LIMITS = {"greater_than_equal": "ge", "less_than_equal": "le"}


@dataclass(frozen=True, slots=True)
class Findings:
    """Where problems are written down; ``name`` is the file's as messages show it."""

    file: YamlFile
    name: str

    def add(self, place: Place, message: str) -> None:
        """One more problem at the line of that place; places count from 1."""
        label = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
        text = f"{label[: 2 * SHOWN]}: {message}" if label else message
        where = f"{self.name}:{self.file.line_of(place)}"
        self.file.problems.append(Problem(code="config", message=text, where=where))

    def in_order(self) -> tuple[Problem, ...]:
        """The problems by line."""
        return tuple(
            sorted(self.file.problems, key=lambda p: int((p.where or ":0").rpartition(":")[2]))
        )


def tables(root: type[BaseModel]) -> dict[tuple[str, ...], type[BaseModel]]:
    """All tables of a file by the keys that lead to them, the root (``()``) first."""
    found: dict[tuple[str, ...], type[BaseModel]] = {(): root}
    for name, info in root.model_fields.items():
        for table in _tables_in(info.annotation):
            inner = tables(table).items()
            found |= {(info.alias or name, *path): each for path, each in inner}
    return found


def add_value_errors(
    findings: Findings, errors: Iterable[ErrorDetails], root: type[BaseModel]
) -> None:
    """Writes down what pydantic found, in our words."""
    known = tables(root)
    for details in errors:
        findings.add(details["loc"], _words(details, findings.file, known))


def _tables_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _tables_in(part)


def _words(
    details: ErrorDetails, file: YamlFile, known: Mapping[tuple[str, ...], type[BaseModel]]
) -> str:
    kind, context, found = details["type"], details.get("ctx", {}), details["input"]
    if kind == "extra_forbidden":
        return _unknown_key(details["loc"], known)
    if kind == "missing":
        has_key = bool(details["loc"]) and details["loc"] in file.lines
        return "has no value, and needs one" if has_key else "is required and missing"
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum"):
        allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"{_shown(found)} is not known here; write one of: {allowed}"
    if kind in _LIMITS:
        end = "at least" if kind == "greater_than_equal" else "at most"
        return f"{_shown(found)} does not fit; write {end} {context[_LIMITS[kind]]:g}"
    return _expected(kind, found, details["loc"])


def _expected(kind: str, found: object, place: Place) -> str:
    """What to write where a value is of another kind."""
    if kind.startswith("model_"):
        start = "this file is a table that begins with newsletter" if not place else "write a table"
        return f"{start}: keys with values, not {_shown(found)}"
    if kind == "string_type" and isinstance(found, bool | int | float | date):
        return f"{_shown(found)} is not read as text; put quotes around it"
    wanted = _WANTED.get(kind.partition("_")[0])
    return f"write {wanted}, not {_shown(found)}" if wanted else f"{_shown(found)} does not fit"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list | tuple):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value if len(value) <= SHOWN else f"{value[:SHOWN]}…")
    return str(value)[:SHOWN]


def _keys(table: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in table.model_fields.items()]


def _unknown_key(place: Place, known: Mapping[tuple[str, ...], type[BaseModel]]) -> str:
    key = str(place[-1]).casefold()
    if "password" in key:
        return "a password never stands in this file; set DIGEST_SMTP_PASSWORD instead"
    here = tuple(part for part in place[:-1] if isinstance(part, str))
    names = _keys(known[here])
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
    if close:
        return f"unknown key; did you mean {close[0]!r}?"
    elsewhere = next((path for path, table in known.items() if key in _keys(table)), None)
    if elsewhere is not None:
        home = ".".join(elsewhere) or "the file itself, at the left edge"
        return f"unknown key here; it belongs in {home}"
    return f"unknown key; known here: {', '.join(names)}"


def add_cross_errors(findings: Findings, folder: Path, shipped: Iterable[str]) -> None:
    """Writes down what spans several places: sections and sources against one another."""
    data = findings.file.data
    if not isinstance(data, dict):
        return
    sections = _sections(findings, _rows(data, "sections")) or set(shipped)
    first: dict[str, Place] = {}
    for place, row in _rows(data, "sources"):
        url, path = row.get("url"), row.get("path")
        if (url is None) == (path is None):
            findings.add(place, "a source has either url or path: write exactly one of them")
        elif isinstance(path, str):
            _check_path(findings, (*place, "path"), path, folder)
        _check_twice(findings, place, _key(url, path), first)
        _check_section(findings, place, row, sections)
        for inner, facts in _rows(row, "files", place):
            _check_section(findings, inner, facts, sections)


def add_style_errors(findings: Findings, folder: Path) -> None:
    """Writes down a house style that is neither shipped nor the newsletter's own."""
    data = findings.file.data
    table = data.get("newsletter") if isinstance(data, dict) else None
    style = table.get("style") if isinstance(table, dict) else None
    if not isinstance(style, str) or style in SHIPPED_STYLES:
        return
    own = folder / "templates" / "styles" / f"{Path(style).name}.md.jinja"
    if not own.is_file():
        place: Place = ("newsletter", "style")
        message = (
            f"there is no style {style[:SHOWN]!r}: shipped are {', '.join(SHIPPED_STYLES)}; "
            "one of your own stands in templates/styles/NAME.md.jinja"
        )
        findings.add(place, message)


def _rows(
    table: Mapping[str, object], key: str, place: Place = ()
) -> list[tuple[Place, dict[str, object]]]:
    rows = table.get(key)
    if not isinstance(rows, list):
        return []
    return [((*place, key, n), row) for n, row in enumerate(rows) if isinstance(row, dict)]


def _sections(findings: Findings, rows: list[tuple[Place, dict[str, object]]]) -> set[str]:
    lines: dict[str, int] = {}
    for place, row in rows:
        name = row.get("id")
        if not isinstance(name, str):
            continue
        if name in TAKEN_SECTIONS:
            message = f"{name!r} means something else in an issue; choose another id"
            findings.add((*place, "id"), message)
        elif name in lines:
            message = f"the section {name!r} stands twice, first in line {lines[name]}"
            findings.add((*place, "id"), message)
        lines.setdefault(name, findings.file.line_of((*place, "id")))
    return set(lines)


def _key(url: object, path: object) -> str | None:
    if isinstance(url, str):
        return url
    return f"path:{os.path.normpath(path)}" if isinstance(path, str) else None


def _check_twice(
    findings: Findings, place: Place, key: str | None, first: dict[str, Place]
) -> None:
    if key is None:
        return
    if key in first:
        line = findings.file.line_of(first[key])
        shown = key.removeprefix("path:")
        findings.add(place, f"this source stands twice, first in line {line}: {shown[:120]!r}")
    first.setdefault(key, place)


def _check_section(
    findings: Findings, place: Place, row: Mapping[str, object], sections: set[str]
) -> None:
    name = row.get("section")
    if not isinstance(name, str) or name in sections:
        return
    close = difflib.get_close_matches(name.casefold(), sections, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(sections))}"
    findings.add((*place, "section"), f"there is no section {_shown(name)}; {hint}")


def _check_path(findings: Findings, place: Place, pattern: str, folder: Path) -> None:
    """Refuses what leads out of the folder by its words; links are followed at reading time."""
    fixed, _, rest = re.sub(r"([*?\[])", "\0\\1", pattern).partition("\0")
    target = Path(os.path.normpath(folder / fixed))
    inside = target == folder or folder in target.parents
    # After a wildcard nobody knows what `..` is the parent of: `**` may stand for no folder.
    if not inside or ".." in Path(rest).parts:
        message = f"{_shown(pattern)} leads out of the newsletter's folder; keep local files in it"
        findings.add(place, message)
