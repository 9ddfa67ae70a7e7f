"""What is remembered of a story, and how much each part of it says of one matter alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from digest.data.names import load_names
from digest.data.weights import load_weights
from digest.judge.concepts import concepts_in, usual_concepts
from digest.judge.embed import Vectors
from digest.judge.grams import bucket, grams, name_bucket
from digest.judge.marks import Matrix
from digest.judge.rank import Named
from digest.judge.traits import LANGUAGES
from digest.model import Entry, Gist, Name, Ranked

ENTRIES = 8
"""So many entries of a story, the best first, say what it is about."""

SHARE = 0.25
"""A name or word counts that stands in this share of them."""

LEAD = 300
"""Characters of a text beside its title in which concepts are looked for."""

ANY = "*"
"""Stands for the language of concepts, which are the same in all."""

_KIN = {"uk": "ru", "be": "ru", "kk": "ru", "ky": "ru", "bg": "ru"}
_RARE = 0.5
_WORDS = 24

_EVERYWHERE = re.compile(
    r"news|broadcast|magazine|journal\b|media|website|social network|data company"
)
_OFFICE = re.compile(
    r"president|premier|minister|chancellor|spokes|commissioner|secretary|speaker|leader|king\b"
    r"|head of|chief|governor|mayor|senator|member|director|chair|politician|duma|general\b"
)
_COMMENT = re.compile(
    r"scholar|analyst|scientist|economist|expert|writer|historian|player|swimmer|singer"
)
_SERIES = re.compile(
    r"currency|phrase|missile|drone|aircraft|holiday|chip\b|principle|tank\b|ammunition|period"
    r"|disease|grade|rocket|air defence|term|bomber|fighter|forum|vaccine|games|model"
)
_OWN_MATTER = re.compile(r"hacker|pipeline|movement|private military|consultancy")
_COMPANY = re.compile(r"company|maker|bank\b|airline|shop|shipping|venture")
_SPOT = frozenset({"port", "border crossing", "island", "islands", "town", "strait"})
_WHOLE = frozenset({"country", "continent"})


def gists_of(
    stories: Sequence[Ranked], named: Named, vectors: Mapping[str, Vectors] | None
) -> tuple[Gist, ...]:
    """The gist of each story; ``vectors`` are the rows of its entries, by entry id."""
    return tuple(_gist(each, named, vectors) for each in stories)


def _gist(ranked: Ranked, named: Named, vectors: Mapping[str, Vectors] | None) -> Gist:
    best = ranked.entries[:ENTRIES]
    least = max(1.0, SHARE * len(best))
    titles = Counter(name for entry in best for name in named.in_title(entry))
    whole = Counter(name for entry in best for name in named.in_all(entry))
    held = {name for name, times in titles.items() if times >= least}
    days = [entry.date.date() for entry in ranked.entries]
    return Gist(
        story_id=ranked.story.id,
        first=min(days),
        last=max(days),
        title=best[0].title,
        names=tuple(sorted(held)),
        further=tuple(sorted(n for n, times in whole.items() if times >= least and n not in held)),
        words=(*_concepts(best, named), *_words(best, named)),
        vector=None if vectors is None else _centroid(best, vectors).astype("<f2").tobytes(),
    )


def _words(entries: Sequence[Entry], named: Named) -> tuple[str, ...]:
    """The rare words of the titles that are no name's, by language; the rarest are kept."""
    counts: Counter[tuple[str, str]] = Counter()
    titles: Counter[str] = Counter()
    for entry in entries:
        titles[entry.lang] += 1
        counts.update((entry.lang, gram) for gram in _grams(entry, named))
    rare = [
        (-rarity, lang, gram)
        for (lang, gram), times in counts.items()
        if times >= max(1.0, SHARE * titles[lang])
        and (rarity := usual_rarity(gram)) >= _RARE
        and not gram.isdigit()
    ]
    return tuple(sorted(f"{lang} {gram}" for _, lang, gram in sorted(rare)[:_WORDS]))


def _concepts(entries: Sequence[Entry], named: Named) -> tuple[str, ...]:
    """The concepts that stand in a share of the entries, as words of no language."""
    leads = (f"{entry.title}. {entry.text[:LEAD]}" for entry in entries)
    found = (concepts_in(" | ".join(_unnamed(lead, named))) for lead in leads)
    counts = Counter(concept for concepts in found for concept in concepts)
    held = sorted(c for c, times in counts.items() if times >= max(1.0, SHARE * len(entries)))
    return tuple(f"{ANY} {concept}" for concept in held)


def _grams(entry: Entry, named: Named) -> set[str]:
    parts = _unnamed(entry.title, named)
    return {gram for part in parts for gram in grams(part, entry.lang)}


def _unnamed(text: str, named: Named) -> list[str]:
    """What stands between the names of a text: what a name says is not said twice."""
    said, parts = 0, []
    for mention in named.finder.find(text):
        parts.append(text[said : mention.start])
        said = mention.end
    return [*parts, text[said:]]


def _centroid(entries: Sequence[Entry], vectors: Mapping[str, Vectors]) -> Matrix:
    """The mean direction of the entries, each less the mean of its language."""
    means = load_weights()["language_means"]
    rows = np.stack([_unit(vectors[entry.id].sum(axis=0)) for entry in entries])
    langs = [_KIN.get(entry.lang, entry.lang) for entry in entries]
    at = [LANGUAGES.index(lang) if lang in LANGUAGES else 0 for lang in langs]
    return _unit(np.stack([_unit(row) for row in rows - means[at]]).mean(axis=0))


def _unit(row: Matrix) -> Matrix:
    return np.asarray(row / max(float(np.linalg.norm(row)), 1e-9), dtype=np.float32)


def usual_rarity(gram: str) -> float:
    """How rare a word is in the shipped lines: 1 for one that never stands there, at least 0."""
    idf = load_weights()["idf"]
    return float(idf[bucket(gram)] / idf.max())


def usual_rarity_of_concept(concept: str) -> float:
    """The same for a concept."""
    usual, lines = usual_concepts()
    return float(1 - np.log1p(usual.get(concept, 0)) / np.log(lines))


def usual_rarity_of_name(name_id: str) -> float:
    """The same for a name."""
    idf = load_weights()["name_idf"]
    return float(idf[name_bucket(name_id)] / idf.max())


@lru_cache(maxsize=1)
def matters() -> Mapping[str, float]:
    """By name id how far stories that share it are of one matter, 0 to 1.

    A pipeline, a case's defendant or an envoy is nearly a matter of its own; a president or a
    capital stands in all matters at once, and who reports in any.
    """
    return MappingProxyType({name.id: _matter(name) for name in load_names()})


@lru_cache(maxsize=1)
def people_of() -> frozenset[str]:
    """The ids of the people of the name book."""
    return frozenset(name.id for name in load_names() if name.kind == "person")


def _matter(name: Name) -> float:
    role = (name.role or "").lower()
    if name.kind == "place":
        return 0.0 if role in _WHOLE else 0.45 if role in _SPOT else 0.2
    if name.kind == "thing":
        return 0.35 if _SERIES.search(role) else 1.0
    if name.kind == "person":
        return _person(role)
    if _EVERYWHERE.search(role):
        return 0.0
    if _OWN_MATTER.search(role):
        return 1.0
    return 0.5 if _COMPANY.search(role) and "central" not in role else 0.2


def _person(role: str) -> float:
    """Roles of the book are of today: who once held an office may hold it in an older story."""
    if _COMMENT.search(role):
        return 0.4
    if _OFFICE.search(role) and "opposition" not in role:
        return 0.45 if "former" in role else 0.3
    return 1.0
