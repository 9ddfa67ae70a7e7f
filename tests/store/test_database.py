from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from digest.errors import BusyError, MigrationError, StoreError
from digest.model import Entry
from digest.source import SourceState
from digest.store.database import (
    Store,
    copy_database,
    is_current,
    make_engine,
    open_store,
    translated,
)
from digest.store.entries import count, find_entry, save_entries
from digest.store.migrate import SCRIPTS, config_for, migrate
from digest.store.schema import REVISION, metadata
from digest.store.sources import all_states, save_state

Build = Callable[..., Entry]

LATER = """
from alembic import op
import sqlalchemy as sa
revision = "9999"
down_revision = "0003"
def upgrade():
    with op.batch_alter_table("entries", recreate="always") as batch:
        batch.add_column(sa.Column("mood", sa.Text()))
"""


def later_scripts(folder: Path, body: str = LATER) -> Path:
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "rev_9999_later.py").write_text(body, encoding="utf-8")
    return folder


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_may_read_a_database_and_its_log(store: Store, path: Path) -> None:
    with store.write() as c:
        save_state(c, SourceState(source_id="a"))
    log = path.with_name(f"{path.name}-wal")
    assert (mode_of(path), mode_of(log)) == (0o600, 0o600)


def test_a_database_left_readable_is_closed_to_others(store: Store, path: Path) -> None:
    store.close()
    path.chmod(0o644)
    open_store(path).close()
    assert mode_of(path) == 0o600


def test_what_is_written_is_there_after_opening_again(store: Store, path: Path) -> None:
    with store.write() as c:
        save_state(c, SourceState(source_id="a"))
    store.close()
    again = open_store(path)
    with again.read() as c:
        assert [state.source_id for state in all_states(c)] == ["a"]
    again.close()


def test_opening_a_current_database_loads_no_alembic(store: Store, path: Path) -> None:
    code = (
        "import sys, pathlib; from digest.store.database import open_store;"
        "open_store(pathlib.Path(sys.argv[1])).close();"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Store]:
    """A database made by the migrations alone, as one that has lived since the first program."""
    migrate(tmp_path / "migrated.sqlite3")
    store = open_store(tmp_path / "migrated.sqlite3")
    yield store
    store.close()


def test_the_migrations_make_the_tables_of_the_schema(migrated: Store) -> None:
    def ours(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
        return not (kind == "table" and name is not None and name.startswith("entries_fts"))

    with migrated.read() as c:
        options = {"compare_type": True, "include_object": ours}
        context = MigrationContext.configure(c, opts=options)
        assert compare_metadata(context, metadata) == []
        found = inspect(c)
        for table in metadata.sorted_tables:
            keys = [column.name for column in table.primary_key.columns]
            assert found.get_pk_constraint(table.name)["constrained_columns"] == keys
            not_null = {column.name for column in table.columns if not column.nullable}
            assert {
                column["name"] for column in found.get_columns(table.name) if not column["nullable"]
            } == not_null


def test_checks_cascades_and_search_of_a_new_database_are_those_of_a_migrated_one(
    store: Store, migrated: Store
) -> None:
    def rules(c: Connection) -> dict[str, object]:
        found = inspect(c)
        return {
            table: (
                sorted((r["name"] or "", r["sqltext"]) for r in found.get_check_constraints(table)),
                sorted(
                    (tuple(r["constrained_columns"]), r["referred_table"], str(r["options"]))
                    for r in found.get_foreign_keys(table)
                ),
            )
            for table in metadata.tables
        }

    def drawn(c: Connection) -> dict[str, str]:
        rows = c.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        others = ("entries_fts", "alembic_version")
        return {n: "".join(sql.split()) for n, sql in rows if n in others or n.startswith("ix_")}

    with migrated.read() as old, store.read() as new:
        assert rules(old) == rules(new)
        assert drawn(old) == drawn(new)


def test_the_program_knows_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(config_for(SCRIPTS)).get_heads() == [REVISION]


def test_a_newer_database_is_refused_in_one_sentence(store: Store, path: Path) -> None:
    with store.write() as c:
        c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    before = path.read_bytes()
    with pytest.raises(MigrationError, match="written by a newer program") as caught:
        open_store(path)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(MigrationError, match="no database of this program"):
        open_store(path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"dear diary " * 400)
    with pytest.raises(StoreError, match="no database of this program"):
        open_store(path)


def test_a_folder_in_its_place_is_a_store_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store(path)


def test_migrating_keeps_the_rows_and_leaves_a_private_backup(
    store: Store, path: Path, tmp_path: Path, entry: Build, now: datetime
) -> None:
    with store.write() as c:
        save_entries(c, [entry()], now=now)
    store.close()
    migrate(path, scripts=later_scripts(tmp_path / "later"), revision="9999")
    backup = path.with_name(f"{path.name}.before-9999")
    assert mode_of(backup) == 0o600
    with closing(sqlite3.connect(backup)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISION,)
        assert raw.execute("SELECT count(*) FROM revisions").fetchone() == (1,)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT id, mood FROM entries").fetchall() == [("e1", None)]
        # Rebuilding a table that others refer to must not have taken their rows with it.
        assert raw.execute("SELECT count(*) FROM revisions").fetchone() == (1,)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    store: Store, path: Path, tmp_path: Path, entry: Build, now: datetime
) -> None:
    with store.write() as c:
        save_entries(c, [entry()], now=now)
    store.close()
    broken = later_scripts(tmp_path / "broken", LATER + "    raise RuntimeError('halfway')\n")
    with pytest.raises(RuntimeError, match="halfway"):
        migrate(path, scripts=broken, revision="9999")
    again = open_store(path)
    with again.read() as c:
        assert find_entry(c, "e1") == entry()
    again.close()


