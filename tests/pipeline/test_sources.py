"""sources list and check: what is told of every source, and moves written into the file."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.config import load_config
from digest.errors import UsageError
from digest.pipeline.checksources import CheckOptions, check_sources
from digest.pipeline.pull import PullOptions, pull, pull_command
from digest.pipeline.run import RunOptions, run
from digest.pipeline.sources import list_sources
from digest.pipeline.sourcetable import columns, wrapped
from digest.pipeline.status import status
from digest.pipeline.workspace import open_workspace
from digest.store.entries import count
from digest.store.sources import all_states

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
HEAD = 'newsletter: {id: letter, title: The Letter, schedule: "0 7 * * THU"}\n'


def feed(*titles: str, date: datetime = START - HOUR, guid_only: bool = False) -> bytes:
    link = "" if guid_only else "<link>https://example.org/{0}</link>"
    items = "".join(
        f"<item><title>{title}</title>{link.format(title)}<guid isPermaLink='false'>guid-{title}"
        f"</guid><pubDate>{date - DAY * n:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        "<description>What happened there on that day.</description></item>"
        for n, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'.encode()


class Paper:
    """A newsletter whose sources stand on loopback servers."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "sources.yaml"

    def configure(self, lines: str, *ports: int) -> None:
        allowed = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
        network = f"network: {{allow_private: [{allowed}], host_gap: 0s, timeout: 2s}}\n"
        self.config.write_text(f"{HEAD}{network}sources:\n{lines}", encoding="utf-8")

    def pull(self, after: timedelta = timedelta(0)) -> list[str]:
        with open_workspace(self.config, now=START + after) as ws:
            return [each.outcome for each in pull(ws, PullOptions())]

    def check(self, *named: str, after: timedelta = timedelta(0), write: bool = False) -> Any:
        options = CheckOptions(named=named, write=write)
        return check_sources(self.config, options, now=START + after)

    def listed(self, after: timedelta = timedelta(0)) -> Any:
        result: Any = list_sources(self.config, now=START + after)
        assert all(columns(line) <= 100 for line in result.text.splitlines()), result.text
        return result

    def kept(self) -> tuple[int, set[str]]:
        """How many entries are stored, and the ids of the known sources."""
        with open_workspace(self.config, now=START) as ws, ws.store.read() as c:
            return count(c), {state.source_id for state in all_states(c)}


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(tmp_path)


def paths(loopback: Any, **answers: Any) -> Callable[[Any], bytes]:
    """A script that answers by the last part of the path; what is not there is a 404."""

    def script(heard: Any) -> bytes:
        answer = answers.get(heard.path.strip("/"), (b"", 404, {}))
        body, code, headers = answer() if callable(answer) else answer
        return loopback.reply(body, code, **headers)  # type: ignore[no-any-return]

    return script


def test_the_list_tells_all_and_the_worst_first(paper: Paper, loopback: Any) -> None:
    script = paths(
        loopback, fine=(feed("a", "b"), 200, {}), gone=(b"", 410, {}), moved=(feed("c"), 200, {}),
        old=(b"", 301, {"Location": "/moved"}),
    )  # fmt: skip
    with loopback.serve(script) as server:
        base = server.url("/")
        paper.configure(
            f"  - {{name: Fine, url: {base}fine, ownership: state, lang: zh}}\n"
            f"  - {{name: Away, url: {base}nothing}}\n"
            f"  - {{name: Gone, url: {base}gone}}\n"
            f"  - {{name: Moved, url: {base}old}}\n"
            f"  - {{name: Idle, url: {base}off, enabled: no}}\n"
            f"  - {{name: 很长的中文名字很长的中文名字很长的中文名字, url: {base}fine?x}}\n",
            server.port,
        )
        assert {each["state"] for each in paper.listed().document["sources"]} == {"new", "off"}
        paper.pull()
    result = paper.listed(HOUR)
    by_name = {each["name"]: each for each in result.document["sources"]}
    assert [by_name[n]["state"] for n in ("Fine", "Away", "Gone", "Moved", "Idle")] == [
        "well", "failing", "gone", "moved", "off",
    ]  # fmt: skip
    fine, away = by_name["Fine"], by_name["Away"]
    assert (fine["ownership"], fine["state_media"], fine["entries_a_week"]) == ("state", True, 2)
    assert fine["succeeded_at"] == START.isoformat()
    assert fine["due_at"] == (START + HOUR).isoformat()
    assert (away["failing_since"], away["failures"]) == (START.isoformat(), 1)
    assert "check it for a new one" in away["error"]
    assert by_name["Moved"]["moved_to"] == f"{base}moved"
    names = [n for line in result.text.splitlines() for n in by_name if f" {n} " in line]
    assert names[:3] == ["Gone", "Away", "Moved"]
    assert names[-1] == "Idle"
    assert "state media" in result.text
    json.dumps(result.document)


