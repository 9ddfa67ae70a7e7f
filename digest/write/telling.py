"""One story told: what its entries say, woven into attributed sentences and quotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.model import Entry
from digest.text.markdown import Md
from digest.text.mentions import NameFinder
from digest.write.attribution import Voice, day_of, outlet_of
from digest.write.casing import Casing
from digest.write.composed import Kind, Paragraph
from digest.write.novelty import NOVEL, Told, likeness, stands
from digest.write.people import People
from digest.write.pieces import (
    capital,
    inner,
    joined_paragraphs,
    own_sentences,
    paragraph,
    traced,
)
from digest.write.woven import Quoter

_LATE = 0.12
_RANK = 0.04
_ALIKE = 0.75
_TOLD_THERE = 0.5
_LEAD_SENTENCES = 3
_EACH = 2
_A_PARAGRAPH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a story may be: words it ends at, words it should reach, outlets woven in."""

    most: int
    least: int
    outlets: int


class Teller:
    """Tells stories of one issue with one voice."""

    def __init__(self, voice: Voice, casing: Casing, finder: NameFinder | None = None) -> None:
        self.voice = voice
        self.casing = casing
        self.finder = finder
        self.headings: tuple[str, ...] = ()
        """The headings of the issue: what they say is not told in another story."""

    def tell(
        self,
        entries: Sequence[Entry],
        heading: str,
        limits: Limits,
        *,
        kept_back: tuple[Entry, str] | None,
    ) -> list[Paragraph]:
        """The paragraphs of a story, the leading entry first.

        ``kept_back`` is a sentence of an entry that stands elsewhere (a denial), not here.
        """
        return _Telling(self, heading, limits, kept_back).story(entries)


