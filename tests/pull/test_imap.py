from __future__ import annotations

import asyncio
import grp
import json
import os
import pwd
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.cli import run_command
from digest.errors import ParseError
from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.pull.frames import MAGIC, framed, read_mailbox, unframed
from digest.pull.imap import FIRST, fetch_mailbox
from digest.pull.imapwire import MAX_PART, MailboxRequest, place_of
from digest.source import Source

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
BOX = Source(id="mail", name="Letters", url="imaps://mail.example/INBOX", type="imap")
PASSWORD = 'pass "wörd" \\ 1'  # noqa: S105 - of a server that lives for one test
LOGIN = f"reader:{PASSWORD}"


def letter(number: int, text: str = "The boats sail again.") -> bytes:
    return (
        f"From: Harbour Gazette <news@gazette.example>\r\nSubject: Letter {number}\r\n"
        f"Date: Tue, 3 May 2022 09:30:00 +0200\r\nMessage-ID: <{number}@gazette.example>\r\n"
        f"\r\n{text}\r\n"
    ).encode()


# --- a real server -------------------------------------------------------------------------------


@dataclass
class Dovecot:
    folder: Path
    plain: int
    tls: int
    context: ssl.SSLContext

    def request(self, folder: str = "INBOX", **changes: Any) -> MailboxRequest:
        values: dict[str, Any] = {
            "url": f"imaps://localhost:{self.tls}/{folder}",
            "login": LOGIN,
            "allow_private": frozenset({("localhost", self.tls), ("localhost", self.plain)}),
            "timeout": timedelta(seconds=15),
            "tls": self.context,
        }
        return MailboxRequest(**(values | changes))

    def maildir(self, folder: str = "INBOX") -> Path:
        return self.folder / "mail" / ("" if folder == "INBOX" else f".{folder}")

    def deliver(self, number: int, data: bytes, folder: str = "INBOX") -> None:
        box = self.empty(folder)
        path = box / "new" / f"{1650000000 + number}.M{number}P1.host"
        path.write_bytes(data)
        given(path)

    def empty(self, folder: str) -> Path:
        box = self.maildir(folder)
        for each in (box.parent, box, box / "cur", box / "new", box / "tmp"):
            if not each.is_dir():
                each.mkdir()
                given(each)
        return box


def given(path: Path) -> None:
    """The file or folder given to who runs the server: it refuses to run as root."""
    if os.getuid() == 0:
        shutil.chown(path, UNPRIVILEGED)


UNPRIVILEGED = "nobody"

CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
protocols = imap
listen = 127.0.0.1, ::1
ssl = yes
ssl_cert = <{base}/cert.pem
ssl_key = <{base}/key.pem
auth_mechanisms = plain
auth_failure_delay = 0
disable_plaintext_auth = yes
mail_location = maildir:{base}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {base}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",  # noqa: S607
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if DOVECOT is None:
        if os.environ.get("DIGEST_CI"):
            pytest.fail("dovecot is not installed, and this machine must have it")
        pytest.skip("dovecot is not installed")
    # Not pytest's own folder: only its owner may enter that, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="box-") as folder:
        base = Path(folder)
        plain, tls = free_port(), free_port()
        account = pwd.getpwnam(UNPRIVILEGED) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        group = grp.getgrgid(account.pw_gid).gr_name
        certificate(base)
        (base / "users").write_text(f"reader:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        config = CONFIG.format(base=base, plain=plain, tls=tls, user=account.pw_name, group=group)
        (base / "conf").write_text(config, encoding="utf-8")
        for path in (base, *base.iterdir()):
            given(path)
        as_who: dict[str, Any] = {}
        if os.getuid() == 0:
            as_who = {"user": account.pw_name, "group": group, "extra_groups": []}
        process = subprocess.Popen([DOVECOT, "-F", "-c", str(base / "conf")], **as_who)
        try:
            wait_for(tls, process, base)
            context = ssl.create_default_context(cafile=str(base / "cert.pem"))
            yield Dovecot(base, plain, tls, context)
        finally:
            process.terminate()
            process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes], base: Path) -> None:
    """Until the port answers; a refused connection returns at once, so tries are bounded."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
        except OSError:
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            return
    log = (base / "log").read_text() if (base / "log").exists() else ""
    pytest.fail(f"dovecot did not start: {log}")


def fetched(request: MailboxRequest) -> Fetched:
    return asyncio.run(fetch_mailbox(request))


def got(request: MailboxRequest) -> Retrieved:
    answer = fetched(request)
    assert isinstance(answer, Retrieved), answer
    return answer


def refused(request: MailboxRequest) -> str:
    answer = fetched(request)
    assert isinstance(answer, Failed), answer
    return answer.message


def titles(answer: Retrieved) -> list[str]:
    return [entry.title for entry in read_mailbox(answer.body, BOX).entries]


def test_new_messages_come_once_and_in_order(server: Dovecot) -> None:
    for number in range(3):
        server.deliver(number, letter(number), "Once")
    first = got(server.request("Once"))
    assert titles(first) == ["Letter 0", "Letter 1", "Letter 2"]
    again = fetched(server.request("Once", position=first.etag))
    assert isinstance(again, NotModified)
    assert again.etag == first.etag
    server.deliver(3, letter(3), "Once")
    second = got(server.request("Once", position=first.etag))
    assert titles(second) == ["Letter 3"]
    assert second.etag != first.etag
    assert second.url == f"imaps://localhost:{server.tls}/Once"


def test_the_mailbox_stays_as_it_was(server: Dovecot) -> None:
    server.deliver(1, letter(1), "Quiet")
    got(server.request("Quiet"))
    flags = [p.name.partition(":2,")[2] for p in server.maildir("Quiet").glob("*/*.host*")]
    assert flags == [""]


def test_an_empty_mailbox_is_nothing_new_and_its_first_message_is(server: Dovecot) -> None:
    server.empty("Empty")
    answer = fetched(server.request("Empty"))
    assert isinstance(answer, NotModified)
    server.deliver(1, letter(1), "Empty")
    assert titles(got(server.request("Empty", position=answer.etag))) == ["Letter 1"]


def test_at_first_the_newest_are_read(server: Dovecot) -> None:
    for number in range(FIRST + 5):
        server.deliver(number, letter(number), "Many")
    found = titles(got(server.request("Many")))
    assert len(found) == FIRST
    assert found[0] == "Letter 5"
    assert found[-1] == f"Letter {FIRST + 4}"


def test_what_does_not_fit_comes_with_the_next_polls(server: Dovecot) -> None:
    for number in range(7):
        server.deliver(number, letter(number, "The boats sail. " * 200), "Steps")
    position, found = None, []
    for _ in range(10):
        answer = fetched(server.request("Steps", position=position, max_body=10_000))
        if isinstance(answer, NotModified):
            break
        assert isinstance(answer, Retrieved)
        found += titles(answer)
        position = answer.etag
    assert found == [f"Letter {number}" for number in range(7)]


def test_a_mailbox_numbered_anew_is_read_anew(server: Dovecot) -> None:
    server.deliver(1, letter(1), "Anew")
    position = got(server.request("Anew")).etag
    assert position is not None
    other = f"{int(position.partition(':')[0]) - 1}:999"
    assert titles(got(server.request("Anew", position=other))) == ["Letter 1"]


def test_a_message_of_any_size_is_cut_and_one_that_went_is_no_trouble(server: Dovecot) -> None:
    server.deliver(1, letter(1, "The boats sail again. " * 200_000), "Large")
    server.deliver(2, letter(2), "Large")
    body = got(server.request("Large")).body
    assert next(len(data) for _, data in unframed(body)) == MAX_PART
    assert [e.title for e in read_mailbox(body, BOX).entries] == ["Letter 1", "Letter 2"]


def test_a_folder_may_have_any_name_and_a_missing_one_is_told(server: Dovecot) -> None:
    server.deliver(1, letter(1), "&BB8EPgRABEI-")  # as the server writes "Порт"
    assert titles(got(server.request("%D0%9F%D0%BE%D1%80%D1%82"))) == ["Letter 1"]
    told = refused(server.request("Nowhere"))
    assert 'no folder "Nowhere"' in told
    assert "INBOX" in told


def test_starttls_is_used_and_verified(server: Dovecot) -> None:
    server.deliver(1, letter(1), "Start")
    url = f"imap://localhost:{server.plain}/Start"
    assert titles(got(server.request(url=url))) == ["Letter 1"]
    strange = ssl.create_default_context()
    assert "not trusted" in refused(server.request(url=url, tls=strange))
    assert "not trusted" in refused(server.request("Start", tls=strange))


def test_the_name_in_the_certificate_counts(server: Dovecot) -> None:
    request = server.request(
        url=f"imaps://127.0.0.1:{server.tls}/",
        allow_private=frozenset({("127.0.0.1", server.tls)}),
    )
    assert "not trusted" in refused(request)


def test_a_wrong_password_is_told_without_it(server: Dovecot) -> None:
    told = refused(server.request(login="reader:not-this-one"))
    assert "refuses the login" in told
    assert "not-this-one" not in told


def test_a_private_address_is_not_opened(server: Dovecot) -> None:
    assert "allow_private" in refused(server.request(allow_private=frozenset()))
    elsewhere = frozenset({("localhost", server.plain)})
    assert "allow_private" in refused(server.request(allow_private=elsewhere))


def test_a_pull_takes_each_message_once(
    server: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("LETTERS_LOGIN", LOGIN)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.folder / "cert.pem"))
    config = tmp_path / "sources.yaml"
    address = f"localhost:{server.tls}"
    config.write_text(
        "newsletter: {id: l, title: L, timezone: UTC, schedule: '0 7 * * THU', period: 7d,\n"
        "             first_issue: 2026-01-01}\n"
        "sections: [{id: news, title: News}]\n"
        f"network: {{allow_private: ['{address}']}}\n"
        f"sources: [{{url: 'imaps://{address}/Pulled', auth: LETTERS_LOGIN, every: 1s}}]\n",
        encoding="utf-8",
    )

    def pulled() -> tuple[str, int]:
        capsys.readouterr()
        run_command(["sources", "check", "--json", "--config", str(config)])
        told = json.loads(capsys.readouterr().out)["sources"][0]
        assert PASSWORD not in json.dumps(told)
        return told["outcome"], told["new"]

    server.deliver(1, letter(1), "Pulled")
    server.deliver(2, letter(2), "Pulled")
    assert pulled() == ("ok", 2)
    assert pulled() == ("unchanged", 0)
    server.deliver(3, letter(3), "Pulled")
    assert pulled() == ("ok", 1)


# --- servers that break the rules ----------------------------------------------------------------

Script = Callable[[socket.socket], None]


def hostile(script: Script, *, seconds: float = 20, scheme: str = "imap") -> str:
    """The sentence about a server that follows a script."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                try:
                    script(peer)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        request = MailboxRequest(
            url=f"{scheme}://127.0.0.1:{port}/",
            login="reader:secret-word",
            allow_private=frozenset({("127.0.0.1", port)}),
            timeout=timedelta(seconds=seconds),
            max_body=100_000,
        )
        told = refused(request)
        thread.join(10)
    assert "secret-word" not in told
    return told


