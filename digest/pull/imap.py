"""New messages of a mailbox over IMAP (RFC 3501), which stays exactly as it was.

The folder is opened with EXAMINE and read with BODY.PEEK: nothing is marked, moved or deleted.
TLS is verified; an ``imap://`` address needs STARTTLS unless its host is allowed as private.
Failures are ``Failed``.
"""

from __future__ import annotations

import asyncio
import binascii
import imaplib
import re
import ssl
from collections.abc import Sequence
from contextlib import suppress

from digest.errors import FetchError
from digest.fetched import Cause, Failed, Fetched, NotModified, Retrieved
from digest.pull.answers import cause_of
from digest.pull.frames import framed
from digest.pull.imapwire import (
    MAX_PART,
    UNSAFE,
    Client,
    MailboxRequest,
    Place,
    Wire,
    connected,
    place_of,
)

FIRST = 200
"""Messages of a mailbox that are read the first time, the newest; later at most so many a poll."""

_BATCH = 2 * 1024 * 1024
_SHOWN_FOLDERS = 12
_GOODBYE = 2.0  # seconds for the answer to LOGOUT


async def fetch_mailbox(request: MailboxRequest) -> Fetched:
    """The messages after ``position``, oldest first, framed for ``frames.read_mailbox``.

    At most ``FIRST`` of them and ``max_body`` bytes; the rest comes with the next poll. ``etag``
    says how far it came, so that no message is left out or read twice; a mailbox that numbers its
    messages anew (UIDVALIDITY) is read as the first time. Never raises for what a server does.
    """
    wire = Wire(request.timeout)
    try:
        async with asyncio.timeout(request.timeout.total_seconds() + 1):
            return await asyncio.to_thread(_fetched, request, wire)
    except TimeoutError:
        return Failed(message=wire.sentence, cause=Cause.TIMEOUT, at=_at(request))
    finally:
        wire.cut()


def _fetched(request: MailboxRequest, wire: Wire) -> Fetched:
    place = None
    try:
        place = place_of(request.url)
        user, password = _login(request.login)
        with wire:
            client = connected(place, request, wire)
            try:
                _log_in(client, user, password)
                answer = _news(client, place, request)
                client.sock.settimeout(_GOODBYE)
                # What comes of it is of no interest any more.
                with suppress(imaplib.IMAP4.error, OSError, ValueError, FetchError):
                    client.logout()
            finally:
                client.shutdown()
    except FetchError as error:
        return Failed(message=error.message, cause=cause_of(error), at=_at(request))
    except Exception as error:  # noqa: BLE001 - the library raises much on what hostile servers say
        if wire.is_cut:
            return Failed(message=wire.sentence, cause=Cause.TIMEOUT, at=_at(request))
        sentence = _sentence(error, place)
        return Failed(message=sentence, cause=cause_of(error), at=_at(request))
    return answer


def _at(request: MailboxRequest) -> str | None:
    try:
        place = place_of(request.url)
    except FetchError:
        return None
    return f"{place.host}:{place.port}"


def _login(login: str) -> tuple[str, str]:
    user, colon, password = login.partition(":")
    if not user or not colon or UNSAFE.search(login):
        raise FetchError("The login is not user:password on one line; mend the variable of `auth`.")
    return user, password


def _sentence(error: Exception, place: Place | None) -> str:
    """What the library or the system raised; never its words, which may hold the password."""
    host = place.host if place else "the server"
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message or "unknown"
        return f"The certificate of {host} is not trusted ({reason}); check the address."
    if isinstance(error, ssl.SSLError):
        return f"No secure connection to {host}: TLS failed; check scheme and port."
    if isinstance(error, imaplib.IMAP4.abort | OSError):
        return f"The connection to {host} failed or was cut; try again later."
    return f"The answers of {host} break the rules of IMAP; try again later."


def _log_in(client: Client, user: str, password: str) -> None:
    """Raises FetchError. PLAIN takes every character; LOGIN is for servers without it."""
    try:
        if client.state == "AUTH":
            return
        if "AUTH=PLAIN" in client.capabilities:
            client.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        else:
            client.login(_quoted(user), password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError) as error:
        message = "The server refuses the login; check user and password in the variable of `auth`."
        raise FetchError(message) from error


# --- the mailbox ---------------------------------------------------------------------------------


def _news(client: Client, place: Place, request: MailboxRequest) -> Fetched:
    count, validity, following = _examined(client, place)
    before = _position(request.position, validity)
    if before is None:
        uids = _newest(client, count)
        start = max(following - 1, 0) if not uids else 0
    else:
        start = before
        uids = _after(client, before) if not following or following > before + 1 else []
    if not uids:
        return NotModified(etag=f"{validity}:{start}")
    messages, last = _messages(client, uids[:FIRST], request.max_body)
    return Retrieved(
        url=place.shown,
        body=framed(messages),
        content_type="application/x-digest-mailbox",
        etag=f"{validity}:{last}",
    )


