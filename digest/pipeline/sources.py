"""sources list: every source as it stands, the worst first. Asks nobody."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from digest.pipeline.result import Result
from digest.pipeline.sourcehealth import health_of
from digest.pipeline.sourcetable import document, table
from digest.pipeline.workspace import open_workspace


def list_sources(config: Path, *, now: datetime) -> Result:
    """The result of ``digest sources list``."""
    with open_workspace(config, now=now) as ws:
        healths = health_of(ws)
    return Result(text=table(healths), document={"sources": [document(each) for each in healths]})
