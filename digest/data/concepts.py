"""The words of ``concepts.yaml``: what reports are about beyond names, in several languages."""

from __future__ import annotations

from functools import lru_cache

from digest.data.lexicon import Term
from digest.data.loader import read_words


@lru_cache(maxsize=1)
def load_concepts() -> tuple[Term, ...]:
    """All forms as terms whose ``section`` is the concept; the same object on every call."""
    book: dict[str, dict[str, list[str]]] = read_words("concepts.yaml")
    return tuple(
        Term(section=concept, lang=lang, text=text, weight=1.0)
        for concept, languages in book.items()
        for lang, texts in languages.items()
        for text in texts
    )
