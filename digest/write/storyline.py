"""The leading story with everything that belongs to its storyline, for a style that goes deep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from digest.model import Entry, Selection

_NOW = timedelta(days=7)


def gathered(selection: Selection) -> Selection:
    """The selection whose lede holds the entries of all stories of its storyline.

    A lede that goes on with nothing stays as it is: that two stories name the same people says
    nothing of a matter. The lede's own entries stay first.
    """
    lede = selection.lede
    if lede is None or lede.story.storyline_id is None:
        return selection
    line = lede.story.storyline_id
    placed = [ranked for _, group in selection.sections for ranked in group]
    akin = [ranked for ranked in placed if ranked.story.storyline_id == line]
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


def latest(entries: Sequence[Entry]) -> list[Entry]:
    """Those of the newest week: what older ones say was so then, and stands in the timeline."""
    newest = max((entry.date for entry in entries), default=None)
    return [entry for entry in entries if newest is not None and newest - entry.date <= _NOW]
