"""Text without the damage of its way here, and without what belongs to the site it stood on."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

import ftfy
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES

from digest.data.chrome import load_chrome

# --- damage --------------------------------------------------------------------------------------

_UNWANTED = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
    "\ud800-\udfff"  # lone surrogates: no file and no database takes them
    "\u00ad\u200b\u2060\ufeff"  # invisible, and in the way of every comparison
    "\u202a-\u202e\u2066-\u2069"  # they turn the direction of what stands around a title
    "\ufdd0-\ufdef\ufffe\uffff"
)
_JUNK = re.compile(f"[{_UNWANTED}]")
_C1 = re.compile("[\x80-\x9f]")
# Every sequence that ftfy takes for mojibake holds one of these characters or is a pair of
# capitals around a quotation mark; clean Russian and Chinese texts hold neither, and looking for
# them takes a twentieth of the time that ftfy's own pattern takes.
_RARE = "".join(
    MOJIBAKE_CATEGORIES[kind]
    for kind in (
        *("c1", "bad", "law", "currency", "numeric", "kaomoji", "box"),
        *("upper_accented", "lower_accented"),
    )
)
_SUSPECT = re.compile(f"[{_RARE}Ђ√≈‚×]")
_MARKS = MOJIBAKE_CATEGORIES["start_punctuation"] + MOJIBAKE_CATEGORIES["end_punctuation"]
_SUSPECT_MARK = re.compile(f"[{_MARKS}](?<=[ВГРСΒΓΞΟ].)[ВГРСΒΓΞΟ]")
_ODD = re.compile(f"[{_RARE}{_UNWANTED}Ђ√≈‚×\u2028\u2029]")
_AROUND = 8  # no sequence reaches farther from its rare character
_MANY = 12  # rare characters from which on one look at the whole text is quicker
_LOST = "\ufffd"
_LOST_RULES = (
    (re.compile(rf"(?<=[^\W\d_]){_LOST}(?=(?:s|t|d|m|re|ve|ll)\b)"), "’"),
    (re.compile(rf"(?<=\w) {_LOST} (?=\w)"), " – "),
    (re.compile(rf"(?:(?<=^)|(?<=[\s(\[])){_LOST}(?=[^\W_])(?=[^{_LOST}\n]{{1,400}}{_LOST})"), "“"),
    (re.compile(rf"(?<=[\w.,!?…]){_LOST}(?=[\s.,;:!?)\]]|$)"), "”"),
    (re.compile(rf"(?<=\d){_LOST}(?=\d)"), "–"),
)


def clean_text(text: str) -> str:
    r"""The text as it was meant: mojibake mended, NFC, nothing unprintable, ``\n`` for line ends.

    A replacement character is mended where only one sign can have stood there (an apostrophe
    before ``re`` or ``s``, quotation marks around words, a dash between them), else dropped.

    >>> clean_text("you\ufffdre in MÃ¼nchen")
    'you’re in München'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return _JUNK.sub("", text)
    if not _ODD.search(text) and not _SUSPECT_MARK.search(text):
        return unicodedata.normalize("NFC", text)
    if is_mojibake(text):
        text = _mended(text)
    if _C1.search(text):
        text = ftfy.fixes.fix_c1_controls(text)
    if _LOST in text:
        text = _found_again(text)
    text = (
        _JUNK.sub("", text).replace("\u2028", "\n").replace("\u2029", "\n\n").replace("\x85", "\n")
    )
    return unicodedata.normalize("NFC", text)


def is_mojibake(text: str) -> bool:
    """Whether ftfy sees a sequence in the text that no language writes; quick where it does not.

    >>> is_mojibake("MÃ¼nchen"), is_mojibake("Россия – «Газпром»")
    (True, False)
    """
    suspects = list(islice(_SUSPECT.finditer(text), _MANY + 1))
    if len(suspects) > _MANY:
        return BADNESS_RE.search(text) is not None
    near = ((max(each.start() - _AROUND, 0), each.end() + _AROUND) for each in suspects)
    if any(BADNESS_RE.search(text, start, end) for start, end in near):
        return True
    return _SUSPECT_MARK.search(text) is not None and BADNESS_RE.search(text) is not None


def _mended(text: str) -> str:
    """Each line apart: one quoted line in a wrong encoding must not hinder the others."""
    return "\n".join(
        ftfy.fix_encoding(line) if is_mojibake(line) else line for line in text.split("\n")
    )


def _found_again(text: str) -> str:
    text = re.sub(f"{_LOST}{{2,}}", _LOST, text)
    for pattern, sign in _LOST_RULES:
        text = pattern.sub(sign, text)
    return text.replace(_LOST, "")


# --- site chrome ---------------------------------------------------------------------------------

