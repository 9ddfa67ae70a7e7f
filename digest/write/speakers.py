"""Who is quoted: the words that an entry itself puts in quotation marks, with their speaker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.model import Entry, Name
from digest.text.mentions import NameFinder
from digest.write.casing import count_words, curly

_SHORTEST, _LONGEST = 4, 45
_WORD = r"[A-Z][^\W\d_]*(?:[-’'][^\W\d_]+)*"
_NAME = rf"(?:{_WORD} ){{1,3}}{_WORD}"
_VERB = (
    r"(?:said|says|added|adds|wrote|writes|argued|argues|noted|notes|warned|warns|stated|states"
    r"|declared|insisted|told (?!him|her|them)(?:the )?[\w’ ]{2,30}?)"
)
_ENGLISH = (
    # “…,” said Josep Borrell  ·  “…,” Josep Borrell told reporters
    re.compile(rf"“(?P<q>[^“”]+?)[,.]?”,? (?:said|says|wrote|added|warned|argued) (?P<n>{_NAME})"),
    re.compile(rf"“(?P<q>[^“”]+?)[,.]?”,? (?P<n>{_NAME})(?:, [^,“”.]{{3,60}},)? {_VERB}"),
    # Josep Borrell, the EU’s top diplomat, said: “…”
    re.compile(
        rf"(?P<n>{_NAME})(?:, [^,“”.]{{3,60}},)? {_VERB}(?: on \w+(?: \d+)?)?(?:,|:| that)?"
        r" “(?P<q>[^“”]+?)[,.]?”"
    ),
)
_RUSSIAN = (
    re.compile(
        r"«(?P<q>[^«»]+)»,? ?[-–—] ?"
        r"(?:сказал|заявил|отметил|подчеркнул|добавил|написал|пояснил)[аи]?"
        r" (?P<n>[^«»,.:]{3,60})"
    ),
    re.compile(
        r"(?P<n>[А-ЯЁ][^«».:!?]{2,60}?),? (?:сказал|заявил|отметил|подчеркнул|добавил|написал"
        r"|пояснил)[аи]?[^«».:]{0,20}: ?«(?P<q>[^«»]+)»"
    ),
)
_CHINESE = (
    re.compile(
        r"(?P<n>[^。！？“”「」，,]{2,24})(?:说|說|表示|称|稱|指出|强调|強調|回应|回應)(?:道)?[：:，,]?"
        r"[“「](?P<q>[^“”「」]+)[”」]"
    ),
)
_PATTERNS = {"en": _ENGLISH, "ru": _RUSSIAN, "uk": _RUSSIAN, "zh": _CHINESE}
_TITLE = re.compile(
    r"(?:President|Prime Minister|Premier|Foreign Minister|Minister|Ambassador|Chancellor"
    r"|Secretary(?: of State)?|General|Mr|Mrs|Ms|Dr)\.? "
)
_NO_PERSON = frozenset(
    {"The", "But", "And", "While", "When", "After", "Before", "According", "In", "On", "At", "For",
     "From", "As", "Last", "This", "That", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
     "Saturday", "Sunday"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Words of a speaker as an entry quotes them: ``text`` verbatim, ``start`` their place.

    ``speaker`` is the name as this newsletter writes it, ``name`` its line in the name book where
    it has one; ``role`` is what the entry itself calls the speaker, where it says so beside.
    """

    text: str
    speaker: str
    start: int
    name: Name | None = None
    role: str | None = None


def quoted_in(entry: Entry, finder: NameFinder | None) -> tuple[Quoted, ...]:
    """The quotations of an entry whose speaker is certain, in the order of the text.

    English, Russian, Ukrainian and Chinese. A speaker who is only a pronoun, a noun or half a
    name is not certain; in Russian and Chinese the name book has to know the name.
    """
    text = curly(entry.text) if entry.lang == "en" else entry.text
    found: dict[int, Quoted] = {}
    for pattern in _PATTERNS.get(entry.lang, ()):
        for match in pattern.finditer(text):
            quote = match["q"].strip()
            if match.start("q") in found or "\n" in match[0]:
                continue
            if _SHORTEST <= count_words(quote) <= _LONGEST:
                made = _with_speaker(entry, match, quote, finder)
                if made is not None:
                    found[match.start("q")] = made
    return tuple(found[at] for at in sorted(found))


def _with_speaker(
    entry: Entry, match: re.Match[str], quote: str, finder: NameFinder | None
) -> Quoted | None:
    called = match["n"].strip()
    people = list(_people(called, finder))
    start = match.start("q")
    if people:
        known = people[-1]
        role = _role(match[0], match["n"]) if entry.lang == "en" else None
        return Quoted(text=quote, speaker=known.name, start=start, name=known, role=role)
    if entry.lang != "en":
        return None
    bare = _TITLE.sub("", called)
    words = bare.split()
    if len(words) < 2 or words[0] in _NO_PERSON or _is_other(bare, finder):  # noqa: PLR2004
        return None
    return Quoted(text=quote, speaker=bare, start=start, role=_role(match[0], match["n"]))


def _people(text: str, finder: NameFinder | None) -> Iterator[Name]:
    if finder is None:
        return
    for mention in finder.find(text):
        name = finder.name(mention.name_id)
        whole = text[mention.start : mention.end]
        if name.kind == "person" and (len(whole.split()) > 1 or not whole.isascii()):
            yield name


def _is_other(text: str, finder: NameFinder | None) -> bool:
    """Whether the words hold a name that is no person's, such as a ministry's."""
    return finder is not None and any(
        finder.name(mention.name_id).kind != "person" for mention in finder.find(text)
    )


def _role(sentence: str, called: str) -> str | None:
    """The apposition after the name: ``the EU’s top diplomat``."""
    found = re.search(re.escape(called) + r", ((?:the|a|an) [^,“”.]{3,60}),", sentence)
    return found[1] if found else None
