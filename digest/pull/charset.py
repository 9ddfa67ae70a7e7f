"""A feed's bytes in UTF-8, whatever they were, and however wrongly that was declared.

Order of belief: a byte-order mark; the pattern of NULs of UTF-16 and UTF-32; bytes that are valid
UTF-8 and can hardly be anything else; the document's own declaration; the server's; the likeliest
of the encodings in which Russian, Chinese and western feeds are written. A declaration is believed
only while the text it gives looks like one (RFC 7303 would believe the server first; servers send
defaults).
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

HEAD = 4096
"""Bytes within which a document says what it is."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF8_MARK = codecs.BOM_UTF8 + b"<"
_UTF8_NAMES = frozenset({b"utf-8", b"utf8"})
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']\s{0,9}([A-Za-z0-9_.:-]{1,40})"
)
_DECLARATION = re.compile(r"<\?xml[^>]{0,400}?>")
_SERVED = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)

# What a name means in practice: the smaller sets are declared where the larger ones are used.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "ascii": "utf-8",
}
_NAMES = {
    "x-gbk": "gb18030",
    "gb-2312": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "x-big5": "big5hkscs",
    "big-5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-windows-1251": "cp1251",
    "win-1251": "cp1251",
    "cp-1251": "cp1251",
    "windows1251": "cp1251",
    "koi8": "koi8-r",
    "koi-8": "koi8-r",
    "koi8r": "koi8-r",
    "utf8": "utf-8",
    "unicode": "utf-8",
    "utf-8n": "utf-8",
    "x-mac-cyrillic": "mac-cyrillic",
}
_SEVEN_BITS = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_MANY_BYTES = "gb18030 big5hkscs cp932 euc_jp cp949 euc_kr utf-8 utf-16 utf-32"
_KNOWN = frozenset(_MANY_BYTES.split()) | _SEVEN_BITS
_ONE_BYTE = re.compile(r"(?:cp\d|iso8859|koi8|mac-|mac_|tis-620|ptcp)[\w-]*")
_GUESSED = ("cp1251", "koi8-r", "iso8859-5", "cp866")
_CYRILLIC = (*_GUESSED, "mac-cyrillic")
_ASCII = bytes(range(128))
_SAMPLE = 2000
_CLEAR = 0.9  # the worth of a declared text that needs no comparison
_BY_CHANCE = 6  # fewer bytes beyond ASCII may be valid UTF-8 and yet Chinese in two bytes
_CHINESE = ("gb18030", "big5hkscs")
_DOUBTED = frozenset({*_CHINESE, *_CYRILLIC, "cp1252", "utf-8"})
"""Declarations that are often wrong, and whose texts we can tell apart; others are believed."""
_OUTSIDE = re.compile("[^\x00-\x7f]+")
_BEYOND_ASCII = re.compile("[\x80-\ufffc]")
_LOST = re.compile("[\ufffd\ue000-\uf8ff\x80-\x9f]")
_HAN = re.compile("[\u4e00-\u9fff\u3000-\u30ffа-я]")
_COMMON_CHINESE = re.compile(
    "[оеаинтсрвл的一是在了不和有中国國人大这這上为為来來我到出年月日会會们們时時个個说說]"
)
_WESTERN = re.compile("[a-zß-öø-ÿšžœığş’‘“”–—…«»£§°·•®©™\xa0„]")
_RUN = re.compile(rb"[\x80-\xff]{3,}")


def _tables(name: str) -> tuple[bytes, bytes, bytes, bytes]:
    """The bytes of small letters, of the commonest of them, of capitals and of signs."""

    def of(letters: str) -> bytes:
        return b"".join(c.encode(name, "ignore") for c in letters)

    small = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў"
    return of(small), of("оеаинтсрвл"), of(small.upper()), of("’‘“”–—…«»№§°·•®©™\xa0„")


_TABLES = {name: _tables(name) for name in _CYRILLIC}


def said_utf8(body: bytes) -> bool:
    """Whether this is mark-up that says nothing of its encoding, or UTF-8: right if valid UTF-8."""
    if not body.startswith((b"<", _UTF8_MARK)) or b"\0" in body[:HEAD]:
        return False
    declared = _DECLARED.search(body, 0, HEAD)
    return declared is None or declared.group(1).lower() in _UTF8_NAMES


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """The document in UTF-8, the very same where it is already; its declaration then says so.

    Never raises: bytes that fit no encoding become U+FFFD.
    """
    declared = _DECLARED.search(body, 0, HEAD)
    name = _named(declared.group(1).decode("ascii")) if declared else None
    plain = body[:1] == b"<" and b"\0" not in body[:HEAD]
    if plain and (declared is None or name == "utf-8") and _is_utf8(body):
        return body
    text = _decoded(body, name, content_type)
    return _redeclared(text).encode("utf-8", "replace")