_PROSE = 40  # a paragraph from so many characters on that ends as a sentence does is prose,
_LONG = 160  # one of so many in any case; a Chinese character counts three
_MORE = 2  # paragraphs of prose after an aside that say the text goes on
_HEAD = 6  # paragraphs at the top in which a title may stand twice
_LOOKED_AT = 400  # characters of a line: no rule reaches farther
_NEAR_THE_END = 140  # characters in which the words of a tail's rule stand
_BORDER = re.compile(r"\n\s*\n")
_HAN = re.compile("[\u3400-\u9fff]")
_SIGNS = "*#>•·-_| "
_CLOSING = "'\"”’»）)]"
_TYPOGRAPHY = (("’", "'"), ("‘", "'"), ("–", "-"), ("—", "-"))


def without_chrome(text: str) -> str:
    r"""The text without what belongs to its site, by the rules of ``chrome.yaml``.

    Cut are notices and image credits wherever they stand, menus above the text, a title that is
    repeated, everything from the first line that only ever follows a text (comments, related
    stories, subscription, copyright) when prose stands above it, and a call to read on or to
    subscribe behind the last sentence. Paragraphs stay as they are.

    >>> without_chrome("Oil flows again.\n\nAdvertisement\n\nNo comments:")
    'Oil flows again.'
    """
    text = text.strip()
    blocks = [block.split("\n") for block in _BORDER.split(text)] if "\n" in text else [[text]]
    kinds = [[_kind(line) for line in block] for block in blocks]
    if any(kind for block in kinds for kind in block):
        blocks = _kept(blocks, kinds)
    unprose = load_chrome().unprose
    while blocks and unprose.match(_key(blocks[0][0])):
        del blocks[0]
    if blocks:
        blocks[-1][-1] = _without_tail(blocks[-1][-1])
    paragraphs = ["\n".join(line for line in block if line.strip()) for block in blocks]
    return "\n\n".join(_without_repeats(paragraphs) if len(paragraphs) > 1 else paragraphs)


def _kept(blocks: list[list[str]], kinds: list[list[str]]) -> list[list[str]]:
    """The paragraphs without the lines of some kind, up to the end of the text."""
    prose = [_is_prose("\n".join(block)) for block in blocks]
    after = prose.count(True)
    kept: list[list[str]] = []
    begun = False
    for block, kinds_here, is_prose in zip(blocks, kinds, prose, strict=True):
        after -= is_prose
        lines: list[str] = []
        ended = False
        for line, kind in zip(block, kinds_here, strict=True):
            last = kind == "end" or (kind == "aside" and after < _MORE)
            if last and (begun or _is_prose("\n".join(lines))):
                ended = True
                break
            if not kind and line.strip():
                lines.append(line)
        if lines:
            kept.append(lines)
            begun = begun or _is_prose("\n".join(lines))
        if ended:
            break
    return kept


def _kind(line: str) -> str:
    """What the rules call the line: end, aside or drop; "" for a line of the text."""
    rules = load_chrome()
    key = _key(line)
    for rule in rules.where:
        if _holds(key, rule.words) and rule.pattern.match(key):
            return "drop"
    if not rules.known.match(key):
        return ""
    if rules.end.match(key):
        return "end"
    return "aside" if rules.aside.match(key) else "drop"


def _without_tail(line: str) -> str:
    begin = max(len(line) - _LOOKED_AT, 0)
    low = _plain(line[begin:].lower())
    if len(low) != len(line) - begin:  # a letter that is two when small: places differ
        return line
    near = low[-_NEAR_THE_END:]
    for rule in load_chrome().tail:
        if _holds(near, rule.words) and (found := rule.pattern.search(low)):
            return line[: begin + found.start()].rstrip()
    return line


def _holds(text: str, words: tuple[str, ...]) -> bool:
    for word in words:  # noqa: SIM110 - a third of the time that any() takes
        if word in text:
            return True
    return False


def _key(line: str) -> str:
    return " ".join(_plain(line[:_LOOKED_AT].lower()).split()).lstrip(_SIGNS)


def _plain(text: str) -> str:
    if not text.isascii():
        for sign, plain in _TYPOGRAPHY:
            text = text.replace(sign, plain)
    return text


def _is_prose(paragraph: str) -> bool:
    if len(paragraph) >= _LONG:
        return True
    han = 0 if paragraph.isascii() else len(_HAN.findall(paragraph))
    size = len(paragraph) + 2 * han
    ends = paragraph.rstrip().rstrip(_CLOSING)[-1:]
    return size >= _LONG or (size >= _PROSE and ends != "" and ends in ".!?。！？…")


def _without_repeats(paragraphs: list[str]) -> list[str]:
    """The paragraphs without a line of the first few that stood above already (a title)."""
    kept: list[str] = []
    seen: set[str] = set()
    for at, paragraph in enumerate(paragraphs):
        key = _key(paragraph) if len(paragraph) < _LOOKED_AT else paragraph
        if at < _HEAD and key in seen:
            continue
        seen.add(key)
        kept.append(paragraph)
    return kept
