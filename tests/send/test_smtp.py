"""Mail over a real connection: encryption, login, refusals, lost connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from digest.deliveries import Recipient
from digest.errors import DeliveryError, OutcomeUnknownError
from digest.send.message import Letter, message
from digest.send.smtp import SmtpMailer, SmtpSettings

if TYPE_CHECKING:
    from conftest import Certificate, Post, Start

HANG_UP = "hang up"
PASSWORD = "correct horse"  # noqa: S105 - as in conftest
LETTER = Letter(
    subject="Зерно и нефть",
    sender="The Desk <desk@example.org>",
    html="<p>Grain – 粮食</p>",
    text="Grain\n.\n..two dots\nend",
    date=datetime(2022, 4, 7, 6, 0, tzinfo=UTC),
    list_id="crr.example.org",
)


def mail(address: str = "a@example.net") -> EmailMessage:
    return message(LETTER, Recipient(address=address), message_id="<crr.1@example.org>")


def test_a_mail_arrives_byte_for_byte_over_starttls(start: Start, post: Post) -> None:
    settings = start(tls_context=..., require_starttls=True)
    with SmtpMailer(settings) as mailer:
        mailer.send(mail())
    (received,) = post.mails
    assert received.content == mail().as_bytes()
    assert (received.mail_from, received.rcpt_tos) == ("desk@example.org", ["a@example.net"])
    assert post.encrypted == [True]


def test_all_mails_of_a_run_share_one_connection(start: Start, post: Post) -> None:
    with SmtpMailer(start(tls_context=...)) as mailer:
        for name in "abc":
            mailer.send(mail(f"{name}@example.net"))
    assert post.reached == ["a@example.net", "b@example.net", "c@example.net"]
    assert len(post.sessions) == 1


def test_a_login_is_made_under_encryption(start: Start, post: Post) -> None:
    settings = start(tls_context=..., auth_required=True)
    with SmtpMailer(replace(settings, username="desk", password=PASSWORD)) as mailer:
        mailer.send(mail())
    assert post.logins == [("desk", PASSWORD)]
    assert post.encrypted == [True]


def test_a_wrong_password_is_told_before_the_first_mail(start: Start, post: Post) -> None:
    settings = replace(start(tls_context=...), username="desk", password=PASSWORD[:-1])
    with (
        pytest.raises(DeliveryError, match="DIGEST_SMTP_PASSWORD") as refused,
        SmtpMailer(settings),
    ):
        pass
    assert not refused.value.temporary
    assert PASSWORD[:-1] not in f"{refused.value} {settings!r}"


def test_without_starttls_no_password_and_no_body_leaves(start: Start, post: Post) -> None:
    settings = start(auth_require_tls=False)
    with (
        pytest.raises(DeliveryError, match="offers no STARTTLS"),
        SmtpMailer(replace(settings, username="desk", password=PASSWORD)),
    ):
        pass
    assert (post.logins, post.mails) == ([], [])


def test_a_certificate_nobody_vouches_for_is_refused(start: Start, post: Post) -> None:
    settings = replace(start(tls_context=...), context=None)
    with pytest.raises(DeliveryError, match="certificate cannot be trusted"), SmtpMailer(settings):
        pass
    assert post.mails == []


def test_a_certificate_of_another_host_is_refused(start: Start) -> None:
    # 127.0.0.2 is loopback too and does not stand in the certificate.
    settings = replace(start(tls_context=..., hostname="127.0.0.2"), host="127.0.0.2")
    with pytest.raises(DeliveryError, match="certificate"), SmtpMailer(settings):
        pass


def test_security_none_sends_in_clear_and_tries_no_login(start: Start, post: Post) -> None:
    settings = replace(
        start(auth_require_tls=False), security="none", username="desk", password=PASSWORD
    )
    with SmtpMailer(settings) as mailer:
        mailer.send(mail())
    assert (post.logins, post.encrypted, post.reached) == ([], [False], ["a@example.net"])


def test_security_tls_encrypts_from_the_first_byte(
    start: Start, post: Post, certificate: Certificate
) -> None:
    settings = replace(start(ssl_context=certificate.server()), security="tls")
    with SmtpMailer(settings) as mailer:
        mailer.send(mail())
    assert post.reached == ["a@example.net"]


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "temporary"), [("450 4.2.0 greylisted", True), ("550 5.1.1 nobody here", False)]
)
def test_a_refusal_is_temporary_or_final_and_the_next_is_sent(
    start: Start, post: Post, stage: str, reply: str, *, temporary: bool
) -> None:
    post.replies[stage] = [reply]
    with SmtpMailer(start(tls_context=...)) as mailer:
        with pytest.raises(DeliveryError, match=reply) as refused:
            mailer.send(mail("a@example.net"))
        mailer.send(mail("b@example.net"))
    assert refused.value.temporary is temporary
    assert refused.value.where == "a@example.net"
    assert not isinstance(refused.value, OutcomeUnknownError)
    assert post.reached == ["b@example.net"]
    assert len(post.sessions) == 1


@pytest.mark.parametrize(
    ("stage", "reply"),
    [("MAIL", "553 5.7.1 sender not allowed"), ("RCPT", "530 5.7.0 Authentication required")],
)
def test_a_refusal_that_is_no_fault_of_the_recipient_is_not_final(
    start: Start, post: Post, stage: str, reply: str
) -> None:
    post.replies[stage] = [reply]
    with SmtpMailer(start(tls_context=...)) as mailer:
        with pytest.raises(DeliveryError, match=reply) as refused:
            mailer.send(mail())
        assert refused.value.temporary


def test_a_connection_lost_before_the_text_is_a_temporary_failure(start: Start, post: Post) -> None:
    post.replies["RCPT"] = [HANG_UP]
    with SmtpMailer(start(tls_context=...)) as mailer:
        with pytest.raises(DeliveryError, match="was lost") as lost:
            mailer.send(mail("a@example.net"))
        mailer.send(mail("b@example.net"))
    assert lost.value.temporary
    assert not isinstance(lost.value, OutcomeUnknownError)
    assert post.reached == ["b@example.net"]


def test_a_connection_lost_after_the_text_leaves_the_outcome_unknown(
    start: Start, post: Post
) -> None:
    post.replies["DATA"] = [HANG_UP]
    with SmtpMailer(start(tls_context=...)) as mailer:
        with pytest.raises(OutcomeUnknownError, match="may have been delivered"):
            mailer.send(mail("a@example.net"))
        mailer.send(mail("b@example.net"))
    assert post.reached == ["a@example.net", "b@example.net"]


def test_a_server_that_never_answers_the_text_leaves_the_outcome_unknown() -> None:
    script = [b"220 hi\r\n", b"250 hi\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go\r\n"]
    with scripted(script) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, security="none", final_timeout=0.2)
        with SmtpMailer(settings) as mailer, pytest.raises(OutcomeUnknownError, match="timed out"):
            mailer.send(mail())


def test_a_server_that_closes_the_line_with_its_answer_is_understood() -> None:
    head = [b"220 hi\r\n", b"250 hi\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go\r\n"]
    with scripted([*head, b"421 4.3.2 shutting down\r\n"]) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, security="none", timeout=5)
        with SmtpMailer(settings) as mailer, pytest.raises(DeliveryError, match="421") as refused:
            mailer.send(mail())
    assert refused.value.temporary
    assert not isinstance(refused.value, OutcomeUnknownError)


def test_nobody_listening_is_one_sentence() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = SmtpSettings(host="127.0.0.1", port=unused.getsockname()[1])
        with pytest.raises(DeliveryError, match="no connection") as refused, SmtpMailer(settings):
            pass
    assert refused.value.temporary
    assert refused.value.where == settings.where


def test_what_a_server_says_cannot_move_the_terminal(start: Start, post: Post) -> None:
    post.replies["RCPT"] = ["550 \x1b[2Jno"]
    with SmtpMailer(start(tls_context=...)) as mailer, pytest.raises(DeliveryError) as refused:
        mailer.send(mail())
    assert str(refused.value).isprintable()


@contextmanager
def scripted(replies: list[bytes]) -> Iterator[int]:
    """A server that says one line after the other whatever it hears, then reads on in silence."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(replies[0])
            for reply in replies[1:]:
                if reply.startswith(b"421"):
                    _until(connection, b"\r\n.\r\n")
                elif not connection.recv(65536):
                    return
                connection.sendall(reply)
            while not replies[-1].startswith(b"421") and connection.recv(65536):
                pass

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def _until(connection: socket.socket, end: bytes) -> None:
    heard = b""
    while not heard.endswith(end):
        part = connection.recv(65536)
        assert part
        heard += part
