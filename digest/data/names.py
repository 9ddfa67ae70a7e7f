"""The name book ``names.yaml``: people, organisations, places and things of our field.

A row is one line of YAML::

    - {id: xi-jinping, name: Xi Jinping, en: [President Xi], ru: [Си Цзиньпин~], zh: [习近平],
       pinyin: Xí Jìnpíng, role: president of China, country: CN, short: Xi}

``name`` is the English spelling we print and is always matched too. A Russian word is written in
its nominative; ``~`` after it says that it declines. A finder declines a name as a whole; where
only some words of a phrase decline (``Министерство~ иностранных дел``) its forms are made here
from the endings, words agreeing in case. A form ending with ``*`` is a stem that may go on.
Chinese forms are simplified, the traditional spelling is made here; names that Taiwan or Hong
Kong spell otherwise are listed. ``pinyin`` stands only where it is certain; then ``hanzi`` is the
first Chinese form. ``uk`` and ``kk`` list Ukrainian and Kazakh forms, written like the Russian,
``other`` forms of further languages.

Where a form also means something else, the words around it decide: ``unless: {Georgia: [Atlanta]}``
takes no Georgia near Atlanta, ``only: {any: [envoy, 特使]}`` no form of the name but near one of
these words. A word that ends with ``*`` may go on.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any

from digest.data.loader import read_yaml
from digest.model import Name, NameRule

KINDS = {
    "people": "person",
    "organisations": "organisation",
    "places": "place",
    "things": "thing",
}
"""The groups of the file and the kind their names have."""

ANY_FORM = "any"
"""The key of a rule that holds for every form of a name."""

_CASES = 5
# Endings by case (genitive, dative, accusative, instrumental, prepositional), several of a case
# apart by a blank; "-" is the bare stem. The first row whose ending fits the word is taken, so
# longer endings stand first. "cut" letters are removed to get the stem.
_ENDINGS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("ский", 2, ("ого", "ому", "ого ий", "им", "ом")),
    ("цкий", 2, ("ого", "ому", "ого ий", "им", "ом")),
    ("ской", 2, ("ого ой", "ому ой", "ого ой", "им ой", "ом ой")),
    ("ная", 2, ("ой", "ой", "ую", "ой", "ой")),
    ("кая", 2, ("ой", "ой", "ую", "ой", "ой")),
    ("вая", 2, ("ой", "ой", "ую", "ой", "ой")),
    ("яя", 2, ("ей", "ей", "юю", "ей", "ей")),
    ("ое", 2, ("ого", "ому", "ое", "ым им", "ом")),
    ("ее", 2, ("его", "ему", "ее", "им", "ем")),
    ("ные", 1, ("х", "м", "е х", "ми", "х")),
    ("кие", 1, ("х", "м", "е х", "ми", "х")),
    ("ный", 2, ("ого", "ому", "ого ый", "ым", "ом")),
    ("вый", 2, ("ого", "ому", "ого ый", "ым", "ом")),
    ("ый", 2, ("ого", "ому", "ого ый", "ым", "ом")),
    ("кий", 2, ("ого", "ому", "ого ий", "им", "ом")),
    ("ний", 2, ("его", "ему", "его ий", "им", "ем")),
    ("ия", 1, ("и", "и", "ю", "ей", "и")),
    ("ие", 1, ("я", "ю", "е", "ем", "и")),
    ("ова", 1, ("ы ой", "е ой", "у", "ой", "е ой")),
    ("ева", 1, ("ы ой", "е ой", "у", "ой", "е ой")),
    ("ёва", 1, ("ы ой", "е ой", "у", "ой", "е ой")),
    ("ина", 1, ("ы ой", "е ой", "у", "ой", "е ой")),
    ("ов", 0, ("а", "у", "а", "ым ом", "е")),
    ("ев", 0, ("а", "у", "а", "ым ом", "е")),
    ("ёв", 0, ("а", "у", "а", "ым ом", "е")),
    ("ин", 0, ("а", "у", "а", "ым ом", "е")),
    ("ын", 0, ("а", "у", "а", "ым ом", "е")),
    ("ка", 1, ("и", "е", "у", "ой", "е")),
    ("га", 1, ("и", "е", "у", "ой", "е")),
    ("ха", 1, ("и", "е", "у", "ой", "е")),
    ("ца", 1, ("ы", "е", "у", "ей", "е")),
    ("ша", 1, ("и", "е", "у", "ей", "е")),
    ("а", 1, ("ы", "е", "у", "ой", "е")),
    ("я", 1, ("и", "е", "ю", "ей", "е")),
    ("о", 1, ("а", "у", "о", "ом", "е")),
    ("ье", 1, ("я", "ю", "е", "ем", "е")),
    ("е", 1, ("я", "ю", "е", "ем", "е")),
    ("ь", 1, ("я и", "ю и", "я ь", "ем ью", "е и")),
    ("й", 1, ("я", "ю", "я й", "ем", "е")),
    ("ы", 1, ("- ов", "ам", "ы", "ами", "ах")),
    ("и", 1, ("- ов ей", "ам ям", "и", "ами ями", "ах ях")),
    ("ц", 0, ("а", "у", "а -", "ем ом", "е")),
    ("ж", 0, ("а", "у", "а -", "ем ом", "е")),
    ("ч", 0, ("а", "у", "а -", "ем ом", "е")),
    ("ш", 0, ("а", "у", "а -", "ем ом", "е")),
    ("щ", 0, ("а", "у", "а -", "ем ом", "е")),
)
_CONSONANT = ("а", "у", "а -", "ом", "е")


def _cases(word: str) -> tuple[tuple[str, ...], ...]:
    """The forms of a nominative ending in ``~``, one tuple a case; unmarked words stay."""
    if not word.endswith("~"):
        return ((word,),) * (_CASES + 1)
    bare = word[:-1]
    cut = 0
    endings: tuple[str, ...] = _CONSONANT
    for ending, length, by_case in _ENDINGS:
        if bare.lower().endswith(ending):
            cut, endings = length, by_case
            break
    stem = bare[: len(bare) - cut]
    made = (tuple(stem + ("" if e == "-" else e) for e in case.split()) for case in endings)
    return ((bare,), *made)


def declined(phrase: str) -> tuple[str, ...]:
    """The nominative, and the other cases where only some words of a phrase decline (``~``)."""
    marked = phrase.split()
    if all(word.endswith("~") for word in marked) or "~" not in phrase:
        return (phrase.replace("~", ""),)
    words = [_cases(word) for word in marked]
    forms = {" ".join(choice) for case in range(_CASES + 1) for choice in _of(words, case)}
    first = phrase.replace("~", "")
    return (first, *sorted(forms - {first}))


def _of(words: list[tuple[tuple[str, ...], ...]], case: int) -> product[tuple[str, ...]]:
    return product(*(word[case] for word in words))


def _traditional(forms: list[str]) -> dict[str, str]:
    from opencc import OpenCC  # noqa: PLC0415 - 40 ms that only judging needs

    made = OpenCC("s2t").convert("\n".join(forms)).split("\n")
    return dict(zip(forms, made, strict=True)) if forms else {}


def _name(row: dict[str, Any], kind: str, traditional: dict[str, str]) -> Name:
    zh = [str(form) for form in row.get("zh", ())]
    pinyin = row.get("pinyin")
    forms = [("en", form) for form in dict.fromkeys([row["name"], *row.get("en", ())])]
    for lang in ("ru", "uk", "kk", "other"):
        forms += [(lang, form) for phrase in row.get(lang, ()) for form in declined(phrase)]
    forms += [("zh", form) for form in dict.fromkeys([*zh, *(traditional[z] for z in zh)])]
    if pinyin and pinyin not in (form for _, form in forms):
        forms.append(("en", pinyin))
    return Name(
        id=row["id"],
        kind=kind,
        name=row["name"],
        forms=tuple(dict.fromkeys(forms)),
        role=row.get("role"),
        country=row.get("country"),
        short=row.get("short"),
        pinyin=pinyin,
        hanzi=zh[0] if pinyin else None,
        rules=_rules(row, traditional),
    )


def _rules(row: dict[str, Any], traditional: dict[str, str]) -> tuple[NameRule, ...]:
    """The rules of a row, a Chinese form and its words in both ways of writing."""
    made: list[NameRule] = []
    for kind in ("only", "unless"):
        for form, listed in row.get(kind, {}).items():
            words = tuple(dict.fromkeys(w for word in listed for w in (word, traditional[word])))
            forms = ("",) if form == ANY_FORM else dict.fromkeys((form, traditional[form]))
            only, unless = (words, ()) if kind == "only" else ((), words)
            made += [NameRule(form=spelt, only=only, unless=unless) for spelt in forms]
    return tuple(made)


def _written(row: dict[str, Any]) -> list[str]:
    """What a row holds that may be Chinese."""
    rules = [rule for kind in ("only", "unless") for rule in row.get(kind, {}).items()]
    return [*row.get("zh", ()), *(text for form, words in rules for text in (form, *words))]


def names_of(book: dict[str, list[dict[str, Any]]]) -> tuple[Name, ...]:
    """The names of a parsed book, in file order. Raises KeyError for an unknown group."""
    made = _traditional([text for rows in book.values() for row in rows for text in _written(row)])
    return tuple(_name(row, KINDS[group], made) for group, rows in book.items() for row in rows)


@lru_cache(maxsize=1)
def load_names() -> tuple[Name, ...]:
    """The shipped name book; the same object on every call."""
    return names_of(read_yaml("names.yaml"))
