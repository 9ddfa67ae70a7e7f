"""The published issue to a real SMTP server on this machine: once a recipient, ever."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DAY = "2022-04-07"


class Inbox:
    """What a server took, by recipient; ``refuse`` maps an address to a reply."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the library's name and signature
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        mail = email.message_from_bytes(envelope.content or b"", policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        return "250 taken"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, port
    server.stop()


@pytest.fixture
def ready(sample: Any, inbox: tuple[Inbox, int]) -> Any:
    """The sample issue published, three recipients, the server configured."""
    text = sample.config.read_text("utf-8")
    head, _, rest = text.partition("delivery:\n")
    _, _, tail = rest.partition("\nsources:\n")
    delivery = (
        "delivery:\n"
        '  from: "The Report <report@example.org>"\n'
        "  recipients: recipients.csv\n"
        f"  smtp: {{host: 127.0.0.1, port: {inbox[1]}, security: none}}\n"
    )
    sample.config.write_text(f"{head}{delivery}\nsources:\n{tail}", "utf-8")
    people = "address,name\nanna@example.org,Anna\nboris@example.org,Борис\nchen@example.org,陈\n"
    (sample.folder / "recipients.csv").write_text(people, "utf-8")
    assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
    return sample


def test_everybody_gets_it_once_and_a_second_send_delivers_nothing(
    ready: Any, inbox: tuple[Inbox, int]
) -> None:
    code, document, _ = ready.run("send", DAY)
    assert code == 0
    assert document["sent"] == 3
    taken = inbox[0].mails
    assert sorted(address for address, _ in taken) == [
        "anna@example.org", "boris@example.org", "chen@example.org",
    ]  # fmt: skip
    for _, mail in taken:
        assert mail.get_content_type() == "multipart/alternative"
        plain, html = mail.iter_parts()
        assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        assert "sample" in plain.get_content().lower()
        assert len(mail["Subject"]) <= 78
        assert mail["List-Unsubscribe"].startswith("<mailto:")
    before = ready.files()
    code, document, _ = ready.run("send", DAY)
    assert (code, document["sent"], len(taken)) == (0, 0, 3)
    code, document, _ = ready.run("run", "--offline", "--as-of", DAY)
    assert (code, document["stories"]) == (0, 0)
    assert ready.files() == before


def test_a_refused_recipient_stops_no_other_and_is_tried_again(
    ready: Any, inbox: tuple[Inbox, int]
) -> None:
    inbox[0].refuse = {"anna@example.org": "450 later", "boris@example.org": "550 no such person"}
    code, document, _ = ready.run("send", DAY)
    assert (code, document["sent"]) == (1, 1)
    assert document["ledger"]["planned"] == 1
    assert document["ledger"]["failed"] == 1
    inbox[0].refuse = {}
    code, document, _ = ready.run("send", DAY)
    assert document["sent"] == 1
    assert sorted(address for address, _ in inbox[0].mails) == [
        "anna@example.org", "chen@example.org",
    ]  # fmt: skip


def test_a_lost_database_does_not_mail_everyone_again(ready: Any, inbox: tuple[Inbox, int]) -> None:
    ready.run("send", DAY)
    for path in (ready.folder / ".digest").glob("digest.sqlite3*"):
        path.unlink()
    code, document, said = ready.run("send", DAY)
    assert code == 1
    assert document["error"]["code"] == "conflict"
    assert "--ledger-lost" in said
    assert len(inbox[0].mails) == 3


def test_a_test_mail_and_a_dry_run_change_no_ledger(
    ready: Any, inbox: tuple[Inbox, int], tmp_path: Any
) -> None:
    assert ready.run("send", DAY, "--test", "me@example.org")[0] == 0
    out = tmp_path / "out"
    code, document, _ = ready.run("send", DAY, "--dry-run", "--to-dir", str(out))
    assert (code, document["mails"]) == (0, 3)
    assert len(list(out.glob("*.eml"))) == 3
    assert [address for address, _ in inbox[0].mails] == ["me@example.org"]
    code, document, _ = ready.run("status")
    assert document["issues"][0]["deliveries"] == {}


def test_a_sample_issue_goes_to_no_server_elsewhere(ready: Any) -> None:
    text = ready.config.read_text("utf-8").replace("host: 127.0.0.1", "host: mail.example.org")
    ready.config.write_text(text, "utf-8")
    code, document, _ = ready.run("send", DAY)
    assert code == 2
    assert "sample" in document["error"]["message"]
