from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from digest.model import Certainty, Entry
from digest.store.database import Store, open_store

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)

Build = Callable[..., Entry]
Scratch = Callable[[], AbstractContextManager[Connection]]


class _UndoError(Exception):
    pass


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".digest" / "digest.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(path)
    yield opened
    opened.close()


@pytest.fixture
def c(store: Store) -> Iterator[Connection]:
    with store.write() as connection:
        yield connection


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A connection whose writes are undone: one database for many examples."""
    opened = open_store(tmp_path_factory.mktemp("store") / "digest.sqlite3")

    @contextmanager
    def undone() -> Iterator[Connection]:
        with suppress(_UndoError), opened.write() as connection:
            yield connection
            raise _UndoError

    yield undone
    opened.close()


@pytest.fixture
def entry() -> Build:
    def build(entry_id: str = "e1", **facts: object) -> Entry:
        given = {
            "id": entry_id,
            "source_id": "a-source",
            "url": f"https://news.example/{entry_id}",
            "publisher": "A Paper",
            "title": f"Title of {entry_id}",
            "text": "First paragraph.\n\nSecond paragraph.",
            "lang": "en",
            "date": NOW,
            "certainty": Certainty.TIME,
            "first_seen": NOW,
            "fingerprint": f"print-of-{entry_id}",
        } | facts
        return Entry(**given)  # type: ignore[arg-type]

    return build
