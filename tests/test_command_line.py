"""The command line's contract: help is quick and whole, the README knows every command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from digest.cli import app

ROOT = Path(__file__).resolve().parent.parent


def _commands() -> list[str]:
    found = []
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found += [f"{name} {each}" for each in inner] if inner else [name]
    return found


def _digest(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "digest", *words],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        check=False,
    )


@pytest.mark.parametrize("name", _commands())
def test_each_command_has_help_and_a_line_in_the_readme(name: str) -> None:
    group = get_command(app)
    for word in name.split():
        group = group.commands[word]
    assert group.help, f"{name} has no help"
    assert f"digest {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys; from digest.cli import run_command; code = run_command(['--help']); "
        "heavy = {'pydantic', 'sqlalchemy', 'numpy', 'aiohttp', 'jinja2', 'yaml', 'rich'}; "
        "print('LOADED', sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0
    assert "LOADED []" in done.stderr


def test_wrong_words_are_exit_2_with_a_document() -> None:
    done = _digest("run", "--no-such-option", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "usage"
    assert "Traceback" not in done.stderr


def test_a_missing_configuration_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    done = _digest("run", "--json", cwd=tmp_path)
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "config"
    assert "sources.yaml" in error["message"]
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_common_options_may_stand_before_the_command(tmp_path: Path) -> None:
    done = _digest("--json", "status", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "config"
