"""One mail: its shape, its encodings, and headers that nobody can add to."""

from __future__ import annotations

import email
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from itertools import product
from typing import cast

import pytest

from digest.deliveries import Recipient
from digest.errors import ConfigError, DeliveryError
from digest.send.message import Letter, envelope, list_id_of, message, message_id_of

LETTER = Letter(
    subject="Oil, grain and a summit that ended early",
    sender="The China–Russia Report <desk@example.org>",
    reply_to="editor@example.org",
    html="<!doctype html><title>t</title><p>Grain – 粮食</p>",
    text="Grain – 粮食\n\nFrom here on, .\n.\nlines that look odd",
    date=datetime(2022, 4, 7, 6, 0, tzinfo=UTC),
    list_id="china-russia-report.example.org",
)
READER = Recipient(address="reader@example.net", name="Ада Лавлейс")
MESSAGE_ID = "<china-russia-report.2022-04-07.00ff@example.org>"
INTENDED = {
    "From": 1,
    "To": 1,
    "Reply-To": 1,
    "Subject": 1,
    "Date": 1,
    "Message-ID": 1,
    "List-Id": 1,
    "MIME-Version": 1,
    "Content-Type": 1,
}
UNSUBSCRIBE = {"List-Unsubscribe": 1}
ONE_CLICK = {"List-Unsubscribe-Post": 1}

PAYLOADS = {
    "crlf": "Hello\r\nBcc: evil@evil.test",
    "lf": "Hello\nBcc: evil@evil.test",
    "cr": "Hello\rBcc: evil@evil.test",
    "two line ends, then a body": "Hello\r\n\r\n<script>1</script>",
    "folded header": "Hello\r\n Bcc: evil@evil.test\r\nBcc: evil@evil.test",
    "quoted-printable word": "=?utf-8?q?A=0D=0ABcc:_v=40evil.test?=",
    "base64 word": "=?utf-8?b?QQ0KQmNjOiB2QGV2aWwudGVzdA==?=",
    "word that a control hides": "=\x00?utf-8?q?A=0D=0ABcc:_v=40evil.test?=",
    "word in a word": "==??utf-8?q?=3D=3Futf-8=3Fq=3FA=0D=0ABcc:_x=3F=3D?=",
    "vertical tab and form feed": "Hello\x0bBcc: a@evil.test\x0cBcc: b@evil.test",
    "file, group, record": "Hello\x1cBcc: a@evil.test\x1d\x1eBcc: b@evil.test",
    "next line": "Hello\x85Bcc: evil@evil.test",
    "line and paragraph separators": "Hello\u2028Bcc: evil@evil.test\u2029X-Evil: 1",
    "comma and address": '"x" <evil@evil.test>, other@evil.test',
    "quotation marks and brackets": 'x" <evil@evil.test>, "y',
    "long, with commas, not ASCII": "Ё, <evil@evil.test>, " * 40,
    "one long word": "a" * 2_000,
    "lone surrogate, NUL, bidi": "Hello\ud800\x00\u202eBcc: evil@evil.test\u202c",
}
FIELDS = (
    "subject",
    "sender name",
    "sender address",
    "reply_to",
    "recipient name",
    "recipient address",
    "unsubscribe",
)
CASES = list(product(FIELDS, PAYLOADS))


def _hostile(field: str, payload: str) -> EmailMessage:
    letter, reader, unsubscribe = LETTER, READER, "https://example.org/u?t=1"
    match field:
        case "subject":
            letter = replace(LETTER, subject=payload)
        case "sender name":
            letter = replace(LETTER, sender=f"{payload} <desk@example.org>")
        case "sender address":
            letter = replace(LETTER, sender=f"{payload}@example.org")
        case "reply_to":
            letter = replace(LETTER, reply_to=f"{payload}@example.org")
        case "recipient name":
            reader = replace(READER, name=payload)
        case "recipient address":
            reader = replace(READER, address=f"{payload}@example.net")
        case _:
            unsubscribe = f"https://example.org/{payload}"
    return message(letter, reader, message_id=MESSAGE_ID, unsubscribe=unsubscribe)


def _raw_headers(content: bytes) -> Counter[str]:
    head = content.partition(b"\r\n\r\n")[0].decode("ascii")
    return Counter(line.partition(":")[0] for line in head.split("\r\n") if line[0] not in " \t")


def _parsed(content: bytes) -> EmailMessage:
    return cast("EmailMessage", email.message_from_bytes(content, policy=policy.SMTP))


def test_there_are_126_hostile_cases() -> None:
    assert len(CASES) == 126


@pytest.mark.parametrize(("field", "payload"), CASES)
def test_only_the_intended_headers_or_a_clean_refusal(field: str, payload: str) -> None:
    try:
        content = _hostile(field, PAYLOADS[payload]).as_bytes()
    except (ConfigError, DeliveryError) as error:
        sentence = str(error)
        content = None
    if content is None:
        assert sentence.isprintable()
        return
    assert _raw_headers(content) == INTENDED | UNSUBSCRIBE | ONE_CLICK
    assert Counter(_parsed(content).keys()) == INTENDED | UNSUBSCRIBE | ONE_CLICK
    assert b"evil" not in content or field in {"subject", "sender name", "recipient name"}
    # A second program that reads and writes the mail again finds nothing more either.
    assert _raw_headers(_parsed(content).as_bytes()) == INTENDED | UNSUBSCRIBE | ONE_CLICK
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00", content)
    assert content.isascii()


