"""preview: what the desk shows of the newest draft, made anew whenever something changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.config import load_config
from digest.deliveries import Rendition
from digest.pipeline.publish import preview_newest
from digest.pipeline.workspace import open_workspace
from digest.shipped import shipped_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the desk needs: how to build, what to watch, where its own templates are."""

    build: Callable[[], tuple[Rendition, ...]]
    paths: tuple[Path, ...]
    templates: tuple[Path, ...]


def preview(config: Path, *, clock: Callable[[], datetime]) -> Preview:
    """The preview of a newsletter. Raises ``ConfigError`` when it cannot even start."""
    folder = load_config(config).folder

    def build() -> tuple[Rendition, ...]:
        with open_workspace(config, now=clock()) as ws:
            return preview_newest(ws)

    own = folder / "templates"
    shipped = shipped_folder() / "templates"
    return Preview(
        build=build,
        paths=tuple({config.resolve(): None, folder / "drafts": None, own: None, shipped: None}),
        templates=(own, shipped),
    )
