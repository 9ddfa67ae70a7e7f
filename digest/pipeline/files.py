"""Writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from digest.deliveries import Rendition
from digest.errors import OutputError


def write_file(path: Path, content: bytes) -> None:
    """The file holds the content, wholly or not at all: written aside, fsynced, renamed.

    Raises ``OutputError`` with what to do.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        message = f"cannot be written ({error.strerror}); what stood before still stands"
        raise OutputError(message, where=str(path)) from error


def write_folder(folder: Path, renditions: Iterable[Rendition]) -> None:
    """The folder holds exactly these files: built aside and swapped in whole.

    A folder that holds them already is left alone, so that a repeated run changes nothing.
    Raises ``OutputError``; then the old folder still stands.
    """
    wanted = {each.name: each.content for each in renditions}
    try:
        if folder.is_dir() and _content(folder) == wanted:
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.new."))
        old = folder.parent / f".{folder.name}.old"
        try:
            for name, content in wanted.items():
                write_file(new / name, content)
            new.chmod(0o755)
            if old.exists():
                shutil.rmtree(old)
            if folder.exists():
                folder.replace(old)
            new.replace(folder)
        except BaseException:
            if not folder.exists() and old.exists():
                old.replace(folder)
            shutil.rmtree(new, ignore_errors=True)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); what stood before still stands"
        raise OutputError(message, where=str(folder)) from error


def _content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
