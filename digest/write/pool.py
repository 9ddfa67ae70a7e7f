"""The pool: ranked stories that found no place, ready to be pasted into a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from digest.model import Issue, Ranked, Selection
from digest.write import blocks

MOST = 30
"""More stories than a person looks through are left out; ``digest why`` knows them all."""

_FURTHER = "it stands as a link under further reading"


def pool_of(selection: Selection, sections: Sequence[str]) -> tuple[tuple[Ranked, str], ...]:
    """The stories that were not told, best first, each with the sentence that says why.

    Only those that belong in one of the newsletter's sections, and not what a person dropped.
    """
    found = [(ranked, _FURTHER) for ranked in selection.further]
    found += [(unused.ranked, unused.why) for unused in selection.unused]
    kept = [
        (ranked, why)
        for ranked, why in found
        if ranked.story.section in sections and "dropped by the editor" not in why
    ]
    kept.sort(key=lambda pair: (-pair[0].score, pair[0].story.id))
    return tuple(kept[:MOST])


def selection_of(pool: Sequence[tuple[Ranked, str]]) -> Selection:
    """The pool as a selection that a style can tell: a section a story, in the pool's order."""
    sections = tuple((ranked.story.section, (ranked,)) for ranked, _ in pool)
    return Selection(lede=None, sections=sections)


def pool_text(issue: Issue, whys: Mapping[str, str], day: date) -> str:
    """The pool as Markdown; a story with its heading line can be pasted under a section."""
    told = (
        "The best stories that found no place, best first. Copy one with its heading line under a "
        f"section of {day}.md; what it cites is found in the store. This file is written anew with "
        "every draft."
    )
    parts = [f"# Not used in the issue of {day}", told]
    for section in issue.sections:
        for story in section.stories:
            why = whys[story.id].replace("--", "–").replace(">", "›")
            parts += [
                blocks.heading_line(blocks.STORY, story.heading, identity=story.id),
                f"<!-- not used: {why}; section {section.id} -->",
                story.body,
            ]
    if len(parts) == 2:  # noqa: PLR2004 - the heading and the explanation
        parts.append("Every story of the week is told.")
    return "\n\n".join(parts) + "\n"
