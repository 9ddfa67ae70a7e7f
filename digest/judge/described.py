"""How near an entry comes to a section that is only described: by title, sentence, examples.

Vectors are compared with the mean of their language taken off, so that a Russian headline is as
near to an English description as an English one (NLP.md §5 and §7).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from digest.data.training import LANGUAGES
from digest.judge.embed import Embedder, Vectors
from digest.model import Section

_KIN = {"uk": "ru", "be": "ru", "kk": "ru", "ky": "ru", "bg": "ru", "zh": "zh", "ru": "ru"}


def prototypes(
    sections: Sequence[Section], embedder: Embedder, means: Vectors
) -> dict[str, Vectors]:
    """For each section by id, the centred unit vectors of what is said about it.

    One of title, description and keywords together, one an example; shape (1 + examples, 512).
    """
    texts = [text for section in sections for text in _texts(section)]
    # What the editor writes in Chinese or Russian is centred by its script.
    rows = centred(
        embedder.encode([(text,) for text in texts]), [_script(text) for text in texts], means
    )
    made, at = {}, 0
    for section in sections:
        count = len(_texts(section))
        made[section.id] = rows[at : at + count]
        at += count
    return made


def nearness(vector: Vectors, lang: str, prototype: Vectors, means: Vectors) -> float:
    """The greatest cosine of an entry's title, and title with lead, with what is said."""
    rows = centred(vector, [lang] * len(vector), means)
    return float((rows @ prototype.T).max())


def centred(rows: Vectors, langs: Sequence[str], means: Vectors) -> Vectors:
    """Unit vectors with the mean of their language taken off."""
    places = [LANGUAGES.index(_KIN.get(lang, "en")) for lang in langs]
    made = rows - means[places]
    return np.asarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9))


def _texts(section: Section) -> tuple[str, ...]:
    said = (section.title, section.description, ", ".join(section.keywords))
    return (". ".join(part for part in said if part), *section.examples)


def _script(text: str) -> str:
    if any("\u3400" <= char <= "\u9fff" for char in text):
        return "zh"
    return "ru" if any("\u0400" <= char <= "\u04ff" for char in text) else "en"
