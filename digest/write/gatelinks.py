"""The gate on links: where they lead, whether they may, what the network said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digest.text.urls import is_web_url
from digest.write import blocks
from digest.write.gatecontext import Answer, Context, Finding, error, note, pages, shown, warning
from digest.write.gatetext import Link, Part, Piece

_UNREAD = re.compile(r"\[[^\[\]]+\]\([^()]*\)")
"""A link that the parser refused: the reader would see its marks."""


def check_links(context: Context) -> Iterator[Finding]:
    """Every link leads to a page of a stored entry, or of our own archive."""
    listed = pages(each.url for each in context.draft.meta.entries)
    known = (*(each.entry for each in context.cited.values()), *context.linked)
    stored = pages(each.url for each in known)
    for part in context.parts:
        for piece in part.pieces:
            for link in piece.links:
                problem = _shape(link)
                if problem:
                    yield error("link-broken", problem, link.line, part.id)
                elif link.url.startswith("mailto:") or _is_ours(context, link.url):
                    continue
                elif blocks.normal_link(link.url) not in stored | listed:
                    yield _unknown(part, piece, link)
                else:
                    yield from _other_page(context, part, piece, link)
            for found in _UNREAD.finditer(piece.text):
                message = f"{shown(found[0])} is shown as it stands: its address is none"
                yield error("link-broken", message, piece.line, part.id)


def _shape(link: Link) -> str | None:
    if not link.url:
        return f"the link “{shown(link.label)}” has no address"
    if not link.label:
        return f"the link to {shown(link.url)} has no text"
    if not is_web_url(link.url) and not re.match(r"mailto:[^@\s]+@", link.url):
        return f"{shown(link.url)} is no address of a page: write it with https://"
    return None


def _is_ours(context: Context, url: str) -> bool:
    return bool(context.base_url) and url.startswith(str(context.base_url))


def _unknown(part: Part, piece: Piece, link: Link) -> Finding:
    """A link of a sentence that names its entry must be that entry's; a person's own is free."""
    address = shown(link.url, 90)
    if piece.entry_ids:
        message = f"{address} is not the page of the entry this sentence names, nor of any other"
        return error("link-unknown", message, link.line, part.id)
    message = f"no stored entry is at {address}; `digest add` stores it, --online tries it"
    return warning("link-unknown", message, link.line, part.id)


def _other_page(context: Context, part: Part, piece: Piece, link: Link) -> Iterator[Finding]:
    wanted = [context.url_of(each) for each in piece.entry_ids]
    if any(wanted) and blocks.normal_link(link.url) not in pages(wanted):
        message = f"{shown(link.url, 90)} is the page of another entry than this sentence names"
        yield warning("link-of-another", message, link.line, part.id)


def check_answers(context: Context) -> Iterator[Finding]:
    """What the network said of each link, where it was asked."""
    told: set[str] = set()
    for part in context.parts:
        for link in part.links:
            asked = context.asked.get(link.url)
            if asked is None or link.url in told:
                continue
            told.add(link.url)
            message = f"{shown(link.url, 90)}: {asked.message}"
            if asked.answer is Answer.DEAD:
                yield error("link-dead", message, link.line, part.id)
            elif asked.answer is Answer.SILENT:
                yield warning("link-silent", message, link.line, part.id)
            elif asked.answer is Answer.BLOCKED:
                yield note("link-blocked", message, link.line, part.id)
