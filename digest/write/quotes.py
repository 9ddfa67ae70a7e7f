"""Publishers' words: what may be quoted, and whose words they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digest.data.outlets import load_outlets
from digest.data.prose import load_prose
from digest.model import Entry
from digest.text.sentences import sentences
from digest.text.words import tokens
from digest.write.casing import count_words
from digest.write.verbatim import CUT, is_verbatim

MOST_WORDS = 60
"""No more words of one entry are quoted in one issue."""

_SOURCE_MARK = re.compile(r"\s*\[Source\]\s*$", re.IGNORECASE)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_CAPITALS = r"[A-Z][A-Z .,'’/-]{2,40}"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        # MOSCOW, April 6 (TASS) —  ·  BEIJING (Reuters) -  ·  MOSCOW, April 6. /TASS/.
        (
            rf"{_CAPITALS}(?:, {_MONTH} \d{{1,2}})?\.? ?"
            r"(?:\([^)]{2,40}\)|/[^/]{2,20}/\.?) ?[-–—]{0,2} ?"
        ),
        rf"{_CAPITALS}, {_MONTH} \d{{1,2}}(?:, \d{{4}})? ?[-–—:]{{1,2}} ?",
        r"\((?:Reuters|AP|AFP|Bloomberg|Xinhua|TASS)\) ?[-–—]{1,2} ?",
        # МОСКВА, 6 апр — РИА Новости.  ·  МОСКВА, 6 апреля. /ТАСС/.
        (
            r"[А-ЯЁ][А-ЯЁ -]{2,30}, \d{1,2} [а-я]{3,8}\.? ?[-–—/] ?"
            r"(?:[А-ЯЁ][\w ]{1,20}[./] ?|ТАСС/\.? ?)?[-–—]? ?"
        ),
        # 新华社北京4月26日电（记者…）
        (
            r"(?:新华社|新華社|中新社|中新网|人民网|央视网|据)?[\u4e00-\u9fff]{2,8}"
            r"\d{1,2}月\d{1,2}日(?:电|電|讯|訊)(?:（[^）]{2,20}）)? ?"
        ),
    )
)
_BYLINE = re.compile(
    r"By [A-Z][\w’'.-]+(?: [A-Z][\w’'.-]+){1,3}(?:,| and |$)"
    r"|(?:Автор|Фото|Источник)\b|(?:记者|作者|来源|编辑)[:：]"
)
_NAMELESS = re.compile(
    r"^[“\"«「].*[”\"»」],? (?:he|she|they) (?:said|added|told)\b"
    r"|[”\"],? (?:he|she|they) \w+[^.]*\.$"
)
# Somebody's words alone: who said them stands in another sentence.
_SPEAKERLESS = re.compile(r"[“\"][^“”\"]*[”\"]\.?|«[^«»]*»\.?|「[^「」]*」。?")
_COMPLETE = re.compile(r"[.!。！][”\"»」』’)]*$| \[…\]$")
_SHORTEST, _LONGEST = 6, 45
# Where a sentence may be cut: before a clause of its own, not between the items of a list.
_CLAUSE = re.compile(
    r"; | [—–] |, (?=(?:but|and|while|which|who|where|when|as|after|although|though|because|since"
    r"|with|according|adding|saying|citing|despite|following|including|in an?|in the"
    r"|the \w+ said)\b)"
    r"|, (?=(?:но|а|и|что|котор(?:ый|ая|ое|ые)|где|когда|хотя|поскольку|после|сообщ\w+)\b)"
    r"|[，；](?=[\u4e00-\u9fff])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence that may be quoted; ``speaker`` is the outlet a publisher quotes it from.

    ``chained`` is set for words of another outlet, also where its name is not known.
    """

    text: str
    position: int
    speaker: str | None = None
    chained: bool = False


def passages(entry: Entry, *, about: Iterable[str] = ()) -> tuple[Passage, ...]:
    """The sentences of an entry worth quoting, best first: early, short, about the story.

    Whole sentences only; datelines are cut off; bylines, credits, calls to action, questions,
    broken sentences and those that lean on the one before are left out. Words that the entry
    itself quotes in a block closed by ``[Source]`` belong to the outlet its lead-in names.
    """
    topic = {word.casefold() for word in about}
    found = [
        (_worth(passage, topic, entry.lang), passage)
        for passage in _all(entry)
        if is_verbatim(passage.text, entry.text)
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].position))
    return tuple(passage for _, passage in found)