def _redeclared(text: str) -> str:
    """The text with a declaration that says UTF-8, so that no parser decodes it once more."""
    text = text.removeprefix("\ufeff")
    found = _DECLARATION.search(text, 0, HEAD)
    if found is None:
        return text
    return f'{text[: found.start()]}<?xml version="1.0" encoding="utf-8"?>{text[found.end() :]}'


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _named(name: str) -> str | None:
    """Python's name of the encoding that is meant; None for what is none of text in bytes."""
    name = name.lower()
    found = _NAMES.get(name)
    if found is None:
        with suppress(LookupError, ValueError):
            found = codecs.lookup(name).name
    if found is None:
        return None
    found = _MEANT.get(found, found)
    return found if found in _KNOWN or _ONE_BYTE.fullmatch(found) else None


def _decoded(body: bytes, declared: str | None, content_type: str) -> str:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    if wide := _wide(body):
        return body.decode(wide, "replace")
    if body.startswith(_EBCDIC):
        head = body[:HEAD].decode("cp037").encode("ascii", "replace")
        said = _DECLARED.search(head)
        encoding = _named(said.group(1).decode("ascii")) if said else None
        return body.decode(encoding or "cp037", "replace")
    served = _SERVED.search(content_type)
    given = [declared, _named(served.group(1)) if served else None]
    return _likeliest(body, [n for n in given if n and not n.startswith(("utf-16", "utf-32"))])


def _wide(body: bytes) -> str | None:
    """The two- or four-byte encoding without a mark, by the side on which its NULs stand."""
    head = body[:HEAD].lstrip(b" \t\r\n")
    if b"\0" not in head:
        return None
    if head.startswith(b"\0\0\0"):
        return "utf-32-be"
    if head[1:4] == b"\0\0\0":
        return "utf-32-le"
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < half:
        return None  # stray NULs in a text of single bytes
    return "utf-16-be" if even > odd else "utf-16-le"


def _likeliest(body: bytes, given: list[str]) -> str:
    high = body.translate(None, _ASCII)
    first = given[0] if given else ""
    if not high:
        return body.decode(first if first in _SEVEN_BITS else "ascii", "replace")
    if not (len(high) < _BY_CHANCE and first in _CHINESE):
        with suppress(UnicodeDecodeError):
            return body.decode()
    read = body.decode(first, "replace") if first else "\ufffd"
    sure = first not in _DOUBTED or _worth(body, high, first, given) > _CLEAR
    if sure and "\ufffd" not in read:
        return read
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") * 20 < len(_BEYOND_ASCII.findall(text, 0, _SAMPLE * 20)):
        return text  # UTF-8 that was cut or damaged here and there
    guesses = (*given, *_CHINESE, *_GUESSED, "cp1252")
    best = max(dict.fromkeys(guesses), key=lambda name: _worth(body, high, name, given))
    return body.decode(best, "replace")


def _worth(body: bytes, high: bytes, name: str, given: list[str]) -> float:
    """How much the text, read so, looks like one: about 1 for a text, below 0 for a muddle.

    A declaration counts for something: it loses to a guess only where its text is hardly one.
    """
    said = 0.35 if name in given[:1] else 0.2 if name in given else 0.0
    start = max(body.find(high[:1]) - 100, 0)
    sample = body[start : start + _SAMPLE]
    if name in _CYRILLIC:
        return said + _cyrillic_worth(sample, name)
    outside = "".join(_OUTSIDE.findall(sample.decode(name, "replace")))
    size = max(len(outside), 1)
    # A sample may be cut within a character.
    score = said - 6.0 * max(len(_LOST.findall(outside)) - 1, 0) / size
    if name in _CHINESE:
        common, chinese = len(_COMMON_CHINESE.findall(outside)), len(_HAN.findall(outside))
        return score + min(common * 8 / size, 0.7) + 0.3 * chinese / size
    if name in _MANY_BYTES:
        return score
    return score + 0.9 * len(_WESTERN.findall(outside)) / size - _in_runs(sample)


def _in_runs(sample: bytes) -> float:
    """The share of bytes beyond ASCII that stand three or more together, as letters of words do.

    Western letters stand alone among ASCII; runs of them are another script misread.
    """
    together = sum(map(len, _RUN.findall(sample)))
    return together / max(len(sample.translate(None, _ASCII)), 1)


def _cyrillic_worth(sample: bytes, name: str) -> float:
    """Small letters are common and capitals are not: the wrong table swaps them or gives signs."""
    high = sample.translate(None, _ASCII)
    small, common, capital, sign = (
        len(high) - len(high.translate(None, table)) for table in _TABLES[name]
    )
    other = len(high) - small - capital - sign
    score = (0.5 * small + 0.9 * common - 0.6 * capital - 3.0 * other) / max(len(high), 1)
    return score - (1 - _in_runs(sample))
