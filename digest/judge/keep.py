"""Stories of clustered entries: their section, their order of entries, and ids that last.

Each run clusters the whole window afresh; a story then keeps the id of the earlier story it shares
most entries with. When two earlier stories become one, the older id stays and the other is
remembered in ``Story.merged``. The same entries give the same stories in any order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from digest.judge.duplicates import wire_of
from digest.model import OFF_TOPIC, Certainty, Entry, Ownership, Placement, Story

_ID_LENGTH = 8
_ALSO_SHARE = 0.25
_MOST_ALSO = 2
_STEP = 0.1
"""Entries whose closeness to the others lies within one such step are as central as one another."""

_COMMENTARY = re.compile(
    r"\b(?:analys[ti]s?|analysts|experts?|opinion|editorial|explain(?:s|ed|er)?|explanations?"
    r"|commentary|argues?|asks? (?:whether|why|how)|reacts?|reactions?|responds?|comments? on"
    r"|den(?:y|ies|ied)|silent (?:on|about)|declin(?:es?|ed) (?:to )?comment|no comment)\b"
    r"|^(?:why|how|what)\b"
    r"|аналити|эксперт|мнени|почему|отреагир|реакци|прокомментир|колонка|опроверг"
    r"|не комментирует|отказал\w* комментировать"
    r"|分析|专家|專家|解析|解读|解讀|社评|社評|评论|評論|为何|為何|学者|學者|观点|觀點|回应|回應|否认|否認|未置评|未置評|拒绝置评|拒絕置評",
    re.IGNORECASE,
)
"""What titles of analyses, reactions and denials say: they tell of an event to say more of it."""


def stories_of(
    groups: Sequence[Sequence[Entry]],
    placements: Mapping[str, Placement],
    *,
    language: str = "en",
    closeness: Mapping[str, float] | None = None,
) -> tuple[Story, ...]:
    """One story a group, entries best first, the section with the most probability in all.

    ``placements`` and ``closeness`` (how near an entry is to the others of its story, 0 to 1) are
    by entry id. Best is an entry in the newsletter's language that tells what most others tell,
    as a plain report. A new story's id is ``s-`` and a hash of its smallest entry id.
    """
    near = closeness or {}
    made = []
    for group in groups:
        if group:
            ordered = list(group)
            if len(ordered) > 1:
                ordered.sort(key=lambda entry: _worth(entry, language))
            made.append(_story(_central_first(ordered, language, near), placements))
    return tuple(made)


def keep_ids(
    stories: Sequence[Story], previous: Sequence[Story], *, closed: Collection[str] = ()
) -> tuple[Story, ...]:
    """The stories with the ids of earlier ones, by greatest overlap, each id given once.

    No new story gets an id that is ``closed``, as those of stories are that were told.

    Overlap ties go to the earlier story listed first (the store lists the oldest first).
    """
    taken = by_overlap([s.entry_ids for s in stories], [s.entry_ids for s in previous])
    given = set(taken.values())
    used = {previous[old_at].id for old_at in taken.values()} | set(closed)
    holder = {e: at for at, story in enumerate(stories) for e in story.entry_ids}
    swallowed: dict[int, list[Story]] = {}
    for old_at, old in enumerate(previous):
        if old_at not in given:
            for at in sorted({holder[e] for e in old.entry_ids if e in holder}):
                swallowed.setdefault(at, []).append(old)
    made: list[Story] = []
    for at, story in enumerate(stories):
        olds = swallowed.get(at, [])
        kept = previous[taken[at]] if at in taken else None
        made.append(_with_id(story, kept, olds, used))
    return tuple(made)


def by_overlap(fresh: Sequence[Sequence[str]], previous: Sequence[Sequence[str]]) -> dict[int, int]:
    """For each fresh group the earlier one it shares most members with; each is given once.

    Both are told by their places. Members stand in one group each. Ties go to the earlier group
    listed first, then to the fresh one with the smallest member.
    """
    holder = {member: at for at, group in enumerate(fresh) for member in group}
    shared: Counter[tuple[int, int]] = Counter(
        (holder[member], at)
        for at, group in enumerate(previous)
        for member in group
        if member in holder
    )
    taken: dict[int, int] = {}
    given: set[int] = set()
    first = [min(group) for group in fresh]
    for (new, old), _ in sorted(shared.items(), key=lambda kv: (-kv[1], kv[0][1], first[kv[0][0]])):
        if new not in taken and old not in given:
            taken[new] = old
            given.add(old)
    return taken


def _with_id(story: Story, kept: Story | None, swallowed: Sequence[Story], used: set[str]) -> Story:
    """The story under its lasting id; ``used`` grows by the ids of new stories."""
    if kept is None:
        new_id = free_id("s", min(story.entry_ids), used)
        used.add(new_id)
        return replace(story, id=new_id)
    gone = [o.id for o in swallowed if set(o.entry_ids) <= set(story.entry_ids)]
    merged = tuple(dict.fromkeys([*kept.merged, *gone]))
    return replace(story, id=kept.id, merged=merged, storyline_id=kept.storyline_id)


def free_id(kind: str, seed: str, used: Collection[str]) -> str:
    """``s-`` or another kind and a hash of the seed; of a longer seed while that one is used."""
    made = f"{kind}-{sha256(seed.encode()).hexdigest()[:_ID_LENGTH]}"
    return made if made not in used else free_id(kind, f"{seed}+", used)


def _central_first(
    entries: Sequence[Entry], language: str, closeness: Mapping[str, float]
) -> list[Entry]:
    """Within each language what is central first, then plain reports; else the order given."""
    if len(entries) == 1:
        return list(entries)
    best = {
        own: max(
            (closeness.get(e.id, 0.0) for e in entries if (e.lang == language) == own), default=0.0
        )
        for own in (True, False)
    }

    def rank(entry: Entry) -> tuple[bool, int, bool]:
        own = entry.lang == language
        steps = int((best[own] - closeness.get(entry.id, 0.0)) / _STEP + 1e-9)
        return not own, steps, _COMMENTARY.search(entry.title) is not None

    return sorted(entries, key=rank)


def _story(entries: Sequence[Entry], placements: Mapping[str, Placement]) -> Story:
    sums: dict[str, float] = {}
    for entry in entries:
        placement = placements[entry.id]
        sums[placement.section] = sums.get(placement.section, 0.0) + placement.score
        for further in placement.also:
            sums[further] = sums.get(further, 0.0) + (1 - placement.score) / 2
    order = sorted(sums, key=lambda section: (-sums[section], section))
    least = _ALSO_SHARE * sums[order[0]]
    also = tuple(s for s in order[1:] if sums[s] >= least and s != OFF_TOPIC)[:_MOST_ALSO]
    return Story(
        id=free_id("s", min(entry.id for entry in entries), ()),
        entry_ids=tuple(entry.id for entry in entries),
        section=order[0],
        also=() if order[0] == OFF_TOPIC else also,
    )


def _worth(entry: Entry, language: str) -> tuple[object, ...]:
    """A sort key, best first: the reader's language, an address, weight, not state, own, early."""
    return (
        entry.lang != language,
        -entry.weight,
        entry.ownership in (Ownership.STATE, Ownership.OFFICIAL),
        entry.url is None,
        wire_of(entry) not in (None, entry.publisher),
        entry.certainty is Certainty.GUESS,
        entry.date,
        entry.id,
    )
