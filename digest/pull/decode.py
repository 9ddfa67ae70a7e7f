"""The text of a local file or of a part of a message, in whatever encoding it was written."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_GUESSES = ("gb18030", "big5", "windows-1251", "koi8-r", "windows-1252")
_COMMON = {
    "gb18030": frozenset("的一是在了不和有中国人大这上为来我到出"),
    "big5": frozenset("的一是在了不和有中國人大這上為來我到出"),
}
_COMMON_RUSSIAN = frozenset("оеаинтсрвл")
_TWO_SCRIPTS = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]")
_TEXTUAL = frozenset(
    {"utf-7", "punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"}
)
_HEAD = 2048

# What mail programs call an encoding, and the wider one whose signs they in fact write.
_WIDER = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "cp1252": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
}
_ALIASES = {
    "cp936": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "koi8": "koi8-r",
    "win-1251": "windows-1251",
    "win1251": "windows-1251",
    "x-cp1251": "windows-1251",
    "x-cp1252": "windows-1252",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
}
_SWAPPED = {
    "windows-1251": "cp1251",
    "koi8-r": "koi8-r",
    "windows-1252": "cp1252",
    "gb18030": "gb18030",
    "big5": "big5",
}
_ENOUGH = 12  # bytes outside ASCII, from which on one encoding is told from another
_CLEARLY = 0.6  # so much likelier must another encoding be than the one that is named
_FEW_BROKEN = 0.05


def decode(data: bytes) -> str:
    r"""The text, line ends as ``\n``; bytes that fit no encoding become U+FFFD.

    In this order: byte-order mark, UTF-8, UTF-16 by its NULs, the encoding the text declares in
    its head, and the likeliest of GB18030, Big5, windows-1251, KOI8-R and windows-1252.
    """
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def decode_named(data: bytes, charset: str) -> str:
    r"""The text of bytes whose encoding somebody named, line ends as ``\n``.

    The name is believed where it fits. It is not where the bytes are UTF-8, hold marks of
    another encoding, or read as Russian or as Western letters only in another one. A name that
    nobody knows counts as none.
    """
    return _named(data, charset).replace("\r\n", "\n").replace("\r", "\n")


def known_charset(charset: str) -> str | None:
    """The codec for a name as mail programs write it, the wider one where there is one."""
    low = charset.strip(" \"'").lower()
    try:
        name = codecs.lookup(_ALIASES.get(low, low)).name
        b"".decode(name)  # some codecs are none of texts
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if name in _TEXTUAL else _WIDER.get(name, name)


def _named(data: bytes, charset: str) -> str:
    name = known_charset(charset)
    if name is None:
        return _decoded(data)
    if not data.isascii():
        for mark, marked in _MARKS:
            if data.startswith(mark):
                return data.decode(marked, "replace")
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8")
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        outside = sum(byte > 127 for byte in data)  # noqa: PLR2004 - ASCII says nothing
        if text.count("\ufffd") <= max(1, outside * _FEW_BROKEN) or name == "windows-1252":
            return _unless_swapped(data, name, text)
        return _decoded(data)
    return _unless_swapped(data, name, text)


def _unless_swapped(data: bytes, name: str, text: str) -> str:
    """The text, but in another encoding where that one is clearly meant.

    Nearly any bytes fit these encodings, so what they say is weighed.
    """
    named = next((n for n, codec in _SWAPPED.items() if name in {n, codec}), None)
    if named is None or sum(byte > 127 for byte in data) < _ENOUGH:  # noqa: PLR2004
        return text
    if named in _COMMON:
        guesses: tuple[str, ...] = tuple(_COMMON)
    else:
        # Western is what programs name when they name nothing at all.
        guesses = (
            _GUESSES if named == "windows-1252" else ("windows-1251", "koi8-r", "windows-1252")
        )
    score, _ = _tried(data, named)
    best, other = max((_tried(data, guess) for guess in guesses), key=lambda pair: pair[0])
    return other if best > score + _CLEARLY else text


def _decoded(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if b"\0" in data[:_HEAD]:
        low = data[:_HEAD:2].count(0) > data[1:_HEAD:2].count(0)
        return data.decode("utf-16-be" if low else "utf-16-le", "replace")
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8")
    declared = _DECLARED.search(data[:_HEAD])
    if declared:
        with suppress(LookupError, UnicodeError):
            name = codecs.lookup(declared.group(1).decode("ascii")).name
            if name not in _TEXTUAL and name != "utf-8":
                return data.decode(name)
    return max((_tried(data, name) for name in _GUESSES), key=lambda pair: pair[0])[1]


def _tried(data: bytes, name: str) -> tuple[float, str]:
    """How likely the text is, read in this encoding, and the text."""
    text = data.decode(name, "replace")
    outside = [c for c in text if ord(c) > 127]  # noqa: PLR2004 - ASCII says nothing
    if not outside:
        return 0.0, text
    bad: float = sum(c == "\ufffd" or not (c.isalpha() or c.isprintable()) for c in outside)
    if name in _COMMON:
        good = 6.0 * sum(c in _COMMON[name] for c in outside)
        good += 0.2 * sum("\u4e00" <= c <= "\u9fff" for c in outside)
    elif name in {"windows-1251", "koi8-r"}:
        # Small letters are common and capitals are not: the wrong one of the two swaps them.
        good = float(sum(c in _COMMON_RUSSIAN for c in outside))
        good -= sum("А" <= c <= "Я" for c in outside) * 0.5
        good -= len(_TWO_SCRIPTS.findall(text))
    else:
        good = 0.3 * sum(c in "’‘“”–—…éèüöäñçßàáíóúêâ«» " for c in outside)
        bad += sum(c not in "’‘“”–—…•€£§°«»" and not c.islower() for c in outside) * 0.2
    return (good - 5.0 * bad) / len(outside), text
