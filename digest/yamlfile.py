"""Reading a YAML file so that every value keeps its line: duplicates, aliases and typos are found.

Follows YAML 1.1 as libyaml reads it (``yes`` and ``no`` are booleans), except that values of keys
in ``RAW_KEYS`` are always text: a country or language ``no`` is Norway or Norwegian.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from digest.model import Problem

RAW_KEYS = frozenset({"country", "lang", "language"})
MAX_ALIASES = 100
"""More aliases than a person writes: the mark of a file made to blow up when expanded."""

Place = tuple[str | int, ...]


@dataclass(slots=True)
class YamlFile:
    """The plain data of a file, the 1-based line of every place in it, and what is wrong."""

    data: object = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_yaml(text: str, *, name: str) -> YamlFile:
    """The data of a YAML document with lines; syntax errors and duplicate keys are problems."""
    found = YamlFile()
    loader = yaml.CSafeLoader(text)
    try:
        aliases = sum(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, yaml.CLoader))
        if aliases > MAX_ALIASES:
            message = f"has {aliases} aliases; at most {MAX_ALIASES} are read"
            found.problems.append(Problem(code="yaml", message=message, where=name))
            return found
        node = loader.get_single_node()
        if node is not None:
            found.data = _plain(node, (), found, loader, name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}:{mark.line + 1}" if mark else name
        message = f"this is not valid YAML: {error.problem}"
        found.problems.append(Problem(code="yaml", message=message, where=where))
    except (yaml.YAMLError, ValueError) as error:
        message = f"this is not valid YAML: {error}"
        found.problems.append(Problem(code="yaml", message=message, where=name))
    finally:
        loader.dispose()
    return found


def _plain(
    node: yaml.Node, place: Place, found: YamlFile, loader: yaml.CSafeLoader, name: str
) -> object:
    found.lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, found, loader, name)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*place, position), found, loader, name)
            for position, child in enumerate(node.value)
        ]
    if place and place[-1] in RAW_KEYS and node.value not in ("null", "~", ""):
        return node.value
    return loader.construct_object(node)


def _mapping(
    node: yaml.MappingNode, place: Place, found: YamlFile, loader: yaml.CSafeLoader, name: str
) -> dict[str, object]:
    result: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in result:
            message = f"the key {key!r} stands twice; remove one of them"
            where = f"{name}:{line}"
            found.problems.append(Problem(code="duplicate-key", message=message, where=where))
        result[key] = _plain(value_node, (*place, key), found, loader, name)
        found.lines[(*place, key)] = line
    return result
