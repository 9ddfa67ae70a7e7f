"""The database file: opened, brought up to date, read and written in transactions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from digest.errors import BusyError, StoreError
from digest.store.bigrams import bigrams
from digest.store.locks import hold
from digest.store.schema import REVISION, SEARCH_INDEX, metadata

BUSY_TIMEOUT = timedelta(seconds=30)
MIGRATION_WAIT = timedelta(seconds=60)
_WRITES = "digest_writes"

_SENTENCES = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space and run again; nothing is half written",
    sqlite3.SQLITE_READONLY: "the database may not be written: check the file's owner and mode",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened: check its folder and permissions",
    sqlite3.SQLITE_NOTADB: "this file is no database of this program",
    sqlite3.SQLITE_CORRUPT: "the database is damaged: put back a backup of it",
    sqlite3.SQLITE_IOERR: "the disk failed while reading or writing the database",
}


class Store:
    """An open database; ``read`` and ``write`` give a connection inside one transaction.

    Safe to share between threads: every transaction has a connection of its own.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state and refuses to write.

        Raises:
            StoreError: the database refused.

        """
        with translated(self.path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The only writer; commits at the end of the ``with``, rolls back when it raises.

        What was committed survives kill and power loss. Waits up to 30 s for another writer.

        Raises:
            BusyError: another process kept writing for longer than that.
            StoreError: the database refused (disk full, read-only, damaged).

        """
        with translated(self.path), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """All connections are closed and the write-ahead log is folded into the file."""
        self._engine.dispose()


def open_store(path: Path) -> Store:
    """The store in this file, made or migrated where needed; mode 0600.

    A database that is older and not empty is copied to ``NAME.before-REVISION`` first.

    Raises:
        MigrationError: the database was written by a newer program, or is not one of ours.
        BusyError: another process is migrating it.
        StoreError: the file cannot be made, opened or written.

    """
    claim(path)
    engine = make_engine(path)
    try:
        with translated(path):
            if not is_current(engine):
                engine.dispose()
                with hold(path.parent, path.name, wait=MIGRATION_WAIT):
                    _bring_up_to_date(path)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, path)


def _bring_up_to_date(path: Path) -> None:
    engine = make_engine(path, foreign_keys=False)
    try:
        log_ahead(engine, path)
        with writing(engine) as connection:
            if connection.execute(text("SELECT 1 FROM sqlite_master")).first() is None:
                _make(connection)
                return
    finally:
        engine.dispose()
    from digest.store.migrate import migrate  # noqa: PLC0415 — alembic costs 150 ms, 12 MB

    migrate(path)


def _make(connection: Connection) -> None:
    """The tables as the migrations would make them; a test compares the two."""
    metadata.create_all(connection)
    connection.exec_driver_sql(SEARCH_INDEX)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    insert = text("INSERT INTO alembic_version (version_num) VALUES (:revision)")
    connection.execute(insert, {"revision": REVISION})


def log_ahead(engine: Engine, path: Path) -> None:
    """The database keeps a write-ahead log from now on.

    Raises:
        StoreError: the disk takes none.

    """
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        mode = None if raw is None else raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        message = "the disk takes no write-ahead log: keep the database on a local disk"
        raise StoreError(message, where=str(path))


def copy_database(path: Path, copy: Path) -> None:
    """A whole copy of the database as last committed, or none; mode 0600.

    Made aside, synced and renamed, so that a copy that is there is complete. Others may read and
    write meanwhile.

    Raises:
        StoreError: one of the two cannot be read or written.

    """
    aside = copy.with_name(f"{copy.name}.part")
    aside.unlink(missing_ok=True)
    claim(aside)
    with (
        translated(path),
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(aside)) as target,
    ):
        source.backup(target)
        # A copy is one file that can be moved about, so it keeps no log beside it.
        target.execute("PRAGMA journal_mode = DELETE")
    _sync(aside)
    aside.replace(copy)
    _sync(copy.parent)


def make_engine(path: Path, *, foreign_keys: bool = True) -> Engine:
    """An engine whose transactions are real ones: BEGIN for readers, BEGIN IMMEDIATE for writers.

    Python's sqlite3 opens transactions by guessing from the statement, and a read turned into a
    write fails at once with "locked" whatever the busy timeout; so it is told to open none, and
    we do. ``foreign_keys`` is off in migrations only, where rebuilding a table must not cascade.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT.total_seconds()},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
        # FULL, not WAL's usual NORMAL: NORMAL may lose the last commits in a power cut, and a lost
        # "sending" in the ledger would mail a reader twice. It costs one fsync a commit.
        raw.execute("PRAGMA synchronous = FULL")
        # One large pull must not leave a log of its size behind for ever.
        raw.execute("PRAGMA journal_size_limit = 16777216")
        raw.create_function("bigrams", 1, bigrams, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {int(not writes)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction on an engine of ``make_engine``."""
    with engine.connect() as connection:
        connection.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def is_current(engine: Engine) -> bool:
    """Whether the database has this program's revision and keeps a write-ahead log."""
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar() != "wal":
            return False
        return find_revision(connection) == REVISION


def find_revision(connection: Connection) -> str | None:
    """The revision of the database; ``None`` when it has none."""
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    if connection.execute(text(known)).scalar() is None:
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def claim(path: Path) -> None:
    """The file is there and only its owner may read it: it holds readers' addresses.

    Made before SQLite sees it, so that it never exists with a wider mode; SQLite gives the
    write-ahead log the mode of the database.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_mode & 0o077:
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        message = f"the database cannot be opened: {error.strerror}"
        raise StoreError(message, where=str(path)) from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """What the driver raises inside becomes a StoreError of one sentence.

    Only what the surroundings can cause is translated; a wrong statement or a broken constraint
    is a bug and surfaces.
    """
    try:
        yield
    except DBAPIError as error:
        raised = _store_error(error.orig, path)
        if raised is None:
            raise
        raise raised from error
    except sqlite3.Error as error:
        raised = _store_error(error, path)
        if raised is None:
            raise
        raise raised from error


def _store_error(error: BaseException | None, path: Path) -> StoreError | None:
    # SQLite puts details into the higher bits of a code; the low byte says what happened.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError("another process is writing to the database; try again", where=str(path))
    sentence = _SENTENCES.get(code)
    return None if sentence is None else StoreError(sentence, where=str(path))
