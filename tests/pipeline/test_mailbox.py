from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.config import NetworkConfig
from digest.errors import FetchError, ParseError
from digest.fetched import Failed
from digest.pipeline.asking import ask, mailbox_for
from digest.pull.frames import framed, unframed
from digest.pull.kinds import type_of
from digest.pull.letters import read_letters
from digest.pull.parsed import Document, Reading
from digest.pull.reading import read_document
from digest.source import Source, SourceState

NOW = datetime(2022, 6, 1, 12, tzinfo=UTC)
BOX = Source(id="mail", name="Letters", url="imaps://mail.example/News", auth="LETTERS_LOGIN")


def message(number: int) -> bytes:
    return (
        f"From: Gazette <news@gazette.example>\nSubject: Letter {number}\n"
        f"Message-ID: <{number}@gazette.example>\n\nThe ferry sails at {number} < 12 & back.\n"
    ).encode()


def body(*numbers: int) -> Document:
    return Document(body=framed((n, message(n)) for n in numbers), url="imaps://mail.example/News")


def test_an_imap_address_makes_a_mailbox() -> None:
    assert type_of(BOX) == "imap"
    assert type_of(Source(id="a", name="A", url="imap://mail.example/")) == "imap"
    assert type_of(Source(id="a", name="A", url="https://mail.example/imaps:")) == "feed"


def test_the_position_of_the_last_poll_is_where_an_etag_stands() -> None:
    state = SourceState(source_id="mail", etag="7:42")
    request = mailbox_for(BOX, state, NetworkConfig(), environ={"LETTERS_LOGIN": "me:secret"})
    assert request.position == "7:42"
    assert request.login == "me:secret"
    assert request.url == BOX.url
    assert "secret" not in repr(request)


def test_a_mailbox_without_a_login_is_told() -> None:
    with pytest.raises(FetchError, match="LETTERS_LOGIN is not set"):
        mailbox_for(BOX, None, NetworkConfig(), environ={})
    bare = Source(id="mail", name="Letters", url="imaps://mail.example/")
    transport: Any = None  # nothing is asked
    answer = asyncio.run(ask(bare, None, transport, NetworkConfig()))
    assert isinstance(answer, Failed)
    assert "`auth`" in answer.message


def test_letters_become_entries_with_their_words_as_they_were() -> None:
    reading = read_document(body(1, 2), BOX, NOW)
    assert [entry.title for entry in reading.entries] == ["Letter 1", "Letter 2"]
    assert reading.entries[0].text == "The ferry sails at 1 < 12 & back."
    assert reading.entries[0].publisher == "Gazette"
    again = read_document(body(2, 3), BOX, NOW)
    assert again.entries[0].id == reading.entries[1].id


def test_one_hostile_letter_does_not_stop_the_others() -> None:
    asked: list[int] = []

    def read(document: Document) -> Reading:
        uids = [uid for uid, _ in unframed(document.body)]
        asked.append(len(uids))
        if 5 in uids:
            raise ParseError("The feed took longer than 9 seconds to read, so it was stopped.")
        return read_document(document, BOX, NOW)

    reading = read_letters(body(*range(1, 17)), read)
    assert [entry.title for entry in reading.entries] == [
        f"Letter {n}" for n in range(1, 17) if n != 5
    ]
    assert reading.said == 15
    assert [(p.where, p.message[:16]) for p in reading.problems] == [
        ("message 5", "The message took")
    ]
    assert len(asked) == 9  # halves of halves, not every one


def test_what_is_no_mailbox_stays_an_error() -> None:
    with pytest.raises(ParseError, match="no mailbox"):
        read_letters(
            Document(body=b"<rss/>", url=""), lambda document: read_document(document, BOX, NOW)
        )


def test_a_pull_reads_a_maildir_an_mbox_and_documents_twice_as_once(letter: Any) -> None:
    post = letter.folder / "post"
    for name in ("cur", "new", "tmp"):
        (post / "box" / name).mkdir(parents=True)
    fresh = post / "box" / "new" / "1.M1.host"
    fresh.write_bytes(message(1))
    (post / "old.mbox").write_bytes(b"From a@b.example Tue May  3 09:30:00 2022\n" + message(2))
    (post / "one.eml").write_bytes(message(3))
    (post / "bad.docx").write_bytes(b"no document")
    letter.configure("sources: [{path: post/, name: Post}]\nsections: [{id: news, title: News}]\n")
    code, told, said = letter.run("pull")
    assert (code, told["sources"][0]["outcome"], told["sources"][0]["new"]) == (0, "ok", 3), said
    # Read by a person meanwhile: the file has another name, the letter is the same.
    fresh.rename(post / "box" / "cur" / "1.M1.host:2,S")
    _, told, _ = letter.run("pull")
    assert (told["sources"][0]["entries"], told["sources"][0]["new"]) == (3, 0)
