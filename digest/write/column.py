"""The column, the default house style: a selection becomes an issue that reads like one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from digest.model import LEDE, Certainty, Citation, Entry, Period, Ranked, Section, Selection
from digest.text.markdown import Md
from digest.text.mentions import NameFinder
from digest.write import headings
from digest.write.attribution import Voice, outlet_of
from digest.write.casing import Casing, curly
from digest.write.composed import (
    ComposedIssue,
    ComposedSection,
    ComposedStory,
    Paragraph,
    Pointer,
)
from digest.write.confidence import denial_line, find_denial, origin_line
from digest.write.credits import credits_of, foreign_body
from digest.write.telling import Limits, Teller

_WORDS = 900
_LEDE = Limits(most=230, least=130, outlets=5)
_LEAST, _MOST = 60, 150
_OUTLETS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a style has to know of the newsletter and the issue it writes."""

    newsletter: str
    number: int | None
    period: Period
    language: str = "en"
    sections: tuple[Section, ...] = ()
    names: NameFinder | None = None
    style: str = "column"


def compose(selection: Selection, brief: Brief) -> ComposedIssue:
    """The issue of a selection: headings, attributed paragraphs, title and standfirst.

    Deterministic. Publishers' words stand only in quotations; all else are facts of entries in
    fixed sentences, or the editor's own notes with their outlet named.
    """
    return _Column(selection, brief).issue()


class _Column:
    def __init__(self, selection: Selection, brief: Brief) -> None:
        self.selection = selection
        self.brief = brief
        placed = [ranked for _, group in selection.sections for ranked in group]
        self.ranked = [selection.lede, *placed] if selection.lede else placed
        entries = [entry for ranked in self.ranked for entry in ranked.entries]
        home = (curly(entry.text) for entry in entries if entry.lang == brief.language)
        self.casing = Casing(home, brief.names)
        self.voice = Voice()
        self.teller = Teller(self.voice, self.casing)
        self.titles = {section.id: section.title for section in brief.sections}

    def issue(self) -> ComposedIssue:
        sections = []
        if self.selection.lede:
            ranked = self.selection.lede
            story = self._story(ranked, ranked.story.section, _LEDE)
            sections.append(ComposedSection(id=LEDE, title="Lede", stories=(story,)))
        for name, group in self.selection.sections:
            stories = tuple(self._story(ranked, name, self._limits()) for ranked in group)
            if stories:
                sections.append(ComposedSection(id=name, title=self._title(name), stories=stories))
        told = [story for section in sections for story in section.stories]
        return self._framed(sections, [story.heading for story in told])

    def _framed(self, sections: list[ComposedSection], found: list[str]) -> ComposedIssue:
        entries = [entry for ranked in self.ranked for entry in ranked.entries]
        title = headings.title_of(self._leading(sections), self.casing)
        standfirst = headings.standfirst_of(
            self._leading(sections, rest=found),
            title,
            outlets=len({outlet_of(entry).name for entry in entries}),
            day=self.brief.period.day,
            casing=self.casing,
        )
        return ComposedIssue(
            newsletter=self.brief.newsletter,
            number=self.brief.number,
            period=self.brief.period,
            title=title,
            standfirst=standfirst,
            sections=tuple(sections),
            further=tuple(self._pointer(ranked) for ranked in self.selection.further),
            style=self.brief.style,
            sample=bool(entries) and all(entry.sample for entry in entries),
        )

    def _leading(self, sections: Sequence[ComposedSection], rest: Sequence[str] = ()) -> list[str]:
        """Headings in the order of their worth: the lede, then the best story of each section."""
        score = {ranked.story.id: ranked.score for ranked in self.ranked}
        first = [section.stories[0] for section in sections if section.id != LEDE]
        first.sort(key=lambda story: -score[story.id])
        lede = [story for section in sections if section.id == LEDE for story in section.stories]
        found = [story.heading for story in (*lede, *first)]
        return list(dict.fromkeys([*found, *rest]))

    def _limits(self) -> Limits:
        others = max(1, len(self.ranked) - 1)
        each = max(_LEAST, min(_MOST, (_WORDS - _LEDE.least) // others))
        return Limits(most=each, least=_LEAST, outlets=_OUTLETS)

    def _story(self, ranked: Ranked, section: str, limits: Limits) -> ComposedStory:
        home = [entry for entry in ranked.entries if entry.lang == self.brief.language]
        if home:
            heading = headings.heading_of(home, self.casing)
            paragraphs = self._body(ranked, home, heading, limits)
        else:
            title = self._title(section)
            heading = headings.label_of(title, ranked.entries, self.brief.names)
            paragraphs = foreign_body(ranked.entries, self.brief.language)
        line = origin_line(ranked.entries, ranked.origins, self.voice)
        if line is not None:
            paragraphs.append(line)
        return ComposedStory(
            id=ranked.story.id,
            heading=heading,
            section=section,
            paragraphs=tuple(paragraphs),
            citations=tuple(citation_of(entry) for entry in ranked.entries),
        )

    def _body(
        self, ranked: Ranked, home: list[Entry], heading: str, limits: Limits
    ) -> list[Paragraph]:
        denial = find_denial(ranked.entries, heading, self.brief.language)
        kept_back = denial.sentence if denial else None
        paragraphs = self.teller.tell(home, heading, limits, kept_back=kept_back)
        cited = {entry_id for part in paragraphs for entry_id in part.entry_ids}
        named = denial is not None and denial.entry.id in cited
        if denial is not None:
            cited.add(denial.entry.id)
        names = [outlet_of(entry).name for entry in ranked.entries if entry.id in cited]
        paragraphs += credits_of(ranked.entries, names, self.brief.language, self.voice)
        if denial is not None:
            paragraphs.append(denial_line(denial, self.teller, named=named))
        return paragraphs

    def _pointer(self, ranked: Ranked) -> Pointer:
        home = [entry for entry in ranked.entries if entry.lang == self.brief.language]
        entry = (home or list(ranked.entries))[0]
        shown = headings.headline_of(entry, self.casing) if home else headings.cleaned(entry)
        quoted = Md("{}") if entry.paraphrase else Md("“{}”")
        outlet = outlet_of(entry)
        if outlet.told:
            outlet = replace(outlet, told=None, note="state media")
        return Pointer(
            headline=quoted.format(shown),
            outlet=outlet.full(article=""),
            lang=entry.lang,
            foreign=not home,
        )

    def _title(self, section: str) -> str:
        return self.titles.get(section) or section.replace("-", " ").capitalize()


def citation_of(entry: Entry) -> Citation:
    """The entry as an issue cites it; without a date where the date is a guess."""
    return Citation(
        entry_id=entry.id,
        publisher=entry.publisher,
        url=entry.url,
        title=entry.title,
        date=None if entry.certainty is Certainty.GUESS else entry.date.date(),
        lang=entry.lang,
        ownership=entry.ownership,
    )
