"""The preview over real connections: what it shows, whom it refuses, how it follows an edit."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.desk.server import serve
from digest.errors import OutputError

if TYPE_CHECKING:
    from conftest import Draft, Running

ROOT = Path(__file__).resolve().parents[2]


# --- what it shows -----------------------------------------------------------------------------


def test_the_first_page_frames_the_web_page_and_names_the_issue(still: Running) -> None:
    page = still.get("/")
    assert page.status == 200
    assert 'src="/issue/index.html"' in page.body
    assert "2022-04-07 · Oil &amp; &lt;grain&gt;" in page.body
    assert 'id="error" class="error" role="alert" hidden' in page.body


@pytest.mark.parametrize(
    ("tab", "name", "width"),
    [
        ("web", "index.html", 0),
        ("email-375", "email.html", 375),
        ("email-640", "email.html", 640),
        ("text", "email.txt", 0),
        ("markdown", "issue.md", 0),
        ("json", "issue.json", 0),
        ("no-such-tab", "index.html", 0),
    ],
)
def test_each_tab_frames_its_form(still: Running, tab: str, name: str, width: int) -> None:
    page = still.get(f"/?tab={tab}").body
    assert f'src="/issue/{name}"' in page
    assert f'class="width-{width}"' in page
    assert page.count("aria-current") == 1


def test_a_rendition_is_served_byte_for_byte(still: Running) -> None:
    page = still.get("/issue/email.html")
    assert page.body.encode() == still.draft.build()[1].content
    assert page.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", ["email.txt", "issue.md", "issue.json"])
def test_a_source_text_is_shown_as_it_stands(still: Running, name: str) -> None:
    page = still.get(f"/issue/{name}")
    (expected,) = (each.content.decode() for each in still.draft.build() if each.name == name)
    text = page.body.partition('<pre tabindex="0"')[2].partition(">")[2].partition("</pre>")[0]
    assert unescape(text) == expected
    assert "<b>" not in page.body


@pytest.mark.parametrize(
    "path",
    ["/issue/none.html", "/issue/../digest.sqlite3", "/static/desk.py", "/static/../app.py", "/x"],
)
def test_nothing_else_is_served(still: Running, path: str) -> None:
    assert still.get(path).status == 404


@pytest.mark.parametrize("name", ["desk.css", "desk.js"])
def test_its_own_files_are_served(still: Running, name: str) -> None:
    answer = still.get(f"/static/{name}")
    assert answer.status == 200
    assert "http" not in answer.body


# --- whom it refuses ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_the_names_of_this_machine_are_answered(still: Running, name: str) -> None:
    assert still.get("/", host=f"{name}:{still.port}").status == 200


@pytest.mark.parametrize(
    "host", ["evil.test:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.test:{port}", ""]
)
@pytest.mark.parametrize("path", ["/", "/issue/index.html", "/events", "/static/desk.js"])
def test_any_other_host_is_refused(still: Running, host: str, path: str) -> None:
    answer = still.get(path, host=host.format(port=still.port))
    assert answer.status == 421
    assert "first words" not in answer.body


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "https://127.0.0.1:{port}", ""])
def test_any_other_origin_is_refused(still: Running, origin: str) -> None:
    assert still.get("/state", origin=origin.format(port=still.port)).status == 403


def test_its_own_origin_is_answered(still: Running) -> None:
    assert still.get("/state", origin=f"http://localhost:{still.port}").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed_from_outside(still: Running, method: str) -> None:
    assert still.get("/", method=method).status == 405


@pytest.mark.parametrize("path", ["/", "/issue/index.html", "/state", "/nowhere"])
def test_every_answer_carries_the_headers_that_protect_it(still: Running, path: str) -> None:
    headers = still.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_no_script_runs_in_an_issue_and_nothing_is_loaded_for_it(still: Running) -> None:
    policy = still.get("/issue/index.html").headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    assert "http" not in policy


# --- how it follows an edit --------------------------------------------------------------------


def test_an_edit_is_built_and_told(desk: Running) -> None:
    told = desk.events()
    first = next(told)
    desk.draft.write("second words")
    assert next(told) > first
    assert "second words" in desk.get("/issue/index.html").body


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("BAD", "drafts/2022-04-07.md:3: the draft &lt;cannot&gt; be read"),
        ("BUG", "fault of the program, please report it: ZeroDivisionError: on purpose"),
    ],
)
def test_a_failed_build_keeps_the_page_and_shows_the_error(
    desk: Running, text: str, says: str
) -> None:
    told = desk.events()
    next(told)
    desk.draft.write(text)
    next(told)
    page = desk.get("/").body
    assert says in page
    assert 'role="alert" hidden' not in page
    assert "first words" in desk.get("/issue/index.html").body
    desk.draft.write("mended words")
    next(told)
    assert "mended words" in desk.get("/issue/index.html").body
    assert 'role="alert" hidden' in desk.get("/").body


def test_the_end_comes_at_once_with_streams_open(desk: Running) -> None:
    streams = [desk.events() for _ in range(3)]
    for each in streams:
        next(each)
    desk.stop()
    assert [list(each) for each in streams] == [[], [], []]


# --- the whole program -------------------------------------------------------------------------

PROGRAM = """
import sys
from pathlib import Path
from digest.desk.server import serve
from digest.deliveries import Rendition
draft = Path(sys.argv[1])
def build():
    return (Rendition(name="index.html", content=draft.read_bytes()),)
serve(build, [draft], templates=[Path("templates")], port=0, open_browser=False)
print("ended")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_cleanly_with_a_stream_open(draft: Draft, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(draft.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("Preview at http://127.0.0.1:")
        port = int(line.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as stream:
            stream.sendall(f"GET /events HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
            assert stream.recv(15) == b"HTTP/1.1 200 OK"
            process.send_signal(number)
            output, errors = process.communicate(timeout=20)
    assert (output, errors, process.returncode) == ("ended\n", "", 0)


def test_a_port_that_is_taken_is_one_sentence(draft: Draft) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OutputError, match="--port 0"):
            serve(draft.build, [], templates=[], port=port, open_browser=False)
