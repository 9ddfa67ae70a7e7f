"""Words of a text: their normal form, what two texts share, the case of a headline."""

from __future__ import annotations

import re
import zlib
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import numpy as np

from digest.data.loader import load_capitals
from digest.text.chinese import simplified

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_PIECE = re.compile(f"[{_HAN}]+|(?:(?![{_HAN}])[^\\W_])+(?:['-](?:(?![{_HAN}])[^\\W_])+)*")
_CHARACTER_OR_WORD = re.compile(
    f"[{_HAN}]|(?:(?![{_HAN}])[^\\W_])+(?:['-](?:(?![{_HAN}])[^\\W_])+)*"
)
_FOLDED = str.maketrans(
    dict.fromkeys("‘’‚‛ʼ`´′", "'")
    | dict.fromkeys("“”„‟«»‹›″「」『』＂", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"ё": "е", "…": "...", "\u00ad": "", "\u200b": ""}
)


def normal(text: str) -> str:
    r"""The text as it is compared: no case, plain quotes and dashes, one blank, simplified Chinese.

    >>> normal("“Xi’s”  G7—習近平")
    '"xi\'s" g7-习近平'
    """
    return " ".join(simplified(text).casefold().translate(_FOLDED).split())


def tokens(text: str, lang: str) -> tuple[str, ...]:
    """The words in normal form, without punctuation; Chinese is cut into words.

    >>> tokens("Xi’s visit: 3 days", "en")
    ("xi's", 'visit', '3', 'days')
    """
    out: list[str] = []
    for piece in _PIECE.findall(normal(text)):
        if lang == "zh" and len(piece) > 1 and _HAN_CHARACTER.match(piece):
            out.extend(_cutter().cut(piece))
        elif _HAN_CHARACTER.match(piece):
            out.extend(piece)
        else:
            out.append(piece)
    return tuple(out)


@cache
def _cutter() -> Any:
    import rjieba  # noqa: PLC0415 - half a second for its dictionary

    return rjieba


def _units(text: str) -> list[str]:
    return _CHARACTER_OR_WORD.findall(normal(text))


def shared_run(a: str, b: str, lang: str) -> int:
    """The length of the longest run both texts hold: in words, in characters for Chinese.

    Case, punctuation and the form of quotes and Chinese characters do not count.

    >>> shared_run("The oil flows again today", "Traders say the oil flows again", "en")
    4
    """
    del lang  # the unit follows from the script; the argument keeps the call like its siblings
    matcher = SequenceMatcher(None, _units(a), _units(b), autojunk=False)
    return matcher.find_longest_match().size


# --- near duplicates -----------------------------------------------------------------------------

