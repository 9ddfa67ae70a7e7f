"""The small parts of generated prose: sentences with their traces, paragraphs of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.model import Entry
from digest.text.markdown import Md, link, trace
from digest.text.sentences import sentences
from digest.write.casing import curly
from digest.write.composed import Kind, Paragraph


def own_sentences(entry: Entry) -> list[str]:
    """The sentences of an editor's note, with typographic quotation marks."""
    parts = re.split(r"\n\s*\n", entry.text)
    return [curly(s.strip()) for part in parts for s in sentences(part, entry.lang) if s.strip()]


def paragraph(kind: Kind, text: Sequence[Md], entries: Iterable[Entry]) -> Paragraph:
    """Traced sentences as one paragraph."""
    ids = tuple(dict.fromkeys(entry.id for entry in entries))
    return Paragraph(kind=kind, markdown=Md(" ").join(text), entry_ids=ids)


def traced(text: Md, *entries: Entry) -> Md:
    """A sentence followed by the comment that names its entries."""
    return Md("{} {}").format(text, trace(*(entry.id for entry in entries)))


def inner(text: str) -> str:
    """A text as it stands inside quotation marks: its own double marks become single ones."""
    return curly(text).replace("“", "‘").replace("”", "’")


def capital(text: Md) -> Md:
    """The text with a capital where it begins with a small letter."""
    return Md(str(text)[:1].upper() + str(text)[1:])


def source_mark(entry: Entry) -> Md:
    """``[[Source](url)]``, or nothing where there is no page."""
    return Md(" [{}]").format(link("Source", entry.url)) if entry.url else Md("")


def quotation(entry: Entry, text: str) -> Paragraph:
    """A block quotation closed by its linked source."""
    made = Md("{}{}").format(curly(text), source_mark(entry))
    return paragraph(Kind.QUOTE, [traced(made, entry)], [entry])


def joined_paragraphs(parts: Sequence[Paragraph], most: int) -> list[Paragraph]:
    """Paragraphs of one or two sentences put together, ``most`` at a time."""
    made = []
    for start in range(0, len(parts), most):
        group = parts[start : start + most]
        ids = tuple(dict.fromkeys(entry_id for part in group for entry_id in part.entry_ids))
        markdown = Md(" ").join(part.markdown for part in group)
        made.append(Paragraph(kind=Kind.PROSE, markdown=markdown, entry_ids=ids))
    return made