def _examined(client: Client, place: Place) -> tuple[int, int, int]:
    """How many messages the folder has, its UIDVALIDITY and its UIDNEXT (0: not said)."""
    done, data = client.select(_quoted(_utf7(place.folder)), readonly=True)
    if done != "OK":
        raise FetchError(
            f'There is no folder "{place.folder}"{_folders(client)}; check the address.'
        )
    count = data[0] if data else None
    validity, following = (_number(client, name) for name in ("UIDVALIDITY", "UIDNEXT"))
    return int(count or 0), validity, following


def _number(client: Client, name: str) -> int:
    _, data = client.response(name)
    said = data[-1] if data else None
    return int(said) if isinstance(said, bytes) and said.isdigit() else 0


def _folders(client: Client) -> str:
    """The names that there are, for the sentence about one that is not."""
    done, data = client.list()
    lines = [line for line in data if isinstance(line, bytes)] if done == "OK" else []
    ends = (re.search(rb'(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*$', line) for line in lines)
    names = [(end[1] or end[2]).decode("ascii", "replace") for end in ends if end]
    return f"; the folders are {', '.join(names[:_SHOWN_FOLDERS])}" if names else ""


def _position(position: str | None, validity: int) -> int | None:
    """The last UID that was read; None the first time and after the UIDs were given anew."""
    found = re.fullmatch(r"(\d+):(\d+)", position or "")
    return int(found[2]) if found and int(found[1]) == validity else None


def _newest(client: Client, count: int) -> list[int]:
    if not count:
        return []
    done, data = client.fetch(f"{max(count - FIRST + 1, 1)}:{count}", "(UID)")
    _check(done)
    lines = (line for line in data if isinstance(line, bytes))
    return sorted({int(found[1]) for line in lines if (found := re.search(rb"UID (\d+)", line))})


def _after(client: Client, before: int) -> list[int]:
    """The UIDs above one. ``*`` always finds the last message, also when it is below."""
    done, data = client.uid("SEARCH", f"UID {before + 1}:*")
    _check(done)
    words = b" ".join(line for line in data if isinstance(line, bytes)).split()
    return sorted({int(word) for word in words if word.isdigit() and int(word) > before})


def _check(done: str) -> None:
    # A list that was refused must not pass for an empty one: messages would be left out for good.
    if done != "OK":
        raise FetchError("The server refuses to list the messages; try again later.")


def _messages(
    client: Client, uids: Sequence[int], most: int
) -> tuple[list[tuple[int, bytes]], int]:
    """The messages in order until the bytes are used up, and the UID of the last one."""
    sizes = _sizes(client, uids)
    found: list[tuple[int, bytes]] = []
    total, last, batch, room = 0, 0, list[int](), 0
    for uid in uids:
        size = min(sizes.get(uid, MAX_PART), MAX_PART)
        if found or batch:
            if total + room + size > most:
                break
            if room + size > _BATCH:
                found += _batch(client, batch)
                total, batch, room = total + room, [], 0
        batch.append(uid)
        room += size
        last = uid
    found += _batch(client, batch)
    return found, last


def _sizes(client: Client, uids: Sequence[int]) -> dict[int, int]:
    _, data = client.uid("FETCH", _set(uids), "(UID RFC822.SIZE)")
    sizes: dict[int, int] = {}
    for line in data:
        if isinstance(line, bytes):
            uid, size = re.search(rb"UID (\d+)", line), re.search(rb"RFC822\.SIZE (\d+)", line)
            if uid and size:
                sizes[int(uid[1])] = int(size[1])
    return sizes


def _batch(client: Client, uids: Sequence[int]) -> list[tuple[int, bytes]]:
    """The messages with these UIDs; those deleted meanwhile are missing.

    A message that the server fails on comes empty, so that a person hears of it.
    """
    if not uids:
        return []
    done, data = client.uid("FETCH", _set(uids), f"(UID BODY.PEEK[]<0.{MAX_PART}>)")
    if done != "OK":
        if len(uids) == 1:
            return [(uids[0], b"")]
        return [each for uid in uids for each in _batch(client, [uid])]
    found: dict[int, bytes] = {}
    for item, tail in zip(data, [*data[1:], b""], strict=True):
        if isinstance(item, tuple):
            after = tail if isinstance(tail, bytes) else b""
            if uid := re.search(rb"UID (\d+)", item[0]) or re.match(rb"\s*UID (\d+)", after):
                found[int(uid[1])] = item[1][:MAX_PART]
    return [(uid, found[uid]) for uid in uids if uid in found]


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _utf7(name: str) -> str:
    """The name of a folder as IMAP writes it (RFC 3501, 5.1.3).

    >>> _utf7("Новости & more")
    '&BB0EPgQyBD4EQQRCBDg- &- more'
    """

    def outside(match: re.Match[str]) -> str:
        text = match[0].encode("utf-16-be")
        if match[0] == "&":
            return "&-"
        encoded = binascii.b2a_base64(text, newline=False).rstrip(b"=").replace(b"/", b",")
        return f"&{encoded.decode('ascii')}-"

    return re.sub(r"&|[^\x20-\x7e]+", outside, name)
