"""One mail to one person: text and HTML, headers that hold what we put there and nothing else.

Header values are encoded here (RFC 2047) and written as they are. Python's own header classes
parse a value again before they fold it, and have at several versions written a header that the
parsed value hid or left a comma of a display name unquoted (CVE-2025-1795).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import cast

from digest.deliveries import Recipient
from digest.errors import ConfigError, DeliveryError
from digest.model import Problem
from digest.send.addresses import (
    NAME_CHARACTERS,
    Mailbox,
    header_text,
    parse_address,
    parse_mailbox,
)

LINE_OCTETS = 76
FOLD = "\r\n "
WIRE_OCTETS = 998
"""Longest line of a body before it must be encoded (RFC 5322, 2.1.1)."""

SUBJECT_CHARACTERS = 250
"""A longer subject is cut; 60 characters are good, most programs show fewer than 100."""

LIST_OCTETS = 255
"""Longest List-Id (RFC 2919, section 2)."""

ONE_CLICK = "List-Unsubscribe=One-Click"
_VERBATIM = frozenset(
    {
        "from",
        "to",
        "reply-to",
        "subject",
        "date",
        "message-id",
        "list-id",
        "list-unsubscribe",
        "list-unsubscribe-post",
    }
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ID_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]+@[A-Za-z0-9.-]+>")
_LINK = re.compile(r"(?:https://|mailto:)[!#-&(-+\--;=?-Z_a-z~]+")
_SURROGATES = re.compile("[\x00\ud800-\udfff]")


class _Policy(EmailPolicy):
    """SMTP lines; our own headers are written as given, all others as Python makes them."""

    def header_store_parse(self, name: str, value: object) -> tuple[str, str]:
        if name.lower() in _VERBATIM:
            return name, str(value)
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _VERBATIM:
            return f"{name}: {value}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


POLICY = _Policy(linesep="\r\n", max_line_length=LINE_OCTETS, cte_type="7bit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every recipient of an issue gets: the same words from the same sender.

    ``sender`` and ``reply_to`` are ``Name <a@b>`` or ``a@b``; ``date`` is aware.
    """

    subject: str
    sender: str
    html: str
    text: str
    date: datetime
    list_id: str
    reply_to: str | None = None


def message(
    letter: Letter, recipient: Recipient, *, message_id: str, unsubscribe: str | None = None
) -> EmailMessage:
    """The mail for one recipient: multipart/alternative, plain text first, ASCII on the wire.

    Exactly one From, To, Subject, Date, Message-ID, List-Id and MIME-Version (RFC 5322), and where
    given Reply-To and List-Unsubscribe (RFC 2369); one click (RFC 8058) is offered only for an
    https address. Raises ``ConfigError`` for a sender, reply, list or unsubscribe address that
    cannot stand in a header, ``DeliveryError`` for such a recipient.
    """
    made = EmailMessage(policy=POLICY)
    made["From"] = _mailbox_text(_own_mailbox(letter.sender, "delivery.from"), "From")
    made["To"] = _mailbox_text(_their_mailbox(recipient), "To")
    if letter.reply_to:
        reply_to = _own_mailbox(letter.reply_to, "delivery.reply_to")
        made["Reply-To"] = _mailbox_text(reply_to, "Reply-To")
    made["Subject"] = _encoded(_subject(letter.subject), "Subject")
    made["Date"] = format_datetime(letter.date)
    made["Message-ID"] = _checked_id(message_id)
    made["List-Id"] = f"<{_checked_list(letter.list_id)}>"
    if unsubscribe:
        made["List-Unsubscribe"] = f"<{_checked_link(unsubscribe)}>"
        if unsubscribe.startswith("https://"):
            made["List-Unsubscribe-Post"] = ONE_CLICK
    _set_bodies(made, letter)
    # Made from the Message-ID, not by chance: a dry run twice writes the same file twice.
    made.set_boundary("=_" + hashlib.sha256(message_id.encode()).hexdigest()[:24])
    return made


def message_id_of(newsletter: str, issue: date, address: str, *, sender: str) -> str:
    """``<newsletter.date.hash@domain>``: the same for the same issue and address, for ever.

    The address can be told neither from the hash's length nor without trying addresses. Raises
    ``ConfigError`` for a sender without a usable domain.
    """
    domain = _own_mailbox(sender, "delivery.from").domain
    digest = hashlib.sha256(f"{newsletter}\n{issue}\n{address}".encode("utf-8", "replace"))
    return f"<{newsletter}.{issue.isoformat()}.{digest.hexdigest()[:16]}@{domain}>"


