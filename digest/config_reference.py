"""The reference of ``sources.yaml`` as Markdown, made from the classes that read the file.

python -m digest.config_reference > docs/configuration.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from digest.config import ConfigFile
from digest.configerrors import tables
from digest.configvalues import Form

HEADER = """\
<!-- Made by: python -m digest.config_reference > docs/configuration.md -->

# Configuration

A newsletter is one file, `sources.yaml`; `--config FILE` names another. Relative paths are relative
to its folder. Only `newsletter.id`, `newsletter.title` and `sources` are required. A key without a
value counts as left out. Unknown keys are errors, and all problems are told at once with their
lines. Text that YAML reads as something else (`yes`, `1843`, `2026-01-01`) stands in quotes;
`lang: no` and `country: NO` need none.

Secrets never stand in this file. The mail password is read from the environment variable
`DIGEST_SMTP_PASSWORD`.
"""

UNITS = ((604800, "w"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def reference() -> str:
    """The whole of ``docs/configuration.md``."""
    listed = _lists(ConfigFile)
    parts = [HEADER]
    for path, table in tables(ConfigFile).items():
        if path:
            parts.append("\n".join(_table(path, table, listed=path in listed)))
    return "\n".join(parts)


def _table(path: tuple[str, ...], table: type[BaseModel], *, listed: bool) -> Iterator[str]:
    yield f"## {'.'.join(path)}"
    yield ""
    words = " ".join((table.__doc__ or "").split())
    yield f"A list of tables. {words}" if listed else words
    yield ""
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, info in table.model_fields.items():
        cells = (f"`{info.alias or name}`", _value(info), _default(info), info.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _lists(root: type[BaseModel]) -> frozenset[tuple[str, ...]]:
    """The tables that stand in lists, by the keys that lead to them."""
    return frozenset(
        (*path, info.alias or name)
        for path, table in tables(root).items()
        for name, info in table.model_fields.items()
        if get_origin(info.annotation) is tuple
    )


def _value(info: FieldInfo) -> str:
    words = _form(info.annotation, info.metadata)
    low = next((m.ge for m in _metadata(info) if isinstance(m, Ge)), None)
    high = next((m.le for m in _metadata(info) if isinstance(m, Le)), None)
    if low is not None and high is not None:
        return f"{words} from {low} to {high}"
    return f"{words} of at least {low}" if low is not None else words


def _metadata(info: FieldInfo) -> Iterator[object]:
    yield from info.metadata
    for part in get_args(info.annotation):
        yield from getattr(part, "__metadata__", ())


def _form(annotation: object, metadata: list[object]) -> str:
    """How a value is written: its ``Form``, the words it may be, or the kind of thing it is."""
    for note in metadata:
        if isinstance(note, Form):
            return note.words
    inner = [part for part in get_args(annotation) if part not in (type(None), ...)]
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{word}`" for word in inner)
    if get_origin(annotation) is tuple:
        return f"list: {_form(inner[0], [])}"
    # Annotated[X, …] and X | None are what X is, unless they say more.
    if inner:
        return _form(inner[0], list(getattr(annotation, "__metadata__", ())))
    return _kind(annotation)


def _kind(annotation: object) -> str:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{each.value}`" for each in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table"
    if annotation is bool:
        return "`yes` or `no`"
    message = f"no words for {annotation!r}: give it a Form"
    raise LookupError(message)


def _default(info: FieldInfo) -> str:
    value = info.default
    if info.is_required():
        return "required"
    if value is None or value in ((), ""):
        return "–"
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        size, unit = next((size, unit) for size, unit in UNITS if seconds % size == 0)
        return f"`{seconds // size}{unit}`"
    if info.annotation is int and value % 1_000_000 == 0 and value:
        return f"`{value // 1_000_000}MB`"
    return "see below" if isinstance(value, BaseModel) else f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
