"""One message, as a mail program stores it, to one raw entry. Nothing in it is run or fetched.

The structure is read by the standard email package (RFC 5322, RFC 2045 to 2049), the values by
rules of our own where senders break the standard. Attachments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any

from digest.data.mail import load_mail_rules
from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull import mailheaders
from digest.pull.decode import decode, decode_named
from digest.pull.mailtext import html_text, page_of, plain_letter, public_page

MAX_MESSAGE = 4 * 1024 * 1024
"""Bytes of one message that are read; text stands before the attachments in almost every one."""

_MOST_TEXT = 1_000_000
_LONGEST_FIELD = 4_000
_MOST_WORK = 4_000_000  # lines times boundaries: what the email package's time grows with
_MOST_PARTS = 200
_MOST_NAMES = 5
_TOO_SHORT = 0.2
_SOFT_BREAK = re.compile(r"=[ \t]*\r?\n")
_QUOTED = re.compile(r"=(?:[0-9A-F]{2})")
_SOFT_BREAKS = 3
_PADDED_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_HEADER = re.compile(rb"[!-9;-~]{1,80}:")


class _Patient(EmailPolicy):
    """The default policy, but a field that its parser fails on or is slow on is a plain text."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return _field(name, value[:_LONGEST_FIELD])


@lru_cache(maxsize=64)
def _field(name: str, value: str) -> Any:
    # Kept, for the package asks for the type of a part a dozen times.
    try:
        return EmailPolicy().header_fetch_parse(name, value)
    except Exception:  # noqa: BLE001 - the parser fails in many ways on what senders write
        return " ".join(value.split())


