"""Where the shipped templates, configuration and sample are: in the wheel, or in the repository."""

from __future__ import annotations

from pathlib import Path


def shipped_folder() -> Path:
    """The folder with ``templates/``, ``sources.yaml`` and ``seeds/``.

    A wheel carries them under ``digest/_shipped``; in an editable install the repository's own
    folders are the shipped ones.
    """
    package = Path(__file__).resolve().parent
    inside = package / "_shipped"
    return inside if inside.is_dir() else package.parent