def test_two_that_bring_the_same_are_told(paper: Paper, loopback: Any) -> None:
    titles = "abcdef"
    script = paths(
        loopback, one=(feed(*titles), 200, {}), two=(feed(*titles, "g"), 200, {}),
        other=(feed("a", "x", "y", "z", "v", "w"), 200, {}),
    )  # fmt: skip
    with loopback.serve(script) as server:
        base = server.url("/")
        lines = (f"  - {{name: {n.title()}, url: {base}{n}}}\n" for n in ("one", "two", "other"))
        address = """\
  - {name: Here, url: 'https://example.org/f'}
  - {name: There, url: 'http://EXAMPLE.org/f?utm_source=x'}
"""
        paper.configure("".join(lines), server.port)
        paper.pull()
        paper.configure(paper.config.read_text().partition("sources:\n")[2] + address, server.port)
    doubles = {e["name"]: e["duplicates"] for e in paper.listed().document["sources"]}
    assert doubles == {
        "One": ["Two"], "Two": ["One"], "Other": [], "Here": ["There"], "There": ["Here"],
    }  # fmt: skip


def test_long_failing_quiet_and_moved_sources_are_raised(paper: Paper, loopback: Any) -> None:
    daily = [f"d{n}" for n in range(30)]
    script = paths(
        loopback, daily=(feed(*daily), 200, {}), new=(feed("n"), 200, {}),
        old=(b"", 308, {"Location": "/new"}),
    )  # fmt: skip
    with loopback.serve(script) as server:
        base = server.url("/")
        lines = (f"  - {{name: {n.title()}, url: {base}{n}}}\n" for n in ("away", "daily", "old"))
        paper.configure("".join(lines), server.port)
        for days in (0, 3, 6):
            paper.pull(DAY * days)
        early: Any = status(paper.config, now=START + 6 * DAY).document
        assert not any("Away" in line for line in early["raised"])
        assert early["failing"][0]["since"] == "2026-03-02T12:00:00Z"
        after = 9 * DAY
        told: Any = pull_command(paper.config, now=START + after, offline=False, wait=timedelta(0))
        assert told.code == 0
        first = told.text.splitlines()
        done: Any = run(paper.config, RunOptions(offline=True), now=START + after)
    shown: Any = status(paper.config, now=START + after)
    for lines in (first, shown.text.splitlines(), done.document["raised"]):
        assert [line.partition(":")[0] for line in lines[:3]] == [
            "Failing since 2026-03-02", "Strangely quiet", "Moved",
        ]  # fmt: skip
    assert "nothing for 9 days, though it used to publish every day" in first[1]
    assert shown.document["pull"]["sources"]
    assert shown.document["pull"]["all_failed"] is None


# --- check ---------------------------------------------------------------------------------------


def test_check_asks_everybody_but_whom_the_server_forbids(paper: Paper, loopback: Any) -> None:
    script = paths(
        loopback, fine=(feed("a"), 200, {"Cache-Control": "max-age=86400"}),
        busy=(b"", 503, {"Retry-After": "7200"}), gone=(b"", 410, {}), down=(b"", 500, {}),
    )  # fmt: skip
    with loopback.serve(script) as server:
        names = ("fine", "busy", "gone", "down")
        lines = (f"  - {{name: {n.title()}, url: {server.url('/' + n)}}}\n" for n in names)
        paper.configure("".join(lines), server.port)
        paper.pull()
        result = paper.check(after=HOUR)
        assert [heard.path for heard in server.requests[4:]] == ["/fine", "/down"]
        outcomes = {each["name"]: each["outcome"] for each in result.document["sources"]}
        assert outcomes == {
            "Fine": "ok",
            "Busy": "skipped",
            "Gone": "skipped",
            "Down": "failed",
        } or (outcomes["Fine"] == "unchanged")
        assert "not asked: the server asks not to come before 2026-03-02 14:00 UTC" in result.text
        named = paper.check("busy", server.url("/gone"), after=HOUR)
        assert [heard.path for heard in server.requests[6:]] == ["/busy", "/gone"]
        assert {each["name"] for each in named.document["sources"]} == {"Busy", "Gone"}
        paper.check(after=4 * HOUR)
        assert [heard.path for heard in server.requests[8:]] == ["/fine", "/busy", "/down"]


