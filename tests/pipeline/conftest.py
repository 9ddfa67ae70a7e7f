"""A newsletter in a folder of its own, and the command line as a function."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
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


@pytest.fixture
def sample(letter: Letter) -> Letter:
    """The shipped newsletter with the sample weeks as its only source."""
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8")
    head, _, _ = text.partition("sources:\n")
    sources = "sources:\n  - {name: Sample weeks, path: seeds/, sample: true}\n"
    letter.config.write_text(head + sources, encoding="utf-8")
    shutil.copytree(ROOT / "seeds", letter.folder / "seeds")
    return letter
