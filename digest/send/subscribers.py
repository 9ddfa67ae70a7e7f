"""The list of recipients, read from the CSV file an editor keeps."""

from __future__ import annotations

import csv
from pathlib import Path

from digest.deliveries import Recipient
from digest.errors import ConfigError
from digest.model import Problem
from digest.send.addresses import header_text, parse_address

COLUMNS = ("address", "name")


def read_recipients(path: Path) -> tuple[Recipient, ...]:
    """The recipients of a CSV file with the header ``address,name``, in its order, each once.

    A byte order mark, CRLF, blank lines and lines that start with ``#`` are fine. Domains are
    compared and given in lower case; of two lines for one address the first with a name counts.

    Raises ``ConfigError`` with every problem of the file and its line.
    """
    rows, problems = _rows(_text(path), path.name)
    found: dict[str, Recipient] = {}
    for line, row in rows:
        cells = [cell.strip() for cell in row]
        if len(cells) > len(COLUMNS):
            message = "too many commas: a name with a comma goes in quotation marks"
            problems.append(_problem(message, path.name, line))
            continue
        try:
            address = parse_address(cells[0])
        except ValueError as error:
            problems.append(_problem(str(error), path.name, line))
            continue
        name = header_text(cells[1]) if len(cells) > 1 else ""
        before = found.get(address)
        if before is None or not before.name:
            found[address] = Recipient(address=address, name=name)
    if problems:
        raise ConfigError(tuple(problems), where=str(path))
    return tuple(found.values())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = "there is no such file; make it with the header address,name and a line a reader"
        raise _unreadable(path, message) from error
    except UnicodeDecodeError as error:
        message = "is not UTF-8 text; save it again as CSV UTF-8"
        raise _unreadable(path, message) from error
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise _unreadable(path, message) from error


def _rows(text: str, name: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """The rows under the header with their first lines, and what is wrong with the whole."""
    # A comment becomes a blank line, so that the numbers of the others stand.
    lines = ["" if line.lstrip().startswith("#") else line for line in text.splitlines()]
    reader = csv.reader(lines, strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((before + 1, row))
            before = reader.line_num
    except csv.Error as error:
        return [], [_problem(f"is no CSV: {error}", name, before + 1)]
    if not rows:
        return [], [_problem("the file is empty; its first line must be address,name", name, 1)]
    line, header = rows[0]
    if tuple(cell.strip().casefold() for cell in header) not in (COLUMNS, COLUMNS[:1]):
        hint = "; part the columns by commas" if ";" in "".join(header) else ""
        return [], [_problem(f"the first line must be address,name{hint}", name, line)]
    return rows[1:], []


def _problem(message: str, name: str, line: int) -> Problem:
    return Problem(code="recipients", message=message, where=f"{name}:{line}")


def _unreadable(path: Path, message: str) -> ConfigError:
    problem = Problem(code="recipients", message=message, where=str(path))
    return ConfigError((problem,), where=str(path))
