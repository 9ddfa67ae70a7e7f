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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Kinds by folded name, names that take an article, names of the press as written."""

    kinds: dict[str, str]
    article: frozenset[str]
    press: tuple[str, ...]

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
    )
