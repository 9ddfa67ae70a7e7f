"""Sentences of a text: sentencex with corrections, razdel for Russian, own rules for Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import razdel
import sentencex

_SLAVIC = ("ru", "uk", "be", "bg")
_ENDS_LINE = re.compile(r"[.!?。！？…:：;；]['\"”’»）)\]]*$")
_BULLET = re.compile(r"\s*(?:[•·▪‣◦*–—-]|\d{1,2}[.)])\s")
_LONGEST = 2000
_LONGEST_QUOTE = 600
_CUT = re.compile(r"[.!?]['\"”’»)]*\s|[。！？]['\"”’」』]*")
_STARTERS = frozenset(
    (
        *("The", "A", "An", "In", "On", "At", "It", "He", "She", "They", "We", "I", "But", "And"),
        *("This", "That", "These", "Those", "There", "Its", "His", "Her", "Their", "Our", "As"),
        *("However", "Meanwhile", "Yet", "So", "If", "When", "While", "After", "Before", "For"),
        *("What", "Why", "How", "Who", "Last", "Some", "Many", "Both", "No", "Not", "Still"),
    )
)
_STATE = re.compile(r"\b(?:U\.S|U\.K|E\.U|U\.N|U\.S\.A|U\.A\.E|D\.C)\.$")
_HALF_DAY = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
_OF_THE_CLOCK = re.compile(
    r"(?:[A-Z][\w’'-]+ ){1,3}[Tt]ime\b|[A-Z]{2,4}\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_INITIAL = re.compile(r"(?:^|[\s(“\"])(?:[A-Z]\.[ -]?)*[A-Z]\.$")
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Maj|Lt|Sgt|Capt|Adm|Sen|Rep|Gov|Amb|Pres|Rev|Hon|Jr|vs|etc"
    r"|No|Nos|Vol|Art|Fig|approx|ca|cf|e\.g|i\.e|al|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_MISSED = re.compile(r"(?<=[.!?…]\))\s+(?=[“\"‘(]?[A-Z])|(?<=\w…)\s+(?=[“\"‘(]?[A-Z])")


def sentences(text: str, lang: str) -> tuple[str, ...]:
    """The sentences in order, without blanks around them; each is a piece of the text as it stands

    (but a line end inside one becomes a blank). A paragraph always ends a sentence. Quoted speech
    stays with the words that report it.

    >>> sentences("Mr. Xi called at 10 a.m. Beijing time. “We agree.” He left.", "en")
    ('Mr. Xi called at 10 a.m. Beijing time.', '“We agree.”', 'He left.')
    >>> sentences("“我们同意。”毛宁说。会议结束。", "zh")
    ('“我们同意。”毛宁说。', '会议结束。')
    """
    out: list[str] = []
    for block in _portions(_blocks(text)):
        if lang in ("zh", "ja"):
            parts: Iterable[str] = _chinese(block)
        elif lang in _SLAVIC:
            parts = (part.text for part in razdel.sentenize(block))
        else:
            parts = _others(block, lang)
        out.extend(stripped for part in parts if (stripped := part.strip()))
    return tuple(out)


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, and lines that end like sentences or begin with a bullet, each on one line."""
    for paragraph in re.split(r"\n\s*\n", text):
        block = ""
        for line in filter(None, (line.strip() for line in paragraph.split("\n"))):
            if block and (_ENDS_LINE.search(block) or _BULLET.match(line)):
                yield block
                block = line
            else:
                block = f"{block} {line}" if block else line
        if block:
            yield block


def _portions(blocks: Iterable[str]) -> Iterator[str]:
    """Blocks of bounded length, cut behind a full stop: the splitters are quadratic in quotes."""
    for block in blocks:
        rest = block
        while len(rest) > _LONGEST:
            cuts = [match.end() for match in _CUT.finditer(rest, 0, _LONGEST)]
            cut = cuts[-1] if cuts else _LONGEST
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


# --- Latin script --------------------------------------------------------------------------------


def _others(block: str, lang: str) -> Iterator[str]:
    current = ""
    for part in sentencex.segment(lang if len(lang) == 2 else "en", block):  # noqa: PLR2004
        cuts = [0, *(match.end() for match in _MISSED.finditer(part)), len(part)]
        for piece in (part[start:end] for start, end in pairwise(cuts)):
            if current and _goes_on(current.rstrip(), piece.lstrip()):
                current += piece
            else:
                yield current
                current = piece
    yield current


def _goes_on(before: str, after: str) -> bool:
    """Whether what sentencex cut after ``before`` belongs together."""
    first = re.match(r"[\w’'-]+", after)
    word = first[0] if first else ""
    if _HALF_DAY.search(before):
        return bool(_OF_THE_CLOCK.match(after)) or after[:1].islower()
    if _STATE.search(before):
        return bool(word) and word not in _STARTERS
    if _ABBREVIATED.search(before):
        return bool(word) and (word not in _STARTERS or word[0].isdigit())
    if _INITIAL.search(before):
        return bool(word) and word[0].isupper() and word not in _STARTERS
    return after[:1].islower() and not before.endswith((":", ";"))


# --- Chinese -------------------------------------------------------------------------------------

_MARKS = "。！？!?｡"
_CLOSING = "”’』」）)》】〉\"'"
_PAIRS = {"“": "”", "「": "」", "『": "』", "（": "）", "《": "》"}
_SPOKE = re.compile(
    r"[^，。！？,!?“「]{0,24}?(?:说|說|表示|称|稱|指出|强调|強調|写道|寫道|问|問|道|认为|認為|回应|回應|补充|補充"
    r"|坦言|透露|解释|解釋|呼吁|呼籲|警告|回答|答|宣布)"
)


def _chinese(block: str) -> Iterator[str]:
    start = at = 0
    while at < len(block):
        char = block[at]
        if char in _PAIRS:
            announced = block[at - 1 : at] in ("：", ":")
            at = _past_pair(block, at)
            if block[at - 2] not in _MARKS or (not announced and _SPOKE.match(block, at)):
                continue
        elif char in _MARKS or block.startswith("……", at):
            while at < len(block) and block[at] in _MARKS + "…" + _CLOSING:
                at += 1
        else:
            at += 1
            continue
        if block[at : at + 1] in _CLOSING + _MARKS + "，,、；" and at < len(block):
            continue
        yield block[start:at]
        start = at
    yield block[start:]


def _past_pair(block: str, at: int) -> int:
    """The place after the bracket that closes the one at ``at``; after it alone where none does."""
    opening = block[at]
    closing = _PAIRS[opening]
    depth = 0
    for end in range(at, min(len(block), at + _LONGEST_QUOTE)):
        depth += (block[end] == opening) - (block[end] == closing)
        if depth == 0:
            return end + 1
    return at + 1
