"""The rules of the house, held by reading the code: who imports whom, which rooms are pure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "digest"

FOUNDATION = frozenset({"model", "source", "errors", "fetched", "deliveries"})
ROOMS: dict[str, frozenset[str]] = {
    "model": frozenset(),
    "source": frozenset({"model"}),
    "fetched": frozenset({"model"}),
    "deliveries": frozenset(),
    "errors": frozenset({"model"}),
    "duration": frozenset(),
    "shipped": frozenset(),
    "yamlfile": FOUNDATION,
    "periods": FOUNDATION,
    "data": FOUNDATION,
    "text": FOUNDATION | {"data"},
    "pull": FOUNDATION | {"text", "data"},
    "judge": FOUNDATION | {"text", "data"},
    "write": FOUNDATION | {"text", "data"},
    "render": FOUNDATION | {"text", "data"},
    "store": FOUNDATION,
    "send": FOUNDATION,
    "configvalues": frozenset({"duration", "periods"}),
    "configerrors": FOUNDATION | {"yamlfile"},
    "config": FOUNDATION | {"data", "configvalues", "configerrors", "yamlfile"},
    "config_reference": frozenset({"config", "configvalues", "configerrors"}),
    "pipeline": FOUNDATION
    | {"text", "data", "pull", "judge", "write", "render", "store", "send"}
    | {"config", "duration", "periods", "shipped", "yamlfile"},
    "schedule": FOUNDATION | {"pipeline", "periods"},
    "desk": FOUNDATION | {"pipeline"},
    "console": FOUNDATION | {"pipeline"},
    "cli_issue": FOUNDATION | {"pipeline", "console"},
    "cli_judge": FOUNDATION | {"pipeline", "console"},
    "cli": FOUNDATION
    | {"pipeline", "schedule", "desk", "console", "duration", "cli_issue", "cli_judge"},
    "__main__": frozenset({"cli"}),
}
"""What each room may import besides itself. The picture is in docs/architecture.md."""

IO_MODULES = frozenset({"render/environment.py", "judge/train.py"})
"""Modules of pure rooms that may read files: templates; labelled lines, to train."""

PURE_ROOMS = ("text", "judge", "write", "render")

IMPURE = frozenset(
    {"socket", "os", "io", "shutil", "tempfile", "subprocess", "sqlite3", "sqlalchemy", "aiohttp",
     "smtplib", "urllib.request", "http.client", "asyncio", "threading", "time"}
)  # fmt: skip
CALLS = frozenset({"open", "now", "utcnow", "today", "read_text", "write_text", "read_bytes"})


def _modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py") if "_shipped" not in p.parts)


def _room(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0].removesuffix(".py")


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write absolute imports"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_a_module_imports_only_what_its_room_may_see(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        return
    for name in _imports(path):
        parts = name.split(".")
        if parts[0] != "digest" or len(parts) == 1:
            continue
        other = parts[1]
        assert other == room or other in ROOMS[room], f"{_name(path)} imports {name}"


def test_the_rooms_have_no_cycle() -> None:
    done: set[str] = set()
    while remaining := {r: seen for r, seen in ROOMS.items() if r not in done}:
        free = {r for r, seen in remaining.items() if seen <= done}
        assert free, f"a cycle among {sorted(remaining)}"
        done |= free


@pytest.mark.parametrize("path", [p for p in _modules() if _room(p) in PURE_ROOMS], ids=_name)
def test_a_pure_room_opens_nothing_and_reads_no_clock(path: Path) -> None:
    if _name(path) in IO_MODULES:
        return
    named = set(_imports(path))
    assert not named & IMPURE, f"{_name(path)} imports {named & IMPURE}"
    loaders = {name.rsplit(".", 1)[1] for name in named if name.startswith("digest.data.")}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            word = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            assert word not in CALLS - loaders, f"{_name(path)}:{node.lineno} calls {word}"


@pytest.mark.parametrize("path", _modules(), ids=_name)
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400, "split the module"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _name(path) != "cli.py":
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            docstring = ast.get_docstring(node)
            length -= len(docstring.splitlines()) if docstring else 0
            assert length <= 40, f"{_name(path)}:{node.lineno} {node.name} has {length} lines"


def test_only_the_workspace_imports_late() -> None:
    """It loads what is slow when it is asked for; the edges above hold for those imports too."""
    for path in _modules():
        late = "TYPE_CHECKING" in path.read_text(encoding="utf-8")
        assert not late or _name(path) == "pipeline/workspace.py", _name(path)
