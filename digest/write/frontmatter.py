"""The YAML block on top of a draft: what an issue is called, what it covers, what it cites."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import yaml

from digest.errors import DraftError
from digest.model import Citation, Ownership

FENCE = "---"
VERSION = 1

_T = TypeVar("_T")
_PLAIN = re.compile(r"[a-z][a-z-]*[a-z]")
# YAML 1.1 reads these as something else than text.
_RESERVED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
# What PyYAML takes for unprintable, and the breaks that YAML folds: always escaped.
_UNSAFE = re.compile(r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The front matter of a draft, checked; ``entries`` is the map of cited entries in order."""

    newsletter: str
    number: int | None
    day: date
    start: datetime
    end: datetime
    title: str
    standfirst: str = ""
    style: str = "column"
    sample: bool = False
    entries: tuple[Citation, ...] = ()


class _Loader(yaml.SafeLoader):
    """Safe YAML without aliases and without a key written twice."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, "aliases are not used in a draft", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key}” stands here twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read(source: str, *, path: str) -> FrontMatter:
    """The values of a front matter, given its lines without the two fences.

    Raises DraftError with the line of what is wrong (the source begins on line 2).
    """
    try:
        values = yaml.load(source, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise DraftError(
            f"the front matter is not valid YAML: {error.problem}", where=f"{path}:{line}"
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        raise DraftError(
            f"the front matter is not valid YAML: {error}", where=f"{path}:1"
        ) from error
    if not isinstance(values, dict):
        raise DraftError("the front matter holds no keys", where=f"{path}:1")
    return _checked(_Reader(values, source, path))


def emit(meta: FrontMatter) -> str:
    """The front matter with its fences as the program writes it, one line an entry."""
    lines = [
        FENCE,
        f"digest: {VERSION}",
        f"newsletter: {_scalar(meta.newsletter)}",
        f"number: {'null' if meta.number is None else meta.number}",
        f"date: {meta.day.isoformat()}",
        f"period: {{start: {_time(meta.start)}, end: {_time(meta.end)}}}",
        f"title: {_scalar(meta.title)}",
        f"standfirst: {_scalar(meta.standfirst)}",
        f"style: {_scalar(meta.style)}",
        f"sample: {'true' if meta.sample else 'false'}",
        "entries:" if meta.entries else "entries: {}",
    ]
    lines.extend(f"  {_scalar(entry.entry_id)}: {_entry(entry)}" for entry in meta.entries)
    return "\n".join([*lines, FENCE, ""])


class _Reader:
    """Typed access to the keys; every complaint names the key's line."""

    def __init__(self, values: dict[Any, Any], source: str, path: str) -> None:
        self.values = values
        self.source = source
        self.path = path

    def problem(self, key: str, message: str) -> DraftError:
        found = re.search(rf"^[ \t\"']*{re.escape(key)}[\"']?[ \t]*:", self.source, re.MULTILINE)
        line = self.source.count("\n", 0, found.start()) + 2 if found else 1
        return DraftError(message, where=f"{self.path}:{line}")

    def get(self, key: str, kind: type[_T], what: str) -> _T | None:
        value = self.values.get(key)
        if value is None or (
            isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        ):
            return value
        raise self.problem(key, f"“{key}” has to be {what}")

    def need(self, key: str, kind: type[_T], what: str) -> _T:
        value = self.get(key, kind, what)
        if value is None:
            raise self.problem(key, f"“{key}” is missing: it has to be {what}")
        return value

    def text(self, key: str, default: str = "") -> str:
        value = self.values.get(key)
        if isinstance(value, (dict, list)):
            raise self.problem(key, f"“{key}” has to be text")
        return default if value is None else str(value)


def _checked(keys: _Reader) -> FrontMatter:
    if keys.get("digest", int, "a number") not in (None, VERSION):
        raise keys.problem("digest", "this draft was written by a newer version of the program")
    period = _Reader(keys.need("period", dict, "{start: …, end: …}"), keys.source, keys.path)
    entries = keys.get("entries", dict, "a map of entry ids") or {}
    return FrontMatter(
        newsletter=keys.text("newsletter") or keys.need("newsletter", str, "the newsletter's id"),
        number=keys.get("number", int, "a whole number or null"),
        day=_day(keys.need("date", date, "a day such as 2022-04-07")),
        start=_aware(period.need("start", date, "a time")),
        end=_aware(period.need("end", date, "a time")),
        title=keys.text("title"),
        standfirst=keys.text("standfirst"),
        style=keys.text("style", "column"),
        sample=keys.get("sample", bool, "true or false") or False,
        entries=tuple(_citation(keys, str(key), value) for key, value in entries.items()),
    )


def _citation(keys: _Reader, entry_id: str, value: object) -> Citation:
    if not isinstance(value, dict):
        raise keys.problem(entry_id, f"entry “{entry_id}” has to be {{publisher: …, url: …}}")
    fields = _Reader(value, keys.source, keys.path)
    when = fields.values.get("date")
    owner = fields.text("ownership")
    if when is not None and not isinstance(when, date):
        raise keys.problem(entry_id, f"the date of entry “{entry_id}” has to be a day or null")
    if owner and owner not in set(Ownership):
        allowed = ", ".join(Ownership)
        raise keys.problem(entry_id, f"the ownership of “{entry_id}” is one of {allowed}")
    return Citation(
        entry_id=entry_id,
        publisher=fields.text("publisher"),
        url=fields.text("url") or None,
        title=fields.text("title"),
        date=_day(when) if when is not None else None,
        lang=fields.text("lang", "und"),
        ownership=Ownership(owner) if owner else None,
    )


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _aware(value: date) -> datetime:
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _entry(entry: Citation) -> str:
    fields: list[tuple[str, str, Callable[[str], str]]] = [
        ("publisher", entry.publisher, _quoted),
        ("url", entry.url or "null", _quoted if entry.url else str),
        ("title", entry.title, _quoted),
        ("date", entry.date.isoformat() if entry.date else "null", str),
        ("lang", entry.lang, _scalar),
    ]
    if entry.ownership is not None:
        fields.append(("ownership", entry.ownership.value, _scalar))
    return "{" + ", ".join(f"{key}: {shown(value)}" for key, value, shown in fields) + "}"


def _scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text not in _RESERVED
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return _UNSAFE.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False)
    )
