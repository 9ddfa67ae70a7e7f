"""The header fields of a message in plain words, whatever the program that wrote them did.

Values are read as they stand in the message: several encoded words of one field may share a
character between them (RFC 2047 forbids it, many programs do it), and raw bytes may stand where
only ASCII may.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from email.message import Message
from hashlib import sha256

from digest.model import Certainty
from digest.pull.decode import decode, decode_named
from digest.text.clean import clean_text
from digest.text.dates import parse_date

_LONGEST = 4_000
_LONGEST_ID = 998
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([BbQq])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?[^?\s]{1,40}\?[BbQq]\?)")
_VIA = re.compile(r"^['\"]?(.+?)['\"]? (?:via|durch|через|通过) .+$", re.IGNORECASE)
_REPLY = re.compile(
    r"^(?:\s*(?:re|fwd?|aw|wg|tr|rv|отв|ответ|пересл|回复|答复|转发|轉寄|回覆)\s*(?:\[\d+\])?[:：])+\s*",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\(([^()]{1,200})\)")
_STAMP = re.compile(r";\s*([^;]{8,80})$")


def field(message: Message, name: str) -> str:
    """The first field of that name as it stands there, unfolded; "" where there is none."""
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            return re.sub(r"\r?\n[ \t]?", " ", str(value))[:_LONGEST].strip()
    return ""


def decoded(value: str) -> str:
    """The text of a field: encoded words and raw bytes in their encodings, blanks folded."""
    value = _BETWEEN.sub("", value)
    text, end = [], 0
    words = list(_WORD.finditer(value))
    # Only words that touch may share a character.
    groups: list[list[re.Match[str]]] = []
    for word in words:
        if groups and groups[-1][-1].end() == word.start() and _like(groups[-1][-1], word):
            groups[-1].append(word)
        else:
            groups.append([word])
    for group in groups:
        text.append(_plain(value[end : group[0].start()]))
        text.append(_joined(group))
        end = group[-1].end()
    text.append(_plain(value[end:]))
    return " ".join(clean_text("".join(text)).split())


def subject(message: Message) -> str:
    """The subject without the signs of an answer or of forwarding before it."""
    return _REPLY.sub("", decoded(field(message, "Subject")))


def sender(message: Message) -> str | None:
    """The name of who wrote, or None where only an address is given."""
    # Read by hand: names hold commas, colons and brackets that a strict reader takes for syntax.
    value = field(message, "From")
    before, bracket, _ = value.partition("<")
    named = before if bracket else "".join(_COMMENT.findall(value)[-1:])
    name = decoded(re.sub(r"\\(.)", r"\1", named)).strip("'\" ")
    if via := _VIA.match(name):
        name = via.group(1)
    return name if name and "@" not in name else None


def sent_at(message: Message) -> tuple[datetime, Certainty] | None:
    """When it was written, else when the last server took it; None where neither can be read."""
    if found := parse_date(_undated(field(message, "Date"))):
        return found
    received = _STAMP.search(field(message, "Received"))
    return parse_date(_undated(received.group(1))) if received else None


def message_id(message: Message) -> str:
    """The Message-ID without brackets; made of sender, date and subject where there is none."""
    said = field(message, "Message-ID").strip().strip("<>").strip()
    if said and not re.search(r"\s", said) and len(said) <= _LONGEST_ID:
        return said.encode("utf-8", "replace").decode("utf-8")
    told = "\n".join(field(message, name) for name in ("From", "Date", "Subject", "Received"))
    return f"digest:{sha256(told.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}"


def links(message: Message, name: str) -> tuple[str, ...]:
    """The addresses in angle brackets of a field (RFC 2369, RFC 5064), without blanks."""
    value = field(message, name)
    found = re.findall(r"<([^<>]{1,2000})>", value) or [value]
    return tuple(re.sub(r"\s+", "", each) for each in found if each)


def _like(one: re.Match[str], other: re.Match[str]) -> bool:
    return (one[1].lower(), one[2].lower()) == (other[1].lower(), other[2].lower())


def _joined(words: Sequence[re.Match[str]]) -> str:
    charset = words[0][1].partition("*")[0]  # RFC 2231: a language may follow
    pieces = [_bytes(word) for word in words]
    return decode_named(b"".join(pieces), charset)


def _bytes(word: re.Match[str]) -> bytes:
    body = word[3].encode("ascii", "replace")
    if word[2] in "Qq":
        return binascii.a2b_qp(body, header=True)
    body = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
    # A word cut in the middle of a group of four still holds whole bytes.
    whole = body[:-1] if len(body) % 4 == 1 else body
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _plain(text: str) -> str:
    """The text between encoded words; raw bytes stand in it as lone surrogates."""
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogateescape")
    return decode(data)


def _undated(value: str) -> str:
    """The date without comments, which may hold a time zone in any language."""
    return re.sub(r"\([^()]*\)", " ", value)
