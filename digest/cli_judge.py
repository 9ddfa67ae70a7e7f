"""The commands that teach, train and measure the judgement; thin like ``cli``."""
# ruff: noqa: PLC0415 - each command imports what it runs, as in ``cli``

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.console import Settings, clock, command
from digest.errors import UsageError
from digest.pipeline.result import Result

judge_commands = typer.Typer(rich_markup_mode=None)
evaluate = typer.Typer(
    help="Measure the judgement against labels.", rich_markup_mode=None, no_args_is_help=True
)
judge_commands.add_typer(evaluate, name="evaluate")


@command(judge_commands, "teach")
def _teach(
    settings: Settings,
    entry: Annotated[str | None, typer.Argument(metavar="[ENTRY]", help="Its id or start.")] = None,
    section: Annotated[str | None, typer.Argument(metavar="[SECTION]")] = None,
    *,
    listed: Annotated[
        bool, typer.Option("--list", help="What was taught and still holds.")
    ] = False,
    undo: Annotated[int | None, typer.Option("--undo", help="Take back correction N.")] = None,
) -> Result:
    """Say in which section an entry belongs; entries like it follow from the next run on."""
    from digest.pipeline.teach import list_corrections, take_back, teach

    asked = (entry is not None or section is not None, listed, undo is not None)
    if sum(asked) != 1 or (asked[0] and section is None):
        raise UsageError("give an ENTRY and a SECTION, or --list, or --undo N")
    if undo is not None:
        return take_back(settings.config, undo, now=clock())
    if listed or entry is None or section is None:
        return list_corrections(settings.config, now=clock())
    return teach(settings.config, entry=entry, section=section, now=clock())


@command(judge_commands, "train")
def _train(
    _settings: Settings,
    *,
    add: Annotated[
        list[Path] | None, typer.Option("--add", help="Labelled lines (JSON Lines) to take in.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", help="Folder of evaluation items that no line may resemble."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--in", help="Folder of lines and weights; default: shipped.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say whether the weights are current.")
    ] = False,
) -> Result:
    """Make the weights of the section model from the labelled lines."""
    from digest.pipeline.train import SHIPPED, TrainOptions, train

    options = TrainOptions(
        add=tuple(add or ()), against=tuple(against or ()), folder=folder or SHIPPED, check=check
    )
    return train(options)


@command(evaluate, "sections")
def _evaluate_sections(
    _settings: Settings, file: Annotated[Path, typer.Argument(metavar="FILE.jsonl")]
) -> Result:
    """Accuracy and F1 of sections on labelled lines."""
    from digest.pipeline.evaluate import evaluate_sections

    return evaluate_sections(file)


@command(evaluate, "stories")
def _evaluate_stories(
    _settings: Settings,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl")],
    *,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Story pair A:B not to be scored.")
    ] = None,
) -> Result:
    """BCubed and pairwise F1 of stories on labelled lines."""
    from digest.pipeline.evaluate import evaluate_stories

    return evaluate_stories(file, ignore=tuple(ignore or ()))
