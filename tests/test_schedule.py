"""The weekly job: fires, catch-up, deadlines, and ready lines for cron and systemd."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.blocking import BlockingScheduler

from digest.schedule import (
    ChildRuns,
    Weekly,
    crontab_line,
    make_scheduler,
    on_calendar,
    run_words,
    systemd_units,
    upcoming,
)

ROOT = Path(__file__).resolve().parent.parent
LONDON = ZoneInfo("Europe/London")
SCHEDULE = "0 7 * * THU"
PYTHON = sys.executable
SYSTEMD = shutil.which("systemd-analyze") or ""


def weekly(*program: str, deadline: timedelta = timedelta(minutes=1)) -> Weekly:
    return Weekly(schedule=SCHEDULE, zone=LONDON, command=program, deadline=deadline)


def python(text: str) -> tuple[str, ...]:
    return (PYTHON, "-c", text)


# --- fires -------------------------------------------------------------------------------------


def test_upcoming_fires_keep_their_local_time_across_the_clock_change() -> None:
    start = datetime(2022, 3, 20, tzinfo=UTC)
    found = upcoming(SCHEDULE, LONDON, 3, start)
    assert [each.isoformat() for each in found] == [
        "2022-03-24T07:00:00+00:00",
        "2022-03-31T07:00:00+01:00",
        "2022-04-07T07:00:00+01:00",
    ]


@pytest.mark.parametrize(
    ("expression", "n", "last"),
    [
        ("0 0 29 FEB *", 3, "2032-02-29"),
        ("0 7 * * MON", 0, None),
        ("30 1 last * *", 2, "2022-04-30"),
    ],
)
def test_rare_fires_are_found(expression: str, n: int, last: str | None) -> None:
    found = upcoming(expression, ZoneInfo("UTC"), n, datetime(2022, 3, 20, tzinfo=UTC))
    assert len(found) == n
    assert last is None or found[-1].date().isoformat() == last


# --- the scheduler -----------------------------------------------------------------------------


class Story:
    """A scheduler under a clock that the test turns, its jobs run at once in this thread."""

    def __init__(self, codes: list[int | None], now: datetime) -> None:
        self.now = now
        self.runs: list[datetime] = []
        self.codes = iter(codes)
        self.scheduler: BlockingScheduler = make_scheduler(
            weekly("unused"), self.run, clock=lambda: self.now
        )
        self.scheduler.add_executor(DebugExecutor())

    def run(self) -> int | None:
        self.runs.append(self.now)
        return next(self.codes)

    def next_fire(self) -> datetime:
        jobs = filter(None, map(self.scheduler.get_job, ("weekly", "retry")))
        found: datetime = min(job.next_run_time for job in jobs)
        return found


def test_the_first_run_catches_up_at_once_and_the_next_is_the_fire() -> None:
    now = datetime(2022, 4, 5, 12, 0, tzinfo=UTC)
    story = Story([0], now)
    assert story.next_fire() == now
    trigger = story.scheduler.get_job("weekly").trigger
    assert trigger.get_next_fire_time(now, now).isoformat() == "2022-04-07T07:00:00+01:00"


def test_a_late_run_is_forgiven_for_a_week_and_many_are_one() -> None:
    story = Story([], datetime(2022, 4, 5, 12, 0, tzinfo=UTC))
    defaults = story.scheduler._job_defaults
    assert defaults == {"misfire_grace_time": 604_800, "coalesce": True, "max_instances": 1}


@pytest.mark.parametrize("code", [0, 3])
def test_after_a_settled_run_the_next_is_the_weekly_fire(code: int) -> None:
    started = _run_once([code])
    assert started.next_fire().weekday() == 3
    assert started.next_fire() > started.now + timedelta(hours=1)


@pytest.mark.parametrize("code", [1, 2, 4, 75, None])
def test_a_failed_run_is_tried_again_within_the_hour(code: int | None) -> None:
    started = _run_once([code])
    assert started.next_fire() == started.now + timedelta(hours=1)


def _run_once(codes: list[int | None]) -> Story:
    """The story after its first run, the scheduler's own loop left out."""
    story = Story(codes, datetime.now(UTC))
    ended = threading.Event()

    def after(_event: object) -> None:
        ended.set()

    story.scheduler.add_listener(after, EVENT_JOB_EXECUTED)
    thread = threading.Thread(target=story.scheduler.start)
    thread.start()
    assert ended.wait(20)
    # One more turn of the loop's lock: the next fire is written after the job ran.
    with story.scheduler._jobstores_lock:
        pass
    fire = story.next_fire()
    story.scheduler.shutdown(wait=False)
    thread.join(20)
    story.next_fire = lambda: fire  # type: ignore[method-assign]
    return story


