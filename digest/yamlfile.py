"""Reading a YAML file so that every value keeps its line: duplicates, aliases and typos are found.

Follows YAML 1.1 as libyaml reads it (``yes`` and ``no`` are booleans), except that values of keys
in ``RAW_KEYS`` are always text: a country or language ``no`` is Norway or Norwegian.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from digest.model import Problem

RAW_KEYS = frozenset({"country", "lang", "language"})

MAX_COPIES = 1000
"""Values reached a second time through aliases: more than a person writes, and the mark of a file
made to blow up (ten lines of nine aliases each expand to 10⁹ values)."""

MAX_DEPTH = 40
"""Levels of nesting; an alias that holds itself would never end."""

Place = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_TEXT = _TAG + "str"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = frozenset({_TAG + kind for kind in ("null", "bool", "int", "float", "timestamp")})
_HINTS = {
    "cannot start any token": "indent with spaces, and put quotes around text that begins with @, ` or %",
    "mapping values are not allowed": "check the indentation, and put quotes around text that holds a colon and a space",
    "alphabetic or numeric character": "put quotes around text that begins with * or &",
    "expected ',' or": "a bracket or brace is left open, or a comma is missing",
    "expected key": "check the indentation of this line and the one before",
    "expected '-' indicator": "check the indentation of this line and the one before",
    "single document": "keep one document in the file: remove the line ---",
    "unexpected end of stream": "a quotation mark is left open",
}  # fmt: skip
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
        node = loader.get_single_node()
        if node is not None:
            found.data = _Reader(found, loader, name).plain(node, ())
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
    """Turns nodes into plain data and writes down lines and problems on the way."""

    found: YamlFile
    loader: yaml.CSafeLoader
    name: str
    seen: set[int] = field(default_factory=set)
    copies: int = 0

    def plain(self, node: yaml.Node, place: Place) -> object:
        line = node.start_mark.line + 1
        self.found.lines[place] = line
        self._bound(node, place, line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*place, n)) for n, child in enumerate(node.value)]
        return self._scalar(node, place, line)

    def _bound(self, node: yaml.Node, place: Place, line: int) -> None:
        # An alias is the same node object again, so copies are counted by identity.
        if id(node) in self.seen:
            self.copies += 1
            if self.copies > MAX_COPIES:
                message = f"its aliases copy more than {MAX_COPIES} values; write them out"
                raise _UnreadableError(line, message)
        self.seen.add(id(node))
        if len(place) > MAX_DEPTH:
            raise _UnreadableError(line, f"is nested more than {MAX_DEPTH} levels deep")

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise _UnreadableError(line, "a key must be one word, not a list or a table")
            key = str(key_node.value)
            if key == "<<" and key_node.tag == _TAG + "merge":
                raise _UnreadableError(line, "<< is not read here; write the keys out")
            if key in result:
                first = self.found.lines[*place, key]
                message = f"the key {key!r} stands twice, first in line {first}; remove one"
                self._problem(message, line)
            result[key] = self.plain(value_node, (*place, key))
            self.found.lines[*place, key] = line
        return result

    def _scalar(self, node: yaml.Node, place: Place, line: int) -> object:
        raw = bool(place) and place[-1] in RAW_KEYS and node.value not in _NULLS
        if node.tag == _TEXT or raw or node.tag in (_TAG + "value", _TAG + "merge"):
            return node.value
        if node.tag not in _PLAIN_TAGS:
            raise _UnreadableError(line, f"the tag {node.tag!r} is not read here; remove it")
        try:
            return self.loader.construct_object(node)
        # What PyYAML's constructors raise for 2026-13-01, !!bool x, !!timestamp x.
        except (ValueError, KeyError, AttributeError, OverflowError):
            self._problem(f"{node.value[:40]!r} is no such date or number", line)
            return node.value

    def _problem(self, message: str, line: int) -> None:
        where = f"{self.name}:{line}"
        self.found.problems.append(Problem(code="value", message=message, where=where))
