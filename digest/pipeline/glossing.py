"""gloss: any text with pinyin and characters at the first mention of a Chinese name."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from digest.data.names import load_names
from digest.errors import UsageError
from digest.pipeline.result import Result
from digest.text.mentions import NameFinder
from digest.write.gloss import gloss_text

STDIN = "-"
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)


def gloss_command(file: Path) -> Result:
    """The result of ``digest gloss``: the text of a file, or of stdin for ``-``.

    YAML front matter stays as it is. Raises ``UsageError`` for a file that cannot be read.
    """
    text = _read(file)
    found = _FRONT.match(text)
    front = found[0] if found else ""
    glossed = front + gloss_text(text[len(front) :], NameFinder(load_names()))
    return Result(text=glossed, document={"text": glossed})


def _read(file: Path) -> str:
    try:
        body = sys.stdin.buffer.read() if str(file) == STDIN else file.read_bytes()
        return body.decode("utf-8")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(file)) from error
    except UnicodeDecodeError as error:
        message = f"is no UTF-8 text (byte {error.start}); convert it first"
        raise UsageError(message, where=str(file)) from error
