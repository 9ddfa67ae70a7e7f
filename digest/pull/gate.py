"""What no feed parser should see: traps are refused, and too long a list is cut."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.errors import ParseError

_TAG = re.compile(rb"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_ROOT = re.compile(rb"<\w")
_ITEM = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEM_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE\b[^<>\[]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may hold. Text is counted in characters an entry.

    ``local`` marks a file of the newsletter's own: there an entry may name its publisher and
    say that it is a paraphrase; a feed from the network may not.
    """

    local: bool = False
    entries: int = 10_000
    text: int = 1_000_000
    depth: int = 256
    size: int = 15 * 1024 * 1024
    elements: int = 300_000


DEFAULT_LIMITS = Limits()
LOCAL_LIMITS = Limits(local=True)


def shortened(body: bytes, limits: Limits) -> bytes:
    """The document with its first ``limits.entries`` entries; the very same where it has no more.

    Cut before it is parsed: a parser builds every entry, and a million empty ones fill memory.
    """
    if len(body) <= limits.entries * len(b"<item/>") or body.count(b"<") <= limits.entries:
        return body
    starts = _ITEM.finditer(body)
    surplus = next((m for n, m in enumerate(starts) if n == limits.entries), None)
    if surplus is None:
        return body
    ends = [m.end() for m in _ITEM_END.finditer(body, surplus.start())]
    return body[: surplus.start()] + body[ends[-1] if ends else len(body) :]


def without_doctype(body: bytes) -> bytes:
    """The document without the DOCTYPE of a public DTD; raises ParseError where it declares one.

    Entities declared in a document are how a few bytes become gigabytes, or a local file's text.
    """
    root = _ROOT.search(body)
    end = root.start() if root else len(body)
    head = body[:end]
    if b"<!" not in head:
        return body
    upper = head.upper()
    if b"<!ENTITY" in upper or b"<!ELEMENT" in upper or b"<!ATTLIST" in upper:
        raise ParseError(
            "The feed declares XML entities, which can be a trap, so it is not read; "
            "ask the publisher for a feed without a DTD."
        )
    return body if b"<!DOCTYPE" not in upper else _DOCTYPE.sub(b"", head) + body[end:]


def refuse_crowd(body: bytes, limits: Limits) -> None:
    """Nothing; raises ParseError for more elements than memory holds and any feed has."""
    if len(body) > limits.elements and body.count(b"<") - body.count(b"</") > limits.elements:
        raise ParseError(
            f"The feed holds more than {limits.elements:,} elements, so it is not read; "
            "it may be hostile."
        )


def refuse_depth(body: bytes, limits: Limits) -> None:
    """Nothing; raises ParseError for a document of tags within tags, which only a trap is.

    Counted outside CDATA, comments aside: what nests there is no XML.
    """
    depth = deepest = opened = 0
    for tag in _TAG.finditer(body):
        if tag.group(1):
            depth -= depth > 0
        elif not tag.group(2):
            depth += 1
            opened += 1
            deepest = max(deepest, depth)
    if deepest <= limits.depth:
        return
    # HTML that is not escaped leaves elements open all over; a trap leaves next to all open.
    if deepest > limits.depth * 8 or deepest * 2 > opened:
        raise ParseError(f"The feed nests elements deeper than {limits.depth}; it is not read.")
