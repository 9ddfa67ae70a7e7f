"""Writing new sources into ``sources.yaml``: every other byte of it stays as it was."""

from __future__ import annotations

import io
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