_HASHES = 64
_SHINGLE = 3
_MIX = np.uint64(0x9E3779B97F4A7C15)
_RANDOM = np.random.default_rng(20220407)
_FACTORS = _RANDOM.integers(1 << 62, 1 << 63, size=_HASHES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _RANDOM.integers(0, 1 << 63, size=_HASHES, dtype=np.uint64)


def minhash(text: str, lang: str) -> tuple[int, ...]:
    """A signature of 64 numbers whose share of equal places estimates the Jaccard similarity

    of two texts' runs of three words (three characters of Chinese). Empty for no words. The same
    on every machine and in every process (Broder 1997; crc32 as the base hash).
    """
    del lang
    units = _units(text)
    if not units:
        return ()
    runs = {" ".join(units[at : at + _SHINGLE]) for at in range(max(len(units) - _SHINGLE + 1, 1))}
    base = np.fromiter((zlib.crc32(run.encode()) for run in runs), np.uint64, len(runs))
    hashed = base[:, None] * _FACTORS + _OFFSETS  # modulo 2**64
    hashed ^= hashed >> np.uint64(29)
    hashed *= _MIX
    return tuple((hashed >> np.uint64(32)).min(axis=0).tolist())


def similarity(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    """The estimated share (0–1) of word runs two signatures of ``minhash`` have in common."""
    if not a or not b:
        return 0.0
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


# --- case ----------------------------------------------------------------------------------------

_HEADLINE_SHARE = 0.6
_WORD = re.compile(r"(?:[^\W_]\.){2,}|[^\W_]+(?:[.’'&][^\W_]+)*")
_LETTERED = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_]*\d\w*")
_SMALL = frozenset(
    (
        *("a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "nor", "of"),
        *("off", "on", "onto", "or", "out", "over", "per", "so", "than", "that", "the", "to"),
        *("up", "via", "vs", "with", "yet", "after", "amid", "about", "against", "between"),
        *("under", "if"),
    )
)
_NEVER_SMALL = frozenset(
    (
        *("is", "are", "was", "were", "has", "have", "had", "will", "be", "been", "not", "it"),
        *("its", "his", "her", "their", "says", "said", "this", "these", "who", "what"),
    )
)
"""Words that a headline in title case writes with a capital."""
_SENTENCE_END = re.compile(r"(?:[?!:]|(?<![A-Z])\.)['\"”’)]*\s+['\"“‘(]*$")
_MONTH = re.compile(
    r"(?:\b(?:in|of|since|by|until|till|from|this|last|next|early|late|mid)\s+|\d\s+)$",
    re.IGNORECASE,
)


def sentence_case(headline: str, keep: frozenset[str]) -> str:
    """An English headline in sentence case; one that is not in title case stays as it is.

    The first word, acronyms, words with a capital inside, names of days, months, countries and
    peoples (``capitals.yaml``) and the words and phrases of ``keep`` stay; in a headline all in
    capitals ``keep`` and ``capitals.yaml`` give the spelling back.

    >>> sentence_case("Oil Flows Restart as Xi Visits CPC", frozenset({"Xi"}))
    'Oil flows restart as Xi visits CPC'
    """
    words = list(_WORD.finditer(headline))
    weighty = [word[0] for word in words if word[0].lower() not in _SMALL and word[0][0].isalpha()]
    capital = sum(word[0].isupper() for word in weighty)
    plain = any(word in _NEVER_SMALL for word in weighty)
    if plain or len(weighty) < 2 or capital < _HEADLINE_SHARE * len(weighty):  # noqa: PLR2004
        return headline
    shouting = headline.upper() == headline
    kept = _kept_spans(headline, keep | load_capitals())
    out, end = [], 0
    for at, word in enumerate(words):
        out.append(headline[end : word.start()])
        end = word.end()
        before = headline[: word.start()]
        if word.start() in kept:
            out.append(kept[word.start()])
        elif word[0].lower() in ("may", "march") and _MONTH.search(before):
            out.append(word[0].capitalize())
        else:
            first = at == 0 or _SENTENCE_END.search(before)
            out.append(_lowered(word[0], first=bool(first), shouting=shouting))
    return "".join(out) + headline[end:]


def _lowered(word: str, *, first: bool, shouting: bool) -> str:
    if shouting:
        word = word if _LETTERED.fullmatch(word) else word.lower()
        return word[:1].upper() + word[1:] if first else word
    parts = re.split(r"([-’'])", word)
    inner = any(char.isupper() for part in parts[::2] for char in part[1:])
    if first or inner or _LETTERED.fullmatch(word) or word == "I" or word.startswith(("I’", "I'")):
        return word
    return word.lower()


def _kept_spans(headline: str, keep: frozenset[str]) -> dict[int, str]:
    """Start of a word -> its spelling in ``keep``, for every word of every phrase found."""
    words = list(_WORD.finditer(headline))
    by_key: dict[tuple[str, ...], str] = {}
    longest = 1
    for phrase in keep:
        key = tuple(_key(found[0]) for found in _WORD.finditer(phrase))
        by_key[key] = phrase
        longest = max(longest, len(key))
    spans: dict[int, str] = {}
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            group = words[at : at + size]
            keys = [_key(word[0]) for word in group]
            bare = re.sub(r"'s?$", "", keys[-1])
            phrase = by_key.get(tuple(keys)) or by_key.get((*keys[:-1], bare)) or ""
            acronym = phrase.isupper() and not group[0][0].isupper()  # "Us" is not "US"
            if phrase and not acronym:
                spans |= _spelled(group, phrase)
                at += size
                break
        else:
            at += 1
    return spans


def _key(word: str) -> str:
    return word.casefold().replace("’", "'").rstrip(".")


def _spelled(group: list[re.Match[str]], phrase: str) -> dict[int, str]:
    """Each word of the group in the spelling of the phrase, with its own apostrophes and ending."""
    out = {}
    for word, known in zip(group, _WORD.finditer(phrase), strict=True):
        size = len(known[0])
        own = word[0][:size]
        letters = (o if o in "’'" else k for o, k in zip(own, known[0], strict=False))
        out[word.start()] = "".join(letters) + known[0][len(own) :] + word[0][size:].lower()
    return out