def test_naming_a_gone_source_brings_it_back(paper: Paper, loopback: Any) -> None:
    state = {"gone": True}
    script = paths(loopback, f=lambda: (b"", 410, {}) if state["gone"] else (feed("a"), 200, {}))
    with loopback.serve(script) as server:
        paper.configure(f"  - {{name: F, url: {server.url('/f')}}}\n", server.port)
        paper.pull()
        state["gone"] = False
        assert paper.pull(9 * DAY) == ["skipped"]
        assert paper.check("f", after=9 * DAY).document["sources"][0]["gone"] is False
        assert paper.pull(10 * DAY) == ["unchanged"]


def test_a_name_that_is_none_is_told_with_the_nearest(paper: Paper) -> None:
    paper.configure("  - {name: Example Times, url: 'https://example.org/'}\n")
    with pytest.raises(UsageError, match="did you mean 'Example Times'"):
        paper.check("exampel times")
    with pytest.raises(UsageError, match="sources list"):
        paper.check("zzz")


# --- moves ---------------------------------------------------------------------------------------

WRITTEN = """\
  # The first.
  - {{name: "One, with a comma", url: '{0}one',  # single
     weight: 2}}   # kept
  - name: Two
    url: "{0}two" # double
    section: energy

  -   url:   {0}three
      name:  Three
  - {{name: Stays, url: {0}new1?stays}}
# The end.
"""


def mover(loopback: Any) -> Callable[[Any], bytes]:
    def script(heard: Any) -> bytes:
        number = {"/one": 1, "/two": 2, "/three": 3}.get(heard.path)
        if number:
            return loopback.reply(status=301, Location=f"/new{number}")  # type: ignore[no-any-return]
        if heard.get("If-None-Match"):
            return loopback.reply(status=304)  # type: ignore[no-any-return]
        name = heard.path.strip("/?")
        body = feed(f"{name}a", f"{name}b", guid_only=True)
        return loopback.reply(body, ETag=f'"{name}"')  # type: ignore[no-any-return]

    return script


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_moves_are_shown_then_written_and_history_stays(
    end: str, paper: Paper, loopback: Any
) -> None:
    with loopback.serve(mover(loopback)) as server:
        paper.configure(WRITTEN.format(server.url("/")), server.port)
        before = paper.config.read_text(encoding="utf-8").replace("\n", end).encode()
        paper.config.write_bytes(before)
        paper.pull()
        shown = paper.check(after=HOUR)
        assert paper.config.read_bytes() == before
        assert shown.document["diff"].count("\n+") == 4  # with the line of the file's name
        assert [each["written"] for each in shown.document["moves"]] == [False] * 3
        kept, ids = paper.kept()
        written = paper.check(after=2 * HOUR, write=True)
        assert [each["written"] for each in written.document["moves"]] == [True] * 3
        after = paper.config.read_bytes()
        wanted = before
        for number, name in enumerate((b"one", b"two", b"three"), 1):
            base = server.url("/").encode()
            wanted = wanted.replace(base + name, base + b"new%d" % number)
        assert after == wanted
        sources = load_config(paper.config).sources
        assert (sources[0].weight, sources[1].section) == (2, "energy")
        assert paper.kept() == (kept, {each.id for each in sources})
        assert len(ids) == 4
        number = len(server.requests)
        assert paper.pull(5 * HOUR) == ["unchanged"] * 4
        assert all(heard.get("If-None-Match") for heard in server.requests[number:])
        assert {heard.path for heard in server.requests[number:]} == {
            "/new1", "/new2", "/new3", "/new1?stays",
        }  # fmt: skip
        assert paper.kept()[0] == kept
        assert not paper.check(after=6 * HOUR, write=True).document["moves"]


