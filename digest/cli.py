"""The command line: words become a call of one verb. Thin; nothing is decided here.

Each command imports what it runs, so that ``digest --help`` loads neither pydantic nor SQLAlchemy.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from digest.cli_issue import DryRun, issue_commands
from digest.cli_judge import judge_commands
from digest.console import Settings, clock, command, fail
from digest.errors import UsageError
from digest.pipeline.result import Result

app = typer.Typer(
    name="digest",
    help="A weekly newsletter issue from feeds and local notes, every sentence attributed.",
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
sources = typer.Typer(help="Look after the sources.", rich_markup_mode=None, no_args_is_help=True)
template = typer.Typer(help="Look after templates.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(sources, name="sources")
app.add_typer(template, name="template")
app.add_typer(judge_commands)
app.add_typer(issue_commands)

AsOf = Annotated[str | None, typer.Option("--as-of", help="Issue of this DATE or time.")]
Offline = Annotated[bool, typer.Option("--offline", help="Open no connection at all.")]
Style = Annotated[
    str | None, typer.Option("--style", help="House style, instead of the newsletter's.")
]
Wait = Annotated[str, typer.Option("--wait", help="How long to wait for another run, e.g. 10m.")]

COMMON_WORDS = frozenset({"--config", "--json", "-v", "--verbose", "--quiet"})


@command(app, "init")
def _init(
    _settings: Settings, folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]
) -> Result:
    """Start a newsletter in an empty folder."""
    from digest.pipeline.newsletter import init

    return init(folder)


@command(app, "run")
def _run(  # noqa: PLR0913 - each is a documented option
    settings: Settings,
    *,
    as_of: AsOf = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Newest period that has entries, if this one has none.")
    ] = False,
    offline: Offline = False,
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Do nothing when the newest issue is made already.")
    ] = False,
    wait: Wait = "0s",
    send: Annotated[bool, typer.Option("--send", help="Mail the issue at the end.")] = False,
    dry_run: DryRun = False,
    style: Style = None,
) -> Result:
    """Pull, judge, draft and publish the issue: the weekly cron line."""
    from digest.pipeline.run import RunOptions, run

    options = RunOptions(
        as_of=as_of,
        latest=latest,
        offline=offline,
        if_due=if_due,
        wait=_length(wait),
        send=send,
        dry_run=dry_run,
        style=style,
    )
    return run(settings.config, options, now=clock())


@command(app, "pull")
def _pull(settings: Settings, *, offline: Offline = False, wait: Wait = "0s") -> Result:
    """Read all sources that are due."""
    from digest.pipeline.pull import pull_command

    return pull_command(settings.config, now=clock(), offline=offline, wait=_length(wait))


@command(app, "add")
def _add(
    settings: Settings,
    what: Annotated[str | None, typer.Argument(metavar="[URL|FILE]")] = None,
    *,
    note: Annotated[str | None, typer.Option("--note", help="An editor's note as text.")] = None,
    section: Annotated[str | None, typer.Option("--section", help="Where it belongs.")] = None,
) -> Result:
    """Add one page, file or note to this week's entries."""
    from digest.pipeline.add import add

    return add(settings.config, what=what, note=note, section=section, now=clock())


@command(app, "judge")
def _judge(
    settings: Settings,
    *,
    input_file: Annotated[
        Path | None, typer.Option("--input", help="JSON Lines to judge, without a database.")
    ] = None,
    as_of: AsOf = None,
) -> Result:
    """Place entries in sections and gather them into stories."""
    from digest.pipeline.judge import judge_command, judge_lines

    if input_file is not None:
        return judge_lines(input_file)
    return judge_command(settings.config, as_of=as_of, now=clock())


@command(app, "storylines")
def _storylines(settings: Settings, *, as_of: AsOf = None) -> Result:
    """The matters that go on over weeks, for `digest draft --storyline ID`."""
    from digest.pipeline.storylines import list_storylines

    return list_storylines(settings.config, as_of=as_of, now=clock())


@command(app, "draft")
def _draft(
    settings: Settings,
    *,
    as_of: AsOf = None,
    style: Style = None,
    storyline: Annotated[
        str | None,
        typer.Option("--storyline", help="Write an explainer of this storyline or story instead."),
    ] = None,
) -> Result:
    """Write the issue's draft from the stories."""
    from digest.pipeline.draft import draft_command
    from digest.pipeline.explain import explain_command

    if storyline is not None:
        return explain_command(settings.config, storyline, as_of=as_of, style=style, now=clock())

    return draft_command(settings.config, as_of=as_of, style=style, now=clock())


@command(app, "preview")
def _preview(
    settings: Settings,
    *,
    port: Annotated[int, typer.Option("--port", help="0 takes any free port.")] = 8765,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
) -> Result:
    """Show the newest draft in the browser and rebuild it as you edit."""
    from digest.desk.server import serve
    from digest.pipeline.preview import preview

    shown = preview(settings.config, clock=clock)
    serve(
        shown.build,
        shown.paths,
        templates=shown.templates,
        port=port,
        open_browser=not no_open,
    )
    return Result()


