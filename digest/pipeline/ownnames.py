"""A newsletter's own ``names.yaml`` beside its ``sources.yaml``: it adds to the shipped book."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from digest.data.names import KINDS, names_of
from digest.errors import ConfigError
from digest.model import Name, Problem
from digest.text.pinyin import agreed_pinyin
from digest.yamlfile import YamlFile, read_yaml

FILE = "names.yaml"
_TEXTS = ("id", "name", "pinyin", "role", "country", "short")
_LISTS = ("en", "ru", "uk", "kk", "other", "zh")
_RULES = ("only", "unless")
_HAN = re.compile("[\u3400-\u9fff]")


def with_own(shipped: Sequence[Name], folder: Path) -> tuple[Name, ...]:
    """The names of ``folder/names.yaml`` before the shipped ones, whose forms they so take over.

    A row with the id of a shipped name adds its forms to it and replaces what else it says.
    Without the file the shipped names alone. Raises ConfigError with every problem and its line.
    """
    own = _read(folder / FILE)
    if not own:
        return tuple(shipped)
    known = {name.id: name for name in shipped}
    first = [_added(known.pop(name.id, None), name) for name in own]
    return (*first, *known.values())


def _added(shipped: Name | None, own: Name) -> Name:
    if shipped is None:
        return own
    return replace(
        shipped,
        kind=own.kind,
        name=own.name,
        forms=tuple(dict.fromkeys((*own.forms, *shipped.forms))),
        role=own.role or shipped.role,
        country=own.country or shipped.country,
        short=own.short or shipped.short,
        pinyin=own.pinyin or shipped.pinyin,
        hanzi=own.hanzi or shipped.hanzi,
        rules=(*own.rules, *shipped.rules),
    )


def _read(path: Path) -> tuple[Name, ...]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        message = f"the file cannot be read ({error}); save it as UTF-8 text this user may read"
        raise ConfigError((Problem(code="config", message=message, where=str(path)),)) from error
    file = read_yaml(text, name=path.name)
    problems = [*file.problems, *(_problems(file, path.name) if not file.problems else ())]
    if problems:
        raise ConfigError(tuple(problems))
    groups: dict[str, list[dict[str, Any]]] = file.data or {}  # type: ignore[assignment]
    return names_of(
        {group: [_row(group, row) for row in rows] for group, rows in groups.items() if rows}
    )


def _row(group: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row with its id; and with the tones of a person whose name and characters agree."""
    made = {"id": _id(row["name"]), **row}
    if group == "people" and row.get("zh") and "pinyin" not in row:
        made["pinyin"] = agreed_pinyin(row["zh"][0], row["name"])
    return made


def _id(name: str) -> str:
    return "-".join(re.findall(r"\w+", name.lower())) or name


def _problems(file: YamlFile, name: str) -> Iterator[Problem]:
    """Everything that is not as the name book wants it, in the order of the file."""
    if file.data is None:
        return
    if not isinstance(file.data, dict):
        yield _problem(file, name, (), f"write groups of names here: {', '.join(KINDS)}")
        return
    for group, rows in file.data.items():
        if group not in KINDS:
            message = f"{group!r} is no group of names; use one of {', '.join(KINDS)}"
            yield _problem(file, name, (group,), message)
        elif rows is not None and not isinstance(rows, list):
            message = f"write the names of {group} as a list, each line beginning with '- '"
            yield _problem(file, name, (group,), message)
        else:
            for at, row in enumerate(rows or ()):
                for place, message in _wrong(row):
                    yield _problem(file, name, (group, at, *place), message)


def _wrong(row: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with a row, and where in it."""
    if not isinstance(row, dict):
        yield (), "write a name as {name: …, ru: […], zh: […]}"
        return
    if not _is_text(row.get("name")):
        yield (), "the name is missing; write name: with the spelling you print"
    for key, value in row.items():
        check, wanted = _CHECKS.get(key, (_nothing, f"is no part of a name; use {_KEYS}"))
        if not check(value):
            yield (key,), f"{key} {wanted}"
    zh = row.get("zh")
    if row.get("pinyin") and not (isinstance(zh, list) and zh and _HAN.match(str(zh[0]))):
        yield ("pinyin",), "pinyin needs the characters it reads, first under zh"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip("* \t"))


def _is_rule(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(words, list) and words and all(map(_is_text, words)) for words in value.values()
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _nothing(_value: object) -> bool:
    return False


_CHECKS: dict[object, tuple[Callable[[object], bool], str]] = {
    **dict.fromkeys(_TEXTS, (_is_text, "must be a text")),
    **dict.fromkeys(_LISTS, (_are_texts, "must be a list of spellings, like [One, Two]")),
    **dict.fromkeys(
        _RULES, (_is_rule, "must be written as {spelling: [word, word]}, or {any: [word]}")
    ),
}
_KEYS = ", ".join(map(str, _CHECKS))


def _problem(file: YamlFile, name: str, place: tuple[str | int, ...], message: str) -> Problem:
    return Problem(code="config", message=message, where=f"{name}:{file.line_of(place)}")
