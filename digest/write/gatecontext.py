"""What the gate looks at, and what it finds: values that every check shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from digest.model import Entry, Issue, Section
from digest.text.markdown import link, published
from digest.text.mentions import NameFinder
from digest.text.words import normal
from digest.write import blocks
from digest.write.draftfile import DraftFile, issue_of
from digest.write.gatetext import STORY, Part, Piece, parts, quoted_runs


class Severity(StrEnum):
    """How grave a finding is: an error keeps an issue from being published and mailed."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the gate found: a stable code, one sentence, the draft's line it is about."""

    code: str
    severity: Severity
    message: str
    line: int | None = None
    story: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An entry's title and text as they stood at one time."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A stored entry that the issue cites: the wording that was pinned first, then the current.

    ``changed`` says that the current one is another than the one that was cited.
    """

    entry: Entry
    wordings: tuple[Wording, ...]
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an issue before this one linked to and quoted, as ``normal`` forms."""

    day: date
    links: frozenset[str] = frozenset()
    quotes: frozenset[str] = frozenset()


def earlier_of(text: str, day: date) -> Earlier:
    """What the draft of an earlier issue links to and quotes, read without taking it apart."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text.replace("\r\n", "\n"), flags=re.DOTALL)
    body = published(body)
    quoted = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", body)
    blocks_ = (re.sub(r"\n> ?", " ", block[0])[2:] for block in _BLOCK.finditer(quoted))
    marks = (re.sub(r"\s*\[?\[?Source\]?\]?\s*$", "", block.strip()) for block in blocks_)
    quotes = (*quoted_runs(quoted), *marks)
    return Earlier(
        day=day,
        links=frozenset(map(blocks.normal_link, re.findall(r"\]\((\S+?)\)", body))),
        quotes=frozenset(normal(quote.rstrip(",.")) for quote in quotes if quote),
    )


_BLOCK = re.compile(r"^> .*(?:\n>.*)*", re.MULTILINE)


class Answer(StrEnum):
    """What came of asking for a link: ``blocked`` is no fault of the issue."""

    ALIVE = "alive"
    BLOCKED = "blocked"
    SILENT = "silent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The answer to one link, with the sentence that says what was wrong."""

    answer: Answer
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a check may look at; no check asks anyone else.

    ``cited`` holds the stored entries by id, ``linked`` other stored ones whose pages the issue
    links to, ``asked`` the answers of the network by address (empty offline).
    """

    draft: DraftFile
    cited: Mapping[str, Cited]
    finder: NameFinder
    language: str = "en"
    sections: tuple[Section, ...] = ()
    linked: tuple[Entry, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    base_url: str | None = None
    asked: Mapping[str, Asked] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def stories(self) -> tuple[Part, ...]:
        """The stories in reading order."""
        return tuple(part for part in self.parts if part.kind == STORY)

    @property
    def issue(self) -> Issue:
        """The issue the draft means."""
        return issue_of(self.draft)

    def entries(self, piece: Piece) -> tuple[Cited, ...]:
        """The stored entries a piece names."""
        return tuple(self.cited[each] for each in piece.entry_ids if each in self.cited)

    def url_of(self, entry_id: str) -> str | None:
        """The address of an entry, as its draft or the store has it."""
        if entry_id in self.cited:
            return self.cited[entry_id].entry.url
        known = {each.entry_id: each.url for each in self.draft.meta.entries}
        return known.get(entry_id)


def parts_of(draft: DraftFile) -> tuple[Part, ...]:
    """The parts of a draft, for ``Context.parts``."""
    return parts(draft)


def error(code: str, message: str, line: int | None, story: str = "") -> Finding:
    """A finding that keeps an issue back."""
    return Finding(code=code, severity=Severity.ERROR, message=message, line=line, story=story)


def warning(code: str, message: str, line: int | None, story: str = "") -> Finding:
    """A finding that a person should look at."""
    return Finding(code=code, severity=Severity.WARNING, message=message, line=line, story=story)


def note(code: str, message: str, line: int | None, story: str = "") -> Finding:
    """A finding to know of."""
    return Finding(code=code, severity=Severity.NOTE, message=message, line=line, story=story)


@lru_cache(maxsize=4096)
def page(url: str) -> frozenset[str]:
    """The forms in which an address may stand as the target of a link."""
    return blocks.linked(str(link("x", url))) | {blocks.normal_link(url)}


def pages(urls: Iterable[str | None]) -> frozenset[str]:
    """The forms of several addresses."""
    return frozenset(form for url in urls if url for form in page(url))


def shown(text: str, most: int = 60) -> str:
    """The beginning of a text, to be told in a message."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
