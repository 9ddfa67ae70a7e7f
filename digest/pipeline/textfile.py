"""The text of a file that a command names, or of stdin."""

from __future__ import annotations

import sys
from pathlib import Path

from digest.errors import UsageError

STDIN = "-"


def text_of(file: Path) -> str:
    """The UTF-8 text of a file, or of stdin for ``-``.

    Raises ``UsageError`` for one that cannot be read.
    """
    try:
        body = sys.stdin.buffer.read() if str(file) == STDIN else file.read_bytes()
        return body.decode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(file)) from error
    except UnicodeDecodeError as error:
        message = f"is no UTF-8 text (byte {error.start}); convert it first"
        raise UsageError(message, where=str(file)) from error
