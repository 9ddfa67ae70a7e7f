"""One story told: what its entries say, woven into attributed sentences and quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from digest.data.outlets import load_outlets
from digest.data.prose import load_prose
from digest.model import Entry
from digest.text.markdown import Md, link, trace
from digest.text.sentences import sentences
from digest.text.words import tokens
from digest.write.attribution import Outlet, Voice, day_of, outlet_of
from digest.write.casing import Casing, count_words, curly, open_end
from digest.write.composed import Kind, Paragraph
from digest.write.quotes import CUT, MOST_WORDS, Passage, chosen, joined, passages

NOVEL = 0.5
"""A sentence adds something when less than this share of its words has been told."""

_STEM = 6
_LATE = 0.3
_SMALL_WORD = 3
_LEAD_SENTENCES = 3
_INLINE_WORDS = 42
_CHAIN_WORDS = 28
_WOVEN_WORDS = 32
_A_PARAGRAPH = 2
_FULL_NAME = re.compile(r"\b[A-Z]\w+ ([A-Z][^\W\d_]+(?:-\w+)?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a story may be: words in all, words it should reach, outlets woven in."""

    most: int
    least: int
    outlets: int


@dataclass(slots=True)
class Told:
    """What a story has said so far."""

    stems: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    used: dict[str, list[str]] = field(default_factory=dict)
    words: int = 0

    def novelty(self, text: str, lang: str) -> float:
        """The share of its words a sentence would add; 1 where it brings a new figure."""
        stems, numbers = _stems(text, lang)
        if numbers - self.numbers:
            return 1.0
        return len(stems - self.stems) / (len(stems) or 1)

    def add(self, entry: Entry, text: str, lang: str) -> None:
        """Note that a sentence of an entry has been told."""
        stems, numbers = _stems(text, lang)
        self.stems |= stems
        self.numbers |= numbers
        self.words += count_words(text)
        self.used.setdefault(entry.id, []).append(text)


