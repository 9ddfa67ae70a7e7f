"""Which addresses are taken, and what a header's text may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.send.addresses import Mailbox, header_text, parse_address, parse_mailbox


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("a@example.org", "a@example.org"),
        ("First.Last+tag@EXAMPLE.org", "First.Last+tag@example.org"),
        ("o'neil!#$%&*/?=^_`{|}~-@example.org", "o'neil!#$%&*/?=^_`{|}~-@example.org"),
        ("root@localhost", "root@localhost"),
        ("a@straße.example", "a@xn--strae-oqa.example"),
        ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_addresses_in_use_are_taken(text: str, address: str) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@example.org",
        "a@",
        "a b@example.org",
        '"a b"@example.org',
        "a@b@example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a@example..org",
        "a@-example.org",
        "a@exa_mple.org",
        "a@example.org.",
        "a@[127.0.0.1]",
        "a@example.org\n",
        "a\x00@example.org",
        "a@exa\x00mple.org",
        "a,b@example.org",
        "<a@example.org>",
        "=?utf-8?q?A=0D=0ABcc:_x?=@example.org",
        "почта@example.org",
        "a@\u2024.org",
        "a@" + "b" * 64 + ".org",
        "a" * 65 + "@example.org",
        "a@" + ".".join(["b" * 60] * 5),
    ],
)
def test_all_others_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        parse_address(text)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("a@example.org", Mailbox(address="a@example.org")),
        (" Ada <a@example.org> ", Mailbox(name="Ada", address="a@example.org")),
        ('"L., Ada" <a@example.org>', Mailbox(name="L., Ada", address="a@example.org")),
        (r'"A \"B\"" <a@example.org>', Mailbox(name='A "B"', address="a@example.org")),
        ("<a@example.org>", Mailbox(address="a@example.org")),
        ("Редакция <a@example.org>", Mailbox(name="Редакция", address="a@example.org")),
    ],
)
def test_a_mailbox_is_read_as_people_write_it(text: str, mailbox: Mailbox) -> None:
    assert parse_mailbox(text) == mailbox


@given(st.text())
def test_header_text_is_one_line_without_an_encoded_word(text: str) -> None:
    line = header_text(text)
    assert line.splitlines() in ([line], [])
    assert "=?" not in line
    assert line == header_text(line)
    line.encode()


def test_header_text_keeps_words_apart_and_letters_whole() -> None:
    assert header_text("a\r\nb\tc  中\u0301 👩\u200d🚀") == "a b c 中\u0301 👩\u200d🚀"
