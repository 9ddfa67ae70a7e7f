"""A newsletter in a folder of its own, and the command line as a function."""

from __future__ import annotations

import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from digest.cli import run_command

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"

HEAD = """\
newsletter: {id: letter, title: The Letter, timezone: Europe/London, schedule: "0 7 * * THU",
             period: 7d, first_issue: 2026-01-01}
"""


@dataclass(frozen=True)
class Letter:
    """A newsletter's folder; ``run`` calls a command on it as a person would."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def config(self) -> Path:
        return self.folder / "sources.yaml"

    def configure(self, text: str) -> None:
        self.config.write_text(HEAD + text, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, Any, str]:
        """Exit code, JSON document (None where there is none), and what stderr said."""
        self.capture.readouterr()
        code = run_command([*words, "--json", "--config", str(self.config)])
        said = self.capture.readouterr()
        return code, json.loads(said.out) if said.out.strip() else None, said.err

    def files(self) -> dict[str, bytes]:
        """Everything that is published or drafted, by path."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for part in ("output", "drafts")
            for path in sorted((self.folder / part).rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def letter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Letter:
    """An empty newsletter; ``configure`` gives it its sources."""
    folder = tmp_path / "letter"
    folder.mkdir()
    return Letter(folder=folder, capture=capsys)


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped newsletter with the sample weeks as its only source, pulled and judged once."""
    folder = tmp_path_factory.mktemp("judged")
    config = folder / "sources.yaml"
    head, _, _ = (ROOT / "sources.yaml").read_text(encoding="utf-8").partition("sources:\n")
    sources = "sources:\n  - {name: Sample weeks, path: seeds/, sample: true}\n"
    config.write_text(head + sources, encoding="utf-8")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    steps = (["pull"], *(["judge", "--as-of", day] for day in ("2022-04-07", "2023-04-27")))
    for step in steps:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            assert run_command([*step, "--json", "--config", str(config)]) == 0
    return folder


@pytest.fixture
def sample(letter: Letter, judged: Path) -> Letter:
    """A copy of its own of the shipped newsletter, its sample weeks pulled and judged."""
    shutil.copytree(judged, letter.folder, dirs_exist_ok=True)
    return letter
