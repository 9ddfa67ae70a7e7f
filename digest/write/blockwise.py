"""A story outlet by outlet: reports side by side, links with a blurb, a timeline, the readouts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from digest.model import Entry, Ownership
from digest.text.dates import day_text
from digest.text.datewords import find_dates
from digest.text.markdown import Md
from digest.text.mentions import NameFinder
from digest.text.words import tokens
from digest.write.attribution import Voice, day_of, facts_of, outlet_of
from digest.write.casing import Casing, count_words
from digest.write.composed import Event, Kind, Paragraph, Report
from digest.write.foreign import in_its_language
from digest.write.headings import cleaned, headline_of
from digest.write.novelty import NOVEL, Told, stands
from digest.write.people import People
from digest.write.pieces import inner, own_sentences, paragraph, quotation, traced
from digest.write.quotes import chosen, joined, passages, shortened
from digest.write.woven import block_lead, chain

_OUTLETS = 4
_A_BLOCK = 48
_BLURB = 32
_OWN = 3
_ENOUGH = 0.3
_NOTES = 5
_REPORTS = 6
_EVENTS = 12
_A_DAY = 3
_SIDES = 3
_RECENT = timedelta(days=14)
"""How long before a report the day may lie that its headline names as that of the event."""


class Blockwise:
    """Tells stories of one issue outlet by outlet."""

    def __init__(self, casing: Casing, finder: NameFinder | None, language: str) -> None:
        self.casing = casing
        self.finder = finder
        self.language = language
        self.voice = Voice()

    def blocks(
        self, entries: Sequence[Entry], heading: str, kept_back: tuple[Entry, str] | None
    ) -> tuple[list[Paragraph], Told]:
        """Who reported what, the leading outlet first, and what has been said by then.

        Publishers' words are set off as quotations closed by their source; an editor's note is
        told in prose. An outlet that adds nothing is left to the credits.
        """
        told, people = Told(kept_back=kept_back), People(self.finder)
        made: list[Paragraph] = []
        names: set[str] = set()
        for entry in entries:
            name = outlet_of(entry).name
            if len(names) >= _OUTLETS or name in names:
                continue
            found = (
                self._own(entry, told, people)
                if entry.paraphrase
                else self._theirs(entry, heading, told)
            )
            if found:
                names.add(name)
                made += found
        return made, told

    def _own(self, entry: Entry, told: Told, people: People) -> list[Paragraph]:
        text: list[Md] = []
        first = not told.used
        own, last = own_sentences(entry), -1
        for place, sentence in enumerate(own):
            fresh = told.novelty(sentence, entry.lang) > (0 if first else NOVEL)
            if len(text) >= _OWN or not fresh or told.holds(sentence):
                continue
            follows = last == place - 1  # the first of the leading report speaks for itself
            if not stands(sentence, own[:place], told, follows=follows and (first or place > 0)):
                continue
            last = place
            shown = people.told(sentence)
            if text:
                text.append(traced(Md.escape(shown), entry))
            else:
                said = self.voice.report(
                    outlet_of(entry), shown, self.casing, later=bool(told.used)
                )
                text.append(traced(said, entry))
            told.add(entry, sentence, entry.lang)
        return [paragraph(Kind.PROSE, text, [entry])] if text else []

    def _theirs(self, entry: Entry, heading: str, told: Told) -> list[Paragraph]:
        found = passages(entry, about=tokens(heading, entry.lang))
        fresh = [
            p
            for p in found
            if told.novelty(p.text, entry.lang) > _ENOUGH and not told.holds(p.text)
        ]
        room = _A_BLOCK - told.reserved(entry)
        own = chosen([p for p in fresh if not p.chained], most=3, words=room)
        made: list[Paragraph] = []
        if own:
            made = [paragraph(Kind.PROSE, [traced(block_lead(entry), entry)], [entry])]
            made.append(quotation(entry, joined(own)))
        rest = room - sum(count_words(p.text) for p in own)
        for passage in [p for p in fresh if p.chained and count_words(p.text) <= rest][:1]:
            made += chain(entry, passage, named=bool(own))
            own = (*own, passage)
        for passage in own:
            told.add(entry, passage.text, entry.lang)
        return made

    # --- links ---------------------------------------------------------------------------------

    def reports(self, entries: Sequence[Entry]) -> tuple[Report, ...]:
        """The reports of a story as links, the leading one with its blurb, one an outlet."""
        made: dict[str, Report] = {}
        for entry in entries:
            name = outlet_of(entry).name
            if name not in made and len(made) < _REPORTS:
                made[name] = self._report(entry, first=not made)
        return tuple(made.values())

    def _report(self, entry: Entry, *, first: bool) -> Report:
        home = entry.lang == self.language
        return Report(
            entry_id=entry.id,
            headline=self.headline(entry),
            outlet=outlet_of(entry).full(article=""),
            blurb=self._blurb(entry) if first else Md(""),
            lang=entry.lang,
            foreign=not home,
            day=day_of(entry),
        )

    def headline(self, entry: Entry) -> Md:
        """An entry's headline: in house style where it is ours, quoted word for word if theirs."""
        home = entry.lang == self.language
        if entry.paraphrase:
            title = headline_of(entry, self.casing) if home else cleaned(entry)
            return self._marked(title, entry)
        return Md("“{}”").format(self._marked(inner(cleaned(entry)), entry))

    def _marked(self, text: str, entry: Entry) -> Md:
        home = entry.lang == self.language
        return Md.escape(text) if home else in_its_language(text, entry.lang)

    def _blurb(self, entry: Entry) -> Md:
        if entry.paraphrase:
            own = own_sentences(entry)
            return traced(self._marked(own[0], entry), entry) if own else Md("")
        for passage in passages(entry, about=tokens(entry.title, entry.lang)):
            short = shortened(passage, _BLURB)
            if count_words(short.text) <= _BLURB and not short.chained:
                text = self._marked(inner(short.text), entry)
                return traced(Md("“{}”").format(text), entry)
        return Md("")

    # --- in depth ------------------------------------------------------------------------------

    def timeline(self, entries: Sequence[Entry]) -> tuple[Event, ...]:
        """What happened day by day, oldest first; undated reports stand in none.

        A report stands at the day its headline names, else at its own. Where there is more than
        a timeline holds, days that have most give way first, then the middle of the story.
        """
        dated = [(_day_told(entry), entry) for entry in entries if day_of(entry) is not None]
        order = {entry.id: place for place, entry in enumerate(entries)}
        days: dict[date, list[Entry]] = {}
        told = Told()
        for day, entry in sorted(dated, key=lambda each: (each[0], order[each[1].id])):
            of_day = days.setdefault(day, [])
            known = told.novelty(entry.title, entry.lang) <= NOVEL
            if len(of_day) < _A_DAY and not (known and of_day):
                told.know(entry.title, entry.lang)
                of_day.append(entry)
        while sum(map(len, days.values())) > _EVENTS and max(map(len, days.values())) > 1:
            max(days.values(), key=len).pop()
        kept = [(day, entry) for day, of_day in days.items() for entry in of_day]
        if len(kept) > _EVENTS:
            kept = kept[: _EVENTS // 2] + kept[-_EVENTS // 2 :]
        return tuple(self._event(day, entry) for day, entry in kept)

    def _event(self, day: date, entry: Entry) -> Event:
        mark = f" [{entry.lang}]" if entry.lang != self.language else ""
        text = Md("{} – {}{}").format(
            self.headline(entry), outlet_of(entry).full(article=""), Md(mark)
        )
        return Event(day=day, shown=day_text(day), text=traced(text, entry))

    def readouts(self, entries: Sequence[Entry]) -> tuple[Paragraph, ...]:
        """What the official texts of two or more sides say, side by side; else nothing."""
        sides: dict[str, Entry] = {}
        for entry in entries:
            facts = facts_of(entry)
            if facts.ownership is Ownership.OFFICIAL and facts.country:
                sides.setdefault(facts.country, entry)
        if len(sides) < 2:  # noqa: PLR2004 - one side alone is no comparison
            return ()
        made: list[Paragraph] = []
        for entry in list(sides.values())[:_SIDES]:
            outlet = outlet_of(entry).full()
            if entry.paraphrase:
                own = own_sentences(entry)[:1]
                text = [
                    traced(self.voice.report(outlet_of(entry), s, self.casing), entry) for s in own
                ]
                made += [paragraph(Kind.PROSE, text, [entry])] if text else []
                continue
            found = [p for p in passages(entry) if not p.chained]
            for passage in [shortened(p, _BLURB) for p in found][:1]:
                lead = Md("In the words of {}: “{}”").format(
                    outlet, self._marked(inner(passage.text), entry)
                )
                made.append(paragraph(Kind.PROSE, [traced(lead, entry)], [entry]))
        return tuple(made) if len(made) > 1 else ()

    def notes(self, entries: Sequence[Entry], told: Told) -> tuple[Md, ...]:
        """Further sentences of notes that say something new, each with its outlet."""
        made: list[Md] = []
        people = People(None)
        for entry in entries:
            if not entry.paraphrase or entry.lang != self.language or len(made) >= _NOTES:
                continue
            own = own_sentences(entry)
            for place, sentence in enumerate(own):
                if told.novelty(sentence, entry.lang) <= NOVEL or told.holds(sentence):
                    continue
                if not stands(sentence, own[:place], told, follows=False):
                    continue
                told.add(entry, sentence, entry.lang)
                said = self.voice.report(outlet_of(entry), people.told(sentence), self.casing)
                made.append(traced(said, entry))
                break
        return tuple(made)


def _day_told(entry: Entry) -> date:
    """The one day that the headline names in figures, if it lies shortly before the report's own.

    A day that would have to be worked out ("on Friday") is not the report's own word.
    """
    own = entry.date.date()
    found = find_dates(entry.title, entry.lang, own)
    if len(found) == 1 and found[0].first == found[0].last and found[0].precision == "day":
        day = found[0].first
        figures = re.findall(r"\d+", entry.title[found[0].start : found[0].end])
        said = str(day.day) in [figure.lstrip("0") for figure in figures]
        if said and day.year == own.year and timedelta(0) <= own - day <= _RECENT:
            return day
    return own