class Teller:
    """Tells stories of one issue with one voice."""

    def __init__(self, voice: Voice, casing: Casing) -> None:
        self.voice = voice
        self.casing = casing

    def tell(
        self, entries: Sequence[Entry], heading: str, limits: Limits, *, kept_back: str | None
    ) -> list[Paragraph]:
        """The paragraphs of a story, the leading entry first.

        ``kept_back`` is a sentence that stands elsewhere (a denial) and is not told here.
        """
        told = Told()
        if kept_back:
            told.used["kept back"] = [kept_back]
        lead, *others = entries
        paragraphs = self._lead(lead, heading, told, limits)
        woven: dict[str, Paragraph] = {}
        for _ in range(2):
            for entry in others:
                full = (
                    len(told.used) - bool(kept_back) >= limits.outlets and entry.id not in told.used
                )
                if told.words < limits.most and not full:
                    self._weave(entry, heading, told, woven)
            if told.words >= limits.least:
                break
        return [*paragraphs, *_gathered(list(woven.values()))]

    # --- our own words -------------------------------------------------------------------------

    def _lead(self, entry: Entry, heading: str, told: Told, limits: Limits) -> list[Paragraph]:
        if not entry.paraphrase:
            return self._quoted(entry, heading, told)
        most = _LEAD_SENTENCES + (limits.most > 2 * limits.least)
        text: list[Md] = []
        for sentence in own_sentences(entry):
            if len(text) < most and sentence not in told.used.get("kept back", ()):
                if text:
                    text.append(traced(Md.escape(sentence), entry))
                else:
                    outlet = outlet_of(entry)
                    text.append(traced(self.voice.report(outlet, sentence, self.casing), entry))
                told.add(entry, sentence, entry.lang)
        if not text:
            return [self._headline(entry)]
        return [paragraph(Kind.PROSE, text, [entry])]

    def _weave(self, entry: Entry, heading: str, told: Told, woven: dict[str, Paragraph]) -> None:
        """Add what another entry adds: one sentence, reported or quoted, or nothing."""
        before = woven.get(entry.id)
        if not entry.paraphrase:
            quoted = None if before else self._woven_quote(entry, heading, told)
            if quoted is not None:
                woven[entry.id] = quoted
            return
        own = own_sentences(entry)
        candidates = [
            (told.novelty(sentence, entry.lang), place, sentence)
            for place, sentence in enumerate(own)
            if not load_prose().leaning.match(sentence)
            and not _is_told(sentence, told)
            and not _assumes(sentence, own[:place], told)
        ]
        fresh = [candidate for candidate in candidates if candidate[0] > NOVEL]
        if not fresh:
            return
        # What stands late in a report is background more often than news.
        sentence = max(fresh, key=lambda candidate: candidate[0] - _LATE * candidate[1])[2]
        told.add(entry, sentence, entry.lang)
        if before is not None:
            text = [before.markdown, traced(Md.escape(sentence), entry)]
        else:
            said = self.voice.report(outlet_of(entry), sentence, self.casing, later=True)
            text = [traced(said, entry)]
        woven[entry.id] = paragraph(Kind.PROSE, text, [entry])

    # --- publishers' words ---------------------------------------------------------------------

    def _quoted(self, entry: Entry, heading: str, told: Told) -> list[Paragraph]:
        """The leading entry in its publisher's words: woven in where short, else as a block."""
        found = passages(entry, about=tokens(heading, entry.lang))
        chained = [p for p in found if p.chained and count_words(p.text) <= _CHAIN_WORDS + 8][:1]
        room = MOST_WORDS - sum(count_words(p.text) for p in chained)
        own = chosen([p for p in found if not p.chained], most=_LEAD_SENTENCES, words=room)
        for passage in (*own, *chained):
            told.add(entry, passage.text, entry.lang)
        made: list[Paragraph] = []
        if own and sum(count_words(p.text) for p in own) <= _INLINE_WORDS:
            made.append(self._inline(entry, own))
        elif own:
            made += self._block(entry, own)
        for passage in chained:
            made += _chain(entry, passage, named=bool(own))
        return made or [self._headline(entry)]

    def _inline(self, entry: Entry, parts: Sequence[Passage]) -> Paragraph:
        first, *rest = parts
        text = [traced(self._said(outlet_of(entry), entry, first.text), entry)]
        for passage in rest:
            form = self.voice.pick(["The report adds: “{}”", "It goes on: “{}”"])
            text.append(traced(Md(form).format(inner(passage.text)), entry))
        return paragraph(Kind.PROSE, text, [entry])

    def _said(self, outlet: Outlet, entry: Entry, quote: str) -> Md:
        day = day_of(entry)
        on = f" on {day}" if day else ""
        verb = "stated" if outlet.official else "reported"
        wrote = "stated" if outlet.official else "wrote"
        opened = open_end(quote)
        forms = ["colon", "in"] if day else ["colon"]
        if opened and "“" not in quote and '"' not in quote:
            forms.insert(1, "close")
        chosen_form = self.voice.pick(forms)
        if chosen_form == "close":
            return Md("“{}” {} {}{}.").format(inner(opened or quote), outlet.full(), wrote, on)
        if chosen_form == "in":
            text = Md("In a report of {}, {} {}: “{}”")
            return text.format(day, outlet.full(), wrote, inner(quote))
        return Md("{} {}{}: “{}”").format(capital(outlet.full()), verb, on, inner(quote))

    def _block(self, entry: Entry, parts: Sequence[Passage]) -> list[Paragraph]:
        outlet, day = outlet_of(entry), day_of(entry)
        verb = "stated" if outlet.official else "reported"
        on = f" on {day}" if day else ""
        lead = Md("{} {}{}:").format(capital(outlet.full()), verb, on)
        return [
            paragraph(Kind.PROSE, [traced(lead, entry)], [entry]),
            _quotation(entry, joined(parts)),
        ]

    def _woven_quote(self, entry: Entry, heading: str, told: Told) -> Paragraph | None:
        for passage in passages(entry, about=tokens(heading, entry.lang)):
            short = count_words(passage.text) <= _WOVEN_WORDS and not passage.chained
            if short and told.novelty(passage.text, entry.lang) > NOVEL:
                told.add(entry, passage.text, entry.lang)
                text = self._said(outlet_of(entry), entry, passage.text)
                return paragraph(Kind.PROSE, [traced(text, entry)], [entry])
        return None

    def _headline(self, entry: Entry) -> Paragraph:
        """The fact that a report stands under its headline, for an entry without usable text."""
        outlet, day = outlet_of(entry), day_of(entry)
        on = f" on {day}" if day else ""
        text = Md("{} carried a report{} headed “{}”.")
        if entry.paraphrase:
            text = Md("{} carried a report{}: {}.")
        made = text.format(capital(outlet.full()), on, inner(entry.title).removesuffix("."))
        return paragraph(Kind.PROSE, [traced(made, entry)], [entry])


