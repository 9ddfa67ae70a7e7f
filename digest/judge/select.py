"""Which stories an issue holds, in which section, and why the others stay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.judge.twice import Kin, as_one
from digest.model import Override, Ranked, Reason, Section, Selection, Unused

PIN = 100.0

MANY = 5
"""With fewer publishers than this the cap on one of them would only make the issue thin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The size of an issue and the least a story must be worth."""

    stories: int = 15
    further: int = 6
    floor: float = 1.4
    lede_origins: int = 2
    share_of_source: int = 4


def select(
    ranked: Sequence[Ranked],
    *,
    sections: Sequence[Section],
    overrides: Sequence[Override] = (),
    limits: Limits | None = None,
    kin: Kin | None = None,
) -> Selection:
    """The lede, the stories by section in the order of the page, further reading, the rest.

    The editor's decisions come first: dropped and held stories stay out, pinned ones come in,
    moved ones stand where they were moved. A story that is nearly one with a better one (``kin``)
    joins it, unless the editor decided something about it.
    """
    free = frozenset(
        each.story.id for each in ranked if not any(_is_about(o, each) for o in overrides)
    )
    near = {story_id: others & free for story_id, others in (kin or {}).items() if story_id in free}
    return _Selector(sections, limits or Limits(), near).select(_decided(ranked, overrides))


def _decided(ranked: Sequence[Ranked], overrides: Sequence[Override]) -> list[Ranked | Unused]:
    """The stories with the editor's decisions carried out, the best first."""
    found: list[Ranked | Unused] = []
    for each in ranked:
        decided = {o.action: o for o in overrides if _is_about(o, each)}
        if "drop" in decided or "hold" in decided:
            word = "dropped" if "drop" in decided else "held for a later issue"
            found.append(Unused(ranked=each, why=f"{word} by the editor"))
            continue
        found.append(_moved(_pinned(each, decided), decided))
    return sorted(
        found,
        key=lambda e: (-(e.score if isinstance(e, Ranked) else e.ranked.score), _id(e)),
    )


def _pinned(ranked: Ranked, decided: Mapping[str, Override]) -> Ranked:
    if "pin" not in decided:
        return ranked
    reason = Reason(feature="pinned by the editor", weight=PIN)
    return replace(ranked, score=ranked.score + PIN, reasons=(*ranked.reasons, reason))


def _moved(ranked: Ranked, decided: Mapping[str, Override]) -> Ranked:
    move = decided.get("move")
    if move is None or not move.value:
        return ranked
    return replace(ranked, story=replace(ranked.story, section=move.value))


def _is_about(override: Override, ranked: Ranked) -> bool:
    ids = {ranked.story.id, *ranked.story.merged}
    return override.story_id in ids or bool(set(override.entry_ids) & set(ranked.story.entry_ids))


def _id(each: Ranked | Unused) -> str:
    return each.story.id if isinstance(each, Ranked) else each.ranked.story.id


class _Selector:
    """Fills an issue story by story, the best first."""

    def __init__(self, sections: Sequence[Section], limits: Limits, kin: Kin) -> None:
        self.sections = {section.id: section for section in sections}
        self.limits = limits
        self.kin = kin
        self.placed: dict[str, list[Ranked]] = {section.id: [] for section in sections}
        self.leads: Counter[str] = Counter()
        self.unused: list[Unused] = []
        self.many = True

    def select(self, decided: Sequence[Ranked | Unused]) -> Selection:
        stories = self._told_once([each for each in decided if isinstance(each, Ranked)])
        self.many = len({each.entries[0].publisher for each in stories}) >= MANY
        self.unused += [each for each in decided if isinstance(each, Unused)]
        lede = self._lede(stories)
        if lede is not None:
            self._count(lede)
        for each in stories:
            if each is lede:
                continue
            why = self._objection(each, lede)
            if why is None:
                self.placed[each.story.section].append(each)
                self._count(each)
            else:
                self.unused.append(Unused(ranked=each, why=why))
        further = self._further()
        return Selection(
            lede=lede,
            sections=tuple((name, tuple(held)) for name, held in self.placed.items() if held),
            further=further,
            unused=tuple(each for each in self.unused if each.ranked not in further),
        )

    def _told_once(self, stories: Sequence[Ranked]) -> list[Ranked]:
        """The stories, those that are nearly one with a better one told with it."""
        told: list[Ranked] = []
        hosts: dict[str, int] = {}
        for each in stories:
            found = (hosts[other] for other in self.kin.get(each.story.id, ()) if other in hosts)
            at = min(found, default=None)
            if at is None or each.score < self.limits.floor:
                hosts[each.story.id] = len(told)
                told.append(each)
            else:
                hosts[each.story.id] = at
                told[at] = as_one(told[at], each)
        return told

    def _lede(self, stories: Sequence[Ranked]) -> Ranked | None:
        """The best story that several independent origins carry, else the best of all."""
        fitting = [each for each in stories if each.story.section in self.sections]
        firm = [each for each in fitting if each.origins >= self.limits.lede_origins]
        return next(iter(firm or fitting), None)

    def _objection(self, each: Ranked, lede: Ranked | None) -> str | None:
        section = self.sections.get(each.story.section)
        if section is None:
            return f"the newsletter has no section {each.story.section!r}"
        if each.score < self.limits.floor:
            return f"its score {each.score:.2f} is under the floor of {self.limits.floor:g}"
        if len(self.placed[section.id]) >= section.limit:
            return f"the section {section.title} is full with {section.limit} better stories"
        held = sum(map(len, self.placed.values())) + (lede is not None)
        if held >= self.limits.stories:
            return f"the issue is full with {held} better stories"
        if self.many and self.leads[each.entries[0].publisher] >= self.limits.share_of_source:
            return (
                f"{each.entries[0].publisher} leads {self.limits.share_of_source} stories already"
            )
        return None

    def _count(self, each: Ranked) -> None:
        self.leads[each.entries[0].publisher] += 1

    def _further(self) -> tuple[Ranked, ...]:
        """The best of what found no room, for the list at the end; only what can be opened."""
        full = [
            each.ranked
            for each in self.unused
            if each.ranked.score >= self.limits.floor
            and each.ranked.entries[0].url is not None
            and "by the editor" not in each.why
        ]
        return tuple(full[: self.limits.further])
