"""Sentences of a text: sentencex with corrections, razdel for Russian, own rules for Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
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
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Maj|Lt|Sgt|Capt|Adm|Sen|Rep|Gov|Amb|Pres|Rev|Hon|Jr|vs"
    r"|No|Nos|Vol|Art|Fig|approx|ca|cf|e\.g|i\.e|al|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.$"
)
_MISSED = re.compile(
    r"(?<=[.!?…]\))\s+(?=[“\"‘(]?[A-Z])|(?<=\w…)\s+(?=[“\"‘(]?[A-Z])|(?<=\betc\.)\s+(?=[“\"‘(]?[A-Z])"
)


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
            parts = _slavic(block)
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


# --- Russian and its kin -------------------------------------------------------------------------

# What razdel does not know: titles before a name, months before a year, quotations of several
# sentences, dialogue on one line; and "г.", "ч." and "пр." that end a sentence.
_TITLE_BEFORE = re.compile(r"(?:^|[\s(«])(?:ген|проф|акад|адм|тов|полк|кап)\.$", re.IGNORECASE)
_MONTH_BEFORE = re.compile(
    r"\b(?:янв|февр?|мар|апр|июн|июл|авг|сент?|окт|нояб?|дек)\.$", re.IGNORECASE
)
_ENDING_SHORT = re.compile(
    r"(?:\b(?:\d{4} гг?|\d{1,2} ч|\d{1,2} мин)\.|\bи (?:пр|др|т\. ?д|т\. ?п)\.)"
    r"\s+(?=[«“]?[А-ЯЁІЇЄ])"
)
_VERB = re.compile(r"[а-яёіїє]{2,}(?:л|ла|ло|ли|лся|лась|лось|лись|ет|ют|ит|ят|ут)\b")
_CLAUSE = re.compile(r"[,;:—–]\s")
_MOST_QUOTED = 3


def _slavic(block: str) -> Iterator[str]:
    """Pieces that razdel makes, put together and cut again where it errs."""
    pieces: list[str] = []
    at = 0
    for part in razdel.sentenize(block):
        blanks, at = block[at : part.start], part.stop
        if pieces and _joined(pieces[-1], part.text):
            pieces[-1] += blanks + part.text
        else:
            pieces.append(part.text)
    for piece in _whole_quotes(pieces):
        yield from _ended(piece)


def _joined(before: str, after: str) -> bool:
    return bool(
        before.endswith(";")
        or after.startswith(("— «", "– «"))
        or (_TITLE_BEFORE.search(before) and after[:1].isupper())
        or (_MONTH_BEFORE.search(before) and after[:1].isdigit())
        or (before.endswith("долл.") and after.startswith("США"))
    )


def _whole_quotes(pieces: Sequence[str]) -> Iterator[str]:
    """The pieces, those of one quotation that is said by someone ("», — сказал") as one."""
    at = 0
    while at < len(pieces):
        piece, end = pieces[at], at + 1
        while piece.count("«") > piece.count("»") and end < min(len(pieces), at + _MOST_QUOTED):
            piece = f"{piece} {pieces[end]}"
            end += 1
        whole = piece.count("«") == piece.count("»") and re.search(r"»,?\s+[—–]\s", piece)
        if not whole:
            piece, end = pieces[at], at + 1
        yield piece
        at = end


def _ended(piece: str) -> Iterator[str]:
    """The piece cut behind "в 1961 г." where a clause with its verb is complete there."""
    start = 0
    for match in _ENDING_SHORT.finditer(piece):
        clause = _CLAUSE.split(piece[start : match.start()])[-1]
        if match[0].startswith("и ") or _VERB.search(clause):
            yield piece[start : match.end()]
            start = match.end()
    yield piece[start:]


# --- Chinese -------------------------------------------------------------------------------------

_MARKS = "。！？!?｡"
_CLOSING = "”’』」）)》】〉\"'"
_PAIRS = {"“": "”", "「": "」", "『": "』", "（": "）", "《": "》"}
_SPOKE = re.compile(
    r"[^，。！？,!?“「]{0,24}?(?:说|說|表示|称|稱|指出|强调|強調|写道|寫道|问|問|道|认为|認為|回应|回應|补充|補充"
    r"|高呼|喊|坦言|透露|解释|解釋|呼吁|呼籲|警告|回答|答|宣布)"
)


def _chinese(block: str) -> Iterator[str]:
    start = at = 0
    while at < len(block):
        char = block[at]
        if char in _PAIRS:
            announced = block[at - 1 : at] in ("：", ":")
            at = _past_pair(block, at)
            ended = block[at - 2] in _MARKS or (announced and block[at - 2] == "…")
            spoke = not announced and (block.startswith("—", at) or _SPOKE.match(block, at))
            if not ended or spoke:
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
