"""Everyone who reported a story: the outlets not woven in, and stories told in other languages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.data.prose import load_prose
from digest.model import Entry
from digest.text.markdown import Md
from digest.text.sentences import sentences
from digest.write.attribution import Voice, day_of, listed, outlet_of
from digest.write.casing import count_words, curly, spelled
from digest.write.composed import Kind, Paragraph
from digest.write.quotes import MOST_WORDS, chosen, joined, passages
from digest.write.telling import capital, paragraph, source_mark, traced

_MOST_AT_HOME = 4
_MOST_ABROAD = 2
_MOST_BLOCKS = 3
_BEGINNINGS = ("Also reported by", "The story was also carried by")
# Scripts that the page marks by itself; a Latin-script language has to be named in the text.
_MARKED = frozenset({"ru", "uk", "kk", "zh", "und"})


def credits_of(
    entries: Sequence[Entry], told: Sequence[str], language: str, voice: Voice
) -> list[Paragraph]:
    """One sentence that names the outlets whose report adds nothing, by language, with links."""
    rest: dict[str, list[Entry]] = {}
    named = set(told)
    for entry in entries:
        name = outlet_of(entry).name
        if name not in named:
            rest.setdefault(entry.lang, []).append(entry)
            named.add(name)
    if not rest:
        return []
    parts = []
    home = rest.pop(language, [])
    if home:
        parts.append(_names(home, _MOST_AT_HOME))
    parts += [
        Md("in {} by {}").format(load_prose().language(lang), _names(group, _MOST_ABROAD))
        for lang, group in rest.items()
    ]
    begin = voice.pick(_BEGINNINGS) if home else "Also reported"
    text = Md("{} {}.").format(begin, Md("; ").join(parts))
    cited = [*home, *(entry for group in rest.values() for entry in group)]
    return [paragraph(Kind.CREDITS, [traced(text, *cited)], cited)]


def foreign_body(entries: Sequence[Entry], language: str) -> list[Paragraph]:
    """A story that no entry tells in the newsletter's language: the originals, marked."""
    made: list[Paragraph] = []
    shown: set[str] = set()
    for entry in entries:
        if entry.lang in shown or len(shown) >= _MOST_BLOCKS:
            continue
        shown.add(entry.lang)
        outlet, day = outlet_of(entry), day_of(entry)
        on = f" on {day}" if day else ""
        name = load_prose().language(entry.lang)
        lead = Md("{} reported in {}{}:").format(capital(outlet.full()), name, on)
        if entry.paraphrase:
            # Our own note, so no quotation: a block with [Source] would pass it off as theirs.
            text = Md("{} {} [{}]").format(lead, Md(" — ").join(_original(entry)), entry.lang)
            made.append(paragraph(Kind.PROSE, [traced(text, entry)], [entry]))
            continue
        made.append(paragraph(Kind.PROSE, [traced(lead, entry)], [entry]))
        original = Md("\n\n").join(_original(entry))
        text = Md("{} [{}]{}").format(original, entry.lang, source_mark(entry))
        made.append(paragraph(Kind.QUOTE, [traced(text, entry)], [entry]))
    told = {entry_id for part in made for entry_id in part.entry_ids}
    names = [outlet_of(entry).name for entry in entries if entry.id in told]
    return made + credits_of(entries, names, language, Voice())


def _original(entry: Entry) -> list[Md]:
    """The headline and first sentences of a report, in its own language."""
    if entry.paraphrase:
        parts = [
            s for block in re.split(r"\n\s*\n", entry.text) for s in sentences(block, entry.lang)
        ]
        body = ""
        for part in parts[:2]:
            if count_words(body + part) <= MOST_WORDS:
                body = (body + ("" if entry.lang == "zh" else " ") + part.strip()).strip()
    else:
        room = MOST_WORDS - count_words(entry.title)
        body = joined(chosen(passages(entry), most=2, words=max(room, 0)))
    parts = [curly(part) for part in (entry.title, body) if part]
    if entry.lang in _MARKED or not re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z]+)?", entry.lang):
        return [Md("{}").format(part) for part in parts]
    marked = Md('<span lang="{}">{}</span>')
    return [marked.format(Md(entry.lang), part) for part in parts]


def _names(entries: Sequence[Entry], most: int) -> Md:
    shown = [outlet_of(entry).full() for entry in entries[:most]]
    left = len(entries) - len(shown)
    if left == 1:
        shown.append(outlet_of(entries[most]).full())
    elif left > 1:
        shown.append(Md("{} others").format(spelled(left)))
    return listed(shown)
