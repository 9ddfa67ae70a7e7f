"""What stands around the stories: introduction, numbers, memory, sources and method."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from digest.data.prose import load_prose
from digest.model import LEDE, Entry, Ownership, Ranked
from digest.text.dates import day_text
from digest.text.markdown import Md, link
from digest.write.attribution import facts_of, listed, outlet_of
from digest.write.brief import Brief, Past
from digest.write.casing import spelled
from digest.write.composed import ComposedIssue, Kind, Paragraph
from digest.write.headings import span_of
from digest.write.pieces import own_sentences, traced

_MOST_NUMBERS = 4
_MOST_PAST = 5
_SHORT = 16
_RECENT = timedelta(days=21)
"""So long a reader is taken to remember an issue."""
_UNITS = (
    "barrels|tonnes|tons|percent|per cent|dollars|yuan|rubles|roubles|euros|people|drones|missiles"
    "|tankers|wagons|websites|cubic meters|cubic metres|kilometers|kilometres|megawatts|soldiers"
    "|troops|companies|flights|vehicles|cars|votes"
)
_NUMBER = re.compile(
    rf"(?<![\w.,-])(?:[$€¥£]\d[\d.,]*\d?(?: (?:million|billion|trillion))?"
    rf"|\d[\d,.]*\d? (?:(?:million|billion|trillion) )?(?:{_UNITS})\b)"
)


def introduction_of(issue: ComposedIssue, ranked: Sequence[Ranked], brief: Brief) -> tuple[Md, ...]:
    """Two sentences of facts: what leads and how widely it was told, and what follows."""
    if not issue.stories:
        return ()
    lead, others = ranked[0], len(ranked) - 1
    outlets = len({outlet_of(entry).name for entry in lead.entries})
    languages = _languages(lead.entries)
    many = f"{spelled(outlets).capitalize()} outlet{'s' * (outlets != 1)}"
    told = f", in {languages}," if len({e.lang for e in lead.entries}) > 1 else ""
    first = Md("{}{} tell the leading story of {}: {}.").format(
        many, told, span_of(brief.period), issue.stories[0].heading.rstrip(".")
    )
    if outlets == 1:
        first = Md(str(first).replace(" tell ", " tells ", 1))
    sections = [
        Md("{} under {}").format(spelled(len(each.stories)), each.title)
        for each in issue.sections
        if each.id != LEDE
    ]
    if not others or not sections:
        return (first,)
    more = f"Another {spelled(others)} stories follow" if others > 1 else "One more story follows"
    text = Md("{}: {}.").format(more, listed(sections))
    return (first, text)


def numbers_of(ranked: Sequence[Ranked], language: str) -> tuple[Md, ...]:
    """Figures of the issue, one a story, each with the sentence's outlet; traced.

    Only figures with a unit, from editor's notes in the newsletter's language.
    """
    made: list[Md] = []
    for each in ranked:
        found = _number(each.entries, language)
        if found is not None and len(made) < _MOST_NUMBERS:
            made.append(found)
    return tuple(made) if len(made) > 1 else ()


def _number(entries: Sequence[Entry], language: str) -> Md | None:
    for entry in entries:
        if not entry.paraphrase or entry.lang != language:
            continue
        for sentence in own_sentences(entry)[:3]:
            match = _NUMBER.search(sentence)
            if match is not None:
                text = Md("**{}** – {} ({})").format(
                    match[0].rstrip(".,"),
                    entry.title.rstrip("."),
                    outlet_of(entry).full(article=""),
                )
                return traced(text, entry)
    return None


def method_of(ranked: Sequence[Ranked]) -> Md:
    """A closing line of facts: how many reports, outlets, languages and state media."""
    entries = [entry for each in ranked for entry in each.entries]
    if not entries:
        return Md("")
    outlets = {outlet_of(entry).name: entry for entry in entries}
    state = sum(facts_of(e).ownership is Ownership.STATE for e in outlets.values())
    alone = sum(each.origins == 1 for each in ranked)
    reports = f"{len(entries)} report{'s' * (len(entries) != 1)}"
    told = f"Sources: {reports} from {_outlets(len(outlets))}, in {_languages(entries)}"
    told += f"; {spelled(state)} of the outlets {'is' if state == 1 else 'are'} state media" * (
        state > 0
    )
    told += f"; {spelled(alone)} stor{'y rests' if alone == 1 else 'ies rest'} on one source" * (
        alone > 0
    )
    notes = sum(entry.paraphrase for entry in entries)
    if notes == len(entries):
        told += ". Reports are told in our words"
    elif notes == 0:
        told += ". Reports are quoted in their publishers’ words"
    else:
        told += ". Words in quotation marks are the publishers’; the rest is told in ours"
    return Md("*{}.*").format(told)


def _outlets(count: int) -> str:
    return f"{spelled(count)} outlet{'s' * (count != 1)}"


def _languages(entries: Sequence[Entry]) -> str:
    counts = Counter(load_prose().language(entry.lang) for entry in entries)
    names = [name for name, _ in counts.most_common()]
    return str(listed([Md(name) for name in names]))


def update_of(past: Sequence[Past], day: date) -> Paragraph | None:
    """A line on what an issue told of a story that goes on, for the issue of ``day``; else nothing.

    ``Update: the issue of 7 April 2022 noted: …``; what was told longer ago is recalled instead:
    ``As noted in the issue of 7 April 2022: …``.
    """
    if not past:
        return None
    last = past[0]
    shown = Md.escape(day_text(last.day))
    shown = link(shown, last.address) if last.address else shown
    recent = day - last.day <= _RECENT
    words = "Update: the issue of {} noted: {}." if recent else "As noted in the issue of {}: {}."
    text = Md(words).format(shown, last.heading.rstrip("."))
    return Paragraph(kind=Kind.UPDATE, markdown=text, entry_ids=())


def past_lines(past: Sequence[Past]) -> tuple[Md, ...]:
    """What earlier issues told of the storyline, newest first, with links into the archive."""
    return tuple(
        Md("{} – the issue of {}").format(
            link(each.heading, each.address) if each.address else each.heading, day_text(each.day)
        )
        for each in past[:_MOST_PAST]
    )
