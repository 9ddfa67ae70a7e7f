"""What an address holds besides the page it names, read from the ``tracking*.yaml`` files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Query parameters that only track, in lower case; ``worded`` ones unless they are numbers."""

    names: frozenset[str]
    prefixes: tuple[str, ...]
    worded: frozenset[str]
    sites: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """One form of address that holds another; see ``tracking_wrappers.yaml`` for the fields."""

    path: str = "/"
    query: tuple[str, ...] = ()
    rest: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """How the pages for telephones and AMP are called; see ``tracking_forms.yaml``."""

    hosts: Mapping[str, str]
    labels: Mapping[str, str]
    inside: frozenset[str]
    segments: Mapping[str, str]
    parameters: Mapping[str, frozenset[str]]
    site_parameters: Mapping[str, str]


@cache
def load_tracking() -> Tracking:
    """The parameters of ``tracking.yaml``."""
    data = read_yaml("tracking.yaml")
    return Tracking(
        names=frozenset(data["names"]),
        prefixes=tuple(data["prefixes"]),
        worded=frozenset(data["worded"]),
        sites={site: frozenset(names) for site, names in data["sites"].items()},
    )


@cache
def load_wrappers() -> Mapping[str, tuple[Wrapper, ...]]:
    """The wrappers by host, in the order in which they are tried."""
    found: dict[str, tuple[Wrapper, ...]] = {}
    for row in read_yaml("tracking_wrappers.yaml"):
        wrapper = Wrapper(
            path=row.get("path", "/"),
            query=tuple(row.get("query", ())),
            rest=row.get("rest", ""),
            form=row.get("as", ""),
        )
        found[row["host"]] = (*found.get(row["host"], ()), wrapper)
    return found


@cache
def load_forms() -> Forms:
    """The forms of ``tracking_forms.yaml``."""
    data = read_yaml("tracking_forms.yaml")
    return Forms(
        hosts=data["hosts"],
        labels=data["labels"],
        inside=frozenset(data["inside"]),
        segments=data["segments"],
        parameters={name: frozenset(values) for name, values in data["parameters"].items()},
        site_parameters=data["site_parameters"],
    )
