"""What a house style is given: an issue whose facts and sentences are chosen but not laid out.

Every ``markdown`` is ready ``Md``; every other text is plain and is escaped by the template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digest.model import Citation, Period
from digest.text.markdown import Md

NOTHING = Md("")


class Kind(StrEnum):
    """What a paragraph is for."""

    PROSE = "prose"
    QUOTE = "quote"
    CREDITS = "credits"
    CONFIDENCE = "confidence"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One block of a story: ``markdown`` carries its traces; a quotation's is without ``> ``."""

    kind: Kind
    markdown: Md
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One outlet's report of a story: headline, outlet and blurb are ready ``Md``.

    ``headline`` stands in quotation marks where it is the publisher's. ``blurb`` is one traced
    sentence, empty where the report has none to offer. ``day`` is "6 April", or nothing.
    """

    entry_id: str
    headline: Md
    outlet: Md
    blurb: Md
    lang: str
    foreign: bool
    day: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A line of a timeline: the day and a traced line of ``Md``."""

    day: date
    shown: str
    text: Md


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedStory:
    """A story with its heading (plain) and its paragraphs in order.

    ``paragraphs`` tell it with sources woven in, ``blocks`` outlet by outlet with set-off
    quotations; a template shows one or the other. ``readouts`` are what the official texts of
    two or more sides say, ``notes`` further sentences worth noting, ``past`` lines that lead to
    earlier issues.
    """

    id: str
    heading: str
    section: str
    paragraphs: tuple[Paragraph, ...]
    citations: tuple[Citation, ...]
    blocks: tuple[Paragraph, ...] = ()
    reports: tuple[Report, ...] = ()
    timeline: tuple[Event, ...] = ()
    readouts: tuple[Paragraph, ...] = ()
    notes: tuple[Md, ...] = ()
    past: tuple[Md, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedSection:
    """A section of the issue; the lede is one of its own with the id ``lede``."""

    id: str
    title: str
    stories: tuple[ComposedStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A report for further reading: ``headline`` and ``outlet`` are ready ``Md``."""

    headline: Md
    outlet: Md
    lang: str
    foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedIssue:
    """An issue as a style template sees it; ``title`` and ``standfirst`` are plain text."""

    newsletter: str
    number: int | None
    period: Period
    title: str
    standfirst: str
    sections: tuple[ComposedSection, ...]
    further: tuple[Pointer, ...] = ()
    introduction: tuple[Md, ...] = ()
    numbers: tuple[Md, ...] = ()
    method: Md = NOTHING
    style: str = "column"
    sample: bool = False

    @property
    def span(self) -> str:
        """The length of the period in one word: day, week, month, else period."""
        days = round((self.period.end - self.period.start).total_seconds() / 86400)
        return {1: "day", 7: "week", 28: "month", 29: "month", 30: "month", 31: "month"}.get(
            days, "period"
        )

    @property
    def stories(self) -> tuple[ComposedStory, ...]:
        """All stories in reading order."""
        return tuple(story for section in self.sections for story in section.stories)