def chosen(
    found: Sequence[Passage], *, most: int = 2, words: int = MOST_WORDS
) -> tuple[Passage, ...]:
    """At most ``most`` of the passages within ``words`` words, in the order of the entry."""
    kept: list[Passage] = []
    for passage in found:
        room = words - sum(count_words(other.text) for other in kept)
        if len(kept) < most and count_words(passage.text) <= room:
            kept.append(passage)
    return tuple(sorted(kept, key=lambda passage: passage.position))


def joined(parts: Sequence[Passage]) -> str:
    """Passages of one entry as one quotation; what stood between them shows as ``[…]``."""
    text = ""
    for before, passage in zip((None, *parts), parts, strict=False):
        gap = before is not None and passage.position != before.position + 1
        blank = "" if re.search(r"[。！？”」』]$", text) else " "
        text += (f" {CUT} " if gap else blank) + passage.text
    return text.strip()


# --- inside ------------------------------------------------------------------------------------


def _all(entry: Entry) -> list[Passage]:
    kept = []
    position = 0
    for paragraph, speaker, chained in _paragraphs(entry.text):
        for sentence in sentences(paragraph, entry.lang):
            text = _bare(sentence.strip())
            position += 1
            passage = Passage(text=text, position=position, speaker=speaker, chained=chained)
            if count_words(text) > _LONGEST:
                passage = shortened(passage, _LONGEST)
            if _is_usable(passage.text):
                kept.append(passage)
    return kept


def _paragraphs(text: str) -> list[tuple[str, str | None, bool]]:
    """Paragraphs with the outlet they are quoted from; lead-ins of such blocks are left out."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    told: list[tuple[str, str | None, bool]] = [(part, None, False) for part in parts]
    free = 0
    for index, part in enumerate(parts):
        if not _SOURCE_MARK.search(part):
            continue
        lead = _lead_in(parts, free, index)
        speaker = _speaker(parts[lead])
        for inside in range(lead + 1, index + 1):
            bare = _SOURCE_MARK.sub("", parts[inside])
            told[inside] = (re.sub(r"^\[…\]\s*", "", bare), speaker, True)
        # Of a lead-in only what comes before its last sentence is the publisher's own report.
        own = sentences(parts[lead], "en")[:-1]
        told[lead] = (" ".join(own), None, False)
        free = index + 1
    return [part for part in told if part[0]]


def _lead_in(parts: Sequence[str], first: int, last: int) -> int:
    """The paragraph that leads a block in: it ends with a colon or with no mark at all."""
    for index in range(last - 1, first - 1, -1):
        if re.search(r"[:：]$|[\w’]$", parts[index]):
            return index
    return max(first, last - 1)


def _speaker(lead_in: str) -> str | None:
    last = sentences(lead_in, "en")[-1:] or (lead_in,)
    return load_outlets().find_press(last[0])


def _bare(sentence: str) -> str:
    text = re.sub(r"^[•·*–—-]\s+", "", sentence)
    for pattern in _DATELINES:
        found = pattern.match(text)
        if found:
            text = text[found.end() :].lstrip()
    return text


def _is_usable(text: str) -> bool:
    words = count_words(text)
    if not _SHORTEST <= words <= _LONGEST or not _COMPLETE.search(text):
        return False
    if (
        re.search(r"\.{3}|…", text.replace(CUT, ""))
        or load_prose().chrome.search(text)
        or _BYLINE.match(text)
    ):
        return False
    if _SPEAKERLESS.fullmatch(text):
        return False
    if load_prose().leaning.match(text.lstrip('“"«「‘')) or _NAMELESS.search(text):
        return False
    return (
        text.count("“") == text.count("”") and text.count('"') % 2 == 0 and text[0] not in ",.;)”"
    )


def _worth(passage: Passage, topic: set[str], lang: str) -> float:
    words = {word.casefold() for word in tokens(passage.text, lang)}
    shared = len(words & topic) / (len(topic) or 1)
    length = abs(count_words(passage.text) - 24) / 24
    return 1 / (1 + passage.position / 2) + shared - 0.4 * length


def shortened(passage: Passage, words: int) -> Passage:
    """The passage cut at the last clause border within ``words`` words, marked as cut.

    The passage itself where it fits or has no such border.
    """
    if count_words(passage.text) <= words:
        return passage
    for border in reversed([found.start() for found in _CLAUSE.finditer(passage.text)]):
        kept = passage.text[:border]
        balanced = kept.count("“") == kept.count("”") and kept.count("«") == kept.count("»")
        if _SHORTEST <= count_words(kept) <= words and balanced:
            return replace(passage, text=f"{kept} {CUT}")
    return passage
