"""Writing new sources and addresses into ``sources.yaml``: every other byte stays as it was."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from digest.config import load_config
from digest.errors import OutputError
from digest.pipeline.files import write_file


def append_sources(config: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """The file has these sources more, at the end of its list; comments and layout stay.

    The file must have loaded before. A result that does not load is taken back: OutputError.
    """
    before = config.read_bytes()
    write_file(config, _longer(before, rows))
    try:
        load_config(config)
    except Exception as error:
        write_file(config, before)
        message = f"the new source does not fit the configuration; nothing was changed ({error})"
        raise OutputError(message, where=str(config)) from error


def _longer(before: bytes, rows: Sequence[Mapping[str, str]]) -> bytes:
    """New lines below the last source where it is a list of lines, else the list made anew.

    Lines are put in by hand, for ruamel.yaml loses comments within flow mappings.
    """
    text = before.decode("utf-8")
    place = _end_of_list(text)
    if place is None:
        return _rewritten(before, rows)
    at, column = place
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if not lines[at].endswith(("\n", "\r")):
        lines[at] += end
    new = [f"{' ' * column}- {_flow(row)}{end}" for row in rows]
    made = "".join([*lines[: at + 1], *new, *lines[at + 1 :]])
    known, found = _sources(text), _sources(made)
    if found != [*known, *map(dict, rows)]:
        return _rewritten(before, rows)
    return made.encode("utf-8")


def _end_of_list(text: str) -> tuple[int, int] | None:
    """The line on which the last source ends, and the column of the dashes before them."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    for key, value in root.value:
        if key.value == "sources" and isinstance(value, yaml.SequenceNode):
            if value.flow_style or not value.value:
                return None
            return _last_line(value), value.start_mark.column
    return None


def _last_line(node: Any) -> int:
    """The last line that is the node's own; a block's end mark stands behind what follows it."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        mark = node.end_mark
        return int(mark.line - (mark.column == 0 and mark.line > node.start_mark.line))
    last = node.value[-1]
    return _last_line(last[1] if isinstance(node, yaml.MappingNode) else last)


def _flow(row: Mapping[str, str]) -> str:
    line = yaml.safe_dump(
        dict(row), default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    )
    return line.strip()


def _sources(text: str) -> list[object]:
    """The plain list of sources; nothing where the text is no YAML any more."""
    try:
        data = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - makes plain values only
    except yaml.YAMLError:
        return []
    return list(data["sources"])


def _rewritten(before: bytes, rows: Sequence[Mapping[str, str]]) -> bytes:
    from ruamel.yaml import YAML  # noqa: PLC0415 - slow, and seldom needed
    from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415

    writer = YAML()
    writer.preserve_quotes = True
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    data: Any = writer.load(before)
    for row in rows:
        entry = CommentedMap(row)
        entry.fa.set_flow_style()
        data["sources"].append(entry)
    made = io.BytesIO()
    writer.dump(data, made)
    return made.getvalue()


# --- other addresses -----------------------------------------------------------------------------


def write_addresses(config: Path, changes: Mapping[str, str]) -> None:
    """The sources of the file stand at their new addresses (new by old); nothing else changes.

    A result that does not load is taken back: OutputError.
    """
    before = config.read_bytes()
    write_file(config, with_addresses(before.decode("utf-8"), changes).encode("utf-8"))
    try:
        load_config(config)
    except Exception as error:
        write_file(config, before)
        message = f"a new address does not fit the configuration; nothing was changed ({error})"
        raise OutputError(message, where=str(config)) from error


def with_addresses(text: str, changes: Mapping[str, str]) -> str:
    """The text of the file with other values of ``url``, each in the quotes it had.

    Values are put in by their place in the text, so that every other character stays. Raises
    OutputError where the file is written in such a way (aliases, folded lines) that this would
    change something else.
    """
    start = len(text) - len(text.removeprefix("\ufeff"))
    made, plain = text, text[start:]
    for node in reversed(_address_nodes(plain)):
        if node.value in changes:
            first, last = start + node.start_mark.index, start + node.end_mark.index
            made = made[:first] + _scalar(changes[node.value], node.style) + made[last:]
    wanted = [_moved(each, changes) for each in _sources(plain)]
    if _sources(made[start:]) != wanted or not wanted:
        raise OutputError(
            "the addresses are written in a form that cannot be changed alone; change them by hand",
            where=", ".join(changes.values()),
        )
    return made


def _address_nodes(text: str) -> list[Any]:
    """The value of each source's ``url``, in the order of the text."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    top = root.value if isinstance(root, yaml.MappingNode) else []
    rows = [row for key, value in top if key.value == "sources" for row in value.value]
    return [
        value
        for row in rows
        if isinstance(row, yaml.MappingNode)
        for key, value in row.value
        if key.value == "url" and isinstance(value, yaml.ScalarNode)
    ]


def _moved(source: object, changes: Mapping[str, str]) -> object:
    if not isinstance(source, dict) or source.get("url") not in changes:
        return source
    return source | {"url": changes[source["url"]]}


_PLAIN = re.compile(r"https?://[A-Za-z0-9._~/?&=%+@:;!$-]*[A-Za-z0-9/=_-]")


def _scalar(value: str, style: str | None) -> str:
    """The value in the quotes that stood there; in double ones where it could not do without."""
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    if not style and _PLAIN.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
