"""The other end of ``workers.ParserPool``: a process that parses one body after the other.

Started as ``python -m digest.pull.worker MEMORY`` with pipes. A job is a pickled tuple behind
its length; so is the answer. Nothing but answers is written to the pipe, and nothing to stderr.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from digest.errors import ParseError
from digest.pull.feeds import Limits, ParsedFeed, parse

LENGTH = struct.Struct("!Q")
Job = tuple[bytes, str, str, Limits]
TOO_MUCH_MEMORY = "The feed needs too much memory to read, so it was stopped; it may be hostile."


def answer(job: Job) -> ParsedFeed | str:
    """The parsed feed, or the sentence that says why there is none."""
    body, url, content_type, limits = job
    try:
        return parse(body, url=url, content_type=content_type, limits=limits)
    except ParseError as error:
        return error.message
    except MemoryError:
        return TOO_MUCH_MEMORY
    except RecursionError:
        return "The feed is nested too deeply to be read; it may be hostile."
    except Exception as error:  # noqa: BLE001 - one hostile feed must not end a run
        return f"The feed could not be read ({type(error).__name__}); please report this as a bug."


def serve(
    jobs: BinaryIO, answers: BinaryIO, work: Callable[[Job], ParsedFeed | str] = answer
) -> None:
    """Answer jobs until the pipe closes."""
    while len(head := jobs.read(LENGTH.size)) == LENGTH.size:
        job: Any = pickle.loads(jobs.read(LENGTH.unpack(head)[0]))  # noqa: S301 - from our parent
        result = pickle.dumps(work(job), protocol=pickle.HIGHEST_PROTOCOL)
        del job
        answers.write(LENGTH.pack(len(result)) + result)
        answers.flush()


def main() -> None:
    """Bound this process, then serve."""
    memory = int(sys.argv[1])
    # RLIMIT_DATA counts what is really allocated; address space is given room for libraries.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory * 4, memory * 4))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Libraries that print must not print into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
