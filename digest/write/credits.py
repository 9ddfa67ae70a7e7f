"""Everyone who reported a story: the outlets that are not woven in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digest.data.prose import load_prose
from digest.model import Entry
from digest.text.markdown import Md
from digest.write.attribution import Voice, listed, outlet_of
from digest.write.casing import spelled
from digest.write.composed import Kind, Paragraph
from digest.write.pieces import paragraph, traced

_BEGINNINGS = ("Also reported by", "The story was also carried by")
LINKED = 4
"""A story links to no more outlets than this in its prose; the page lists every source."""


def credits_of(
    entries: Sequence[Entry], told: Sequence[str], language: str, voice: Voice
) -> list[Paragraph]:
    """One sentence on the outlets whose report adds nothing: a few linked, the others counted.

    A story links to ``LINKED`` outlets in all; the sentence's trace names every one of them.
    """
    rest: list[Entry] = []
    named = set(told)
    for entry in entries:
        name = outlet_of(entry).name
        if name not in named:
            rest.append(entry)
            named.add(name)
    if not rest:
        return []
    room = max(LINKED - len(set(told)), 1)
    shown = _shown(rest, room, language)
    left = [entry for entry in rest if entry not in shown]
    home = any(entry.lang == language for entry in shown)
    begin = voice.pick(_BEGINNINGS) if home else "Also reported"
    text = Md("{} {}.").format(begin, _parts(shown, left, language))
    return [paragraph(Kind.CREDITS, [traced(text, *rest)], rest)]


def _parts(shown: Sequence[Entry], left: Sequence[Entry], language: str) -> Md:
    """``A, B and nine other outlets``; ``A, in Russian by B and by two other outlets``."""
    home = [outlet_of(entry).full() for entry in shown if entry.lang == language]
    abroad = [
        Md("in {} by {}").format(
            load_prose().language(lang),
            listed([outlet_of(entry).full() for entry in shown if entry.lang == lang]),
        )
        for lang in dict.fromkeys(entry.lang for entry in shown if entry.lang != language)
    ]
    others = f"{spelled(len(left))} other outlet{'s' * (len(left) != 1)}"
    others += _languages(left, language)
    if not abroad:
        return listed([*home, Md(others)]) if left else listed(home)
    parts = [listed(home)] if home else []
    return listed([*parts, *abroad, *([Md(f"by {others}")] if left else [])])


def _shown(rest: Sequence[Entry], room: int, language: str) -> list[Entry]:
    """The outlets that are named: those of the newsletter's language and of others in turn."""
    groups: dict[str, list[Entry]] = {}
    for entry in rest:
        groups.setdefault(entry.lang, []).append(entry)
    order = [groups.pop(language, [])[:], *groups.values()]
    queues = [list(group) for group in order if group]
    shown: list[Entry] = []
    while queues and len(shown) < room:
        queue = queues.pop(0)
        shown.append(queue.pop(0))
        if queue:
            queues.append(queue)
    return [entry for entry in rest if entry in shown]


def _languages(entries: Sequence[Entry], language: str) -> str:
    """Which of the outlets that are only counted write in other languages."""
    counts = Counter(load_prose().language(e.lang) for e in entries if e.lang != language)
    if not counts:
        return ""
    if len(counts) == 1 and counts.total() == len(entries):
        return f" in {next(iter(counts))}"
    told = [f"{spelled(count)} in {name}" for name, count in counts.most_common(3)]
    return f" ({listed([Md(part) for part in told])})"
