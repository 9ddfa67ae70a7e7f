"""The leading story with everything that belongs to its storyline, for a style that goes deep."""

from __future__ import annotations

from dataclasses import replace

from digest.model import Selection


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
