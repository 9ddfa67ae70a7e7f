from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import BusyError, StoreError
from digest.store.locks import find_owner, hold

HOLDER = """
import os, sys
from pathlib import Path
from digest.store.locks import hold
with hold(Path(sys.argv[1]), "run", command="digest run"):
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)
        sys.stdin.read()  # lives on when its parent is dead
        os._exit(0)
    os.waitpid(child, 0)
"""


@dataclass
class FakeClock:
    """Time passes only while somebody sleeps."""

    moment: float = 100.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += seconds


def test_a_held_lock_is_refused_at_once_and_its_holder_named(tmp_path: Path, now: datetime) -> None:
    clock = FakeClock()
    with (
        hold(tmp_path, "run", now=now, command="digest run"),
        pytest.raises(BusyError) as caught,
        hold(tmp_path, "run", clock=clock),
    ):
        pytest.fail("two held it")
    told = str(caught.value)
    assert f"process {os.getpid()} (digest run) has held it since 2026-03-05 07:00 UTC" in told
    assert "\n" not in told
    assert caught.value.exit_code == 4
    assert clock.slept == []


def test_waiting_ends_at_its_deadline(tmp_path: Path) -> None:
    clock = FakeClock()
    wait = timedelta(seconds=2)
    with (
        hold(tmp_path, "run"),
        pytest.raises(BusyError),
        hold(tmp_path, "run", wait=wait, clock=clock),
    ):
        pytest.fail("two held it")
    assert sum(clock.slept) == pytest.approx(2)


def test_waiting_ends_when_the_holder_does(tmp_path: Path) -> None:
    first = hold(tmp_path, "run")
    first.__enter__()

    class Ending(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 3:
                first.__exit__(None, None, None)

    clock = Ending()
    with hold(tmp_path, "run", wait=timedelta(minutes=10), clock=clock):
        assert len(clock.slept) == 3


def test_a_lock_is_free_after_its_with_also_when_it_raised(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), hold(tmp_path, "run"):
        raise RuntimeError
    with hold(tmp_path, "run"):
        pass
    assert find_owner(tmp_path, "run") is None


def test_locks_of_other_names_and_folders_are_others(tmp_path: Path) -> None:
    with hold(tmp_path, "run"), hold(tmp_path, "pull"), hold(tmp_path / "other", "run"):
        pass


def test_the_owner_is_shown_while_it_lives(tmp_path: Path, now: datetime) -> None:
    with hold(tmp_path, "run", now=now, command="digest run"):
        owner = find_owner(tmp_path, "run")
    assert owner is not None
    assert (owner.pid, owner.command, owner.started) == (os.getpid(), "digest run", now)


def test_a_lock_file_with_nonsense_in_it_still_locks(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text("not json", encoding="utf-8")
    assert find_owner(tmp_path, "run") is None
    with hold(tmp_path, "run"):
        pass


def test_a_killed_holder_frees_its_lock_though_a_forked_child_lives(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    with pytest.raises(BusyError), hold(tmp_path, "run"):
        pytest.fail("two held it")
    holder.kill()
    holder.wait()
    assert find_owner(tmp_path, "run") is None
    with hold(tmp_path, "run"):
        os.kill(child, signal.SIGKILL)
    holder.communicate()


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="lock file cannot be made"), hold(tmp_path / "file", "x"):
        pytest.fail("held")
