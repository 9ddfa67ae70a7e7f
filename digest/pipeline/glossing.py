"""gloss: any text with pinyin and characters at the first mention of a Chinese name."""

from __future__ import annotations

import re
from pathlib import Path

from digest.data.names import load_names
from digest.pipeline.result import Result
from digest.pipeline.textfile import text_of
from digest.text.mentions import NameFinder
from digest.write.gloss import gloss_text

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)


def gloss_command(file: Path) -> Result:
    """The result of ``digest gloss``: the text of a file, or of stdin for ``-``.

    YAML front matter stays as it is. Raises ``UsageError`` for a file that cannot be read.
    """
    text = text_of(file)
    found = _FRONT.match(text)
    front = found[0] if found else ""
    glossed = front + gloss_text(text[len(front) :], NameFinder(load_names()))
    return Result(text=glossed, document={"text": glossed})
