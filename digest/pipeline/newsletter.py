"""init: a new newsletter in an empty folder, made from what is shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

from digest.errors import OutputError, UsageError
from digest.pipeline.result import Result
from digest.shipped import shipped_folder

IGNORED = ".digest/\noutput/\nrecipients.csv\n"


def init(folder: Path) -> Result:
    """The result of ``digest init DIR``: configuration and sample, ready to run.

    Raises ``UsageError`` for a folder that holds anything already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("is not empty; name a new or empty folder", where=str(folder))
    shipped = shipped_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(shipped / "sources.yaml", folder / "sources.yaml")
        shutil.copytree(shipped / "seeds", folder / "seeds")
        (folder / "templates").mkdir()
        (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")
    except OSError as error:
        message = f"the newsletter cannot be written ({error.strerror})"
        raise OutputError(message, where=str(folder)) from error
    config = folder / "sources.yaml"
    return Result(
        text=f"A newsletter in {folder}. Edit {config}, then: digest run --config {config}",
        document={"folder": str(folder), "config": str(config)},
    )