# --- runs in a process of their own ---------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 75])
def test_the_exit_code_of_a_run_is_told(code: int) -> None:
    assert ChildRuns(python(f"raise SystemExit({code})"), timedelta(minutes=1)).run() == code


def test_a_hung_run_is_ended_with_its_helpers_and_the_next_one_runs(tmp_path: Path) -> None:
    told = tmp_path / "told"
    helper = "import signal; signal.pause()"
    hang = (
        "import pathlib, subprocess, sys, signal\n"
        f"path = pathlib.Path({str(told)!r})\n"
        "if path.exists(): raise SystemExit(0)\n"
        f"child = subprocess.Popen([sys.executable, '-c', {helper!r}])\n"
        "path.write_text(str(child.pid))\n"
        "signal.pause()\n"
    )
    runs = ChildRuns(python(hang), timedelta(seconds=2))
    assert runs.run() is None
    assert _dies(int(told.read_text()))
    assert runs.run() == 0


def test_a_program_that_is_not_there_is_a_failed_run(tmp_path: Path) -> None:
    assert ChildRuns([str(tmp_path / "none")], timedelta(minutes=1)).run() is None


def test_a_stopped_runner_ends_its_run_and_starts_no_other() -> None:
    runs = ChildRuns(python("import signal; signal.pause()"), timedelta(minutes=1))
    codes: list[int | None] = []
    thread = threading.Thread(target=lambda: codes.append(runs.run()))
    thread.start()
    for _ in count():
        if runs._child is not None:
            break
    runs.stop()
    thread.join(20)
    assert codes == [None]
    assert runs.run() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_schedule_cleanly_in_the_middle_of_a_run(
    tmp_path: Path, number: signal.Signals
) -> None:
    """The job tells by a pipe that it has begun; then the scheduler gets the signal."""
    program = (
        "from datetime import UTC, datetime\n"
        "from zoneinfo import ZoneInfo\n"
        "import sys\n"
        "from digest.schedule import Weekly, run_schedule\n"
        "job = 'import signal, sys; print(\"begun\", flush=True); signal.pause()'\n"
        "run_schedule(Weekly(schedule='0 7 * * THU', zone=ZoneInfo('Europe/London'),\n"
        "    command=(sys.executable, '-c', job)), clock=lambda: datetime.now(UTC))\n"
        "print('ended', flush=True)\n"
    )
    with subprocess.Popen(
        python(program), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        rest, errors = process.communicate(timeout=20)
    assert (rest, errors, process.returncode) == ("ended\n", "", 0)


def _dies(pid: int) -> bool:
    """Whether a process that was sent its signal is gone, now or as soon as it has taken it."""
    if not hasattr(os, "pidfd_open"):
        pytest.skip("processes are watched on Linux only")
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ready, _, _ = select.select([watched], [], [], 30)
    finally:
        os.close(watched)
    return bool(ready)


# --- lines for cron and systemd ----------------------------------------------------------------


def test_the_crontab_line_is_hourly_and_safe_by_the_period() -> None:
    line = crontab_line(
        run_words("/usr/bin/python3", Path("/srv/crr/sources.yaml")), schedule=SCHEDULE
    )
    notes, command = line.splitlines()[:-1], line.splitlines()[-1]
    assert all(note.startswith("# ") for note in notes)
    assert command == (
        "0 * * * * /usr/bin/python3 -m digest run --if-due --wait 10m"
        " --config /srv/crr/sources.yaml"
    )


def test_cron_hands_the_shell_the_path_as_it_is() -> None:
    words = run_words("/opt/my python", Path("/srv/a 'b' 100%/$HOME/sources.yaml"))
    command = crontab_line(words, schedule="*/5 7 * * THU").splitlines()[-1]
    minute, *_, line = command.split(" ", 5)
    assert minute == "0"
    assert shlex.split(line.replace("\\%", "%")) == list(words)
    assert "%" not in line.replace("\\%", "")


@pytest.mark.parametrize(
    ("expression", "calendars"),
    [
        ("0 7 * * THU", ["Thu *-*-* 07:00:00 Europe/London"]),
        ("30 18 * * mon-fri", ["Mon..Fri *-*-* 18:30:00 Europe/London"]),
        ("0 7 * * MON,wed,FRI-SUN", ["Mon,Wed,Fri..Sun *-*-* 07:00:00 Europe/London"]),
        ("*/20 6-8 * * *", ["*-*-* 06..08:00,20,40:00 Europe/London"]),
        ("5/25 */12 * * *", ["*-*-* 00,12:05,30,55:00 Europe/London"]),
        ("0 7 1,15 * *", ["*-*-01,15 07:00:00 Europe/London"]),
        ("0 7 1-7 * SUN", ["Sun *-*-01..07 07:00:00 Europe/London"]),
        ("0 7 last * *", ["*-*~01 07:00:00 Europe/London"]),
        (
            "0 7 15,last JAN-MAR *",
            ["*-01..03-15 07:00:00 Europe/London", "*-01..03~01 07:00:00 Europe/London"],
        ),
        ("0 7 */10 3,9 *", ["*-03,09-01,11,21,31 07:00:00 Europe/London"]),
    ],
)
def test_cron_expressions_become_calendar_expressions(
    expression: str, calendars: list[str]
) -> None:
    assert list(on_calendar(expression, LONDON)) == calendars


@pytest.mark.parametrize("expression", ["0 7 * *", "61 7 * * *", "0 7 32 * *", "0 7 * * fri-mon"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        on_calendar(expression, LONDON)


@pytest.mark.skipif(not SYSTEMD, reason="needs systemd-analyze")
@pytest.mark.parametrize(
    "expression",
    ["0 7 * * THU", "*/20 6-8 * * mon-fri", "0 7 15,last jan-mar *", "30 4 * * SUN", "0 0 29 2 *"],
)
def test_systemd_fires_when_we_do(expression: str) -> None:
    start = datetime(2026, 3, 20, tzinfo=UTC)
    ours = {each.astimezone(UTC) for each in upcoming(expression, LONDON, 8, start)}
    theirs: set[datetime] = set()
    for calendar in on_calendar(expression, LONDON):
        theirs |= _systemd_fires(calendar)
    # We have one fire a local date, systemd all of them.
    first = {}
    for each in sorted(theirs):
        first.setdefault(each.astimezone(LONDON).date(), each)
    assert ours == set(sorted(first.values())[: len(ours)])


def _systemd_fires(calendar: str) -> set[datetime]:
    words = [
        SYSTEMD,
        "calendar",
        "--iterations=80",
        "--base-time=2026-03-20 00:00:00 UTC",
    ]
    told = subprocess.run(
        [*words, calendar], capture_output=True, text=True, check=True, env={"TZ": "UTC"}
    ).stdout
    fires = [line.split(": ")[1] for line in told.splitlines() if "(in UTC)" in line]
    fires = fires or [
        line.split(": ", 1)[1]
        for line in told.splitlines()
        if line.strip().startswith(("Next elapse", "Iter"))
    ]
    return {
        datetime.strptime(each, "%a %Y-%m-%d %H:%M:%S %Z").replace(tzinfo=UTC) for each in fires
    }


def test_the_units_name_zone_deadline_and_quoted_paths() -> None:
    words = run_words("/usr/bin/python3", Path('/srv/a "b" 100%/$HOME/sources.yaml'))
    units = systemd_units(
        words, schedule=SCHEDULE, zone=LONDON, title="The 100% Report", deadline=timedelta(hours=2)
    )
    assert "OnCalendar=Thu *-*-* 07:00:00 Europe/London\nPersistent=true\n" in units
    assert "TimeoutStartSec=7200\n" in units
    assert (
        "ExecStart=/usr/bin/python3 -m digest run --if-due --wait 10m"
        ' --config "/srv/a \\"b\\" 100%%/$$HOME/sources.yaml"\n'
    ) in units
    assert "Description=The 100%% Report: " in units


@pytest.mark.skipif(not SYSTEMD, reason="needs systemd-analyze")
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    words = run_words(PYTHON, tmp_path / "a b 100%" / "sources.yaml")
    units = systemd_units(
        words, schedule=SCHEDULE, zone=LONDON, title="Report", deadline=timedelta(hours=2)
    )
    service, timer = units.split("# ~/.config/systemd/user/digest.timer\n")
    (tmp_path / "digest.service").write_text(service, encoding="utf-8")
    (tmp_path / "digest.timer").write_text(timer, encoding="utf-8")
    told = subprocess.run(
        [SYSTEMD, "verify", "--man=no", tmp_path / "digest.timer"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "digest." not in told.stderr
