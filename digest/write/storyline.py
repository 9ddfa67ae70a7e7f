"""The leading story with everything that belongs to its storyline, for a style that goes deep."""

from __future__ import annotations

from dataclasses import replace

from digest.model import Entry, Ranked, Selection
from digest.text.mentions import NameFinder
from digest.write.pieces import own_sentences

_SHARED = 2


def gathered(selection: Selection, finder: NameFinder | None) -> Selection:
    """The selection whose lede holds the entries of all stories of its storyline.

    Stories belong to it that share its storyline, or, where none is known, whose opening names
    two people that the lede's opening names. The lede's own entries stay first.
    """
    lede = selection.lede
    if lede is None:
        return selection
    people = _people(lede.entries[0], finder)
    placed = [ranked for _, group in selection.sections for ranked in group]
    akin = [ranked for ranked in placed if _is_akin(ranked, lede, people, finder)]
    ids = {ranked.story.id for ranked in akin}
    entries = tuple(dict.fromkeys(e for ranked in (lede, *akin) for e in ranked.entries))
    story = replace(
        lede.story,
        entry_ids=tuple(entry.id for entry in entries),
        merged=tuple(dict.fromkeys([*lede.story.merged, *sorted(ids)])),
    )
    return replace(
        selection,
        lede=replace(
            lede,
            story=story,
            entries=entries,
            origins=lede.origins + sum(ranked.origins for ranked in akin),
        ),
        sections=tuple(
            (name, kept)
            for name, group in selection.sections
            if (kept := tuple(ranked for ranked in group if ranked.story.id not in ids))
        ),
    )


def _is_akin(
    ranked: Ranked, lede: Ranked, people: frozenset[str], finder: NameFinder | None
) -> bool:
    mine, its = ranked.story.storyline_id, lede.story.storyline_id
    if its is not None:
        return mine == its
    return len(people & _people(ranked.entries[0], finder)) >= _SHARED


def _people(entry: Entry, finder: NameFinder | None) -> frozenset[str]:
    if finder is None:
        return frozenset()
    opening = " ".join([entry.title, *own_sentences(entry)[:1]])
    found = {mention.name_id for mention in finder.find(opening)}
    return frozenset(each for each in found if finder.name(each).kind == "person")
