"""A real SMTP server on loopback, with a certificate of its own."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from digest.send.smtp import SmtpSettings

HANG_UP = "hang up"
PASSWORD = "correct horse"  # noqa: S105 - for the server of these tests


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run(
        [*words.split(), "-addext", names, "-keyout", made.key, "-out", made.certificate],
        check=True,
        capture_output=True,
    )
    return made


@dataclass
class Post:
    """What the server saw; ``replies`` are its answers, taken one by one at each stage.

    ``HANG_UP`` closes the connection instead of an answer.
    """

    mails: list[Envelope] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)

    def _answer(self, server: SMTP, stage: str, usual: str) -> str:
        told = self.replies.get(stage, [])
        answer = told.pop(0) if told else usual
        if answer == HANG_UP:
            assert server.transport is not None
            server.transport.close()
        return answer

    async def handle_MAIL(  # noqa: N802 - the server's own names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        self.encrypted.append(session.ssl is not None)
        answer = self._answer(server, "MAIL", "250 OK")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._answer(server, "RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer = self._answer(server, "DATA", "250 OK")
        if answer.startswith("250") or answer == HANG_UP:
            self.mails.append(envelope)
        return answer

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        login = data.login.decode(), data.password.decode()
        self.logins.append(login)
        return AuthResult(success=login[1] == PASSWORD, handled=False)

    @property
    def reached(self) -> list[str]:
        return [address for mail in self.mails for address in mail.rcpt_tos]


class AnyPort(Controller):
    """The controller knocks at its own port when it starts: it has to be told which one it got."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


Start = Callable[..., SmtpSettings]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def start(post: Post, certificate: Certificate) -> Iterator[Start]:
    """Starts the server with aiosmtpd's options; gives settings that reach it."""
    running: list[Controller] = []

    def begin(**options: Any) -> SmtpSettings:
        options = {"authenticator": post.authenticate, "hostname": "127.0.0.1"} | options
        if options.get("tls_context") is ...:
            options["tls_context"] = certificate.server()
        controller = AnyPort(post, port=0, **options)
        controller.start()
        running.append(controller)
        return SmtpSettings(
            host="localhost",
            port=controller.port,
            context=certificate.client(),
            timeout=10,
            final_timeout=10,
        )

    yield begin
    for controller in running:
        controller.stop()
