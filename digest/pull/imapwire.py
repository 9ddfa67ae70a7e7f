"""The wire to an IMAP server: where it may lead, how it is secured, and when it is cut.

Each address is judged just before its socket is made, as for HTTP; TLS is verified. One deadline
ends everything: at it the socket is shut, whatever the server or the library wait for.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from digest.errors import FetchError, FetchRefusedError
from digest.pull.addresses import inside_name, literal, refusal
from digest.pull.targets import denial

MAX_PART = 2 * 1024 * 1024
"""Bytes of one message that are asked for; text stands before the attachments."""

MAX_BODY = 8 * 1024 * 1024
"""Bytes of one poll: a worker reads so much well within its time."""

UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
_LINE_COST = 64  # bytes of memory that a line costs besides its own
_MAX_LINE = 4 * 1024 * 1024
_PORTS = {"imap": 143, "imaps": 993}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRequest:
    """Which mailbox to read, and from where on.

    ``login`` is ``user:password``; ``position`` is the ``etag`` of the last answer, which is
    opaque to all but this module (``UIDVALIDITY:UID``).
    """

    url: str
    login: str = field(repr=False)
    position: str | None = None
    allow_private: frozenset[tuple[str, int]] = frozenset()
    timeout: timedelta = timedelta(seconds=60)
    max_body: int = MAX_BODY
    tls: ssl.SSLContext | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an address says: the server and the folder there."""

    scheme: str
    host: str
    port: int
    folder: str

    @property
    def shown(self) -> str:
        """The address in full."""
        return f"{self.scheme}://{self.host}:{self.port}/{self.folder}"


def place_of(url: str) -> Place:
    """The place of an ``imap`` or ``imaps`` address, INBOX by default. Raises FetchRefusedError."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise FetchRefusedError("The address cannot be read; check it.") from error
    if parts.scheme not in _PORTS or not host:
        raise FetchRefusedError("The address is no imap:// or imaps:// address.")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if UNSAFE.search(folder):
        raise FetchRefusedError("The name of the folder holds control characters; check it.")
    return Place(scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme], folder=folder)


class Wire:
    """The socket of one request, and the deadline that shuts it; a context manager."""

    def __init__(self, total: timedelta) -> None:
        self.total = total.total_seconds()
        self.is_cut = False
        self.sentence = f"No complete answer within {self.total:g} seconds; try again later."
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(self.total, self.cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def hold(self, new: socket.socket) -> None:
        """The socket to shut at the deadline; where that has passed it is shut at once."""
        with self._lock:
            self._socket = new
            late = self.is_cut
        if late:
            self.cut()

    def cut(self) -> None:
        """End all that is done on the socket, from any thread. Safe to call twice."""
        with self._lock:
            self.is_cut = True
            held = self._socket
        if held is not None:
            # Not SSLSocket.shutdown, which would lay its TLS aside under the reader's feet.
            with suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)


def _opened(place: Place, request: MailboxRequest, wire: Wire) -> socket.socket:
    """A socket to the first address that answers, each judged before it is connected."""
    allowed = (place.host, place.port) in request.allow_private
    number = literal(place.host)
    inside = refusal(number) if number else inside_name(place.host)
    if inside and not allowed:
        raise FetchRefusedError(denial(place.host, place.port, inside))
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"The name {place.host} is not known; check the address and the network."
        raise FetchError(message) from error
    failure: OSError | None = None
    for family, kind, protocol, _, address in found:
        if not allowed and (what := refusal(str(address[0]))):
            raise FetchRefusedError(denial(str(address[0]), place.port, what))
        new = socket.socket(family, kind, protocol)
        new.settimeout(wire.total)
        wire.hold(new)
        try:
            new.connect(address)
        except OSError as error:
            new.close()
            failure = error
        else:
            return new
    raise failure or OSError("no address")


class Client(imaplib.IMAP4):
    """The library's client over our socket, with bounds on what it takes in."""

    def __init__(self, sock: socket.socket, *, host: str, most: int, wire: Wire) -> None:
        self._given = sock
        self._named = host
        self._left = most
        self._wire = wire
        super().__init__()

    def open(self, *_: Any, **__: Any) -> None:
        """Take the socket that was judged; called by the library."""
        self.host = self._named
        self.sock = self._given
        self._reader: Any = None
        self._read_from: socket.socket | None = None

    def _stream(self) -> Any:
        # After STARTTLS the library has another socket; nothing read in the clear may outlive it.
        if self._read_from is not self.sock:
            self._read_from = self.sock
            self._reader = self.sock.makefile("rb")
        return self._reader

    def read(self, size: int) -> bytes:
        """Exactly so many bytes; called by the library for a literal."""
        self._spend(size)
        data: bytes = self._stream().read(size)
        return data

    def readline(self) -> bytes:
        """One line; called by the library."""
        line: bytes = self._stream().readline(_MAX_LINE + 1)
        self._spend(len(line) + _LINE_COST)
        if len(line) > _MAX_LINE:
            raise self.abort("line too long")
        return line

    def _spend(self, size: int) -> None:
        # What the system took in before the socket was shut could be read for long.
        if self._wire.is_cut:
            raise self.abort("cut")
        self._left -= size
        if self._left < 0:
            raise FetchError("The server sends more than was asked for; it may be hostile.")

    def shutdown(self) -> None:
        """Close all; called by the library."""
        with suppress(OSError):
            if self._reader is not None:
                self._reader.close()
            self.sock.close()


class _Tls:
    """What wraps a socket in TLS such that the deadline holds for the handshake too."""

    def __init__(self, context: ssl.SSLContext, wire: Wire) -> None:
        self._context = context
        self._wire = wire

    def wrap_socket(self, sock: socket.socket, server_hostname: str) -> ssl.SSLSocket:
        """The socket after the handshake, its certificate verified; the library calls this too."""
        wrapped = self._context.wrap_socket(
            sock, server_hostname=server_hostname, do_handshake_on_connect=False
        )
        self._wire.hold(wrapped)
        try:
            wrapped.do_handshake()
        except BaseException:
            wrapped.close()
            raise
        return wrapped


def connected(place: Place, request: MailboxRequest, wire: Wire) -> Client:
    """A client whose connection is secure, or that may do without it."""
    sock = _opened(place, request, wire)
    tls = _Tls(request.tls or ssl.create_default_context(), wire)
    most = 3 * request.max_body + 4 * MAX_PART
    try:
        if place.scheme == "imaps":
            sock = tls.wrap_socket(sock, server_hostname=place.host)
        client = Client(sock, host=place.host, most=most, wire=wire)
        if place.scheme == "imap":
            _secure(client, place, request, tls)
    except BaseException:
        sock.close()
        raise
    return client


def _secure(client: Client, place: Place, request: MailboxRequest, tls: Any) -> None:
    can = "STARTTLS" in client.capabilities
    try:
        if can:
            client.starttls(tls)
    except BaseException:
        client.shutdown()
        raise
    if not can and (place.host, place.port) not in request.allow_private:
        client.shutdown()
        raise FetchRefusedError(
            "The server offers no secure connection, so the password is not sent; "
            "use an imaps:// address."
        )
