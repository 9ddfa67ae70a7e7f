"""In which section an entry belongs, how sure that is, and why.

The shipped model is linear: sentence vectors of the title and of title with lead, lexicon counts
and names, each a column with a weight a label. Its raw score (a logit) is the sum of its reasons;
``Placement.score`` is the probability over the newsletter's sections and off-topic. Without an
encoder a second set of weights is used, on words, names and runs of characters. What belongs to
a shipped section that the newsletter does not have is off-topic there.

A section the newsletter defines itself has a chance by how near the entry comes to its
description and examples, and by its keywords; the other sections share the rest. A shipped
section with examples or keywords of the newsletter's own gains by them in the same way.

``Entry.section`` (the source's section, or an editor's front matter) adds ``PRIOR`` to that
section: a strong hint, not a verdict. The editor's corrections come last (``judge/lessons``):
an entry that was moved stays where it was put.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from digest.data.lexicon import Term, load_lexicon
from digest.data.training import load_lines
from digest.data.weights import load_weights, read_bytes
from digest.judge.described import nearness, prototypes
from digest.judge.embed import Embedder, Vectors, encode_entries
from digest.judge.features import LABELS, Counter, Features, entry_of
from digest.judge.kinds import kind_rows
from digest.judge.lessons import RULES, Gates, Lesson
from digest.judge.lexicon import Hit, LexiconMatcher
from digest.judge.pieces import piece_row
from digest.judge.reasons import linear, parts_of, reasons_of, sums_of
from digest.model import OFF_TOPIC, Entry, Placement, Reason, Section
from digest.text.mentions import NameFinder

VERSION = "sections5"
PRIOR = 1.5
"""What ``Entry.section`` is worth: e^1.5, that is 4.5 to 1, against each other section."""

ALSO = 0.08
"""A further section needs this probability (half a point more often right on whole weeks than .18,
with a further section for one entry in four)."""

_MOST_ALSO = 2
_OWN_WORD = 2.0
_OWN_WEIGHT = 2.0
_WITHOUT_VECTORS = -3.0
_SPARED = 3
_CERTAIN = 8.0
_TINY = 1e-9

Numbers = NDArray[np.float64]
Said = dict[str, list[Reason]]


class Classifier:
    """Places entries in the sections of one newsletter; pure once built.

    ``embedder`` is needed where vectors are given to ``place``: for descriptions and corrections.
    """

    def __init__(
        self,
        sections: Sequence[Section],
        finder: NameFinder,
        *,
        embedder: Embedder | None = None,
        lessons: Iterable[Lesson] = (),
        weights: Mapping[str, NDArray[np.float32]] | None = None,
    ) -> None:
        self._sections = tuple(sections)
        self._ids = (*(s.id for s in self._sections), OFF_TOPIC)
        self._own = tuple(s for s in sections if s.id not in LABELS)
        self._told = tuple(s for s in sections if s.id in LABELS and (s.keywords or s.examples))
        self._missing = [i for i, label in enumerate(LABELS) if label not in self._ids]
        self._finder = finder
        self._counter = Counter(LexiconMatcher((*load_lexicon(), *self._terms())), finder)
        self._weights = load_weights() if weights is None else weights
        self._linear = linear(self._weights)
        self._embedder = embedder
        self._lessons = {each.entry.id: each for each in lessons if each.section in self._ids}
        described = (*self._own, *(s for s in self._told if s.examples))
        self._described: dict[str, Vectors] = {}
        if described and embedder is not None:
            means = self._weights["language_means"]
            self._described = prototypes(described, embedder, means)

    @property
    def version(self) -> str:
        """Changes whenever a judgement could: model, sections, and data files with corrections.

        ``MODEL-SECTIONS-STATE``, so that a store can tell what takes the place of what.
        """
        lessons = sorted(
            (e.entry.id, e.entry.fingerprint, e.section) for e in self._lessons.values()
        )
        kind = repr((self._sections, self._embedder is not None))
        state = sha256(repr((RULES, lessons) if lessons else lessons).encode())
        for name in ("weights.npz", "lexicon.yaml"):
            state.update(read_bytes(name))
        state.update(self._finder.fingerprint.encode())  # the shipped names and the editor's own
        return f"{VERSION}-{sha256(kind.encode()).hexdigest()[:8]}-{state.hexdigest()[:12]}"

    def place(
        self, entries: Sequence[Entry], vectors: Vectors | None = None
    ) -> tuple[Placement, ...]:
        """The placements of entries, in order.

        ``vectors`` has shape (entries, 2, 512) as from ``embed.vectors_of``. An entry's placement
        does not depend on the others.
        """
        return tuple(placement for placement, _ in self.judged(entries, vectors))

    def judged(
        self, entries: Sequence[Entry], vectors: Vectors | None = None
    ) -> tuple[tuple[Placement, tuple[str, ...]], ...]:
        """The placement of each entry, and the ids of the names in it, those of the title first."""
        made = []
        for row, entry in enumerate(entries):
            features = self._counter.count(entry)
            vector = None if vectors is None else vectors[row]
            made.append((self._place(entry, features, vector), features.name_ids))
        return tuple(made)

    def names(self, entry: Entry) -> tuple[str, ...]:
        """The name-book ids in title and text, in order of appearance."""
        return self._counter.count(entry).name_ids

    def _terms(self) -> Iterable[Term]:
        for section in (*self._own, *self._told):
            title = (section.title,) if section in self._own else ()
            for word in dict.fromkeys((*title, *section.keywords)):
                yield Term(section=f"own {section.id}", lang="", text=word, weight=_OWN_WORD)

    def _place(self, entry: Entry, features: Features, vector: Vectors | None) -> Placement:
        parts, said, raw = self._said(entry, features, vector)
        if entry.section in said:
            said[entry.section].append(Reason(feature="its source’s section", weight=PRIOR))
            raw[entry.section] += PRIOR
        if self._lessons:
            self._teach(entry, vector, said, raw)
        decided = self._lessons.get(entry.id)
        if decided is not None:
            most = max(raw.values())
            lift = max(most - raw[decided.section], 0.0) + _CERTAIN
            said[decided.section].append(Reason(feature="you moved it here", weight=lift))
            raw[decided.section] += lift
        made = _placement(raw, said, "model" if decided is None else "editor")
        if made.section not in LABELS:
            return made
        # What the model says is put in words for the section that came out, and for no other.
        reasons = (*reasons_of(made.section, features, parts), *made.reasons)
        return replace(made, reasons=tuple(r for r in reasons if abs(r.weight) > _TINY))

    def _said(
        self, entry: Entry, features: Features, vector: Vectors | None
    ) -> tuple[Mapping[str, Numbers], Said, dict[str, float]]:
        """The model's parts, other reasons and raw scores of every section, before corrections."""
        if vector is None:
            wide = piece_row(entry.title, entry.text, self._weights["pieces_idf"])
            parts = parts_of(features, wide, "plain", self._linear)
        else:
            parts = parts_of(features, vector.reshape(-1).astype(np.float64), "full", self._linear)
        sums = sums_of(parts)
        said: Said = {label: [] for label in self._ids if label in LABELS}
        raw = {label: float(sums[LABELS.index(label)]) for label in said}
        if self._missing:
            among = [*self._missing, LABELS.index(OFF_TOPIC)]
            gain = _log_sum(sums[among]) - raw[OFF_TOPIC]
            words = "what speaks for sections this newsletter does not have"
            said[OFF_TOPIC].append(Reason(feature=words, weight=gain))
            raw[OFF_TOPIC] += gain
        for section in (*self._told, *self._own):
            self._tell(section, entry.lang, features, vector, said, raw)
        return parts, said, raw

    def _tell(
        self,
        section: Section,
        lang: str,
        features: Features,
        vector: Vectors | None,
        said: Said,
        raw: dict[str, float],
    ) -> None:
        """Add what the newsletter's own description, examples and keywords say."""
        hits = [hit for hit in features.hits if hit.section == f"own {section.id}"]
        reasons = _keyword_reasons(hits)
        own = section.id not in LABELS
        near = self._described.get(section.id) if vector is not None else None
        if near is not None and vector is not None:
            slope, start = (float(value) for value in self._weights["own"])
            reached = nearness(vector, lang, near, self._weights["language_means"])
            value = slope * reached + start
            if own or value > 0:
                reasons.append(Reason(feature="how near it comes to its description", weight=value))
        elif own:
            reasons.append(
                Reason(feature="nothing known but its keywords", weight=_WITHOUT_VECTORS)
            )
        if own:
            rest = _log_sum(np.array([raw[label] for label in self._ids if label in LABELS]))
            reasons.append(Reason(feature="what the other sections reach", weight=rest))
        said.setdefault(section.id, []).extend(reasons)
        raw[section.id] = raw.get(section.id, 0.0) + sum(reason.weight for reason in reasons)

    def _teach(
        self, entry: Entry, vector: Vectors | None, said: Said, raw: dict[str, float]
    ) -> None:
        """Give each gate's chance to its section; the rest stays as it was."""
        known = None if self._embedder is None or vector is None else vector[None]
        taught = self._gates.of(kind_rows([entry], known, self._weights)[0])
        total = _log_sum(np.array(list(raw.values())))
        rest = 1.0 - sum(each.chance for each in taught.values())
        before = dict(raw)
        for section, each in taught.items():
            reached = np.logaddexp(before[section], total + np.log(each.chance / rest))
            gain = float(reached) - before[section]
            entries = "an entry" if each.like == 1 else f"{each.like} entries"
            words = f"like {entries} you moved to {self._title(section)}"
            said[section].append(Reason(feature=words, weight=gain))
            raw[section] += gain

    def _title(self, section: str) -> str:
        return next((s.title for s in self._sections if s.id == section), section)

    @cached_property
    def _gates(self) -> Gates:
        """The gates of the corrections, made when first asked: never by a run with nothing new.

        Every third labelled line is spared, so that what gates do to others can be measured.
        """
        moved = [each.entry for each in self._lessons.values()]
        lines = [line for at, line in enumerate(load_lines()) if at % _SPARED]
        others = [entry_of(number, line) for number, line in enumerate(lines)]
        everything = [*moved, *others]
        rows = kind_rows(everything, encode_entries(everything, self._embedder), self._weights)
        sections = [each.section for each in self._lessons.values()]
        return Gates(sections, rows[: len(moved)], rows[len(moved) :])


def _keyword_reasons(hits: Sequence[Hit]) -> list[Reason]:
    worth = sum(hit.worth for hit in hits)
    value = _OWN_WEIGHT * float(np.log1p(worth / 2.0))
    return [
        Reason(feature=f"your keyword “{hit.term}”", weight=value * hit.worth / worth)
        for hit in hits
    ]


def _log_sum(values: Numbers) -> float:
    return float(np.logaddexp.reduce(values))


def _placement(
    raw: Mapping[str, float], said: Mapping[str, Sequence[Reason]], decided_by: str
) -> Placement:
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
        reasons=tuple(r for r in said[section] if abs(r.weight) > _TINY),
        decided_by=decided_by,
    )