def test_a_move_written_by_hand_or_half_written_keeps_the_history_too(
    paper: Paper, loopback: Any
) -> None:
    with loopback.serve(mover(loopback)) as server:
        paper.configure(f"  - {{name: One, url: {server.url('/one')}}}\n", server.port)
        paper.pull()
        kept, _ = paper.kept()
        text = paper.config.read_text().replace("/one", "/new1")
        paper.config.write_text(text)
        assert paper.pull(HOUR) == ["unchanged"]
        assert paper.kept() == (kept, {load_config(paper.config).sources[0].id})


def test_what_must_not_be_written_says_why(
    paper: Paper, loopback: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEED_LOGIN", "me:secret")

    def away(heard: Any) -> bytes:
        if heard.path == "/here":
            return loopback.reply(status=301, Location="/there")  # type: ignore[no-any-return]
        if heard.path == "/there":
            return loopback.reply(feed("t"))  # type: ignore[no-any-return]
        return loopback.reply(status=301, Location=new.url("/new"))  # type: ignore[no-any-return]

    with (
        loopback.serve(lambda _: loopback.reply(feed("a"))) as new,
        loopback.serve(away) as old,
    ):
        secret = old.url("/here").replace("//", "//me:hush@")
        paper.configure(
            f"  - {{name: Twice, url: {old.url('/one')}}}\n"
            f"  - {{name: There, url: {new.url('/new')}}}\n"
            f"  - {{name: Login, url: {old.url('/two')}, auth: FEED_LOGIN}}\n"
            f"  - {{name: Same, url: '{secret}'}}\n",
            old.port,
            new.port,
        )
        before = paper.config.read_text()
        result = paper.check(write=True)
    why = {each["name"]: each["why_not"] for each in result.document["moves"]}
    assert "another source stands at the new address" in why["Twice"]
    assert why["Same"] is None
    assert why["Login"] is not None
    assert "hush" not in result.text + json.dumps(result.document)
    changed = [
        line for line in difflib.ndiff(before.splitlines(), paper.config.read_text().splitlines())
        if line.startswith("+")
    ]  # fmt: skip
    assert len(changed) == 1
    assert "me:hush@" in changed[0]
    assert "/there" in changed[0]


# --- all failed ----------------------------------------------------------------------------------


def test_a_wrong_clock_is_named_when_all_failed(paper: Paper, loopback: Any) -> None:
    date = {"Date": "Mon, 02 Mar 2020 12:00:00 GMT"}
    with loopback.serve(lambda _: loopback.reply(b"", 500, **date)) as server:
        lines = (f"  - {{name: S{n}, url: {server.url(f'/{n}')}}}\n" for n in range(3))
        paper.configure("".join(lines), server.port)
        told: Any = pull_command(paper.config, now=START, offline=False, wait=timedelta(0))
    assert told.code == 1
    assert told.document["all_failed"]["code"] == "clock"
    assert "The clock of this machine is wrong" in told.text
    shown: Any = status(paper.config, now=START)
    assert "The clock of this machine is wrong" in shown.text


def test_a_proxy_that_is_down_is_named(paper: Paper) -> None:
    paper.configure("  - {name: A, url: 'http://example.org/a'}\n")
    text = paper.config.read_text()
    proxy = "timeout: 2s, proxy: 'http://127.0.0.1:9'"
    paper.config.write_text(text.replace("timeout: 2s", proxy))
    told: Any = pull_command(paper.config, now=START, offline=False, wait=timedelta(0))
    assert (told.code, told.document["all_failed"]["code"]) == (1, "proxy")


def test_a_common_answer_is_counted(paper: Paper, loopback: Any) -> None:
    with loopback.serve(lambda _: loopback.reply(b"", 404)) as server:
        lines = (f"  - {{name: S{n}, url: {server.url(f'/{n}')}}}\n" for n in range(3))
        paper.configure("".join(lines), server.port)
        told: Any = pull_command(paper.config, now=START, offline=False, wait=timedelta(0))
    assert told.document["all_failed"]["code"] == "other"
    assert "3 of 3 because: There is nothing at this address (404)" in told.text


def test_lines_are_cut_by_columns() -> None:
    text = "word " * 30 + "x" * 250 + " 中文" * 40
    lines = wrapped(text, 50, "  ")
    assert all(columns(line) <= 52 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
