"""How sure we are: lines that follow from stored facts and from nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from digest.data.prose import load_prose
from digest.model import Entry, Ownership
from digest.text.markdown import Md
from digest.write.attribution import Voice, facts_of, listed, outlet_of
from digest.write.casing import count_words, curly, open_end, spelled
from digest.write.composed import Kind, Paragraph
from digest.write.differences import differing
from digest.write.pieces import capital, inner, own_sentences, paragraph, traced
from digest.write.quotes import passages
from digest.write.telling import Teller
from digest.write.verbatim import CUT

_DENIAL = re.compile(
    # "denied" in the sense of "said it is not so": not "was denied entry", "denied them a voice".
    r"(?<!was )(?<!were )(?<!been )(?<!be )\bden(?:y|ies|ied|ying)"
    r"(?= (?:that|any|it|this|having|being|\w+ing|(?:the |all |these |those |such )?(?:\w+ )?"
    r"(?:reports?|claims?|allegations?|accusations?|charges?|involvement|plans?|link|role"
    r"|responsibility|knowledge|wrongdoing|supplying))\b|[.,;])"
    r"|\bnothing to do with\b|\b(?:dismiss(?:ed|es)|rejected) (?:the )?(?:\w+ )?"
    r"(?:report|claim|allegation|accusation)s?\b"
    r"|опровер|否认|否認",
    re.IGNORECASE,
)
_SINGLE = (
    "One source: this rests on {} alone.",
    "One source: among our sources only {} carries this.",
    "One source: {}; no second report was found.",
)
_LONGEST_QUOTE = 40
_SHORT_QUOTE = 28
_SIDES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A sentence of an entry that denies what a story says; the entry alone in another language."""

    entry: Entry
    sentence: str | None = None


def find_denial(entries: Sequence[Entry], heading: str, language: str) -> Denial | None:
    """The first stored denial of a story, if its heading does not say it already.

    The only sentence of the only entry is the story itself and no denial of it.
    """
    if _DENIAL.search(heading):
        return None
    for entry in entries:
        if entry.lang != language:
            if _DENIAL.search(entry.text) or _DENIAL.search(entry.title):
                return Denial(entry=entry)
            continue
        told = own_sentences(entry) if entry.paraphrase else [p.text for p in passages(entry)]
        for sentence in told:
            alone = len(told) == 1 and entry is entries[0]
            if _DENIAL.search(sentence) and not alone and count_words(sentence) <= _LONGEST_QUOTE:
                kept = sentence if entry.paraphrase else _first_of(sentence)
                return Denial(entry=entry, sentence=kept)
    return None


def _first_of(sentence: str) -> str:
    """A long sentence that quotes several: up to the end of the first, where that denies."""
    end = re.search(r"(?<=[a-z])[.!?](?= [A-Z])", sentence)
    if count_words(sentence) <= _SHORT_QUOTE or end is None:
        return sentence
    kept = sentence[: end.end()]
    if not _DENIAL.search(kept):
        return sentence
    close = "”" if kept.count("“") > kept.count("”") else ""
    return f"{kept} {CUT}{close}"


def denial_line(denial: Denial, teller: Teller, *, named: bool) -> Paragraph:
    """The denial beside the claim, with the outlet that carries it.

    ``named`` says that the story has introduced the outlet already.
    """
    entry, sentence = denial.entry, denial.sentence
    outlet = outlet_of(entry).linked() if named else outlet_of(entry).full()
    if sentence is None:
        language = load_prose().language(entry.lang)
        text = Md("Denied: {} carries a denial, in {}.").format(outlet, language)
    elif not entry.paraphrase:
        text = Md("Denied: {}: “{}”").format(outlet, inner(sentence))
    else:
        lowered = teller.casing.lowered(sentence) or sentence
        opened = open_end(lowered)
        if opened is None:
            text = Md("Denied: {}: {}").format(outlet, lowered)
        else:
            text = Md("Denied: {} {} reported.").format(opened, outlet)
    return paragraph(Kind.CONFIDENCE, [traced(text, entry)], [entry])


def difference_line(entries: Sequence[Entry], shown: Collection[str]) -> Paragraph | None:
    """Counts of one thing that do not agree, side by side with their outlets.

    Outlets in ``shown`` (entry ids) are named already and need no second introduction.
    """
    for counts in differing(entries):
        parts, cited = [], []
        for number in dict.fromkeys(value for _, value in counts.given):
            giving = [entry for entry, value in counts.given if value == number][:_SIDES]
            named = [
                outlet_of(e).linked() if e.id in shown else outlet_of(e).full() for e in giving
            ]
            verb = "gives" if len(giving) == 1 else "give"
            parts.append(Md("{} {} {}").format(listed(named), verb, spelled(number)))
            cited += giving
        first, *rest = parts[:_SIDES]
        told = Md("; ").join([Md("{} {}").format(first, counts.thing), *rest])
        text = Md("Figures differ: {}.").format(told)
        return paragraph(Kind.CONFIDENCE, [traced(text, *cited)], cited)
    return None


def origin_line(
    entries: Sequence[Entry], origins: int, voice: Voice, *, elsewhere: Iterable[Entry] = ()
) -> Paragraph | None:
    """That a story rests on one origin, and on state media alone where it does.

    ``elsewhere`` are the reports of the other stories: where one names the outlet, it may tell of
    the same, and nothing is said of how many carry it.
    """
    if origins > 1:
        return None
    names = list(dict.fromkeys(outlet_of(entry).plain() for entry in entries))
    if len(names) == 1:
        outlet = re.compile(rf"(?<!\w){re.escape(outlet_of(entries[0]).name)}(?!\w)")
        retold = any(outlet.search(curly(entry.text)) for entry in elsewhere)
        text = Md(_SINGLE[0] if retold else voice.pick(_SINGLE)).format(names[0])
    else:
        shown = listed([Md.escape(name) for name in names[:4]])
        many = Md("{} and others").format(shown) if len(names) > 4 else shown  # noqa: PLR2004
        text = Md("One source: the reports of {} are counted as one origin.").format(many)
    if all(facts_of(entry).ownership is Ownership.STATE for entry in entries):
        text = Md(str(text).replace("One source:", "One source, state media:", 1))
    return paragraph(Kind.CONFIDENCE, [traced(capital(text), *entries)], entries)
