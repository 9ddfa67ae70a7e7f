"""The gate on attribution: who is named, who is called state media, what is undated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.model import Certainty, Ownership
from digest.text.words import normal
from digest.write import blocks
from digest.write.attribution import facts_of, outlet_of
from digest.write.gatecontext import Cited, Context, Finding, error, pages, warning
from digest.write.gatetext import Part, Piece

_STATE = re.compile(
    r"\bstate[ -](?:media|run|owned|controlled|backed|news|broadcaster|newspaper|outlet|agency"
    r"|television|tv|radio|press)|\b(?:party|official|government) (?:newspaper|press|paper|daily)",
    re.IGNORECASE,
)
_NEAR = 48


def check_attribution(context: Context) -> Iterator[Finding]:
    """Whoever a sentence is taken from is named or linked in its story by then."""
    for part in context.stories:
        blocks_read: dict[int, str] = {}
        links: set[str] = set()
        told: set[tuple[str, ...]] = set()
        for piece in part.pieces:
            whole = [other for other in part.pieces if other.block == piece.block]
            blocks_read[piece.block] = " ".join(other.text for other in whole)
            links |= {blocks.normal_link(link.url) for other in whole for link in other.links}
            known = context.entries(piece)
            if not known or piece.entry_ids in told:
                continue
            text = normal(" ".join(blocks_read.values()))
            if not any(_is_named(each, text, links) for each in known):
                told.add(piece.entry_ids)
                name = known[0].entry.publisher
                message = f"the story does not say that this is from {name}: name or link it"
                yield error("attribution-missing", message, piece.line, part.id)


def _is_named(cited: Cited, text: str, links: set[str]) -> bool:
    if links & pages((cited.entry.url,)):
        return True
    outlet = outlet_of(cited.entry)
    names = {outlet.name, cited.entry.publisher, *([outlet.wire] if outlet.wire else [])}
    return any(
        re.search(rf"(?<!\w){re.escape(normal(name))}(?!\w)", text) for name in names if name
    )


def check_state_media(context: Context) -> Iterator[Finding]:
    """State media are called so in each story that reports their words."""
    for part in context.stories:
        known = [context.cited[each] for each in sorted(part.entry_ids) if each in context.cited]
        state = [each for each in known if facts_of(each.entry).ownership is Ownership.STATE]
        if not state or re.search(r"\bstate media\b", part.text, re.IGNORECASE):
            continue
        unsaid = [each for each in state if not _is_told(each, part.text)]
        line = _line_of(part, unsaid)
        if len(state) == len(known) and len(unsaid) == len(state):
            names = ", ".join(dict.fromkeys(each.entry.publisher for each in state))
            message = f"this rests on state media alone ({names}) and does not say so"
            yield error("one-sided", message, line, part.id)
            continue
        for each in unsaid:
            if _is_shown(each, part.text):
                message = f"{each.entry.publisher} is state media and is not called so here"
                yield warning("state-media-unnamed", message, _line_of(part, [each]), part.id)


def _is_told(cited: Cited, text: str) -> bool:
    """Whether words for state media stand beside the outlet's name."""
    outlet = outlet_of(cited.entry)
    for found in re.finditer(re.escape(outlet.name), text):
        around = text[max(0, found.start() - _NEAR) : found.end() + _NEAR]
        if _STATE.search(around):
            return True
    return False


def _is_shown(cited: Cited, text: str) -> bool:
    return outlet_of(cited.entry).name in text


def _line_of(part: Part, which: list[Cited]) -> int:
    ids = {each.entry.id for each in which}
    return next((piece.line for piece in part.pieces if ids & set(piece.entry_ids)), part.line)


def check_dates(context: Context) -> Iterator[Finding]:
    """A report whose date nobody knows is said to be undated."""
    for part in context.stories:
        told: set[str] = set()
        for piece in part.pieces:
            for each in context.entries(piece):
                guess = each.entry.certainty is Certainty.GUESS
                if not guess or each.entry.id in told or not _is_reported(piece):
                    continue
                told.add(each.entry.id)
                if not re.search(r"\bundated\b|\bno date\b", part.text, re.IGNORECASE):
                    message = f"nobody knows the date of {each.entry.publisher}’s report: say so"
                    yield warning("undated", message, piece.line, part.id)


def _is_reported(piece: Piece) -> bool:
    return len(piece.entry_ids) == 1 and not piece.confidence