class _Telling:
    """One story while it is told."""

    def __init__(
        self, teller: Teller, heading: str, limits: Limits, kept_back: tuple[Entry, str] | None
    ) -> None:
        self.voice, self.casing = teller.voice, teller.casing
        self.heading, self.limits = heading, limits
        self.told = Told(kept_back=kept_back)
        self.people = People(teller.finder)
        self.quoter = Quoter(teller.voice, teller.finder)
        self.finder = teller.finder
        self.elsewhere = tuple(each for each in teller.headings if each != heading)
        if kept_back and not kept_back[0].paraphrase:
            self.quoter.reserve(*kept_back)

    def story(self, entries: Sequence[Entry]) -> list[Paragraph]:
        lead, *others = entries
        paragraphs = self._lead(lead, others)
        quoted: list[Paragraph] = []
        for entry in others:
            if not entry.paraphrase and self._has_room(entry):
                found = self.quoter.woven(entry, self.heading, self.told)
                quoted += [found] if found else []
        chosen: dict[str, dict[int, str]] = {}
        notes = [entry for entry in others if entry.paraphrase]
        while self.told.words < self.limits.most:
            best = self._best(notes, chosen)
            if best is None:
                break
            entry, place, sentence = best
            self.told.add(entry, sentence, entry.lang)
            chosen.setdefault(entry.id, {})[place] = sentence
        by_id = {entry.id: entry for entry in others}
        made = [self._reported(by_id[entry_id], found) for entry_id, found in chosen.items()]
        return [*paragraphs, *joined_paragraphs([*made, *quoted], _A_PARAGRAPH)]

    def _has_room(self, entry: Entry) -> bool:
        used = len(self.told.used)
        known = entry.id in self.told.used
        return self.told.words < self.limits.most and (known or used < self.limits.outlets)

    # --- our own words -------------------------------------------------------------------------

    def _lead(self, entry: Entry, others: Sequence[Entry]) -> list[Paragraph]:
        if not entry.paraphrase:
            made = self.quoter.lead(entry, self.heading, self.told)
            return made or [self._headline(entry)]
        most = _LEAD_SENTENCES + (self.limits.most > 2 * self.limits.least)
        text: list[Md] = []
        cited = [entry]
        for sentence in own_sentences(entry):
            if len(text) >= most or self.told.holds(sentence):
                continue
            shown = self.people.told(sentence)
            if text:
                text.append(traced(Md.escape(shown), entry))
            else:
                second = self._second(entry, sentence, others)
                text.append(self._opening(entry, second, shown))
                cited += [second] if second else []
            self.told.add(entry, sentence, entry.lang)
        if not text:
            return [self._headline(entry)]
        self.told.know(self.heading, entry.lang)
        return [paragraph(Kind.PROSE, text, cited)]

    def _opening(self, entry: Entry, second: Entry | None, sentence: str) -> Md:
        outlet = outlet_of(entry)
        if second is not None:
            both = self.voice.both(outlet, outlet_of(second), sentence, self.casing)
            if both is not None:
                self.told.used.setdefault(second.id, [])
                return traced(both, entry, second)
        return traced(self.voice.report(outlet, sentence, self.casing), entry)

    def _second(self, entry: Entry, sentence: str, others: Sequence[Entry]) -> Entry | None:
        """Another outlet whose report says what the first sentence says, names and figures too."""
        named = self._named(sentence)
        for other in others:
            same = outlet_of(other).name == outlet_of(entry).name
            if same or not other.paraphrase or other.lang != entry.lang:
                continue
            text = f"{other.title}\n{other.text}"
            if likeness(sentence, text, entry.lang) >= _ALIKE and named <= self._named(text):
                return other
        return None

    def _named(self, text: str) -> set[str]:
        found = self.finder.find(text) if self.finder else ()
        return {mention.name_id for mention in found}

    def _best(
        self, entries: Sequence[Entry], chosen: Mapping[str, Mapping[int, str]]
    ) -> tuple[Entry, int, str] | None:
        """The sentence of the notes that adds most: fresh, early in its note, standing alone."""
        found: list[tuple[float, Entry, int, str]] = []
        for rank, entry in enumerate(entries):
            if not self._has_room(entry) or len(chosen.get(entry.id, ())) >= _EACH:
                continue
            own = own_sentences(entry)
            for place, sentence in enumerate(own):
                novelty = self.told.novelty(sentence, entry.lang)
                if novelty <= NOVEL or self.told.holds(sentence) or self._is_elsewhere(sentence):
                    continue
                follows = place - 1 in chosen.get(entry.id, ())
                if not stands(sentence, own[:place], self.told, follows=follows):
                    continue
                # What stands late in a report is background more often than news.
                found.append((novelty - _LATE * place - _RANK * rank, entry, place, sentence))
        return max(found, key=lambda each: each[0])[1:] if found else None

    def _is_elsewhere(self, sentence: str) -> bool:
        """Whether another story of the issue is about just this."""
        return any(likeness(each, sentence, "en") >= _TOLD_THERE for each in self.elsewhere)

    def _reported(self, entry: Entry, chosen: Mapping[int, str]) -> Paragraph:
        first, *rest = [self.people.told(chosen[place]) for place in sorted(chosen)]
        said = self.voice.report(outlet_of(entry), first, self.casing, later=True)
        text = [traced(said, entry), *(traced(Md.escape(each), entry) for each in rest)]
        return paragraph(Kind.PROSE, text, [entry])

    def _headline(self, entry: Entry) -> Paragraph:
        """The fact that a report stands under its headline, for an entry without usable text."""
        outlet, day = outlet_of(entry), day_of(entry)
        on = f" on {day}" if day else ""
        text = Md("{} carried a report{} headed “{}”.")
        if entry.paraphrase:
            text = Md("{} carried a report{}: {}.")
        made = text.format(capital(outlet.full()), on, inner(entry.title).removesuffix("."))
        self.told.add(entry, entry.title, entry.lang)
        return paragraph(Kind.PROSE, [traced(made, entry)], [entry])
