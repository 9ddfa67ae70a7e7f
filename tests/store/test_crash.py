"""Several processes, and processes that die: real ones, talked to through pipes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from digest.store.database import Store, open_store
from digest.store.sources import all_states

WRITER = """
import sys
from pathlib import Path
from digest.source import SourceState
from digest.store.database import open_store
from digest.store.sources import save_state
path, name, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = open_store(path)
for number in range(rows):
    with store.write() as c:
        save_state(c, SourceState(source_id=f"{name}-{number:06}"))
    print(number, flush=True)
"""


def start(path: Path, name: str, rows: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(rows)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def stored(store: Store) -> int:
    with store.read() as c:
        assert c.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        return len(all_states(c))


def test_four_writers_of_a_thousand_rows_wait_for_one_another(path: Path) -> None:
    # No store is open yet: they also race for making it.
    writers = [start(path, f"writer{number}", 1000) for number in range(4)]
    for writer in writers:
        _, errors = writer.communicate()
        assert (writer.returncode, errors) == (0, "")
    store = open_store(path)
    assert stored(store) == 4000
    store.close()


@pytest.mark.parametrize("acknowledged", [1, 7, 50, 200])
def test_a_killed_writer_loses_nothing_it_acknowledged(path: Path, acknowledged: int) -> None:
    writer = start(path, "writer", 1_000_000)
    assert writer.stdout is not None
    for _ in range(acknowledged):
        writer.stdout.readline()
    writer.kill()
    rest, _ = writer.communicate()
    # A line that was cut off by the kill was not acknowledged.
    written = acknowledged + rest.count("\n")
    store = open_store(path)
    assert written <= stored(store) <= written + 1
    store.close()
