"""Publishers' words: woven into a sentence where they are short, set off where they are not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.data.outlets import load_outlets
from digest.model import Entry
from digest.text.markdown import Md
from digest.text.mentions import NameFinder
from digest.text.words import tokens
from digest.write.attribution import Outlet, Voice, day_of, outlet_of
from digest.write.casing import count_words, curly, open_end
from digest.write.composed import Kind, Paragraph
from digest.write.novelty import NOVEL, Told
from digest.write.pieces import capital, inner, paragraph, quotation, traced
from digest.write.quotes import MOST_WORDS, Passage, chosen, passages, shortened
from digest.write.speakers import Quoted, quoted_in
from digest.write.verbatim import is_verbatim

_LEAD_SENTENCES = 3
_INLINE_WORDS = 42
_CHAIN_WORDS = 36
_WOVEN_WORDS = 32
_SUBJECT_WORDS = 6
_FINITE = re.compile(
    r"(?:said|told|met|has|have|had|is|was|are|were|will|would|may|could|can|did|does|held|made|took"
    r"|gave|left|began|sent|spoke|wrote|won|led|put|set|saw|came|went|paid|sold|bought|built|fell|rose"
    r"|signs?|plans?|wants?|says?|meets?|calls?|urges?|backs?|faces?|[a-z]{3,}ed) "
)


class Quoter:
    """Quotes the entries of one story; what was quoted of each counts against one allowance."""

    def __init__(self, voice: Voice, finder: NameFinder | None) -> None:
        self.voice = voice
        self.finder = finder
        self.spent: dict[str, int] = {}

    def reserve(self, entry: Entry, text: str) -> None:
        """Keep room for words of the entry that are quoted elsewhere in the story."""
        self._count(entry, text)

    def lead(self, entry: Entry, heading: str, told: Told) -> list[Paragraph]:
        """The leading entry in its publisher's words, woven into sentences that say whose."""
        found = passages(entry, about=tokens(heading, entry.lang))
        found = tuple(p for p in found if not told.holds(p.text))
        room = MOST_WORDS - self.spent.get(entry.id, 0)
        chained = [p for p in found if p.chained and count_words(p.text) <= _CHAIN_WORDS][:1]
        chained = [p for p in chained if count_words(p.text) <= room]
        room -= sum(count_words(p.text) for p in chained)
        own = chosen([p for p in found if not p.chained], most=_LEAD_SENTENCES, words=room)
        if not own:
            own = tuple(_cut_down(found, room))
        made: list[Paragraph] = []
        for passage in (*own, *chained):
            self._count(entry, passage.text)
            told.add(entry, passage.text, entry.lang)
        if own:
            made.append(self._inline(entry, own))
        for passage in chained:
            text = Md("{}: “{}”").format(
                _relay(entry, passage, named=bool(own)), inner(passage.text)
            )
            made.append(paragraph(Kind.PROSE, [traced(text, entry)], [entry]))
        return made

    def woven(self, entry: Entry, heading: str, told: Told) -> Paragraph | None:
        """One sentence of another entry, quoted within ours, if it adds something."""
        voice = self._spoken(entry, told)
        if voice is not None:
            return voice
        for passage in passages(entry, about=tokens(heading, entry.lang)):
            short = shortened(passage, _WOVEN_WORDS)
            if count_words(short.text) > _WOVEN_WORDS or short.chained:
                continue
            fresh = told.novelty(short.text, entry.lang) > NOVEL and not told.holds(passage.text)
            if fresh and self._fits(entry, short.text):
                self._count(entry, short.text)
                told.add(entry, short.text, entry.lang)
                text = self._said(outlet_of(entry), entry, short.text)
                return paragraph(Kind.PROSE, [traced(text, entry)], [entry])
        return None

    # --- inside --------------------------------------------------------------------------------

    def _spoken(self, entry: Entry, told: Told) -> Paragraph | None:
        """What a person says in the entry: ``Josep Borrell said: “…,” according to Bloomberg.``"""
        for quoted in quoted_in(entry, self.finder):
            fresh = told.novelty(quoted.text, entry.lang) > NOVEL
            short = count_words(quoted.text) <= _WOVEN_WORDS and self._fits(entry, quoted.text)
            if not (fresh and short and is_verbatim(quoted.text, entry.text)):
                continue
            self._count(entry, quoted.text)
            told.add(entry, quoted.text, entry.lang)
            return paragraph(Kind.PROSE, [traced(self.spoken(entry, quoted), entry)], [entry])
        return None

    def spoken(self, entry: Entry, quoted: Quoted) -> Md:
        """A speaker's words with speaker and outlet, in one of several orders."""
        speaker = Md.escape(f"{quoted.speaker}, {quoted.role}," if quoted.role else quoted.speaker)
        outlet = outlet_of(entry).full()
        forms = ["told", "first"]
        if self.voice.pick([f"spoken-{form}" for form in forms]) == "spoken-told":
            text = Md("{} said, according to {}: “{}”")
            bare = Md(str(speaker).removesuffix(","))
            return text.format(bare, outlet, _ended(inner(quoted.text)))
        bare_end = Md(str(speaker).removesuffix(","))
        return Md("“{},” {} said, {} reported.").format(
            inner(quoted.text).rstrip(".,"), bare_end, outlet
        )

    def _fits(self, entry: Entry, text: str) -> bool:
        return self.spent.get(entry.id, 0) + count_words(text) <= MOST_WORDS

    def _count(self, entry: Entry, text: str) -> None:
        self.spent[entry.id] = self.spent.get(entry.id, 0) + count_words(text)

    def _inline(self, entry: Entry, parts: Sequence[Passage]) -> Paragraph:
        first, *rest = parts
        text = [traced(self._said(outlet_of(entry), entry, first.text), entry)]
        for passage in rest:
            split = _subject(passage.text, self.finder)
            forms = ["inside"] * bool(split) + ["The report adds: “{}”", "It goes on: “{}”"]
            form = self.voice.pick(forms)
            if form == "inside" and split is not None:
                said = Md("{}, the report says, “{}”").format(split[0], inner(split[1]))
            else:
                said = Md(form).format(inner(passage.text))
            text.append(traced(said, entry))
        return paragraph(Kind.PROSE, text, [entry])

    def _said(self, outlet: Outlet, entry: Entry, quote: str) -> Md:
        day = day_of(entry)
        on = f" on {day}" if day else ""
        verb, wrote = ("stated", "stated") if outlet.official else ("reported", "wrote")
        opened = open_end(quote)
        split = _subject(quote, self.finder)
        forms = ["colon"]
        if split is not None:
            forms.insert(0, "partial")
        if opened and "“" not in quote and '"' not in quote:
            forms.append("close")
        if day:
            forms.append("in")
        form = self.voice.pick(forms)
        if form == "partial" and split is not None:
            subject, rest = split
            return Md("According to {}, {} “{}”").format(outlet.full(), subject, inner(rest))
        if form == "close":
            return Md("“{}” {} {}{}.").format(inner(opened or quote), outlet.full(), wrote, on)
        if form == "in":
            text = Md("In a report of {}, {} {}: “{}”")
            return text.format(day, outlet.full(), wrote, inner(quote))
        return Md("{} {}{}: “{}”").format(capital(outlet.full()), verb, on, inner(quote))


