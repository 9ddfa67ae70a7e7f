"""What every command shares: its common options, its output, its exit code.

Results go to stdout, progress and log to stderr; ``--json`` stands alone on stdout. Exit codes:
0 done · 1 no issue, all network sources failed or the gate has errors · 2 cannot start ·
3 waiting for approval · 4 another run holds the lock · 75 try again later.
"""

from __future__ import annotations

import inspect
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, get_type_hints

import typer

from digest.errors import DigestError
from digest.pipeline.result import Result

USAGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options every command has."""

    config: Path
    as_json: bool
    verbose: bool
    quiet: bool


ConfigOption = Annotated[
    Path, typer.Option("--config", help="The newsletter's sources.yaml.", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="Say more on stderr.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say only what went wrong.")]

COMMON = {
    "config": (ConfigOption, Path("sources.yaml")),
    "as_json": (JsonOption, False),
    "verbose": (VerboseOption, False),
    "quiet": (QuietOption, False),
}


def clock() -> datetime:
    """The real clock, read here and in ``schedule`` and ``desk`` only."""
    return datetime.now(UTC)


def command(group: typer.Typer, name: str) -> Callable[[Callable[..., Result]], None]:
    """A decorator: registers ``f(settings, …)`` under ``name`` with the common options added."""

    def register(function: Callable[..., Result]) -> None:
        hints = get_type_hints(function, include_extras=True)
        own = [
            parameter.replace(annotation=hints[parameter.name])
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        ]
        common = [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)
            for key, (kind, default) in COMMON.items()
        ]

        @wraps(function)
        def run(**values: object) -> None:
            settings = Settings(**{key: values.pop(key) for key in COMMON})  # type: ignore[arg-type]
            _configure_log(settings)
            _finish(settings, lambda: function(settings, **values))

        run.__signature__ = inspect.Signature([*own, *common])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in [*own, *common]}
        group.command(name)(run)

    return register


def _finish(settings: Settings, call: Callable[[], Result]) -> None:
    try:
        result = call()
    except DigestError as error:
        fail(str(error), code=error.exit_code, as_json=settings.as_json, error=error)
        raise typer.Exit(error.exit_code) from error
    if settings.as_json:
        print_json(result.document)
    elif result.text and not (settings.quiet and result.code == 0):
        sys.stdout.write(result.text.rstrip("\n") + "\n")
    raise typer.Exit(result.code)


def print_json(document: object) -> None:
    """One JSON document, alone on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def fail(message: str, *, code: int, as_json: bool, error: DigestError | None = None) -> None:
    """One sentence on stderr; with ``--json`` and code ≥ 2 the error document on stdout too."""
    sys.stderr.write(f"digest: {message}\n")
    if as_json and (code >= USAGE or error is not None):
        found = {
            "code": error.code if error else "usage",
            "message": error.message if error else message,
            "where": error.where if error else None,
        }
        print_json({"error": found})


def _configure_log(settings: Settings) -> None:
    level = logging.DEBUG if settings.verbose else logging.INFO
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("digest")
    logger.handlers[:] = [handler]
    logger.setLevel(logging.WARNING if settings.quiet else level)
    logger.propagate = False
