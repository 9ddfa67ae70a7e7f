"""The gate on what was left behind: placeholders, conflicts, broken text, what not all can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.text.readalike import difference_in
from digest.write import blocks
from digest.write.gatecontext import Context, Finding, error, shown, warning
from digest.write.gatenames import front_line
from digest.write.gatetext import Part

CONFLICT = "conflict:"
"""What a comment begins with that marks where two versions of a draft differ."""

_LEFT = (
    ("a template’s mark", re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")),
    ("the word None", re.compile(r"(?<=[a-z,;:(“] )None\b(?! of\b)|\bNone(?=[.,;)”]|$)")),
    ("a character that was lost", re.compile("\ufffd")),
    ("a note to do something", re.compile(r"\b(?:TODO|FIXME|XXX)\b")),
    ("filler text", re.compile(r"\blorem ipsum\b", re.IGNORECASE)),
    ("an entity shown as text", re.compile(r"&amp;(?:amp|lt|gt|quot|nbsp|#\d+);")),
)
_CONFLICT = re.compile(rf"<!--\s*{CONFLICT}|^(?:<{{7}}|>{{7}}|={{7}}$)", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SOURCE = re.compile(r"(?<!\[)\[Source\](?![(\[\]])|\[\[Source\]\](?!\()", re.IGNORECASE)
_VAGUE = frozenset(
    ("here", "click here", "this", "this link", "link", "more", "read more", "details", "website")
)
_JUMP = 1
_STORY_LEVEL = 3


def check_leftovers(context: Context) -> Iterator[Finding]:
    """Nothing is left of templates, values that were missing, or an unfinished text.

    What a cited entry says so itself is warned of only.
    """
    theirs = " ".join(
        f"{w.title} {w.text}" for each in context.cited.values() for w in each.wordings
    )
    for line, text, story in _lines(context):
        bare = _COMMENT.sub("", text)
        for what, pattern in _LEFT:
            found = pattern.search(bare)
            if found is None:
                continue
            near = " ".join(bare[max(0, found.start() - 15) : found.end() + 15].split())
            grave = warning if found[0] in theirs else error
            yield grave("leftover", f"{what} stands in “{near}”", line, story)
        if _SOURCE.search(bare):
            yield error("source-unlinked", "[Source] leads nowhere: link it", line, story)


def check_conflicts(context: Context) -> Iterator[Finding]:
    """Every conflict that a merge marked is solved."""
    for part in context.parts:
        body = part.line + (0 if part.kind == "introduction" else 1)
        for found in _CONFLICT.finditer(part.source):
            line = body + part.source.count("\n", 0, found.start())
            message = "a conflict of a merge is not solved: keep one text and delete the marks"
            yield error("conflict", message, line, part.id)


def _lines(context: Context) -> Iterator[tuple[int, str, str]]:
    meta = context.draft.meta
    yield front_line(context, "title"), meta.title, ""
    yield front_line(context, "standfirst"), meta.standfirst, ""
    for part in context.parts:
        yield part.line, part.heading, part.id
        first = part.line + (0 if part.kind == "introduction" else 1)
        for at, line in enumerate(blocks.lines(part.source)):
            yield first + at, line.rstrip("\r\n"), part.id


def check_accessibility(context: Context) -> Iterator[Finding]:
    """Links say where they lead, headings go down step by step, pictures and tables are told."""
    for part in context.parts:
        for link in part.links:
            label = link.label.strip(" .,»→").casefold()
            if label in _VAGUE or re.match(r"https?://", label):
                message = f"the link text “{shown(link.label)}” does not say where it leads"
                yield warning("link-text", message, link.line, part.id)
        for image in part.images:
            if not image.label.strip():
                message = f"the image {shown(image.url)} has no text for those who cannot see it"
                yield error("image-text", message, image.line, part.id)
        for line, header in part.tables:
            if not header:
                yield warning("table-header", "a column has no header", line, part.id)
        for found in re.finditer(r"<img\b(?![^>]*\balt\s*=\s*[\"']?[^\"'\s>])", part.source):
            line = part.line + 1 + part.source.count("\n", 0, found.start())
            message = "an image has no text for those who cannot see it"
            yield error("image-text", message, line, part.id)
        yield from _jumps(part)


def check_reading(context: Context) -> Iterator[Finding]:
    """A text is the same issue to every reader of Markdown."""
    for part in context.parts:
        found = difference_in(part.source)
        if found is not None:
            first = part.line + (0 if part.kind == "introduction" else 1)
            message = (
                f"the page shows “{found.ours}” here, other readers of Markdown “{found.theirs}”: "
                "put blank lines between blocks and indent what belongs to a list by four"
            )
            yield warning("read-two-ways", message, first + found.line, part.id)


def _jumps(part: Part) -> Iterator[Finding]:
    level = _STORY_LEVEL if part.id else _JUMP
    for line, found, heading in part.headings:
        if found > level + 1 and found > _STORY_LEVEL + 1:
            message = f"the heading “{shown(heading)}” skips a level"
            yield warning("heading-jump", message, line, part.id)
        level = found