def block_lead(entry: Entry) -> Md:
    """``Reuters reported on 6 April:``, above a set-off quotation."""
    outlet, day = outlet_of(entry), day_of(entry)
    verb = "stated" if outlet.official else "reported"
    on = f" on {day}" if day else ""
    return Md("{} {}{}:").format(capital(outlet.full()), verb, on)


def chain(entry: Entry, passage: Passage, *, named: bool) -> list[Paragraph]:
    """Words of another outlet that an entry quotes: both are named, the words stay the other's."""
    lead = Md("{}:").format(_relay(entry, passage, named=named))
    return [
        paragraph(Kind.PROSE, [traced(lead, entry)], [entry]),
        quotation(entry, passage.text),
    ]


def _relay(entry: Entry, passage: Passage, *, named: bool) -> Md:
    outlet = outlet_of(entry).linked() if named else outlet_of(entry).full()
    speaker = passage.speaker or "another outlet"
    if load_outlets().takes_article(speaker):
        speaker = f"the {speaker}"
    return Md("{}, quoted by {}").format(capital(Md.escape(speaker)), outlet)


def _cut_down(found: Sequence[Passage], room: int) -> list[Passage]:
    """The best passage at a clause border, where no whole one fits."""
    for passage in found:
        short = shortened(passage, min(room, _INLINE_WORDS))
        if not passage.chained and count_words(short.text) <= room:
            return [short]
    return []


def _subject(quote: str, finder: NameFinder | None) -> tuple[str, str] | None:
    """A sentence as its subject, a name, and the words after it from the verb on."""
    text = curly(quote)
    if finder is None or "“" in text:
        return None
    mention = next(iter(finder.find(text)), None)
    if mention is None:
        return None
    before = text[: mention.start]
    if before and not re.fullmatch(r"(?:[A-Z][\w.’-]+ ){1,4}", before):
        return None
    subject, rest = text[: mention.end], text[mention.end :]
    if not rest.startswith(" ") or len(subject.split()) > _SUBJECT_WORDS:
        return None
    rest = rest[1:]
    if _FINITE.match(rest) is None or not rest.endswith("."):
        return None
    return subject, rest


def _ended(text: str) -> str:
    return text if re.search(r"[.!?…]’?$", text) else f"{text}."