def answering(*answers: bytes) -> Script:
    """A server that greets, and has one answer ready for each command; ``%t`` is its tag."""

    def script(peer: socket.socket) -> None:
        stream = peer.makefile("rb")
        peer.sendall(b"* OK ready\r\n")
        for answer in answers:
            tag = stream.readline().split(b" ")[0]
            peer.sendall(answer.replace(b"%t", tag))
        while stream.readline():
            pass

    return script


CAPABLE = b"* CAPABILITY IMAP4rev1\r\n%t OK x\r\n"
IN = b"%t OK x\r\n"
LINES = b"* OK x\r\n" * 4096
ONE = b"* 1 FETCH (UID 8)\r\n%t OK x\r\n"
BOXED = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 9] x\r\n%t OK [READ-ONLY] x\r\n"


def drip(peer: socket.socket) -> None:
    pause = threading.Event()
    while not pause.wait(0.02):
        peer.sendall(b"*")


def silence(peer: socket.socket) -> None:
    peer.recv(1)
    while peer.recv(4096):
        pass


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (silence, "within 1 seconds"),
        (drip, "within 1 seconds"),
        (lambda _: None, "was cut"),
        (lambda peer: peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "cut|rules"),
        (lambda peer: peer.sendall(b"* OK " + b"x" * 6_000_000 + b"\r\n"), "more than was|cut"),
        (lambda peer: [peer.sendall(LINES) for _ in range(1000)], "more than|cut|within"),
        (answering(CAPABLE, b"%t NO no\r\n"), "refuses the login"),
        (answering(CAPABLE, IN, b"%t NO no\r\n", b"%t NO x\r\n"), "no folder"),
        (answering(CAPABLE, IN, BOXED, b"%t NO no\r\n"), "refuses to list"),
        (answering(CAPABLE, IN, BOXED, b"* 1 FETCH (UID {99999999999}\r\n"), "more than was"),
        (answering(CAPABLE, IN, BOXED, ONE, b"* BYE\r\n"), "cut|rules|within"),
        (answering(CAPABLE, IN, b"* x EXISTS\r\n%t OK x\r\n"), "cut|rules"),
    ],
)  # fmt: skip
def test_a_server_that_breaks_the_rules_costs_its_deadline_at_most(
    script: Script, told: str
) -> None:
    assert re.search(told, hostile(script, seconds=1))


