"""Killed at any moment, the weekly job loses nothing and its rerun ends in the same bytes.

A seeded few kills here; ``make soak`` runs 200.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

DAY = "2022-04-07"
KILLS = 200 if os.environ.get("DIGEST_SOAK") else 12


def _command(config: Path) -> list[str]:
    words = ["run", "--offline", "--as-of", DAY, "--quiet", "--config", str(config)]
    return [sys.executable, "-m", "digest", *words]


@pytest.mark.slow
def test_a_killed_run_is_finished_by_the_next(sample: Any, tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    started = time.monotonic()
    subprocess.run(_command(sample.config), check=True, env=environment)
    whole = time.monotonic() - started
    wanted = sample.files()
    chance = random.Random(20220407)  # noqa: S311 - a seeded test
    for number in range(KILLS):
        folder = tmp_path / f"kill-{number}"
        folder.mkdir()
        shutil.copy(sample.config, folder / "sources.yaml")
        shutil.copytree(sample.folder / "seeds", folder / "seeds")
        child = subprocess.Popen(_command(folder / "sources.yaml"), env=environment)
        try:
            child.wait(chance.uniform(0.2, 1.0) * whole)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
        database = folder / ".digest" / "digest.sqlite3"
        if database.exists():
            with sqlite3.connect(database) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            connection.close()
        subprocess.run(_command(folder / "sources.yaml"), check=True, env=environment)
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for part in ("output", "drafts")
            for path in sorted((folder / part).rglob("*"))
            if path.is_file()
        }
        assert found == wanted
        shutil.rmtree(folder)
