"""What a style has to know of the newsletter and the issue it writes, and the shape of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from digest.model import Period, Section
from digest.text.mentions import NameFinder
from digest.write.telling import Limits

STYLES = ("column", "roundup", "explainer", "links")
"""The house styles that are shipped, each with a template of its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An earlier story of the same storyline, as an issue before told it.

    ``address`` is its place in the archive, where the newsletter says where that is served.
    """

    day: date
    heading: str
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a style has to know; ``past`` holds by story id what earlier issues told, newest first.

    ``shape`` names the shipped style whose measures hold, for a style of the user's own.
    """

    newsletter: str
    number: int | None
    period: Period
    language: str = "en"
    sections: tuple[Section, ...] = ()
    names: NameFinder | None = None
    style: str = "column"
    shape: str = "column"
    past: Mapping[str, tuple[Past, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The measures of a style: words of the issue, stories, words a story needs to stand alone.

    ``deep`` styles tell the leading storyline as one story.
    """

    words: int
    stories: int
    least: int
    lede: Limits
    each: Limits
    further: int = 8
    deep: bool = False


SHAPES = {
    "column": Shape(
        words=950,
        stories=10,
        least=60,
        lede=Limits(most=190, least=100, outlets=3),
        each=Limits(most=80, least=60, outlets=3),
    ),
    "roundup": Shape(
        words=1600,
        stories=8,
        least=45,
        lede=Limits(most=240, least=130, outlets=5),
        each=Limits(most=130, least=60, outlets=4),
    ),
    "explainer": Shape(
        words=1200,
        stories=1,
        least=0,
        lede=Limits(most=260, least=130, outlets=5),
        each=Limits(most=260, least=130, outlets=5),
        further=10,
        deep=True,
    ),
    "links": Shape(
        words=4000,
        stories=30,
        least=0,
        lede=Limits(most=60, least=20, outlets=1),
        each=Limits(most=60, least=20, outlets=1),
    ),
}
