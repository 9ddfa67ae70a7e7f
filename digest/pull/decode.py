"""The text of a local file in whatever encoding it was saved."""

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
_TEXTUAL = frozenset({"utf-7", "punycode", "idna", "undefined", "unicode_escape"})
_HEAD = 2048


def decode(data: bytes) -> str:
    r"""The text, line ends as ``\n``; bytes that fit no encoding become U+FFFD.

    In this order: byte-order mark, UTF-8, UTF-16 by its NULs, the encoding the text declares in
    its head, and the likeliest of GB18030, Big5, windows-1251, KOI8-R and windows-1252.
    """
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


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
    else:
        good = 0.3 * sum(c in "’‘“”–—…éèüöäñçßàáíóúêâ«» " for c in outside)
        bad += sum(c not in "’‘“”–—…•€£§°«»" and not c.islower() for c in outside) * 0.2
    return (good - 5.0 * bad) / len(outside), text