@pytest.mark.parametrize(("field", "payload"), CASES)
def test_a_mail_never_goes_to_or_comes_from_anyone_else(field: str, payload: str) -> None:
    try:
        made = _hostile(field, PAYLOADS[payload])
    except (ConfigError, DeliveryError):
        return
    assert envelope(made) == ("desk@example.org", "reader@example.net")
    parsed = _parsed(made.as_bytes())
    found = {
        name: [each.addr_spec for each in parsed[name].addresses]
        for name in ("From", "To", "Reply-To")
    }
    assert found == {
        "From": ["desk@example.org"],
        "To": ["reader@example.net"],
        "Reply-To": ["editor@example.org"],
    }


def test_plain_text_stands_before_html_and_both_arrive_whole() -> None:
    parsed = _parsed(message(LETTER, READER, message_id=MESSAGE_ID).as_bytes())
    assert parsed.get_content_type() == "multipart/alternative"
    text, html = (cast("EmailMessage", part) for part in parsed.iter_parts())
    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert text.get_content().rstrip().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().rstrip() == LETTER.html


def test_headers_say_what_was_given() -> None:
    parsed = _parsed(message(LETTER, READER, message_id=MESSAGE_ID).as_bytes())
    assert parsed["Subject"] == LETTER.subject
    assert parsed["From"].addresses[0].display_name == "The China–Russia Report"
    assert parsed["To"].addresses[0].display_name == "Ада Лавлейс"
    assert parsed["Date"].datetime == LETTER.date
    assert parsed["Message-ID"] == MESSAGE_ID
    assert parsed["List-Id"] == "<china-russia-report.example.org>"


@pytest.mark.parametrize(
    "name", ["Lovelace, Ada", 'Ada "the first" Lovelace', "a\\b", "Ada (Countess)", "Иванов, Пётр"]
)
def test_a_name_with_signs_arrives_as_it_is(name: str) -> None:
    made = message(LETTER, replace(READER, name=name), message_id=MESSAGE_ID)
    (found,) = _parsed(made.as_bytes())["To"].addresses
    assert (found.display_name, found.addr_spec) == (name, READER.address)


@pytest.mark.parametrize(
    ("unsubscribe", "headers"),
    [
        (None, {}),
        ("mailto:leave@example.org?subject=leave", UNSUBSCRIBE),
        ("https://example.org/leave?t=a1", UNSUBSCRIBE | ONE_CLICK),
    ],
)
def test_one_click_is_offered_only_over_https(
    unsubscribe: str | None, headers: dict[str, int]
) -> None:
    made = message(LETTER, READER, message_id=MESSAGE_ID, unsubscribe=unsubscribe)
    assert _raw_headers(made.as_bytes()) == INTENDED | headers
    assert made["List-Unsubscribe"] == (unsubscribe and f"<{unsubscribe}>")


@pytest.mark.parametrize(
    "unsubscribe",
    ["http://example.org/u", "javascript:1", "https://a/ b", "https://a/>,<https://b"],
)
def test_another_unsubscribe_address_is_refused(unsubscribe: str) -> None:
    with pytest.raises(ConfigError, match="unsubscribe"):
        message(LETTER, READER, message_id=MESSAGE_ID, unsubscribe=unsubscribe)


def test_a_domain_of_other_letters_goes_as_punycode() -> None:
    made = message(LETTER, Recipient(address="info@Пример.РФ"), message_id=MESSAGE_ID)
    assert envelope(made)[1] == "info@xn--e1afmkfd.xn--p1ai"


def test_a_local_part_of_other_letters_is_refused_in_one_sentence() -> None:
    with pytest.raises(DeliveryError, match="must be ASCII") as refused:
        message(LETTER, Recipient(address="инфо@example.org"), message_id=MESSAGE_ID)
    assert not refused.value.temporary


def test_a_long_subject_is_cut() -> None:
    made = message(replace(LETTER, subject="слово " * 300), READER, message_id=MESSAGE_ID)
    assert len(_parsed(made.as_bytes())["Subject"]) <= 250


def test_the_same_mail_is_made_twice_byte_for_byte() -> None:
    first, second = (message(LETTER, READER, message_id=MESSAGE_ID).as_bytes() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain words\n", "7bit"),
        ("word " * 300, "quoted-printable"),
        ("mostly English – with a dash\n" * 20, "quoted-printable"),
        ("о зерне и нефти\n" * 20, "base64"),
    ],
)
def test_the_shorter_encoding_is_taken(text: str, encoding: str) -> None:
    made = message(replace(LETTER, text=text), READER, message_id=MESSAGE_ID)
    part = next(made.iter_parts())
    assert part["Content-Transfer-Encoding"] == encoding


def test_the_message_id_is_stable_and_hides_the_address() -> None:
    day = date(2022, 4, 7)
    first, second, other = (
        message_id_of("crr", day, address, sender="The Desk <desk@example.org>")
        for address in ("a@example.net", "a@example.net", "b@example.net")
    )
    assert first == second != other
    assert re.fullmatch(r"<crr\.2022-04-07\.[0-9a-f]{16}@example\.org>", first)


def test_the_list_is_named_after_the_sender() -> None:
    assert list_id_of("crr", sender="Desk <desk@Example.org>") == "crr.example.org"


def test_a_sender_that_is_none_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"delivery\.from"):
        message_id_of("crr", date(2022, 4, 7), "a@example.net", sender="nobody")
