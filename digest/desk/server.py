"""The preview server: one process on 127.0.0.1 that builds, watches and shows."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import uvicorn

from digest.desk.app import make_app
from digest.desk.pages import Pages
from digest.desk.state import Build, Desk
from digest.desk.watch import watch
from digest.errors import OutputError

HOST = "127.0.0.1"
LAST_SECONDS = 1
"""How long requests under way may take when the server ends."""


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers, which raise the signal again when all is over."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    build: Build,
    paths: Sequence[Path],
    *,
    templates: Sequence[Path],
    port: int,
    open_browser: bool,
) -> None:
    """Nothing, after Ctrl-C or SIGTERM; until then the newest build is shown on 127.0.0.1.

    ``build`` is called at the start and whenever one of ``paths`` (files or folders) changes; its
    ``DigestError`` is shown above the last good pages. ``templates`` are the folders that hold
    ``desk/``, the first wins. Port 0 is any free one; the address is printed to stderr.

    Raises ``OutputError`` when the port is taken.
    """
    with _listen(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}/"

        def started() -> None:
            sys.stderr.write(f"Preview at {address} (Ctrl-C ends it)\n")
            sys.stderr.flush()
            if open_browser:
                # Some browsers' launchers wait until the browser is closed.
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        pages = Pages(templates)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run(build, paths, pages=pages, listener=listener, started=started))


async def run(
    build: Build,
    paths: Sequence[Path],
    *,
    pages: Pages,
    listener: socket.socket,
    started: Callable[[], None],
    stop: asyncio.Event | None = None,
) -> None:
    """Nothing, when ``stop`` is set or a signal came; ``started`` is called after the first build.

    In the main thread SIGINT and SIGTERM set ``stop``.
    """
    stop = stop or asyncio.Event()
    desk = Desk(build)
    app = make_app(desk, pages, port=listener.getsockname()[1])
    server = _Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=LAST_SECONDS,
        )
    )
    with _signals(stop):
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(paths, desk.rebuild, stop=stop))
            built = group.create_task(desk.first_build())
            ending = group.create_task(_close(stop, desk, server))
            await asyncio.wait((built, ending), return_when=asyncio.FIRST_COMPLETED)
            if not stop.is_set():
                started()
                await server.serve(sockets=[listener])
            stop.set()


async def _close(stop: asyncio.Event, desk: Desk, server: uvicorn.Server) -> None:
    """Nothing; waits for ``stop``, then ends the event streams and the server."""
    await stop.wait()
    await desk.close()
    server.should_exit = True


def _listen(port: int) -> socket.socket:
    """A socket on the loopback interface only."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Listening from here on: a browser that comes before the server waits instead of failing.
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = f"the port cannot be used ({error.strerror}); --port 0 takes any free one"
        raise OutputError(message, where=f"{HOST}:{port}") from error
    return listener


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set ``stop`` inside; only the main thread may ask for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
