"""A selection becomes one composed issue, which every house style lays out in its own way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digest.model import LEDE, Certainty, Citation, Entry, Ranked, Selection, Unused
from digest.text.markdown import Md, published, to_plain
from digest.write import headings
from digest.write.attribution import Voice, outlet_of
from digest.write.blockwise import Blockwise
from digest.write.brief import SHAPES, Brief, Shape
from digest.write.casing import Casing, count_words, curly
from digest.write.composed import (
    ComposedIssue,
    ComposedSection,
    ComposedStory,
    Kind,
    Paragraph,
    Pointer,
)
from digest.write.confidence import denial_line, difference_line, find_denial, origin_line
from digest.write.credits import credits_of
from digest.write.foreign import foreign_body, label_of
from digest.write.framing import introduction_of, method_of, numbers_of, past_lines, update_of
from digest.write.storyline import gathered, latest
from digest.write.telling import Limits, Teller

__all__ = ["Brief", "citation_of", "compose", "fitted"]

_PINNED = 100
_FEW = 6
_CROWDED = 0.8


def compose(selection: Selection, brief: Brief) -> ComposedIssue:
    """The issue of a selection: headings, attributed paragraphs, title and standfirst.

    Deterministic. Publishers' words stand only in quotations; all else are facts of entries in
    fixed sentences, or the editor's own notes with their outlet named.
    """
    return _Composer(selection, brief).issue()


def fitted(selection: Selection, brief: Brief) -> Selection:
    """The selection with as many stories as the style has room for; the others as further reading.

    The best come first, with an eye to having several sections; a story whose reports do not fill
    its least number of words makes room where enough others stand. What an editor pinned stays.
    """
    shape = SHAPES[brief.shape]
    if shape.deep:
        selection = gathered(selection)
    composer = _Composer(selection, brief)
    kept = {selection.lede.story.id} if selection.lede else set()
    words = composer.measure(selection.lede, shape.lede) if selection.lede else 0
    why: dict[str, str] = {}
    waiting = [(name, ranked) for name, group in selection.sections for ranked in group]
    counts: dict[str, int] = {}
    while waiting:
        best = max(waiting, key=lambda each: each[1].score - _CROWDED * counts.get(each[0], 0))
        waiting.remove(best)
        name, ranked = best
        size = composer.measure(ranked, shape.each)
        pinned = ranked.score >= _PINNED
        enough = len(kept) >= _FEW
        if not pinned and len(kept) >= shape.stories:
            why[ranked.story.id] = f"the issue is full with {len(kept)} better stories"
        elif not pinned and enough and words + size > shape.words:
            why[ranked.story.id] = f"the issue is full with about {words} words"
        elif not pinned and size < shape.least and len(kept) + len(waiting) >= _FEW:
            why[ranked.story.id] = f"its reports give {size} words, a story has {shape.least}"
        else:
            kept.add(ranked.story.id)
            counts[name] = counts.get(name, 0) + 1
            words += size
    return _without(selection, kept, why, shape)


def _without(selection: Selection, kept: set[str], why: dict[str, str], shape: Shape) -> Selection:
    out = [r for _, group in selection.sections for r in group if r.story.id not in kept]
    linked = [r for r in out if any(entry.url for entry in r.entries)]
    further = sorted([*selection.further, *linked], key=lambda r: (-r.score, r.story.id))
    chosen, left = further[: shape.further], further[shape.further :]
    shown = {ranked.story.id for ranked in chosen}
    unused = [Unused(ranked=r, why=why[r.story.id]) for r in out if r.story.id not in shown]
    full = "further reading is full with better ones"
    unused += [Unused(ranked=r, why=full) for r in left if r.story.id not in why]
    return replace(
        selection,
        sections=tuple(
            (name, group)
            for name, found in selection.sections
            if (group := tuple(r for r in found if r.story.id in kept))
        ),
        further=tuple(chosen),
        unused=(*unused, *(u for u in selection.unused if u.ranked.story.id not in shown)),
    )


class _Composer:
    def __init__(self, selection: Selection, brief: Brief) -> None:
        self.selection = selection
        self.brief = brief
        self.shape = SHAPES[brief.shape]
        placed = [ranked for _, group in selection.sections for ranked in group]
        self.ranked = [selection.lede, *placed] if selection.lede else placed
        entries = [entry for ranked in self.ranked for entry in ranked.entries]
        home = (curly(entry.text) for entry in entries if entry.lang == brief.language)
        self.casing = Casing(home, brief.names)
        self.voice = Voice()
        self.teller = Teller(self.voice, self.casing, brief.names)
        self.blockwise = Blockwise(self.casing, brief.names, brief.language)
        self.titles = {section.id: section.title for section in brief.sections}

    def issue(self) -> ComposedIssue:
        self.teller.headings = tuple(self._heading(each) for each in self.ranked)
        sections = []
        if self.selection.lede:
            ranked = self.selection.lede
            story = self._story(ranked, ranked.story.section, self.shape.lede)
            sections.append(ComposedSection(id=LEDE, title="Lede", stories=(story,)))
        for name, group in self.selection.sections:
            stories = tuple(self._story(ranked, name, self.shape.each) for ranked in group)
            if stories:
                sections.append(ComposedSection(id=name, title=self._title(name), stories=stories))
        told = [story for section in sections for story in section.stories]
        return self._framed(sections, [story.heading for story in told])

    def measure(self, ranked: Ranked, limits: Limits) -> int:
        """The words a story comes to, told by a voice of its own."""
        alone = Teller(Voice(), self.casing, self.brief.names)
        heading, parts = self._told(ranked, ranked.story.section, limits, alone)
        del heading
        return sum(_words(part.markdown) for part in parts)

    def _framed(self, sections: list[ComposedSection], found: list[str]) -> ComposedIssue:
        entries = [entry for ranked in self.ranked for entry in ranked.entries]
        title = headings.title_of(self._leading(sections), self.casing)
        standfirst = headings.standfirst_of(
            self._leading(sections, rest=found),
            title,
            outlets=len({outlet_of(entry).name for entry in entries}),
            period=self.brief.period,
            casing=self.casing,
        )
        made = ComposedIssue(
            newsletter=self.brief.newsletter,
            number=self.brief.number,
            period=self.brief.period,
            title=title,
            standfirst=standfirst,
            sections=tuple(sections),
            further=tuple(self._pointer(ranked) for ranked in self.selection.further),
            numbers=numbers_of(self.ranked, self.brief.language),
            method=method_of(self.ranked),
            style=self.brief.style,
            sample=bool(entries) and all(entry.sample for entry in entries),
        )
        return replace(made, introduction=introduction_of(made, self.ranked, self.brief))

    def _leading(self, sections: Sequence[ComposedSection], rest: Sequence[str] = ()) -> list[str]:
        """Headings in the order of their worth: the lede, then the best story of each section."""
        score = {ranked.story.id: ranked.score for ranked in self.ranked}
        first = [section.stories[0] for section in sections if section.id != LEDE]
        first.sort(key=lambda story: -score[story.id])
        lede = [story for section in sections if section.id == LEDE for story in section.stories]
        found = [story.heading for story in (*lede, *first)]
        return list(dict.fromkeys([*found, *rest]))

    def _story(self, ranked: Ranked, section: str, limits: Limits) -> ComposedStory:
        heading, paragraphs = self._told(ranked, section, limits, self.teller)
        home = [entry for entry in ranked.entries if entry.lang == self.brief.language]
        if self.shape.deep:
            home = latest(home)
        blocks, told = self.blockwise.blocks(home, heading, self._kept_back(ranked, heading))
        past = self.brief.past.get(ranked.story.id, ())
        update = update_of(past, self.brief.period.day)
        if update is not None:
            paragraphs = [update, *paragraphs]
        lines = [p for p in paragraphs if p.kind in (Kind.CONFIDENCE, Kind.UPDATE)]
        told_by = {entry_id for part in blocks for entry_id in part.entry_ids}
        names = [outlet_of(entry).name for entry in ranked.entries if entry.id in told_by]
        credit = credits_of(ranked.entries, names, self.brief.language, self.blockwise.voice)
        if not home:
            blocks, credit, lines = list(paragraphs), [], []
        return ComposedStory(
            id=ranked.story.id,
            heading=heading,
            section=section,
            paragraphs=tuple(paragraphs),
            citations=tuple(citation_of(entry) for entry in ranked.entries),
            blocks=(*blocks, *credit, *lines),
            reports=self.blockwise.reports(home or ranked.entries),
            timeline=self.blockwise.timeline(ranked.entries),
            readouts=self.blockwise.readouts(ranked.entries),
            notes=self.blockwise.notes(home, told),
            past=past_lines(past),
        )

    def _told(
        self, ranked: Ranked, section: str, limits: Limits, teller: Teller
    ) -> tuple[str, list[Paragraph]]:
        home = [entry for entry in ranked.entries if entry.lang == self.brief.language]
        heading = self._heading(ranked, section)
        if home:
            paragraphs = self._body(ranked, home, heading, limits, teller)
        else:
            paragraphs = foreign_body(
                ranked.entries, self.brief.language, self.brief.names, teller.voice
            )
        shown = {entry_id for part in paragraphs for entry_id in part.entry_ids}
        others = [e for other in self.ranked if other is not ranked for e in other.entries]
        for line in (
            difference_line(ranked.entries, shown),
            origin_line(ranked.entries, ranked.origins, teller.voice, elsewhere=others),
        ):
            if line is not None:
                paragraphs.append(line)
        return heading, paragraphs

    def _heading(self, ranked: Ranked, section: str | None = None) -> str:
        home = [entry for entry in ranked.entries if entry.lang == self.brief.language]
        if home:
            return headings.heading_of(home, self.casing)
        title = self._title(section or ranked.story.section)
        return label_of(title, ranked.entries, self.brief.names)

    def _body(
        self,
        ranked: Ranked,
        home: list[Entry],
        heading: str,
        limits: Limits,
        teller: Teller,
    ) -> list[Paragraph]:
        denial = find_denial(ranked.entries, heading, self.brief.language)
        kept_back = self._kept_back(ranked, heading)
        paragraphs = teller.tell(home, heading, limits, kept_back=kept_back)
        cited = {entry_id for part in paragraphs for entry_id in part.entry_ids}
        named = denial is not None and denial.entry.id in cited
        if denial is not None:
            cited.add(denial.entry.id)
        names = [outlet_of(entry).name for entry in ranked.entries if entry.id in cited]
        paragraphs += credits_of(ranked.entries, names, self.brief.language, teller.voice)
        if denial is not None:
            paragraphs.append(denial_line(denial, teller, named=named))
        return paragraphs

    def _kept_back(self, ranked: Ranked, heading: str) -> tuple[Entry, str] | None:
        denial = find_denial(ranked.entries, heading, self.brief.language)
        return (denial.entry, denial.sentence) if denial and denial.sentence else None

    def _pointer(self, ranked: Ranked) -> Pointer:
        home = [entry for entry in ranked.entries if entry.lang == self.brief.language]
        linked = [e for e in home or ranked.entries if e.url] or home or list(ranked.entries)
        entry = linked[0]
        outlet = outlet_of(entry)
        if outlet.told:
            outlet = replace(outlet, told=None, note="state media")
        return Pointer(
            headline=self.blockwise.headline(entry),
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


def _words(markdown: Md) -> int:
    return count_words(to_plain(published(re.sub(r"<!--.*?-->", "", str(markdown)))))
