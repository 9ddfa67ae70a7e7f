"""The cases of Russian and Ukrainian names, by their endings.

Rules of the school grammar for names, enough to find a name in a text: a wrong guess is a form
that occurs nowhere, so the lists are generous. Names that do not decline (Лукашенко, Шойгу, Баку)
are left as they are.
"""

from __future__ import annotations

from itertools import zip_longest

_CASES = 5
_SIBILANTS = "жчшщц"
_VELARS = "гкхжчшщ"

# ending in the nominative -> (what is cut, endings of genitive, dative, accusative, instrumental,
# prepositional); the first that fits wins.
_RUSSIAN: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("ский", 2, ("ого", "ому", "ого", "им", "ом")),
    ("цкий", 2, ("ого", "ому", "ого", "им", "ом")),
    ("ный", 2, ("ого", "ому", "ого", "ым", "ом")),
    ("вый", 2, ("ого", "ому", "ого", "ым", "ом")),
    ("ой", 2, ("ого", "ому", "ого", "ым", "ом")),
    ("ая", 2, ("ой", "ой", "ую", "ой", "ой")),
    ("ое", 2, ("ого", "ому", "ое", "ым", "ом")),
    ("ые", 2, ("ых", "ым", "ые", "ыми", "ых")),
    ("ие", 1, ("я", "ю", "е", "ем", "и")),
    ("ье", 1, ("я", "ю", "е", "ем", "е")),
    ("ре", 1, ("я", "ю", "е", "ем", "е")),
    ("ы", 1, ("", "ам", "ы", "ами", "ах")),
    ("ий", 1, ("я", "ю", "я", "ем", "и")),
    ("ия", 1, ("и", "и", "ю", "ей", "и")),
    ("ова", 1, ("ой", "ой", "у", "ой", "ой")),
    ("ева", 1, ("ой", "ой", "у", "ой", "ой")),
    ("ина", 1, ("ой", "ой", "у", "ой", "ой")),
    ("ов", 0, ("а", "у", "а", "ым", "е")),
    ("ев", 0, ("а", "у", "а", "ым", "е")),
    ("ин", 0, ("а", "у", "а", "ым", "е")),
    ("ын", 0, ("а", "у", "а", "ым", "е")),
    ("ец", 2, ("ца", "цу", "ца", "цом", "це")),
    ("й", 1, ("я", "ю", "я", "ем", "е")),
    ("ь", 1, ("я", "ю", "я", "ем", "е")),
    ("я", 1, ("и", "е", "ю", "ей", "е")),
    ("а", 1, ("ы", "е", "у", "ой", "е")),
)
_UKRAINIAN: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("ський", 2, ("ого", "ому", "ого", "им", "ому")),
    ("цький", 2, ("ого", "ому", "ого", "им", "ому")),
    ("ий", 2, ("ого", "ому", "ого", "им", "ому")),
    ("ія", 1, ("ї", "ї", "ю", "єю", "ї")),
    ("ко", 1, ("а", "у", "а", "ом", "ові")),
    ("й", 1, ("я", "ю", "я", "єм", "ї")),
    ("а", 1, ("и", "і", "у", "ою", "і")),
)
_NEUTER = ("ое", "ее", "ие", "ые", "ье", "ре", "ы")
"""Endings in a vowel that decline all the same: море, Приморье, Сумы."""

_SHORT_NEUTER, _PARTICLE = 3, 2
"""Words of so many letters stay as they are: Цюй, Ли."""
_SURNAMES = ("ова", "ева", "ина")
_CONSONANT = ("а", "у", "а", "ом", "е")
_HARD_UK = ("а", "у", "а", "ом", "і")


def inflected(form: str, lang: str) -> tuple[str, ...]:
    """The form and its other cases, every word of it declined alike; the nominative first.

    >>> inflected("Лавров", "ru")
    ('Лавров', 'Лаврова', 'Лаврову', 'Лавровым', 'Лаврове')
    """
    words = form.split(" ")
    columns = [_cases(word, lang) for word in words]
    forms = [form]
    forms += [" ".join(cells) for cells in zip_longest(*columns, fillvalue="")]
    # Given names of Chinese people and first names of pairs often stay as they are.
    forms += [" ".join([*words[:-1], last]) for last in columns[-1]]
    forms += [" ".join([cell, *words[1:]]) for cell in columns[0]] if len(words) > 1 else []
    if lang == "ru":
        forms += [" ".join([*words[:-1], other]) for other in _also(words[-1])]
    return tuple(dict.fromkeys(forms))


def _also(word: str) -> tuple[str, ...]:
    """Forms by a second rule: Украина and Молдова are no surnames, Казань is no Лебедь."""
    if word.endswith(_SURNAMES):
        return (f"{word[:-1]}ы", f"{word[:-1]}е")
    return (f"{word[:-1]}и", f"{word}ю") if word.endswith("ь") else ()


def _cases(word: str, lang: str) -> tuple[str, ...]:
    last = word[-1:].lower()
    neuter = lang == "ru" and word.endswith(_NEUTER) and len(word) > _SHORT_NEUTER
    still = last in "оуюыиіеэёї" and not neuter
    if len(word) <= _PARTICLE or word.isupper() or not "а" <= last <= "ї" or still:
        return (
            (word,) * _CASES if not (lang == "uk" and last == "о") else _by_rule(word, _UKRAINIAN)
        )
    return _by_rule(word, _UKRAINIAN if lang == "uk" else _RUSSIAN)


def _by_rule(word: str, rules: tuple[tuple[str, int, tuple[str, ...]], ...]) -> tuple[str, ...]:
    for ending, cut, others in rules:
        if word.endswith(ending):
            stem = word[: len(word) - cut]
            return tuple(stem + _spelled(stem, other) for other in others)
    endings = _HARD_UK if rules is _UKRAINIAN else _CONSONANT
    return tuple(word + _spelled(word, other) for other in endings)


def _spelled(stem: str, ending: str) -> str:
    """The ending by the spelling rules: no ы after velars and sibilants, no stressed-less о."""
    if ending.startswith("ы") and stem[-1:] in _VELARS:
        return f"и{ending[1:]}"
    if ending == "ом" and stem[-1:] in _SIBILANTS:
        return "ем"
    return ending
