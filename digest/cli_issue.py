"""The commands about one issue: its gate, its stories, its way to readers; thin like ``cli``."""
# ruff: noqa: PLC0415 - each command imports what it runs, as in ``cli``

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.console import Settings, clock, command
from digest.pipeline.result import Result

issue_commands = typer.Typer(rich_markup_mode=None)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would be done.")]
IssueDate = Annotated[
    str | None, typer.Argument(metavar="[ISSUE]", help="The issue's date, YYYY-MM-DD.")
]
DespiteErrors = Annotated[
    bool, typer.Option("--despite-errors", help="Go on though the gate has errors.")
]


@command(issue_commands, "check")
def _check(
    settings: Settings,
    issue: IssueDate = None,
    *,
    online: Annotated[bool, typer.Option("--online", help="Ask for every link, too.")] = False,
) -> Result:
    """Check the draft: links, quotations, names, lengths, repeated stories; exit 1 on errors."""
    from digest.pipeline.check import check_command

    return check_command(settings.config, issue=issue, online=online, now=clock())


@command(issue_commands, "publish")
def _publish(
    settings: Settings,
    issue: IssueDate = None,
    *,
    final: Annotated[bool, typer.Option("--final", help="Close the issue.")] = False,
    despite_errors: DespiteErrors = False,
) -> Result:
    """Render the draft as web page, mail, text, Markdown and JSON."""
    from digest.pipeline.publish import PublishOptions, publish_command

    options = PublishOptions(issue=issue, final=final, despite_errors=despite_errors)
    return publish_command(settings.config, options, now=clock())


@command(issue_commands, "send")
def _send(  # noqa: PLR0913 - each is a documented option
    settings: Settings,
    issue: IssueDate = None,
    *,
    dry_run: DryRun = False,
    to_dir: Annotated[
        Path | None, typer.Option("--to-dir", help="With --dry-run: write the .eml files here.")
    ] = None,
    test: Annotated[
        str | None, typer.Option("--test", help="Send to this address only; no ledger.")
    ] = None,
    ledger_lost: Annotated[
        bool,
        typer.Option("--ledger-lost", help="The database is new; mail the issue all the same."),
    ] = False,
    again_unknown: Annotated[
        bool, typer.Option("--again-unknown", help="Repeat deliveries whose outcome is unknown.")
    ] = False,
    despite_errors: DespiteErrors = False,
) -> Result:
    """Mail the published issue, once a recipient."""
    from digest.pipeline.send import SendOptions, send_command

    options = SendOptions(
        issue=issue,
        dry_run=dry_run,
        to_dir=to_dir,
        test=test,
        ledger_lost=ledger_lost,
        again_unknown=again_unknown,
        despite_errors=despite_errors,
    )
    return send_command(settings.config, options, now=clock())


@command(issue_commands, "story")
def _story(
    settings: Settings,
    action: Annotated[
        str,
        typer.Argument(help="list, pin, drop, hold, move, retitle, rewrite, note or undo."),
    ] = "list",
    story: Annotated[
        str | None, typer.Argument(help="Its id, or how it begins; for a note its section.")
    ] = None,
    value: Annotated[
        str | None,
        typer.Argument(
            metavar="[SECTION|HEADING|FILE]",
            help="For move, for retitle, for rewrite and note: a Markdown file, or - for stdin.",
        ),
    ] = None,
    *,
    issue: Annotated[str | None, typer.Option("--issue", help="The issue's date.")] = None,
) -> Result:
    """Decide on one story of the draft, or write one: kept whenever the draft is made anew."""
    from digest.pipeline.story import StoryOptions, story_command

    options = StoryOptions(action=action, story=story, value=value, issue=issue)
    return story_command(settings.config, options, now=clock())


@command(issue_commands, "merge")
def _merge(settings: Settings, issue: IssueDate = None) -> Result:
    """Bring the program's proposal into a draft that you have changed."""
    from digest.pipeline.merge import merge_command

    return merge_command(settings.config, issue=issue, now=clock())


@command(issue_commands, "gloss")
def _gloss(
    _settings: Settings, file: Annotated[Path, typer.Argument(help="A text, or - for stdin.")]
) -> Result:
    """Print a text with pinyin and characters at the first mention of Chinese names."""
    from digest.pipeline.glossing import gloss_command

    return gloss_command(file)
