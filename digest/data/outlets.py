"""What kind of outlet a name stands for: the words ``outlets.yaml`` lends to attributions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from digest.data.loader import read_yaml

# "the Taipei Times", but "Global Times" is called by its name alone.
_NEWSPAPER = re.compile(
    r"^(?!The |Global |China |Business |Radio )[^/]+ (?:Times|Post|Journal|Independent|Telegraph"
    r"|Observer|Monitor|Gazette|Beast|Center|Centre|Institute|Guardian|Economist)$"
)
_CREDIT = re.compile(
    r"(?P<name>[^()/（）]+?)\s*(?:/\s*(?P<wire>[^()（）]+?))?\s*(?:[(（](?P<note>[^()（）]*)[)）])?"
)


@dataclass(frozen=True, slots=True)
class Credit:
    """A publisher's name taken apart: ``新华社 (pltyw.com)``, ``Al Jazeera / Reuters``."""

    name: str
    wire: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Kinds by folded name, names that take an article, names of the press as written.

    ``notes`` are words of other languages that stand in brackets, with what they mean.
    """

    kinds: dict[str, str]
    article: frozenset[str]
    press: tuple[str, ...]
    notes: dict[str, str]

    def credit(self, publisher: str) -> Credit:
        """The outlet, the agency it carries and what stands in brackets, in English if known.

        What follows a stroke is a part of the name unless it is a news agency.
        """
        credit = credit_of(publisher)
        if credit.wire and self.kind(credit.wire) != "news agency":
            return Credit(publisher)
        note = credit.note
        for word, meaning in self.notes.items():
            note = note and note.replace(word, meaning)
        return Credit(credit.name, credit.wire, note)

    def kind(self, name: str) -> str | None:
        """The kind, such as "news agency", or nothing for a name that is not listed."""
        return self.kinds.get(folded(name))

    def takes_article(self, name: str) -> bool:
        """Whether prose says "the" before the name."""
        return folded(name) in self.article or _NEWSPAPER.search(name) is not None

    def find_press(self, text: str) -> str | None:
        """The first listed outlet that a text names, as it is listed."""
        found = [
            (match.start(), -len(name), name)
            for name in self.press
            if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text.replace("’", "'")))
        ]
        return min(found)[2] if found else None


def credit_of(publisher: str) -> Credit:
    """The name as it is written, taken apart."""
    found = _CREDIT.fullmatch(publisher)
    return Credit(found["name"], found["wire"], found["note"]) if found else Credit(publisher)


def folded(name: str) -> str:
    """A name for comparison: case and the kind of apostrophe do not count."""
    return name.replace("’", "'").casefold().strip()


@lru_cache(maxsize=1)
def load_outlets() -> Outlets:
    """The shipped list; the same object on every call."""
    data = read_yaml("outlets.yaml")
    return Outlets(
        kinds={folded(name): kind for kind, names in data["kinds"].items() for name in names},
        article=frozenset(folded(name) for name in data["article"]),
        press=tuple(data["press"]),
        notes=data["notes"],
    )