def test_no_password_goes_in_the_clear() -> None:
    seen: list[bytes] = []

    def script(peer: socket.socket) -> None:
        stream = peer.makefile("rb")
        peer.sendall(b"* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] ready\r\n")
        while line := stream.readline():
            seen.append(line)
            tag = line.split(b" ")[0]
            peer.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + tag + b" OK x\r\n")

    told = hostile(script, seconds=3)
    assert "No secure connection" in told or "was cut" in told
    assert not any(b"LOGIN" in line or b"AUTHENTICATE" in line for line in seen)


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "imaps:///INBOX",
        "imaps://a.example:99999/",
        "imaps://a.example/a%0d%0ab",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    assert isinstance(fetched(MailboxRequest(url=url, login="a:b")), Failed)


@pytest.mark.parametrize("login", ["", "reader", ":x", "reader:a\r\nb"])
def test_a_login_must_be_user_and_password(login: str) -> None:
    told = refused(MailboxRequest(url="imaps://a.example/", login=login))
    assert "user:password" in told


def test_the_default_folder_and_ports() -> None:
    assert place_of("imaps://Mail.Example").shown == "imaps://mail.example:993/INBOX"
    assert place_of("imap://mail.example/A%20b/").shown == "imap://mail.example:143/A b"


# --- frames --------------------------------------------------------------------------------------


def test_a_body_gives_back_its_messages_and_names_those_without_text() -> None:
    pairs = [(3, letter(3)), (5, b""), (8, b"no message")]
    assert list(unframed(framed(pairs))) == pairs
    feed = read_mailbox(framed(pairs), BOX)
    assert [entry.title for entry in feed.entries] == ["Letter 3"]
    assert [problem.where for problem in feed.problems] == [
        "Letters, message 5",
        "Letters, message 8",
    ]


def test_plain_text_stays_what_it_is_as_markup() -> None:
    data = letter(1, "if a < b then <b>bold</b> & so on")
    entry = read_mailbox(framed([(1, data)]), BOX).entries[0]
    assert entry.content == "if a &lt; b then &lt;b&gt;bold&lt;/b&gt; &amp; so on"
    assert entry.published == datetime(2022, 5, 3, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"<rss/>", MAGIC + b"1 x\n", MAGIC + b"1"])
def test_what_is_no_mailbox_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_mailbox(body, BOX)
