"""The gate on names: one spelling a person, glosses where they belong and right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from digest.model import Name
from digest.text.chinese import simplified
from digest.write.gatecontext import Context, Finding, error, warning
from digest.write.gatetext import Part, without_quotations
from digest.write.gloss import gloss_text
from digest.write.spelling import folded, spellings

_GLOSS = re.compile(
    r"(?P<latin>[^\W\d_]+(?:[’'-][^\W\d_]+)*(?: [^\W\d_]+(?:[’'-][^\W\d_]+)*){0,3})"
    r"[ \u00a0]?[(（]?(?P<hanzi>[\u3400-\u9fff]{2,4})(?![\u3400-\u9fff])"
)
_TONES = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜĀÁǍÀĒÉĚÈŌÓǑÒ]")


def check_spelling(context: Context) -> Iterator[Finding]:
    """One person has one spelling, headings and standfirst included; quotations are free."""
    seen: dict[tuple[str, str], tuple[str, int]] = {}
    told: set[tuple[str, str, str]] = set()
    for line, text, story in _own_texts(context):
        for spelt in spellings(text, context.finder):
            if not spelt.word.isascii():
                continue
            key = (spelt.name_id, spelt.book)
            first, where = seen.setdefault(key, (spelt.word, line))
            other = (*key, folded(spelt.word))
            if folded(spelt.word) == folded(first) or other in told:
                continue
            told.add(other)
            name = context.finder.name(spelt.name_id)
            message = f"{name.name} is spelled “{spelt.word}” here and “{first}” in line {where}"
            yield error("two-spellings", message, line, story)


def _own_texts(context: Context) -> Iterator[tuple[int, str, str]]:
    """Our own words with their lines: title, standfirst, headings, prose."""
    for key in ("title", "standfirst"):
        text = getattr(context.draft.meta, key)
        yield front_line(context, key), without_quotations(text), ""
    for part in context.parts:
        yield part.line, without_quotations(part.heading), part.id
        for line, _, heading in part.headings:
            yield line, without_quotations(heading), part.id
        for piece in part.pieces:
            if not piece.quotation:
                yield piece.line, piece.own, part.id


def front_line(context: Context, key: str) -> int:
    """The line of a key of the front matter."""
    lines = context.draft.front.splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)


def check_gloss(context: Context) -> Iterator[Finding]:
    """Glosses that stand in the draft: in prose, with the right tones and characters, once."""
    met: dict[str, int] = {}
    for part in context.parts:
        for line, _, heading in ((part.line, 0, part.heading), *part.headings):
            for name, _ in _glosses(heading, context):
                message = f"{name.name} is glossed in a heading: names stand there plainly"
                yield error("gloss-in-heading", message, line, part.id)
        for piece in part.pieces:
            for quote in piece.quotes:
                yield from _in_quotation(context, part, piece.line, quote)
            for name, shown in _glosses(piece.own, context):
                yield from _wrong(part, piece.line, name, shown)
                if name.id in met:
                    message = f"{name.name} is glossed in line {met[name.id]} already"
                    yield warning("gloss-twice", message, piece.line, part.id)
                met.setdefault(name.id, piece.line)


def _in_quotation(context: Context, part: Part, line: int, quote: str) -> Iterator[Finding]:
    stored = " ".join(
        f"{w.title} {w.text}"
        for each in part.entry_ids
        if each in context.cited
        for w in context.cited[each].wordings
    )
    for name, shown in _glosses(quote, context):
        if shown not in stored:
            message = f"{name.name} is glossed in a quotation: its words are not ours to change"
            yield error("gloss-in-quotation", message, line, part.id)


def _wrong(part: Part, line: int, name: Name, shown: str) -> Iterator[Finding]:
    right = f"{name.pinyin} {name.hanzi}"
    latin, hanzi = shown.rsplit(" ", 1)
    if simplified(hanzi) != simplified(str(name.hanzi)):
        message = f"{name.name} is not {hanzi}; the gloss is {right}"
        yield error("gloss-wrong", message, line, part.id)
    elif _TONES.search(latin) and latin != name.pinyin:
        message = f"the pinyin of {name.name} is not {latin}; the gloss is {right}"
        yield error("gloss-wrong", message, line, part.id)


def _glosses(text: str, context: Context) -> Iterator[tuple[Name, str]]:
    """The people glossed in a text, each with the gloss as it stands: ``Xí Jìnpíng 习近平``."""
    for found in _GLOSS.finditer(text):
        words = found["latin"].split(" ")
        name = _person(context, (words[at:] for at in range(len(words))), found["hanzi"])
        if name is not None:
            own = len(str(name.pinyin).split())
            yield name, f"{' '.join(words[-own:])} {found['hanzi']}"


def _person(context: Context, tails: Iterable[list[str]], hanzi: str) -> Name | None:
    """Whom Latin words before characters mean: the name of the characters, or of the words.

    Words that are no name make no gloss: ``the newspaper 人民日报``.
    """
    known = [context.finder.name(m.name_id) for m in context.finder.find(hanzi)]
    meant = next((name for name in known if name.kind == "person" and name.pinyin), None)
    for tail in tails:
        latin = " ".join(tail)
        plain = folded(latin)
        if meant is not None and plain in (folded(str(meant.pinyin)), folded(meant.name)):
            return meant
        for form in (latin, plain.title()) if len(tail) > 1 else (latin,):
            for mention in context.finder.find(form):
                name = context.finder.name(mention.name_id)
                whole = mention.start == 0 and mention.end == len(form)
                if name.kind == "person" and name.pinyin and name.hanzi and whole:
                    return name
    return None


def check_published_gloss(context: Context) -> Iterator[Finding]:
    """As published each person is glossed once at most, wherever a person wrote a gloss."""
    shown = gloss_text(_all_prose(context), context.finder)
    counts: dict[str, int] = {}
    for name, _ in _glosses(without_quotations(shown), context):
        counts[name.id] = counts.get(name.id, 0) + 1
    by_hand = {
        name.id: piece.line
        for part in context.parts
        for piece in part.pieces
        for name, _ in _glosses(piece.own, context)
    }
    for name_id, count in counts.items():
        if count > 1 and name_id in by_hand:
            glossed = context.finder.name(name_id).name
            message = f"{glossed} is glossed here, but stands earlier too: take the gloss away"
            yield warning("gloss-late", message, by_hand[name_id])


def _all_prose(context: Context) -> str:
    return "\n\n".join(
        piece.own for part in context.parts for piece in part.pieces if not piece.quotation
    )