def test_a_fresh_database_leaves_no_backup(store: Store, path: Path) -> None:
    assert not list(path.parent.glob("*.before-*"))


def test_a_copy_holds_what_was_committed(
    store: Store, path: Path, tmp_path: Path, entry: Build, now: datetime
) -> None:
    with store.write() as c:
        save_entries(c, [entry()], now=now)
    copy_database(path, tmp_path / "copy.sqlite3")
    copied = open_store(tmp_path / "copy.sqlite3")
    with copied.read() as c:
        assert count(c) == 1
    copied.close()
    assert mode_of(tmp_path / "copy.sqlite3") == 0o600


def test_a_write_that_raises_leaves_nothing(store: Store) -> None:
    def fail_midway() -> None:
        with store.write() as c:
            save_state(c, SourceState(source_id="a"))
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail_midway()
    with store.read() as c:
        assert all_states(c) == ()


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="may not be written"), store.read() as c:
        save_state(c, SourceState(source_id="a"))


def test_a_reader_sees_one_state_throughout(store: Store) -> None:
    with store.read() as reader:
        assert all_states(reader) == ()
        with store.write() as writer:
            save_state(writer, SourceState(source_id="a"))
        assert all_states(reader) == ()


def test_the_ledger_survives_power_loss_by_full_sync(store: Store) -> None:
    with store.read() as c:
        pragmas = ("synchronous", "foreign_keys", "busy_timeout", "journal_mode")
        found = [c.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert found == [2, 1, 30_000, "wal"]


def test_a_second_writer_that_waited_in_vain_is_told_so(store: Store, path: Path) -> None:
    with (
        store.write(),
        pytest.raises(BusyError, match="another process is writing") as caught,
        translated(path),
        closing(sqlite3.connect(path, timeout=0)) as raw,
    ):
        raw.execute("BEGIN IMMEDIATE")
    assert caught.value.exit_code == 4


def fill(store: Store, entries: list[Entry], now: datetime) -> None:
    with store.write() as c:
        pages = c.exec_driver_sql("PRAGMA page_count").scalar()
        c.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        save_entries(c, entries, now=now)


def test_a_full_disk_is_a_clear_error_and_the_database_opens_again(
    store: Store, path: Path, entry: Build, now: datetime
) -> None:
    with store.write() as c:
        save_entries(c, [entry("kept")], now=now)
    many = [entry(f"e{number}", text="x" * 4000) for number in range(200)]
    with pytest.raises(StoreError, match="the disk is full"):
        fill(store, many, now)
    store.close()
    again = open_store(path)
    with again.read() as c:
        assert c.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert count(c) == 1
    again.close()


def test_a_damaged_database_is_a_store_error(store: Store, path: Path) -> None:
    with store.write() as c:
        save_state(c, SourceState(source_id="a"))
    store.close()
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xff" * (len(whole) - 4096)
    path.write_bytes(whole)
    with pytest.raises(StoreError, match="damaged"):
        open_store(path)


def test_a_broken_constraint_is_a_bug_and_surfaces(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as c:
        c.execute(text("INSERT INTO source_states (source_id) VALUES ('a')"))


def test_an_engine_of_an_empty_file_is_not_current(tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "new.sqlite3")
    assert not is_current(engine)
    engine.dispose()
