"""An older or empty database brought to this program's revision, all or nothing."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from digest.errors import MigrationError
from digest.store.database import copy_database, find_revision, log_ahead, make_engine, writing
from digest.store.schema import REVISION

SCRIPTS = Path(__file__).with_name("migrations")


def migrate(path: Path, *, scripts: Path = SCRIPTS, revision: str = REVISION) -> None:
    """The database has this revision; a non-empty older one was copied beside it first.

    All migrations run in one transaction: a failure leaves the database as it was. The caller
    holds the lock that keeps a second process from migrating.

    Raises:
        MigrationError: newer than this program, not one of ours, or left inconsistent.
        StoreError: write-ahead logging is not possible on this disk.

    """
    engine = make_engine(path, foreign_keys=False)
    try:
        log_ahead(engine, path)
        with writing(engine) as connection:
            _upgrade(connection, path, config_for(scripts), revision)
    finally:
        engine.dispose()


def config_for(scripts: Path) -> Config:
    """The alembic configuration for a folder of migrations; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, path: Path, config: Config, revision: str) -> None:
    standing = find_revision(connection)
    if standing == revision:
        return  # another process was quicker
    if standing is None and _has_tables(connection):
        raise MigrationError("this file is no database of this program", where=str(path))
    if standing is not None:
        _refuse_newer(standing, path, config)
        copy_database(path, path.with_name(f"{path.name}.before-{revision}"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        message = f"the migration to {revision} would leave table {broken[0]} inconsistent"
        raise MigrationError(message, where=str(path))


def _has_tables(connection: Connection) -> bool:
    return connection.execute(text("SELECT 1 FROM sqlite_master")).first() is not None


def _refuse_newer(standing: str, path: Path, config: Config) -> None:
    try:
        ScriptDirectory.from_config(config).get_revision(standing)
    except CommandError as error:
        message = (
            f"the database has revision {standing}, which this program does not know: "
            "it was written by a newer program; install that one, or put back a backup"
        )
        raise MigrationError(message, where=str(path)) from error
