"""The other end of ``workers.ParserPool``: a process that parses one body after the other.

Started as ``python -m digest.pull.worker MEMORY SECONDS`` with pipes. It writes one byte when it
is ready; then each job is a pickled tuple behind its length, and so is the answer. Nothing else
is written to the pipe, and nothing to stderr.
"""

from __future__ import annotations

import importlib
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from digest.errors import ParseError
from digest.pull.discover import look
from digest.pull.documents import open_document
from digest.pull.feeds import parse
from digest.pull.gate import Limits
from digest.pull.pagetext import page_of
from digest.pull.parsed import ParsedFeed
from digest.pull.reading import read_document
from digest.pull.suggest import propose
from digest.pull.workerpipe import LENGTH, READY, TOO_MUCH_MEMORY

Job = tuple[str, tuple[Any, ...]]


def _parse(body: bytes, url: str, content_type: str, limits: Limits) -> ParsedFeed:
    return parse(body, url=url, content_type=content_type, limits=limits)


JOBS: dict[str, Callable[..., object]] = {
    "parse": _parse,
    "read": read_document,
    "document": open_document,
    "look": look,
    "propose": propose,
    "page": page_of,
}
"""What a worker can be asked for, by name."""


def answer(job: Job) -> object:
    """What the job gave, or the sentence that says why there is nothing."""
    name, arguments = job
    try:
        return JOBS[name](*arguments)
    except ParseError as error:
        return error.message
    except MemoryError:
        return TOO_MUCH_MEMORY
    except RecursionError:
        return "The feed is nested too deeply to be read; it may be hostile."
    except Exception as error:  # noqa: BLE001 - one hostile feed must not end a run
        return f"The feed could not be read ({type(error).__name__}); please report this as a bug."


def serve(jobs: BinaryIO, answers: BinaryIO, *, seconds: int) -> None:
    """Answer jobs until the pipe closes. A job that outlives the parent's patience ends us."""
    answers.write(READY)
    answers.flush()
    while len(head := jobs.read(LENGTH.size)) == LENGTH.size:
        # The parent kills us at the limit; should it be gone itself, the alarm does.
        signal.alarm(seconds)
        job: Any = pickle.loads(jobs.read(LENGTH.unpack(head)[0]))  # noqa: S301 - from our parent
        result = pickle.dumps(answer(job), protocol=pickle.HIGHEST_PROTOCOL)
        del job
        signal.alarm(0)
        answers.write(LENGTH.pack(len(result)) + result)
        answers.flush()


def main() -> None:
    """Bound this process, then serve."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    importlib.import_module("lxml.etree")  # before the first job's clock starts
    # RLIMIT_DATA counts what is really allocated; address space is given room for libraries.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory * 4, memory * 4))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries that print must not print into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, seconds=seconds)


if __name__ == "__main__":
    main()
