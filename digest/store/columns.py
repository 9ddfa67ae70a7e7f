"""Column types that turn model values into what every SQL database stores, and back.

Text is cleaned here and nowhere else, so nothing a source sends can reach a table uncleaned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

from digest.model import Reason

_DIRTY = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without NUL and lone surrogates; a split surrogate pair becomes its character.

    SQLite cuts text at NUL in its functions, PostgreSQL refuses it, and neither takes a
    surrogate, which JSON feeds may bring in by an escape.
    """
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    if _DIRTY.search(text) is None:
        return text
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    return paired.replace("\0", "")


_as_json = json.JSONEncoder(ensure_ascii=False).encode
"""``json.dumps`` would make an encoder a value."""


def _clean_or_nothing(text: str | None) -> str | None:
    return None if text is None else clean(text)


class CleanText(TypeDecorator[str]):
    """Text without NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is stored."""
        return None if value is None else clean(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002
        """The same without the two calls that SQLAlchemy puts around it: text is most of a row."""
        return _clean_or_nothing


class UtcTime(TypeDecorator[datetime]):
    """An aware time, stored as naive UTC; a naive time raises ValueError."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What is stored."""
        if value is None:
            return None
        if value.tzinfo is UTC:
            return value.replace(tzinfo=None)
        if value.tzinfo is None:
            raise ValueError("times are stored with their zone only")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What is read."""
        return None if value is None else value.replace(tzinfo=UTC)


class Seconds(TypeDecorator[timedelta]):
    """A length of time, stored in whole seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """What is stored."""
        return None if value is None else int(value.total_seconds())

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002
        """What is read."""
        return None if value is None else timedelta(seconds=value)


class Strings(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts, stored as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is stored."""
        if not value:
            return None if value is None else "[]"
        return _as_json([clean(text) for text in value])

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        """What is read."""
        if value is None or value == "[]":
            return None if value is None else ()
        return tuple(json.loads(value))


class Reasons(TypeDecorator[tuple[Reason, ...]]):
    """Reasons in their order, stored as a JSON list of pairs; floats come back exactly."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Reason, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is stored."""
        if value is None:
            return None
        pairs = [(clean(reason.feature), reason.weight) for reason in value]
        return _as_json(pairs)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> tuple[Reason, ...] | None:
        """What is read."""
        if value is None:
            return None
        return tuple(
            Reason(feature=feature, weight=weight) for feature, weight in json.loads(value)
        )


class Choice(TypeDecorator[StrEnum]):
    """One value of an enumeration, stored as its text (no database enum: values come and go)."""

    impl = Text
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices
        self._by_text: dict[Any, StrEnum] = {choice.value: choice for choice in choices}

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What is stored."""
        return None if value is None else self.choices(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """What is read."""
        return None if value is None else self._by_text[value]
