"""Reading of the data files that lie beside this module; each loader of a file builds on these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


def read_text(name: str) -> str:
    """The content of the data file ``name``, e.g. ``tracking.yaml``."""
    return files(__package__ or "digest.data").joinpath(name).read_text(encoding="utf-8")


def read_yaml(name: str) -> Any:
    """The data of a YAML file, parsed anew at each call: callers keep what they build of it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(read_text(name), Loader=loader)  # noqa: S506 - both are safe loaders


def read_json(name: str) -> Any:
    """The data of a JSON file, parsed anew at each call."""
    return json.loads(read_text(name))


@cache
def load_tracking() -> tuple[frozenset[str], tuple[str, ...], Mapping[str, frozenset[str]]]:
    """Query parameters that only track: exact names, prefixes, and names by site."""
    data = read_yaml("tracking.yaml")
    by_site = {site: frozenset(names) for site, names in data["sites"].items()}
    return frozenset(data["names"]), tuple(data["prefixes"]), by_site
