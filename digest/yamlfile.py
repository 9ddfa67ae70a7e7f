"""Reading a YAML file so that every value keeps its line: duplicates, aliases and typos are found.

Follows YAML 1.1 as libyaml reads it (``yes`` and ``no`` are booleans), except that values of keys
in ``RAW_KEYS`` are always text: a country or language ``no`` is Norway or Norwegian.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from digest.model import Problem

RAW_KEYS = frozenset({"country", "lang", "language"})

MAX_COPIES = 1000
"""Values that stand for another through aliases: more than a person writes, and the mark of a file
made to blow up (ten lines of nine aliases each expand to 10⁹ values)."""

MAX_DEPTH = 40
"""Levels of nesting. libyaml's composer recurses in C: 100,000 open brackets end the process with
a segmentation fault, which is one reason to read its flat events here. The other is time: 5,000
sources in a third of what composing nodes takes."""

Place = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!"} | {_TAG + kind for kind in ("str", "value", "merge")})
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = frozenset({_TAG + kind for kind in ("null", "bool", "int", "float", "timestamp")})
_BEGINNINGS = frozenset(yaml.CSafeLoader.yaml_implicit_resolvers)
"""First letters of what may be a number, a date, a boolean or nothing."""

_INDENT = "check the indentation of this line and the one before"
_HINTS = {
    "cannot start any token": "indent with spaces; put quotes around text beginning with @, ` or %",
    "mapping values are not allowed": f"{_INDENT}; put quotes around text with a colon in it",
    "alphabetic or numeric character": "put quotes around text that begins with * or &",
    "expected ',' or": "a bracket or brace is left open, or a comma is missing",
    "expected key": _INDENT,
    "expected '-' indicator": _INDENT,
    "unexpected end of stream": "a quotation mark is left open",
}
"""What to do about libyaml's words, which name a symptom; found by making the usual mistakes."""


@dataclass(slots=True)
class YamlFile:
    """The plain data of a file, the 1-based line of every place in it, and what is wrong.

    A problem with the code ``yaml`` means that there is no data.
    """

    data: object = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


class _UnreadableError(Exception):
    """The file is YAML, but not one that is read here."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_yaml(text: str, *, name: str) -> YamlFile:
    """The data of a YAML document with lines; syntax errors and duplicate keys are problems.

    Every problem is one line of words, with ``name:line`` as its place.
    """
    found = YamlFile()
    loader: yaml.CSafeLoader | None = None
    try:
        loader = yaml.CSafeLoader(text)
        found.data = _Reader(found, loader, name).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _fail(found, name, mark.line + 1 if mark else 1, _words(error.problem or str(error)))
    except yaml.reader.ReaderError as error:
        line = text.encode(errors="replace")[: error.position].count(b"\n") + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        _fail(found, name, line, f"a character that YAML does not allow (U+{code:04X})")
    except _UnreadableError as error:
        _fail(found, name, error.line, str(error))
    finally:
        if loader is not None:
            loader.dispose()
    return found


def _fail(found: YamlFile, name: str, line: int, message: str) -> None:
    found.data = None
    message = f"this is not valid YAML: {message}"
    found.problems.append(Problem(code="yaml", message=message, where=f"{name}:{line}"))


def _words(problem: str) -> str:
    said = " ".join(problem.split())
    hint = next((hint for symptom, hint in _HINTS.items() if symptom in said), None)
    return f"{said}; {hint}" if hint else said


@dataclass(slots=True)
class _Reader:
    """Turns events into plain data and writes down lines and problems on the way."""

    found: YamlFile
    loader: Any  # yaml.CSafeLoader; its stubs leave half of it untyped
    name: str
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    """What each anchor stands for, and how many values that is."""
    values: int = 0
    copies: int = 0

    def document(self) -> object:
        """The data of the only document; nothing for a file without one."""
        self.loader.get_event()  # the stream starts
        if isinstance(self.loader.get_event(), yaml.StreamEndEvent):
            return None
        data = self._value(self.loader.get_event(), ())
        self.loader.get_event()  # the document ends
        if not isinstance(event := self.loader.get_event(), yaml.StreamEndEvent):
            raise _UnreadableError(_line(event), "a second document begins; remove the line ---")
        return data

    def _value(self, event: Any, place: Place) -> object:
        line = self.found.lines[place] = _line(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), line)
        if len(place) > MAX_DEPTH:
            raise _UnreadableError(line, f"it is nested more than {MAX_DEPTH} levels deep")
        before = self.values
        self.values += 1
        value: object
        if isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(place)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(place)
        else:
            value = self._scalar(event, place, line)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, self.values - before)
        return value

    def _alias(self, anchor: str, line: int) -> object:
        # An anchor is known when its value is complete, so none can hold itself.
        if anchor not in self.anchors:
            message = (
                f"*{anchor[:40]} stands for nothing before; put quotes around it if it is text"
            )
            raise _UnreadableError(line, message)
        value, size = self.anchors[anchor]
        self.values += size
        self.copies += size
        if self.copies > MAX_COPIES:
            message = f"its aliases copy more than {MAX_COPIES} values; write them out"
            raise _UnreadableError(line, message)
        return value

    def _sequence(self, place: Place) -> list[object]:
        result: list[object] = []
        while not isinstance(event := self.loader.get_event(), yaml.SequenceEndEvent):
            result.append(self._value(event, (*place, len(result))))
        return result

    def _mapping(self, place: Place) -> dict[str, object]:
        result: dict[str, object] = {}
        while not isinstance(event := self.loader.get_event(), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _UnreadableError(line, "a key must be one word, not a list, table or alias")
            key = str(event.value)
            if key == "<<":
                raise _UnreadableError(line, "<< is not read here; write the keys out")
            if key in result:
                first = self.found.lines[*place, key]
                message = f"the key {key[:40]!r} stands twice, first in line {first}; remove one"
                where = f"{self.name}:{line}"
                self.found.problems.append(Problem(code="config", message=message, where=where))
            result[key] = self._value(self.loader.get_event(), (*place, key))
            self.found.lines[*place, key] = line
        return result

    def _scalar(self, event: yaml.ScalarEvent, place: Place, line: int) -> object:
        text = str(event.value)
        raw = bool(place) and place[-1] in RAW_KEYS and text not in _NULLS
        # Quoted text, and plain text whose first letter begins nothing but text.
        if raw or (event.tag is None and (not event.implicit[0] or text[:1] not in _BEGINNINGS)):
            return text
        tag = event.tag or self.loader.resolve(yaml.ScalarNode, text, event.implicit)
        if tag in _TEXT_TAGS:
            return text
        if tag not in _PLAIN_TAGS:
            raise _UnreadableError(line, f"the tag {tag[:60]!r} is not read here; remove it")
        try:
            return self.loader.construct_object(yaml.ScalarNode(tag, text))
        # What PyYAML's constructors raise for 2026-13-01, !!bool x and !!timestamp x: it stays
        # text, and whoever wants a date there says so.
        except (ValueError, KeyError, AttributeError, OverflowError):
            return text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