# --- pieces ------------------------------------------------------------------------------------


def own_sentences(entry: Entry) -> list[str]:
    """The sentences of an editor's note, with typographic quotation marks."""
    parts = re.split(r"\n\s*\n", entry.text)
    return [curly(s.strip()) for part in parts for s in sentences(part, entry.lang) if s.strip()]


def paragraph(kind: Kind, text: Sequence[Md], entries: Iterable[Entry]) -> Paragraph:
    """Traced sentences as one paragraph."""
    ids = tuple(dict.fromkeys(entry.id for entry in entries))
    return Paragraph(kind=kind, markdown=Md(" ").join(text), entry_ids=ids)


def traced(text: Md, *entries: Entry) -> Md:
    """A sentence followed by the comment that names its entries."""
    return Md("{} {}").format(text, trace(*(entry.id for entry in entries)))


def inner(text: str) -> str:
    """A text as it stands inside quotation marks: its own double marks become single ones."""
    return curly(text).replace("“", "‘").replace("”", "’")


def capital(text: Md) -> Md:
    """The text with a capital where it begins with a small letter."""
    return Md(str(text)[:1].upper() + str(text)[1:])


def source_mark(entry: Entry) -> Md:
    """``[[Source](url)]``, or nothing where there is no page."""
    return Md(" [{}]").format(link("Source", entry.url)) if entry.url else Md("")


def _quotation(entry: Entry, text: str) -> Paragraph:
    made = Md("{}{}").format(curly(text), source_mark(entry))
    return paragraph(Kind.QUOTE, [traced(made, entry)], [entry])


def _chain(entry: Entry, passage: Passage, *, named: bool) -> list[Paragraph]:
    """Words of another outlet that an entry quotes: both are named, the words stay the other's."""
    outlet = outlet_of(entry).linked() if named else outlet_of(entry).full()
    speaker = passage.speaker or "another outlet"
    if load_outlets().takes_article(speaker):
        speaker = f"the {speaker}"
    lead = Md("{}, quoted by {}:").format(capital(Md.escape(speaker)), outlet)
    return [
        paragraph(Kind.PROSE, [traced(lead, entry)], [entry]),
        _quotation(entry, passage.text),
    ]


def _gathered(woven: Sequence[Paragraph]) -> list[Paragraph]:
    """Woven sentences, two a paragraph."""
    made = []
    for start in range(0, len(woven), _A_PARAGRAPH):
        group = woven[start : start + _A_PARAGRAPH]
        ids = tuple(dict.fromkeys(entry_id for part in group for entry_id in part.entry_ids))
        markdown = Md(" ").join(part.markdown for part in group)
        made.append(Paragraph(kind=Kind.PROSE, markdown=markdown, entry_ids=ids))
    return made


def _assumes(sentence: str, before: Sequence[str], told: Told) -> bool:
    """Whether a sentence calls somebody by surname whom its report has introduced earlier on.

    Away from those sentences the reader would not know who that is.
    """
    introduced = {found[1] for text in before for found in _FULL_NAME.finditer(text)}
    here = {found[1] for found in _FULL_NAME.finditer(sentence)}
    words = set(re.findall(r"\w[\w’-]*", sentence.replace("’s", "")))
    return any(name.casefold()[:_STEM] not in told.stems for name in (introduced - here) & words)


def _is_told(sentence: str, told: Told) -> bool:
    return any(sentence in texts for texts in told.used.values())


def _stems(text: str, lang: str) -> tuple[set[str], set[str]]:
    words = {word.casefold() for word in tokens(text.replace(CUT, ""), lang)}
    numbers = {word for word in words if any(char.isdigit() for char in word)}
    han = lang == "zh"
    return {w[:_STEM] for w in words if han or len(w) > _SMALL_WORD}, numbers
