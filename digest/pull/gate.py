"""What no feed parser should see: traps are refused, and too long a list is cut.

The gate also says whether a document is strict XML, which is what the fast parser may have.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

from digest.errors import ParseError
from digest.pull.fields import DECLARED, HEAD

_OPENING = re.compile(rb"<(?![!?])(/?)[^<>]*?(/?)>")
_BAD_ENCODINGS = frozenset(
    {"punycode", "undefined", "idna", "raw_unicode_escape", "unicode_escape"}
)
_ELEMENT = re.compile(rb"<\w")
_ITEM = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEM_END = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)


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


DEFAULT_LIMITS = Limits()
LOCAL_LIMITS = Limits(local=True)


def shortened(body: bytes, limits: Limits) -> bytes:
    """The document with its first ``limits.entries`` entries; the very same where it has no more.

    Cut before it is parsed: a parser builds every entry, and a million empty ones fill memory.
    """
    starts = _ITEM.finditer(body)
    surplus = next((m for n, m in enumerate(starts) if n == limits.entries), None)
    if surplus is None:
        return body
    ends = [m.end() for m in _ITEM_END.finditer(body, surplus.start())]
    return body[: surplus.start()] + body[ends[-1] if ends else len(body) :]


class _NotStrictError(Exception):
    """The document is not for the fast parser."""


def is_strict(body: bytes, limits: Limits) -> bool:
    """True for strict XML without a DTD; raises ParseError for what no parser should see."""
    _refuse_tricks(body, limits)
    parser = expat.ParserCreate()
    depth = 0

    def opened(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.depth:
            raise ParseError(f"The feed nests elements deeper than {limits.depth}; it is not read.")

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise _NotStrictError

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _NotStrictError, LookupError, ValueError):
        return False
    return True


def _refuse_tricks(body: bytes, limits: Limits) -> None:
    plain = body.replace(b"\0", b"")  # UTF-16 and UTF-32 spell the same letters with NULs between
    root = _ELEMENT.search(plain)
    if b"<!ENTITY" in plain[: root.start() if root else None].upper():
        raise ParseError(
            "The feed declares XML entities, which can be a trap, so it is not read; "
            "ask the publisher for a feed without a DTD."
        )
    if found := DECLARED.search(plain[:HEAD]):
        name = found.group(1).decode("ascii").lower().replace("-", "_")
        if name in _BAD_ENCODINGS:
            raise ParseError(f'The feed claims the encoding "{name}", which no text has.')
    run = 0
    for tag in _OPENING.finditer(plain):
        run = 0 if tag.group(1) or tag.group(2) else run + 1
        if run > limits.depth * 8:
            raise ParseError("The feed opens elements without an end; it is not read.")