def list_id_of(newsletter: str, *, sender: str) -> str:
    """``newsletter.domain``, the name by which readers' programs file the newsletter (RFC 2919)."""
    return f"{newsletter}.{_own_mailbox(sender, 'delivery.from').domain}"


def envelope(made: EmailMessage) -> tuple[str, str]:
    """Sender and recipient of a mail made here, as bare addresses."""
    addresses = [str(made.get(name, "")).rpartition("<")[2].rstrip(">") for name in ("From", "To")]
    try:
        return parse_address(addresses[0]), parse_address(addresses[1])
    except ValueError as error:
        raise DeliveryError(f"the mail has no usable address ({error})") from error


def _own_mailbox(text: str, where: str) -> Mailbox:
    try:
        return parse_mailbox(text)
    except ValueError as error:
        raise _misconfigured(str(error), where) from error


def _their_mailbox(recipient: Recipient) -> Mailbox:
    try:
        address = parse_address(recipient.address.strip())
    except ValueError as error:
        raise DeliveryError(str(error), where=header_text(recipient.address)[:80]) from error
    return Mailbox(address=address, name=header_text(recipient.name)[:NAME_CHARACTERS].rstrip())


def _subject(text: str) -> str:
    line = header_text(text) or "(no subject)"
    cut = line[: SUBJECT_CHARACTERS - 1].rstrip() + "…"
    return line if len(line) <= SUBJECT_CHARACTERS else cut


def _mailbox_text(mailbox: Mailbox, header: str) -> str:
    if not mailbox.name:
        return mailbox.address
    if _PLAIN_NAME.fullmatch(mailbox.name):
        name = mailbox.name
    elif mailbox.name.isascii():
        name = '"' + mailbox.name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        name = _encoded(mailbox.name, header)
    last_line = f"{header}: {name}".rpartition("\n")[2]
    fits = len(last_line) + len(mailbox.address) + 3 <= LINE_OCTETS
    return f"{name}{' ' if fits else FOLD}<{mailbox.address}>"


def _encoded(text: str, header: str) -> str:
    """The text as ASCII, folded; in encoded words where it is not ASCII or cannot be folded."""
    foldable = all(len(word) + len(header) + 2 < LINE_OCTETS for word in text.split())
    charset = "us-ascii" if text.isascii() and foldable else "utf-8"
    folded = Header(text, charset, maxlinelen=LINE_OCTETS, header_name=header)
    return folded.encode(linesep="\r\n")


def _checked_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id) or len(message_id) > WIRE_OCTETS // 2:
        raise DeliveryError("the Message-ID has characters it may not have", where="Message-ID")
    return message_id


def _checked_list(list_id: str) -> str:
    if not _ID_PART.fullmatch(list_id) or len(list_id) > LIST_OCTETS:
        raise _misconfigured(
            "the list's name may hold letters, digits, dots and hyphens", "List-Id"
        )
    return list_id


def _checked_link(link: str) -> str:
    if not _LINK.fullmatch(link) or len(link) > WIRE_OCTETS // 2 or "=?" in link:
        raise _misconfigured(
            "the unsubscribe address must be a plain https: or mailto: address", "List-Unsubscribe"
        )
    return link


def _misconfigured(text: str, where: str) -> ConfigError:
    return ConfigError((Problem(code="config", message=text, where=where),), where=where)


def _set_bodies(made: EmailMessage, letter: Letter) -> None:
    text, html = (_SURROGATES.sub("", body) for body in (letter.text, letter.html))
    made.set_content(text, charset="utf-8", cte=_transfer_encoding(text))
    made.add_alternative(html, subtype="html", charset="utf-8", cte=_transfer_encoding(html))
    for part in made.iter_parts():
        # Only the message as a whole has a version (RFC 2045, 4); Python gives one to each part.
        del cast("EmailMessage", part)["MIME-Version"]


def _transfer_encoding(body: str) -> str:
    """7bit for plain ASCII in short lines, else the shorter of quoted-printable and base64."""
    octets = body.encode()
    ascii_only = len(octets) == len(body)
    if ascii_only and all(len(line) <= LINE_OCTETS for line in octets.splitlines()):
        return "7bit"
    high = sum(octet > 126 for octet in octets)  # noqa: PLR2004 - the last printable ASCII
    return "base64" if 2 * high > len(octets) / 3 else "quoted-printable"
