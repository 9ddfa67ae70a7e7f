"""Which entries of a story go back to one origin: ten reprints of one wire are one report.

Two entries share an origin when they have the same canonical address, nearly the same text, or
credit the same wire (by a dateline, a credit line or "Reuters reported"), also where one of them
is that wire itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from digest.judge.grams import grams
from digest.model import Entry
from digest.text.urls import canonical_url

NEAR = 0.6
"""Share of common word pairs from which two texts are one (a reprint keeps most, a rewrite few)."""

_SHORTEST = 12
_HEAD = 400
_SAYS = r"(?:reported|reports|said|says|news agency)"
_RU_SAYS = r"(?:сообща(?:ет|ют)|сообщил[аио]?|переда[её]т|передают|пишет|со ссылкой на)"
_WIRES: tuple[tuple[str, str], ...] = (
    ("Reuters", rf"\(Reuters\)|\bReuters {_SAYS}|(?:according to|citing|by) Reuters|路透社|路透电"),
    ("AFP", rf"\(AFP\)|\bAFP {_SAYS}|(?:according to|citing) AFP|Agence France-Presse|法新社"),
    ("AP", rf"\(AP\)|\bAP {_SAYS}|(?:according to|citing) (?:the )?AP\b|Associated Press|美联社"),
    ("TASS", rf"/TASS/|\bTASS\b {_SAYS}|(?:citing|told) TASS|{_RU_SAYS} ТАСС|塔斯社"),
    ("RIA Novosti", rf"RIA Novosti|{_RU_SAYS} РИА Новости|俄新社"),
    ("Interfax", rf"\bInterfax {_SAYS}|(?:citing|told) Interfax|{_RU_SAYS} «?Интерфакс|国际文传"),
    (
        "Xinhua",
        (
            rf"\(Xinhua\)|\bXinhua {_SAYS}|citing Xinhua|{_RU_SAYS} (?:агентство )?Синьхуа"
            r"|新华社.{0,8}电|据新华社"
        ),
    ),
    (
        "Bloomberg",
        rf"\(Bloomberg\)|\bBloomberg {_SAYS}|(?:according to|citing) Bloomberg|彭博社报道",
    ),
    ("Kyodo", rf"\(Kyodo\)|Kyodo {_SAYS}|共同社"),
    ("CNA", r"\(CNA\)|[（(]中央社"),
)
_CREDITS = tuple((wire, re.compile(pattern)) for wire, pattern in _WIRES)
_CALLED = (
    *("Reuters", "AFP", "Agence France", "AP", "Associated Press", "TASS", "ТАСС", "Interfax"),
    *("RIA Novosti", "РИА Новости", "Интерфакс", "Xinhua", "Синьхуа", "Bloomberg", "Kyodo", "CNA"),
    *(
        "路透",
        "法新社",
        "美联社",
        "塔斯社",
        "俄新社",
        "国际文传",
        "新华社",
        "彭博",
        "共同社",
        "中央社",
    ),
)
"""One of these stands in every credit: most texts are seen through by looking for them alone."""

_PUBLISHERS = (
    ("Reuters", re.compile(r"^(Reuters|路透|Рейтер)", re.IGNORECASE)),
    ("AFP", re.compile(r"^(AFP|Agence France|法新社)", re.IGNORECASE)),
    ("AP", re.compile(r"^(AP( News)?$|Associated Press|美联社)", re.IGNORECASE)),
    ("TASS", re.compile(r"^(TASS|ТАСС|塔斯社)", re.IGNORECASE)),
    ("RIA Novosti", re.compile(r"^(RIA Novosti|РИА Новости|俄新社)", re.IGNORECASE)),
    ("Interfax", re.compile(r"^(Interfax|Интерфакс)", re.IGNORECASE)),
    ("Xinhua", re.compile(r"^(Xinhua|Синьхуа|新华社|新华网)", re.IGNORECASE)),
    ("Bloomberg", re.compile(r"^(Bloomberg|彭博)", re.IGNORECASE)),
    ("Kyodo", re.compile(r"^(Kyodo|共同社|共同网)", re.IGNORECASE)),
)


def wire_of(entry: Entry) -> str | None:
    """The wire an entry is, or credits first in title and lead; nothing for its own report."""
    own = _published_by(entry.publisher)
    if own is not None:
        return own
    head = f"{entry.title}\n{entry.text[:_HEAD]}"
    if not any(name in head for name in _CALLED):
        return None
    found = [(m.start(), wire) for wire, pattern in _CREDITS if (m := pattern.search(head))]
    return min(found)[1] if found else None


@lru_cache(maxsize=1 << 12)
def _published_by(publisher: str) -> str | None:
    return next((wire for wire, pattern in _PUBLISHERS if pattern.search(publisher)), None)


def near(first: Entry, second: Entry) -> bool:
    """Whether two entries say nearly the same in the same words."""
    return first.lang == second.lang and _alike(_pieces(first), _pieces(second))


def _pieces(entry: Entry) -> frozenset[str]:
    return frozenset(grams(f"{entry.title} {entry.text}", entry.lang))


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return min(len(a), len(b)) >= _SHORTEST and len(a & b) >= NEAR * len(a | b)


def origins(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], ...]:
    """The entries of one story by independent origin; the order given is kept in and between."""
    if len(entries) == 1:  # most stories of a week
        return (tuple(entries),)
    parents = list(range(len(entries)))

    def root(i: int) -> int:
        while parents[i] != i:
            i = parents[i]
        return i

    urls = [canonical_url(entry.url) if entry.url else None for entry in entries]
    wires = [wire_of(entry) for entry in entries]
    pieces = [_pieces(entry) for entry in entries]
    for i, first in enumerate(entries):
        for j in range(i):
            if root(i) == root(j):
                continue
            same = (
                (urls[i] is not None and urls[i] == urls[j])
                or (wires[i] is not None and wires[i] == wires[j])
                or first.publisher == entries[j].publisher
                or (first.lang == entries[j].lang and _alike(pieces[i], pieces[j]))
            )
            if same:
                parents[max(root(i), root(j))] = min(root(i), root(j))
    groups: dict[int, list[Entry]] = {}
    for i, entry in enumerate(entries):
        groups.setdefault(root(i), []).append(entry)
    return tuple(tuple(group) for group in groups.values())
