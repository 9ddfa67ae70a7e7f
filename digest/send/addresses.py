"""One mail address, safe to stand in a header and in the envelope; and the names beside it.

The grammar is the part of RFC 5321 that is in use: a dot-atom before the @, host name labels behind
it. Quoted local parts, address literals and non-ASCII local parts (RFC 6531) are refused in one
sentence: few servers take them, and each is a way to smuggle a second address.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

LOCAL_OCTETS = 64
ADDRESS_OCTETS = 254
NAME_CHARACTERS = 120
"""Lengths: RFC 5321, 4.5.3.1, with its erratum 1690; a longer display name is cut."""

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\s*")
_ESCAPED = re.compile(r"\\(.)")
# Bidirectional marks turn a name around so that it reads as another one (CVE-2021-42574).
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_OR_CONTROL = frozenset({"Cc", "Zl", "Zp"})
_NEVER = frozenset({"Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A display name (may be empty) and an ASCII address whose domain is in lower case."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def header_text(text: str) -> str:
    """The text on one line, without anything that could end a header or start an encoded word.

    Controls and line ends become spaces, marks that reverse reading order and lone surrogates go,
    and ``=?`` is parted: Python before 3.11.10 decodes an encoded word inside a value and writes
    the line end it hides (a subject ``=?utf-8?q?A=0D=0ABcc:_x?=`` gave a real Bcc header).
    """
    kinds = [(unicodedata.category(char), char) for char in text]
    kept = "".join(
        " " if kind in _LINE_OR_CONTROL else char for kind, char in kinds if kind not in _NEVER
    )
    kept = " ".join(unicodedata.normalize("NFC", _BIDI.sub("", kept)).split())
    return kept.replace("=?", "= ?")


def parse_mailbox(text: str) -> Mailbox:
    """The mailbox written as ``a@b`` or ``Name <a@b>``. Raises ``ValueError`` with a sentence."""
    named = _NAMED.fullmatch(text.strip())
    if named is None:
        return Mailbox(address=parse_address(text.strip()))
    name = named["name"].strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = _ESCAPED.sub(r"\1", name[1:-1])
    return Mailbox(
        address=parse_address(named["address"].strip()),
        name=header_text(name)[:NAME_CHARACTERS].rstrip(),
    )


def parse_address(text: str) -> str:
    """The address as it goes over the wire: ASCII, the domain in lower case and Punycode.

    Raises ``ValueError`` with a sentence that does not repeat the address.
    """
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        message = "this is no mail address: it needs one @ with text on both sides"
        raise ValueError(message)
    if not local.isascii():
        message = "letters before the @ must be ASCII; ask for the person's other address"
        raise ValueError(message)
    # An encoded word is no address, but a program that reads the header again may decode it.
    if not _LOCAL.fullmatch(local) or len(local) > LOCAL_OCTETS or "=?" in local:
        message = "what stands before the @ holds characters, dots or a length no address may have"
        raise ValueError(message)
    address = f"{local}@{_domain(domain)}"
    if len(address) > ADDRESS_OCTETS:
        message = f"the address is longer than {ADDRESS_OCTETS} characters"
        raise ValueError(message)
    return address


def _domain(text: str) -> str:
    try:
        domain = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        message = f"the domain behind the @ cannot exist ({error})"
        raise ValueError(header_text(message)) from error
    if not _DOMAIN.fullmatch(domain):
        message = "the domain behind the @ is no host name"
        raise ValueError(message)
    return domain
