"""A running desk on loopback, over one file that a test edits."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from digest.deliveries import Rendition
from digest.desk.pages import Pages
from digest.desk.server import run
from digest.errors import DraftError

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
SECONDS = 20


@dataclass
class Draft:
    """The file on disk and the build over it: BAD fails as expected, BUG as nobody expects."""

    path: Path
    built: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        """As most editors save: a new file takes the place of the old."""
        aside = self.path.with_name("aside")
        aside.write_text(text, encoding="utf-8")
        aside.replace(self.path)

    def build(self) -> tuple[Rendition, ...]:
        text = self.path.read_text(encoding="utf-8")
        self.built.append(text)
        if "BAD" in text:
            raise DraftError("the draft <cannot> be read", where="drafts/2022-04-07.md:3")
        if "BUG" in text:
            raise ZeroDivisionError("on purpose")
        page = (
            "<!doctype html><html lang=en><title>t</title>"
            f"<p id=text>{text}</p><a href='https://example.org/'>away</a>"
            "<script>document.title = 'ran'</script>"
        )
        data = '{"date": "2022-04-07", "title": "Oil & <grain>"}'
        return (
            Rendition(name="index.html", content=page.encode()),
            Rendition(name="email.html", content=page.encode()),
            Rendition(name="email.txt", content=f"{text} <b>&".encode()),
            Rendition(name="issue.md", content=f"# {text}".encode()),
            Rendition(name="issue.json", content=data.encode()),
        )


@dataclass
class Running:
    """The desk at its address."""

    port: int
    draft: Draft
    stop: Callable[[], None]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, *, method: str = "GET", **headers: str) -> Answer:
        """The answer; ``host`` and ``origin`` among the headers are taken as they are."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.putrequest(method, path, skip_host="host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())
        finally:
            connection.close()

    def events(self) -> Iterator[int]:
        """The versions the stream tells, until the server ends it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as line:
            request = f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n"
            line.sendall(request.encode())
            for row in line.makefile(encoding="utf-8"):
                if row.startswith("data: "):
                    yield int(row.removeprefix("data: "))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@contextmanager
def running(draft: Draft) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        loop = asyncio.new_event_loop()
        stop = asyncio.Event()
        started = threading.Event()

        def main() -> None:
            asyncio.set_event_loop(loop)
            loop.run_until_complete(
                run(
                    draft.build,
                    [draft.path],
                    pages=Pages([TEMPLATES]),
                    listener=listener,
                    started=started.set,
                    stop=stop,
                )
            )

        def end() -> None:
            loop.call_soon_threadsafe(stop.set)

        thread = threading.Thread(target=main)
        port = listener.getsockname()[1]
        thread.start()
        try:
            assert started.wait(SECONDS)
            yield Running(port, draft, end)
        finally:
            end()
            thread.join(SECONDS)
            alive = thread.is_alive()
            if not alive:
                loop.close()
        assert not alive, "the server did not end"


def first_draft(folder: Path) -> Draft:
    made = Draft(folder / "drafts" / "2022-04-07.md")
    made.path.parent.mkdir()
    made.write("first words")
    return made


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return first_draft(tmp_path)


@pytest.fixture
def desk(draft: Draft) -> Iterator[Running]:
    """A desk for a test that edits."""
    with running(draft) as desk:
        yield desk


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk whose draft nobody edits, shared by the tests that only look."""
    with running(first_draft(tmp_path_factory.mktemp("still"))) as desk:
        yield desk
