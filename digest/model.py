"""Every domain value of the program, frozen; this docstring is the glossary.

- A *source* is a feed, page or folder that the editor listed in ``sources.yaml``.
- A source gives *entries*: one report each, with publisher, date, address and text.
- Entries of one event form a *story*; stories continue one another in *storylines*.
- Stories fill the *sections* of an *issue*; the first story, the *lede*, stands alone on top.
- An issue is kept as one Markdown *draft* that a person may edit; every published form
  is rendered from it (a *rendition*).
- A *delivery* carries an issue to one *recipient*; the deliveries together are the *ledger*.
- A *placement* says in which section an entry belongs and why (its *reasons*); a *correction*
  is the editor's other opinion on one; an *override* is a decision on one story of one issue.
- *as_of* says which issue a run is about; *now* is the real clock. Both are arguments.

The same word stands in YAML, database, class, template and help text.
All times are aware and in UTC; all collections are tuples, so a value can be shared freely.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

LEDE = "lede"
"""The section id under which the lede stands in a draft; its topic is ``IssueStory.section``."""

OFF_TOPIC = "off-topic"
"""What ``Placement.section`` says of an entry that belongs in no section."""


class Ownership(StrEnum):
    """Who stands behind a source. ``STATE`` is called "state media" wherever it is cited."""

    STATE = "state"
    PUBLIC = "public"
    INDEPENDENT = "independent"
    OFFICIAL = "official"
    THINK_TANK = "think-tank"
    TRADE = "trade"
    VENDOR = "vendor"


class Certainty(StrEnum):
    """How sure an entry's date is: a time, a day only, or when it was first seen."""

    TIME = "time"
    DAY = "day"
    GUESS = "guess"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """What a source said, before any judgement; ``summary`` and ``content`` may be HTML.

    ``heading`` names the part of a local file (path, section heading) an entry was cut from.
    """

    title: str
    url: str | None = None
    guid: str | None = None
    path: str | None = None
    heading: str | None = None
    summary: str = ""
    content: str = ""
    published: datetime | None = None
    certainty: Certainty = Certainty.GUESS
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lang: str | None = None
    publisher: str | None = None
    section: str | None = None
    paraphrase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One report as stored.

    ``text`` is plain text, paragraphs apart by a blank line, without the title. ``fingerprint``
    is a hash of title and text: another fingerprint under the same id is a new revision.
    ``date`` equals ``first_seen`` where ``certainty`` is ``GUESS``.
    ``paraphrase`` marks an editor's note in our own words: reported in prose, never quoted.
    """

    id: str
    source_id: str
    url: str | None
    publisher: str
    title: str
    text: str
    lang: str
    date: datetime
    certainty: Certainty
    first_seen: datetime
    fingerprint: str
    guid: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    ownership: Ownership | None = None
    country: str | None = None
    weight: float = 1.0
    section: str | None = None
    paraphrase: bool = False
    sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What its source called a stored entry: enough to know it again under another name."""

    id: str
    guid: str | None
    url: str | None
    title: str
    date: datetime
    certainty: Certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a person should know: a stable code, one sentence, and the place it is about."""

    code: str
    message: str
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRule:
    """When a form of a name stands for something else, by the words around it.

    ``form`` is the form meant, "" all of the name. Words are whole; one that ends with ``*`` may
    go on. With ``only``, one of its words must stand near; with ``unless``, none of its.
    """

    form: str
    only: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One line of the name book: a person, organisation, place or thing.

    ``forms`` are the spellings that are matched, by language; ``pinyin`` and ``hanzi`` are set
    for Chinese names only where they are certain, and are what a gloss shows.
    """

    id: str
    kind: str
    name: str
    forms: tuple[tuple[str, str], ...]
    role: str | None = None
    country: str | None = None
    short: str | None = None
    pinyin: str | None = None
    hanzi: str | None = None
    rules: tuple[NameRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A name found in a text: characters ``start:end`` of it."""

    name_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A part of a score, in words a person understands; reasons sum to the score they explain."""

    feature: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The section of an entry. ``score`` is its probability (0–1); ``also`` are further sections.

    ``reasons`` sum to the section's raw score; ``decided_by`` is ``model`` or ``editor``.
    """

    section: str
    score: float
    also: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    decided_by: str = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was decided about one revision of one entry (``fingerprint``) by one ``version``."""

    entry_id: str
    fingerprint: str
    version: str
    lang: str
    placement: Placement
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The editor says: this entry belongs in that section; ``undone`` takes it back."""

    id: int
    entry_id: str
    section: str
    made_at: datetime
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The editor's decision on one story of one issue; append-only, the newest of a kind wins.

    ``action`` is pin, drop, hold, move, retitle, rewrite or note. ``value`` holds the section
    (move), heading (retitle) or Markdown body (rewrite, note). ``entry_ids`` lets the decision
    find its story again when clustering gave it another id.
    """

    issue: date
    story_id: str
    action: str
    value: str | None = None
    entry_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The entries of one event, best first; ``section`` is the primary one, ``also`` the others."""

    id: str
    entry_ids: tuple[str, ...]
    section: str
    also: tuple[str, ...] = ()
    storyline_id: str | None = None
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Storyline:
    """Stories that continue one another over weeks, oldest first; ``merged`` as in ``Story``."""

    id: str
    title: str
    story_ids: tuple[str, ...]
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What is remembered of a story, to tell in later weeks what continues it.

    ``names`` are name-book ids in its titles, ``further`` those in its texts alone, ``words``
    rare words of its titles by language ("en mooring"); ``vector`` is packed as float16.
    """

    story_id: str
    first: date
    last: date
    title: str
    names: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    vector: bytes | None = None


class Standing(StrEnum):
    """A story begins a matter, goes on with what a closed issue told, or with what none told."""

    NEW = "new"
    UPDATE = "update"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A story with its worth for one issue; the reasons sum to the score.

    ``origins`` counts independent origins: ten reprints of one wire are one.
    """

    story: Story
    entries: tuple[Entry, ...]
    score: float
    reasons: tuple[Reason, ...]
    origins: int = 1
    standing: Standing = Standing.NEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A ranked story that did not enter the issue, and the sentence that says why."""

    ranked: Ranked
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What an issue is made of: the lede, the stories by section in page order, the rest."""

    lede: Ranked | None
    sections: tuple[tuple[str, tuple[Ranked, ...]], ...]
    further: tuple[Ranked, ...] = ()
    unused: tuple[Unused, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the newsletter as configured; their order is the order of the page."""

    id: str
    title: str
    limit: int = 4
    description: str = ""
    keywords: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The time ``[start, end)`` an issue reports on; ``day`` is the issue's local date."""

    start: datetime
    end: datetime
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An entry as an issue cites it; ``url`` is ``None`` for a report without a known page."""

    entry_id: str
    publisher: str
    url: str | None
    title: str
    date: date | None
    lang: str
    ownership: Ownership | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueStory:
    """One story of an issue; ``heading`` is plain text, ``body`` Markdown as in the draft.

    Each generated sentence is followed by the trace comment of its entry (``<!-- e:ID -->``).
    ``section`` is its topic, which differs from the section it stands in only for the lede.
    """

    id: str
    heading: str
    section: str
    body: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSection:
    """A section as it stands in an issue; ``intro`` is free Markdown above its first story."""

    id: str
    title: str
    stories: tuple[IssueStory, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One dated report. ``number`` is ``None`` for an issue dated before the first one.

    ``title`` and ``standfirst`` are plain text. ``introduction`` and ``closing`` are Markdown
    above the first section and below the last. ``sample`` marks an issue made of sample entries.
    """

    newsletter: str
    number: int | None
    period: Period
    title: str
    standfirst: str
    sections: tuple[IssueSection, ...]
    introduction: str = ""
    closing: str = ""
    style: str = "column"
    sample: bool = False

    @property
    def date(self) -> date:
        """The day that names the issue."""
        return self.period.day

    @property
    def stories(self) -> tuple[IssueStory, ...]:
        """All stories in reading order."""
        return tuple(story for section in self.sections for story in section.stories)