_POLICY = _Patient()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one message gave: an entry whose texts are plain, or the reason why it gave none."""

    entry: RawEntry | None = None
    problem: Problem | None = None


@dataclass(slots=True)
class _Parts:
    """The parts of a message that may be shown, and the names of those that may not."""

    shown: list[str] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    locked: bool = False
    count: int = 0


def read_message(data: bytes, *, where: str) -> Letter:
    """The entry of one message; ``where`` names it in a problem. Raises nothing for what it holds.

    ``content`` is plain text, ``guid`` the Message-ID, ``publisher`` the sender's name, ``url``
    set only where it surely is this letter's public page.
    """
    try:
        message = _parsed(data[:MAX_MESSAGE])
        return _letter(message, where)
    except ParseError as error:
        return Letter(problem=Problem(code="parse", message=error.message, where=where))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        # The email package raises these on some broken messages; the others must still be read.
        message_text = f"The message cannot be read ({type(error).__name__}); save it anew."
        return Letter(problem=Problem(code="parse", message=message_text, where=where))


def _parsed(data: bytes) -> Message:
    data = data.lstrip(b"\r\n")
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    first = data.partition(b"\n")[0]
    if not _HEADER.match(first):
        raise ParseError("The file is no mail message: it does not begin with header lines.")
    if data.count(b"\n") * (data.lower().count(b"boundary") + 1) > _MOST_WORK:
        raise ParseError("The message nests too many parts to be read; it may be hostile.")
    return message_from_bytes(data, policy=_POLICY)


def _letter(message: Message, where: str) -> Letter:
    subject = mailheaders.subject(message)
    parts = _Parts()
    _collect(message, parts)
    text = _text(parts)
    if not text:
        return Letter(problem=_nothing(parts, subject, where))
    date = mailheaders.sent_at(message)
    entry = RawEntry(
        title=subject,
        url=_page(message, parts),
        guid=mailheaders.message_id(message),
        content=text[:_MOST_TEXT],
        published=date[0] if date else None,
        certainty=date[1] if date else Certainty.GUESS,
        publisher=mailheaders.sender(message),
    )
    return Letter(entry=entry)


def _nothing(parts: _Parts, subject: str, where: str) -> Problem:
    name = f'"{subject[:60]}"' if subject else "without a subject"
    if parts.locked:
        message = f"The message {name} is encrypted; save its text as a note."
        return Problem(code="encrypted", message=message, where=where)
    if parts.attached:
        files = ", ".join(parts.attached[:_MOST_NAMES])
        message = f"The message {name} holds only attachments ({files}); save them as files."
        return Problem(code="attachments-only", message=message, where=where)
    return Problem(code="empty-message", message=f"The message {name} holds no text.", where=where)


def _page(message: Message, parts: _Parts) -> str | None:
    """The address of the letter: what it says in its header, else a link "view in browser"."""
    for link in mailheaders.links(message, "Archived-At"):
        if page := public_page(link):
            return page
    for link in mailheaders.links(message, "List-Post"):
        page = public_page(link)
        if page and load_mail_rules().list_post.search(page):
            return page
    return next((page for markup in parts.markup if (page := page_of(markup))), None)


# --- parts ---------------------------------------------------------------------------------------


def _collect(message: Message, parts: _Parts) -> None:
    """Gather what a reader is shown of a part: of alternatives the best one."""
    parts.count += 1
    if parts.count > _MOST_PARTS:
        return
    kind = message.get_content_type()
    if kind in {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}:
        parts.locked = True
    elif kind == "multipart/alternative" and message.is_multipart():
        _choose(_inner(message), parts)
    elif kind == "multipart/signed" and message.is_multipart():
        for inner in _inner(message)[:1]:
            _collect(inner, parts)
    elif message.is_multipart() and message.get_content_maintype() == "multipart":
        for inner in _inner(message):
            _collect(inner, parts)
    elif kind in {"text/plain", "text/html"} and not _is_attached(message):
        _show(message, kind, parts)
    else:
        parts.attached.append(_file_name(message) or kind)


def _inner(message: Message) -> list[Message]:
    payload: object = message.get_payload()
    parts = payload if isinstance(payload, list) else []
    return [part for part in parts if isinstance(part, Message)]


def _choose(alternatives: Sequence[Message], parts: _Parts) -> None:
    """The HTML form, unless it says far less than the plain one ("your program shows no HTML")."""
    found: list[tuple[_Parts, str]] = []
    for each in alternatives:
        form = _Parts(count=parts.count)
        _collect(each, form)
        parts.count = form.count
        found.append((form, _text(form)))
    longest = max((len(text) for _, text in found), default=0)
    good = [form for form, text in found if text and len(text) >= longest * _TOO_SHORT]
    best = next((form for form in reversed(good) if form.markup), good[-1] if good else None)
    for form, _ in found:
        parts.locked = parts.locked or form.locked
        parts.attached += form.attached
        parts.markup += form.markup
    if best is not None:
        parts.shown += best.shown


def _show(message: Message, kind: str, parts: _Parts) -> None:
    text = _decoded(message)
    if kind == "text/html":
        parts.markup.append(text)
        parts.shown.append(html_text(text))
        return
    flowed = str(message.get_param("format") or "").lower() == "flowed"
    delsp = str(message.get_param("delsp") or "").lower() == "yes"
    parts.shown.append(plain_letter(text, flowed=flowed, delsp=delsp))


def _text(parts: _Parts) -> str:
    return "\n\n".join(text for text in parts.shown if text)


def _is_attached(message: Message) -> bool:
    disposition = message.get_content_disposition()
    return disposition == "attachment" or (bool(disposition) and bool(_file_name(message)))


def _file_name(message: Message) -> str:
    try:
        return mailheaders.decoded(message.get_filename() or "")[:80]
    except (ValueError, LookupError, TypeError, AttributeError):
        return "unnamed"


def _decoded(message: Message) -> str:
    """The text of a part in whatever transfer encoding and charset, named or not."""
    if str(message.get("Content-Transfer-Encoding", "")).strip().lower() == "quoted-printable":
        # Blanks that a relay put after a soft line break make it none to a strict reader.
        raw = str(message.get_payload()).encode("utf-8", "surrogateescape")
        message.set_payload(_PADDED_BREAK.sub(b"=", raw).decode("utf-8", "surrogateescape"))
    payload = message.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = message.get_param("charset")
    name = str(charset[2]) if isinstance(charset, tuple) else str(charset or "")
    data = _unquoted(data)
    return decode_named(data, name) if name else decode(data)


def _unquoted(data: bytes) -> bytes:
    """The bytes out of quoted-printable that a relay forgot to name as such."""
    text = data.decode("latin-1")
    breaks = len(_SOFT_BREAK.findall(text))
    if breaks < _SOFT_BREAKS or not _QUOTED.search(text):
        return data
    import quopri  # noqa: PLC0415 - few messages are damaged so

    return quopri.decodestring(data)
