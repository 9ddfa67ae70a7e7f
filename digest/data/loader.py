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


def read_words(name: str) -> Any:
    """The data of a YAML file whose every value is a text: "no" and "on" are words there."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    return yaml.load(read_text(name), Loader=loader)  # noqa: S506 - both make plain values only


def read_json(name: str) -> Any:
    """The data of a JSON file, parsed anew at each call."""
    return json.loads(read_text(name))


@cache
def load_stopwords(script: str) -> Mapping[str, Mapping[str, float]]:
    """Small words of a script, ``latin`` or ``cyrillic``: word -> language -> weight.

    A word's weights sum to 1: one that several languages share tells less of each.
    """
    found: dict[str, set[str]] = {}
    for language, words in read_words("stopwords.yaml")[script].items():
        for word in words:
            found.setdefault(word, set()).add(language)
    return {word: dict.fromkeys(langs, 1 / len(langs)) for word, langs in found.items()}


@cache
def load_capitals() -> frozenset[str]:
    """Words and phrases that English writes with a capital wherever they stand."""
    return frozenset(word for words in read_words("capitals.yaml").values() for word in words)
