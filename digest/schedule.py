"""The clock at work: a scheduler that runs the weekly job, and ready lines for cron and systemd.

Every job is ``digest run --if-due`` in a process of its own, which asks the store whether the
newest period has its issue. So a repeated, late or doubled fire does no harm, and a hung run is
ended at its deadline without taking the scheduler with it.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from digest.errors import UsageError
from digest.periods import fires
from digest.pipeline.result import Result
from digest.pipeline.scheduling import Scheduled, first_moment, load_schedule

log = logging.getLogger(__name__)

WEEK_SECONDS = 7 * 24 * 3600
DEADLINE = timedelta(hours=2)
RETRY = timedelta(hours=1)
HEARTBEAT = timedelta(minutes=1)
"""The scheduler looks at the clock at least this often: the timer it waits on stands still while
a machine sleeps and knows nothing of a clock that was set."""

PATIENCE = 10.0
"""Seconds between asking a process to end and ending it."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

SETTLED = frozenset({0, 3})
"""Exit codes after which nothing is left to do before the next fire: done, waiting for approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """What to run and when: a cron expression in a zone, and the words of the command.

    A run that is not done after ``deadline`` is ended; one that failed is tried again after
    ``retry``, until it succeeds.
    """

    schedule: str
    zone: ZoneInfo
    command: tuple[str, ...]
    deadline: timedelta = DEADLINE
    retry: timedelta = RETRY


class ChildRuns:
    """Runs of one command, one at a time, each in a process group that can be ended as a whole."""

    def __init__(self, command: Sequence[str], deadline: timedelta) -> None:
        self._command = tuple(command)
        self._deadline = deadline.total_seconds()
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self) -> int | None:
        """The exit code of one run; ``None`` when it was ended at its deadline or by ``stop``.

        A second call waits for the first to end.
        """
        with self._turn:
            return self._run()

    def _run(self) -> int | None:
        with self._lock:
            if self._stopped:
                return None
            try:
                child = subprocess.Popen(  # noqa: S603 - the command is our own
                    self._command, stdin=subprocess.DEVNULL, start_new_session=True
                )
            except OSError:
                log.exception("the run could not be started")
                return None
            self._child = child
        if self.stopped:
            # stop() came between the question and the start.
            _end(child)
        try:
            code = child.wait(self._deadline)
        except subprocess.TimeoutExpired:
            log.warning("the run was not done after %.0f s and was ended", self._deadline)
            _end(child)
            return None
        finally:
            with self._lock:
                self._child = None
        return None if self.stopped else code

    @property
    def stopped(self) -> bool:
        """Whether ``stop`` was called."""
        return self._stopped

    def stop(self) -> None:
        """Nothing; the run under way, if any, is being ended and no further one starts."""
        # No lock: a signal handler runs this in the thread that may hold it.
        self._stopped = True
        child = self._child
        if child is not None:
            _signal(child, signal.SIGTERM)
            timer = threading.Timer(PATIENCE, _signal, (child, signal.SIGKILL))
            timer.daemon = True
            timer.start()


def schedule_command(
    config: Path,
    *,
    print_as: str | None,
    count: int | None,
    start: str | None,
    clock: Callable[[], datetime],
) -> Result:
    """The result of ``digest schedule``: printed lines, coming fires, or, once stopped, nothing."""
    loaded = load_schedule(config)
    words = run_words(sys.executable, config)
    if print_as is not None:
        return Result(text=_printed(print_as, loaded, words), document={"kind": print_as})
    if count is not None:
        first = first_moment(start, loaded.zone, clock())
        found = upcoming(loaded.schedule, loaded.zone, count, first)
        return Result(
            text="\n".join(f"{fire:%a %Y-%m-%d %H:%M %Z}" for fire in found),
            document={"fires": [fire.isoformat() for fire in found]},
        )
    run_schedule(Weekly(schedule=loaded.schedule, zone=loaded.zone, command=words), clock=clock)
    return Result()


def _printed(kind: str, loaded: Scheduled, words: Sequence[str]) -> str:
    if kind == "cron":
        return crontab_line(words, schedule=loaded.schedule)
    if kind == "systemd":
        return systemd_units(
            words, schedule=loaded.schedule, zone=loaded.zone, title=loaded.title, deadline=DEADLINE
        )
    raise UsageError(f"{kind!r} is not known; write cron or systemd", where="--print")


def run_schedule(weekly: Weekly, *, clock: Callable[[], datetime]) -> None:
    """Nothing, after SIGTERM or SIGINT; until then the command is run at every fire.

    It is also run once at the start, to catch up with what was missed while nothing ran. Jobs are
    made anew from the configuration each time and stored nowhere. Call it in the main thread.
    """
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    runs = ChildRuns(weekly.command, weekly.deadline)

    def run() -> int | None:
        code = runs.run()
        return 0 if runs.stopped else code

    scheduler = make_scheduler(weekly, run, clock=clock)

    def shut_down(_event: object = None) -> None:
        if runs.stopped and scheduler.running:
            with suppress(SchedulerNotRunningError):
                scheduler.shutdown(wait=False)

    def stop(_signal: int, _frame: object) -> None:
        runs.stop()
        # In a thread: the handler interrupts the main thread, which may hold the locks this needs.
        threading.Thread(target=shut_down).start()

    scheduler.add_listener(shut_down, EVENT_SCHEDULER_STARTED)
    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        scheduler.start()
    finally:
        runs.stop()
        for each, handler in before.items():
            signal.signal(each, handler)


def make_scheduler(
    weekly: Weekly, run: Callable[[], int | None], *, clock: Callable[[], datetime]
) -> BlockingScheduler:
    """The scheduler with its jobs, not started.

    APScheduler's defaults lose the weekly run of a machine that sleeps for two seconds at the
    wrong time (misfire grace is 1 s): here a week's delay is forgiven, and many missed fires
    become one run.
    """
    scheduler = BlockingScheduler(
        timezone=weekly.zone,
        job_defaults={
            "misfire_grace_time": WEEK_SECONDS,
            "coalesce": True,
            "max_instances": 1,
        },
    )

    def job() -> None:
        code = run()
        if code in SETTLED or not scheduler.running:
            return
        log.warning("the run did not succeed (%s); next try in %s", code, weekly.retry)
        again = (clock() + weekly.retry).astimezone(weekly.zone)
        scheduler.add_job(job, "date", run_date=again, id="retry", replace_existing=True)

    scheduler.add_job(
        job,
        _trigger(weekly.schedule, weekly.zone),
        id="weekly",
        next_run_time=clock().astimezone(weekly.zone),
    )
    scheduler.add_job(_look_at_the_clock, "interval", seconds=HEARTBEAT.total_seconds())
    return scheduler


def upcoming(expression: str, zone: ZoneInfo, n: int, start: datetime) -> tuple[datetime, ...]:
    """The next ``n`` fires from ``start`` on, as aware times in the zone; one a local date.

    Fewer when the expression has no more within ten years a fire.
    """
    end = min(start + timedelta(days=3660) * max(n, 1), datetime(9990, 1, 1, tzinfo=UTC))
    return tuple(fire.astimezone(zone) for fire in islice(fires(expression, zone, start, end), n))


def run_words(python: str, config: Path) -> tuple[str, ...]:
    """The job as words of a command line: build the issue that is due, if one is."""
    job = ("run", "--if-due", "--wait", "10m", "--config")
    return (python, "-m", "digest", *job, str(config.resolve()))


def crontab_line(words: Sequence[str], *, schedule: str) -> str:
    """A note and an hourly crontab line for the job's words.

    Hourly, because cron (Debian's, for one) knows no time zone and skips what falls in an hour
    that does not exist: the run itself knows whether the issue is due, so it is built in the
    first such hour. The line runs at the minute of the schedule, where it has one.
    """
    minute = schedule.split(maxsplit=1)[0]
    # cron reads a bare % as the end of the command, also within quotation marks (crontab(5)).
    command = shlex.join(words).replace("%", "\\%")
    return (
        "# Hourly on purpose: the run itself knows the schedule and its time zone, and does nothing"
        " when no issue is due.\n"
        "# Add --send after --if-due to mail the issue as well.\n"
        f"{minute if minute.isdigit() else 0} * * * * {command}\n"
    )


def systemd_units(
    words: Sequence[str], *, schedule: str, zone: ZoneInfo, title: str, deadline: timedelta
) -> str:
    """A service and a timer unit, one after the other, each under a comment with its file name.

    The timer keeps the schedule in its own zone and makes up for fires missed while the machine
    was off. Raises ``ValueError`` for an expression that is not five fields.
    """
    command = " ".join(_systemd_word(word) for word in words)
    calendars = "".join(f"OnCalendar={line}\n" for line in on_calendar(schedule, zone))
    about = " ".join(title.split()).replace("%", "%%")
    return (
        "# ~/.config/systemd/user/digest.service\n"
        f"[Unit]\nDescription={about}: build the issue that is due\n\n"
        f"[Service]\nType=oneshot\nExecStart={command}\n"
        "# 3: the draft waits for approval\nSuccessExitStatus=3\n"
        f"TimeoutStartSec={int(deadline.total_seconds())}\n"
        "Restart=on-failure\nRestartSec=1h\n\n"
        "# ~/.config/systemd/user/digest.timer\n"
        f"[Unit]\nDescription={about}: the schedule\n\n"
        f"[Timer]\n{calendars}Persistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n\n"
        "# then: systemctl --user daemon-reload && systemctl --user enable --now digest.timer\n"
        "# and, for a user who is not always logged in: loginctl enable-linger\n"
    )


def on_calendar(expression: str, zone: ZoneInfo) -> tuple[str, ...]:
    """The cron expression as systemd calendar expressions (systemd.time(7)), usually one.

    Day and weekday must both fit, in systemd as in APScheduler. ``last`` as a day gives a line of
    its own. Raises ``ValueError`` for what cannot be said.
    """
    fields = expression.lower().split()
    if len(fields) != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
        message = "write five fields: minute hour day month weekday"
        raise ValueError(message)
    minute, hour, day, month, weekday = fields
    days = [part for part in day.split(",") if part != "last"]
    dates = [f"-{_values(','.join(days), 1, 31)}"] if days else []
    if len(days) < len(day.split(",")):
        dates.append("~01")
    weekdays = "" if weekday == "*" else _values(weekday, 0, 6, WEEKDAYS) + " "
    months = _values(month, 1, 12, MONTHS) if month[0].isalpha() else _values(month, 1, 12)
    clock = f"{_values(hour, 0, 23)}:{_values(minute, 0, 59)}:00"
    return tuple(f"{weekdays}*-{months}{each} {clock} {zone.key}" for each in dates)


def _values(field: str, low: int, high: int, names: Sequence[str] = ()) -> str:
    """A cron field as a systemd list: ``*``, or numbers and ranges; weekdays by name."""
    if field == "*":
        return "*"
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = low if first == "*" else _number(first, names, low)
        # 5/10 means from 5 to the end in tens; 5 alone means 5.
        end = _number(last, names, low) if dash else high if step or first == "*" else start
        if not low <= start <= end <= high:
            message = f"{part} is not within {low}-{high}"
            raise ValueError(message)
        found.update(range(start, end + 1, int(step or 1)))
    return _ranges(sorted(found), WEEKDAYS if names is WEEKDAYS else ())


def _number(word: str, names: Sequence[str], low: int) -> int:
    return names.index(word) + low if word in names else int(word)


def _ranges(values: Sequence[int], names: Sequence[str]) -> str:
    """Sorted numbers with runs of three and more as ``first..last``."""
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    said = [names[value].title() if names else f"{value:02}" for value in values]
    words = iter(said)
    parts: list[str] = []
    for run in runs:
        here = [next(words) for _ in run]
        parts += [f"{here[0]}..{here[-1]}"] if len(here) > 2 else here  # noqa: PLR2004
    return ",".join(parts)


def _systemd_word(word: str) -> str:
    """One argument of ExecStart: % and $ doubled, quoted where it holds more than plain letters."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return text if re.fullmatch(r"[\w./:=@%+,-]+", text) else f'"{text}"'


def _trigger(expression: str, zone: ZoneInfo) -> CronTrigger:
    minute, hour, day, month, weekday = expression.lower().split()
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday, timezone=zone
    )


def _look_at_the_clock() -> None:
    """Nothing: that the scheduler woke up for it is all."""


def _end(child: subprocess.Popen[Any]) -> None:
    _signal(child, signal.SIGTERM)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # The group may hold helpers that outlived the run itself.
        _signal(child, signal.SIGKILL)
        child.wait()


def _signal(child: subprocess.Popen[Any], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)
