"""In which section an entry belongs, how sure that is, and why.

The shipped model is linear: sentence vectors of the title and of title with lead, lexicon counts
and names, each a column with a weight a label. Its raw score (a logit) is the sum of its reasons;
``Placement.score`` is the probability over the newsletter's sections and off-topic. Without
vectors a second set of weights, trained on words and names only, is used.

A section the newsletter defines itself is judged by its keywords and by how near the entry is to
its description. ``Entry.section`` (the source's section, or an editor's front matter) adds
``PRIOR`` to that section: a strong hint, not a verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from digest.data.lexicon import Term, load_lexicon
from digest.data.weights import load_weights, read_bytes
from digest.judge.embed import Embedder, Vectors
from digest.judge.features import LABELS, NAMES, Counter, Features
from digest.judge.lexicon import Hit, LexiconMatcher
from digest.model import OFF_TOPIC, Entry, Placement, Reason, Section
from digest.text.mentions import NameFinder

VERSION = "sections-3"
PRIOR = 1.5
"""What ``Entry.section`` is worth: e^1.5, that is 4.5 to 1, against each other section."""

ALSO = 0.08
"""A further section needs this probability (half a point more often right on whole weeks than .18,
with a further section for one entry in four)."""

_MOST_ALSO = 2
_OWN_WORD = 2.0
_OWN_WEIGHT = 1.6
_OWN_VECTOR = 8.0
_OWN_NEAR = 0.25
_OWN_BIAS = -1.0
_SHOWN_WORDS = 6
_TINY = 1e-9

Numbers = NDArray[np.float64]


class Classifier:
    """Places entries in the sections of one newsletter; pure once built."""

    def __init__(
        self,
        sections: Sequence[Section],
        finder: NameFinder,
        *,
        embedder: Embedder | None = None,
        weights: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> None:
        self._sections = tuple(sections)
        self._own = tuple(s for s in sections if s.id not in LABELS)
        own_terms = tuple(
            Term(section=s.id, lang="", text=word, weight=_OWN_WORD)
            for s in self._own
            for word in dict.fromkeys((s.title, *s.keywords))
        )
        matcher = LexiconMatcher((*load_lexicon(), *own_terms))
        self._counter = Counter(matcher, finder)
        self._weights = load_weights() if weights is None else weights
        self._ids = (*(s.id for s in self._sections), OFF_TOPIC)
        self._described = _descriptions(self._own, embedder)

    @property
    def version(self) -> str:
        """Changes whenever a judgement could: model, data files or sections are others."""
        made = sha256(repr((VERSION, self._sections, self._described is not None)).encode())
        for name in ("weights.npz", "lexicon.yaml", "names.yaml"):
            made.update(read_bytes(name))
        return f"{VERSION}-{made.hexdigest()[:12]}"

    def place(
        self, entries: Sequence[Entry], vectors: Vectors | None = None
    ) -> tuple[Placement, ...]:
        """The placements of entries, in order.

        ``vectors`` has shape (entries, 2, 512) as from ``embed.vectors_of``. An entry's placement
        does not depend on the others.
        """
        return tuple(
            self._place(entry, None if vectors is None else vectors[row])
            for row, entry in enumerate(entries)
        )

    def names(self, entry: Entry) -> tuple[str, ...]:
        """The name-book ids in title and text, in order of appearance."""
        return self._counter.count(entry).name_ids

    def _place(self, entry: Entry, vector: Vectors | None) -> Placement:
        features = self._counter.count(entry)
        parts = _shipped_parts(features, vector, self._weights)
        reasons: dict[str, list[Reason]] = {}
        for label in self._ids:
            if label in LABELS:
                reasons[label] = _reasons(label, features, parts)
            else:
                reasons[label] = self._own_reasons(label, features, vector)
        if self._own and not any(s.id in LABELS for s in self._sections):
            reasons[OFF_TOPIC] = [Reason(feature="speaks for no section", weight=0.0)]
        if entry.section in reasons:
            reasons[entry.section].append(Reason(feature="source’s section", weight=PRIOR))
        raw = {label: sum(reason.weight for reason in reasons[label]) for label in self._ids}
        return _placement(raw, reasons)

    def _own_reasons(self, label: str, features: Features, vector: Vectors | None) -> list[Reason]:
        words = [hit for hit in features.hits if hit.section == label]
        worth = sum(hit.worth for hit in words)
        value = _OWN_WEIGHT * float(np.log1p(worth / 2.0))
        reasons = [Reason(feature="at the start", weight=_OWN_BIAS)]
        reasons += [
            Reason(feature=f"word “{h.term}”", weight=value * h.worth / worth) for h in words
        ]
        if vector is not None and self._described is not None:
            near = max(float(part @ self._described[label]) for part in vector)
            reasons.append(
                Reason(feature="near its description", weight=_OWN_VECTOR * (near - _OWN_NEAR))
            )
        return reasons


def _descriptions(own: Sequence[Section], embedder: Embedder | None) -> dict[str, Vectors] | None:
    if not own or embedder is None:
        return None
    texts = [". ".join((s.title, s.description, ", ".join(s.keywords))) for s in own]
    return {s.id: row for s, row in zip(own, embedder.encode(texts), strict=True)}


def _shipped_parts(
    features: Features, vector: Vectors | None, weights: Mapping[str, NDArray[np.float32]]
) -> dict[str, Numbers]:
    """What each group of columns adds to each label; scores stand against the mean label."""
    kind = "plain" if vector is None else "full"
    parts = {
        "bias": weights[f"{kind}_bias"].astype(np.float64),
        "words": features.words[:, None] * weights[f"{kind}_words"],
        "names": features.names[:, None] * weights[f"{kind}_names"],
    }
    if vector is not None:
        parts["vectors"] = (vector.reshape(-1) @ weights["full_vectors"]).astype(np.float64)
    return {name: part - part.mean(axis=-1, keepdims=True) for name, part in parts.items()}


def _reasons(label: str, features: Features, parts: Mapping[str, Numbers]) -> list[Reason]:
    column = LABELS.index(label)
    reasons = [Reason(feature="at the start", weight=float(parts["bias"][column]))]
    if "vectors" in parts:
        weight = float(parts["vectors"][column])
        reasons.append(Reason(feature="sentence vectors", weight=weight))
    for row, other in enumerate(LABELS):
        value = float(parts["words"][row, column])
        if value:
            hits = [hit for hit in features.hits if hit.section == other]
            reasons += _word_reasons(hits, value, other if other != label else None)
    for row, name in enumerate(NAMES):
        value = float(parts["names"][row, column])
        if value:
            reasons.append(Reason(feature=name, weight=value))
    return sorted(reasons, key=lambda r: (-abs(r.weight), r.feature))


def _word_reasons(hits: Sequence[Hit], value: float, other: str | None) -> list[Reason]:
    """The value of one word column shared among its words; those of another label together."""
    if other is not None:
        return [Reason(feature=f"words of {other}", weight=value)]
    total = sum(hit.worth for hit in hits)
    best = sorted(hits, key=lambda hit: (-hit.worth, hit.term))
    reasons = [
        Reason(feature=f"word “{hit.term}”", weight=value * hit.worth / total)
        for hit in best[:_SHOWN_WORDS]
    ]
    rest = sum(hit.worth for hit in best[_SHOWN_WORDS:])
    if rest:
        reasons.append(Reason(feature="further words", weight=value * rest / total))
    return reasons


def _placement(raw: Mapping[str, float], reasons: Mapping[str, Sequence[Reason]]) -> Placement:
    top = max(raw.values())
    worth = {label: float(np.exp(value - top)) for label, value in raw.items()}
    total = sum(worth.values())
    order = sorted(raw, key=lambda label: (-worth[label], label))
    section = order[0]
    also = tuple(
        label
        for label in order[1 : 1 + _MOST_ALSO]
        if worth[label] / total >= ALSO and OFF_TOPIC not in (label, section)
    )
    return Placement(
        section=section,
        score=worth[section] / total,
        also=also,
        reasons=tuple(r for r in reasons[section] if abs(r.weight) > _TINY),
    )
