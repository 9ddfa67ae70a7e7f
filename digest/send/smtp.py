"""The wire: a ``Mailer`` takes one mail at a time; the real one speaks SMTP over ``smtplib``.

The conversation is led step by step (RFC 5321, 3.3), because the ledger must know whether the
server has seen the final dot. Before the dot a lost line is a plain failure, to be tried again;
after it the outcome is unknown, and trying again by itself could mail a person twice.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Literal, Protocol, Self

from digest.errors import DeliveryError, OutcomeUnknownError
from digest.send.addresses import header_text
from digest.send.message import envelope

Security = Literal["starttls", "tls", "none"]

FINAL_REPLY_SECONDS = 600.0
"""How long the reply to the final dot is waited for (RFC 5321, 4.5.3.2.6: at least ten minutes)."""

_OK, _START_MAIL = 250, 354
_PERMANENT = range(500, 600)
_NOT_THE_RECIPIENT = frozenset({530, 534, 535, 538})
"""Refusals that ask for a login or encryption (RFC 4954, 6): no fault of the address."""


class Mailer(Protocol):
    """The edge at which mail leaves: given a mail from ``send.message``, it is taken or an error.

    Raises ``DeliveryError`` when it was not taken, ``OutcomeUnknownError`` when nobody can tell.
    """

    def send(self, message: EmailMessage) -> None:
        """Nothing, when the server has taken the mail."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where mail is handed over. ``timeout`` and ``final_timeout`` are seconds.

    Encryption and a login are skipped only with ``security`` "none". ``context`` replaces the
    system's trusted certificates.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    final_timeout: float = FINAL_REPLY_SECONDS
    context: ssl.SSLContext | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        """The server in an error message."""
        return f"{self.host}:{self.port}"


class SmtpMailer:
    """One connection for a whole run, opened anew when the server has closed it.

    Entering the context connects and logs in, so that a wrong host or password is known before the
    first delivery is marked; it raises ``DeliveryError`` then.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        self._server = self._connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def send(self, message: EmailMessage) -> None:
        """Nothing, when the server has taken the mail.

        Raises ``DeliveryError``: temporary for 4xx, for a lost connection and for whatever is no
        fault of the recipient (sender refused, login asked for), else final;
        ``OutcomeUnknownError`` when the reply to the final dot did not come.
        """
        sender, recipient = envelope(message)
        server = self._connected(recipient)
        content = _lines(message)
        with self._translated(recipient):
            self._expect(server.mail(sender), (_OK,), recipient, about_recipient=False)
            self._expect(server.rcpt(recipient), (_OK, 251, 252), recipient)
            self._expect(server.docmd("DATA"), (_START_MAIL,), recipient)
            server.send(content)
        reply = self._after_the_dot(server, recipient)
        with self._translated(recipient):
            self._expect(reply, (_OK,), recipient)

    def _connected(self, recipient: str) -> smtplib.SMTP:
        """The open connection; whatever fails here is no fault of this recipient."""
        if self._server is not None:
            return self._server
        try:
            self._server = self._connect()
        except DeliveryError as error:
            raise DeliveryError(str(error), where=recipient, temporary=True) from error
        return self._server

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        server: smtplib.SMTP | None = None
        try:
            context = settings.context or ssl.create_default_context()
            if settings.security == "tls":
                server = smtplib.SMTP_SSL(
                    settings.host, settings.port, timeout=settings.timeout, context=context
                )
            else:
                server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
            server.ehlo_or_helo_if_needed()
            if settings.security == "starttls":
                # Raises when the server has no STARTTLS: no password and no body leaves in clear.
                server.starttls(context=context)
                server.ehlo()
            if settings.security != "none" and settings.username:
                server.login(settings.username, settings.password or "")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if server is not None:
                server.close()
            raise _no_connection(error, settings) from error
        return server

    @contextlib.contextmanager
    def _translated(self, recipient: str) -> Iterator[None]:
        """Errors before the final dot: the mail was not taken."""
        try:
            yield
        except DeliveryError:
            self._reset()
            raise
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            raise DeliveryError(
                f"the connection to the mail server was lost ({_words(error)})",
                where=recipient,
                temporary=True,
            ) from error

    def _after_the_dot(self, server: smtplib.SMTP, recipient: str) -> tuple[int, bytes]:
        try:
            if server.sock is not None:
                server.sock.settimeout(self._settings.final_timeout)
            server.send(b".\r\n")
            reply = server.getreply()
            if server.sock is not None:
                server.sock.settimeout(self._settings.timeout)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._drop()
            raise OutcomeUnknownError(
                f"the server's answer to the whole mail was lost ({_words(error)}); "
                "it may have been delivered",
                where=recipient,
            ) from error
        return reply

    def _expect(
        self,
        reply: tuple[int, bytes],
        wanted: tuple[int, ...],
        recipient: str,
        *,
        about_recipient: bool = True,
    ) -> None:
        code, text = reply
        if code in wanted:
            return
        final = about_recipient and code in _PERMANENT and code not in _NOT_THE_RECIPIENT
        said = header_text(text.decode("utf-8", "replace"))[:300]
        raise DeliveryError(
            f"the mail server answered {code} {said}", where=recipient, temporary=not final
        )

    def _reset(self) -> None:
        """Ready for the next recipient, or without a connection."""
        try:
            if self._server is not None and self._server.rset()[0] != _OK:
                self._drop()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()


def _lines(message: EmailMessage) -> bytes:
    """The mail as it goes over the wire but for the final dot: CRLF, dots doubled (RFC 5321)."""
    content = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    content = content.replace(b"\n.", b"\n..")
    if content.startswith(b"."):
        content = b"." + content
    return content.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def _no_connection(error: Exception, settings: SmtpSettings) -> DeliveryError:
    temporary = False
    if isinstance(error, smtplib.SMTPAuthenticationError):
        why = (
            "the mail server refused the login: "
            "check delivery.smtp.username and DIGEST_SMTP_PASSWORD"
        )
        temporary = error.smtp_code not in _PERMANENT
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        why = (
            "the mail server offers no "
            + ("login" if "AUTH" in str(error) else "STARTTLS")
            + "; nothing was sent. Choose another port, or security: tls"
        )
    elif isinstance(error, ssl.SSLCertVerificationError):
        why = f"the mail server's certificate cannot be trusted ({error.verify_message})"
    else:
        why = f"no connection to the mail server ({_words(error)})"
        temporary = True
    return DeliveryError(why, where=settings.where, temporary=temporary)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return header_text(f"{error.smtp_code} {text}")[:300]
    if isinstance(error, OSError) and error.strerror:
        return header_text(error.strerror)
    return header_text(str(error))[:300] or type(error).__name__