@command(app, "schedule")
def _schedule(
    settings: Settings,
    *,
    print_as: Annotated[
        str | None, typer.Option("--print", help="cron or systemd: print ready lines and leave.")
    ] = None,
    upcoming: Annotated[int | None, typer.Option("--next", help="Print the next N fires.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="With --next: from this date on.")
    ] = None,
) -> Result:
    """Run the weekly job at its time, or print it for cron or systemd."""
    from digest.schedule import schedule_command

    return schedule_command(
        settings.config, print_as=print_as, count=upcoming, start=start, clock=clock
    )


@command(app, "status")
def _status(settings: Settings) -> Result:
    """What stands: the newest issue, sources in trouble, deliveries."""
    from digest.pipeline.status import status

    return status(settings.config, now=clock())


@command(app, "why")
def _why(
    settings: Settings, what: Annotated[str, typer.Argument(metavar="ENTRY_OR_STORY")]
) -> Result:
    """Why an entry stands where it stands, and why a story is in or out."""
    from digest.pipeline.why import why

    return why(settings.config, what, now=clock())


@command(app, "search")
def _search(
    settings: Settings,
    query: Annotated[str, typer.Argument(metavar="QUERY")],
    *,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 20,
) -> Result:
    """Find entries by words in English, Russian or Chinese."""
    from digest.pipeline.status import search

    return search(settings.config, query, limit=limit, now=clock())


@command(app, "doctor")
def _doctor(settings: Settings) -> Result:
    """Check that everything the newsletter needs is there."""
    from digest.pipeline.doctor import doctor

    return doctor(settings.config, now=clock())


@command(sources, "list")
def _sources_list(settings: Settings) -> Result:
    """All sources with their health, the worst first; asks nobody."""
    from digest.pipeline.sources import list_sources

    return list_sources(settings.config, now=clock())


@command(sources, "check")
def _sources_check(
    settings: Settings,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these, gone ones too.")
    ] = None,
    *,
    offline: Offline = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write permanent moves into sources.yaml.")
    ] = False,
) -> Result:
    """Read every source now and say what is wrong."""
    from digest.pipeline.checksources import CheckOptions, check_sources

    options = CheckOptions(named=tuple(names or ()), offline=offline, write=write)
    return check_sources(settings.config, options, now=clock())


@command(sources, "add")
def _sources_add(
    settings: Settings,
    address: Annotated[str, typer.Argument(metavar="URL")],
    *,
    name: Annotated[str | None, typer.Option("--name", help="Name shown.")] = None,
    as_is: Annotated[bool, typer.Option("--as-is", help="Write the address unread.")] = False,
) -> Result:
    """Find the best feed of any address and write it into sources.yaml."""
    from digest.pipeline.addsource import AddOptions, add_source

    return add_source(settings.config, address, AddOptions(name=name, as_is=as_is), now=clock())


@command(sources, "try")
def _sources_try(  # noqa: PLR0913 - each is a documented option
    settings: Settings,
    what: Annotated[str, typer.Argument(metavar="URL|NAME")],
    *,
    kind: Annotated[str | None, typer.Option("--type", help="If its address does not say.")] = None,
    item: Annotated[str | None, typer.Option("--item", help="CSS of what repeats.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="CSS of the title in it.")] = None,
    link: Annotated[str | None, typer.Option("--link", help="CSS of the link in it.")] = None,
    date: Annotated[str | None, typer.Option("--date", help="CSS of the date in it.")] = None,
    summary: Annotated[str | None, typer.Option("--summary", help="CSS of the teaser.")] = None,
) -> Result:
    """Show what a page, feed, sitemap or channel would give; store nothing."""
    from digest.pipeline.trysource import TryOptions, try_source

    options = TryOptions(type=kind, item=item, title=title, link=link, date=date, summary=summary)
    return try_source(settings.config, what, options, now=clock())


@command(sources, "import")
def _sources_import(
    settings: Settings, file: Annotated[Path, typer.Argument(metavar="FILE.opml")]
) -> Result:
    """Write the feeds of an OPML file into sources.yaml."""
    from digest.pipeline.opml import import_opml

    return import_opml(settings.config, file)


@command(sources, "export")
def _sources_export(settings: Settings) -> Result:
    """Print the feeds as OPML."""
    from digest.pipeline.opml import export_opml

    return export_opml(settings.config)


@command(template, "check")
def _template_check(
    settings: Settings,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]")] = None,
) -> Result:
    """Try a house style on an example issue; every problem with file and line, exit 1 for any."""
    from digest.pipeline.templatecheck import template_check

    return template_check(settings.config, file=file, now=clock())


def run_command(words: Sequence[str]) -> int:
    """The exit code of one command line; every expected failure is one sentence on stderr."""
    from typer.main import get_command

    as_json = "--json" in words
    try:
        code = get_command(app).main(_ordered(words), prog_name="digest", standalone_mode=False)
    except typer.Exit as leave:
        return leave.exit_code
    except typer.Abort:
        fail("stopped", code=1, as_json=False)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        fail(error.format_message(), code=2, as_json=as_json)
        return 2
    return code if isinstance(code, int) else 0


def _ordered(words: Sequence[str]) -> list[str]:
    """The words with common options that stand before the command moved behind it."""
    before, rest = [], list(words)
    while rest and rest[0].partition("=")[0] in COMMON_WORDS:
        takes_value = rest[0] == "--config"
        before += [rest.pop(0)]
        before += [rest.pop(0)] if takes_value and rest else []
    return rest + before if rest else list(words)


def _length(text: str) -> timedelta:
    from digest.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(str(error), where="--wait") from error
