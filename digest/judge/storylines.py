"""Stories that continue one another over weeks become one storyline.

Each pair of stories gets odds that both are of one matter: from how close they are in meaning,
the names they share (a pipeline or an envoy says much, a president little), rare words of their
titles, and the weeks between them. Stories are then taken in the order of their days; each joins
the storyline whose stories it continues best, if that is sure enough, and begins one of its own
if not. What came later never changes what was joined before, the same stories in any order give
the same storylines, and a false continuation is worse than a missed one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from digest.judge.embed import DIMENSIONS
from digest.judge.gist import (
    ANY,
    matters,
    people_of,
    usual_rarity,
    usual_rarity_of_concept,
    usual_rarity_of_name,
)
from digest.judge.grams import grams
from digest.judge.keep import by_overlap, free_id
from digest.judge.marks import Matrix
from digest.model import Gist, Reason, Storyline

WEEKS = 26
"""Stories further apart are never joined to one another."""

USUAL_WEEKS = 1.5
"""The same of stories that share no name of a matter and no rare word: leaders speak by phone
again and again."""

SURE = 1.25
"""Log-odds from which a story continues another."""

AKIN = -3.0
"""The least mean of log-odds with all stories of the storyline, so that no chain drifts away."""

UNLIKE = -8.0
"""Odds below this count as this in the mean: one story of other words does not end a storyline."""

_DAY = re.compile(
    r"\d+|\b(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december|январ[ья]|феврал[ья]|марта?|апрел[ья]|ма[йя]|июн[ья]|июл[ья]|августа?|сентябр[ья]"
    r"|октябр[ья]|ноябр[ья]|декабр[ья])\b"
)

_SERIES, _SERIES_DAYS, _SERIES_GRAMS = 0.9, 5, 2

_OWN_NAME = 0.5
"""What a name of the newsletter's own book says, of which nothing is known but that it matters."""

_COMMON = 0.45
_IN_TEXT = 0.63
_MOST_WEAK, _MOST_WORDS, _MOST_CONCEPTS = 0.3, 2.0, 0.4
_STRONG, _MATTER, _TELLING = 0.5, 0.2, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each fact adds to the log-odds."""

    bias: float
    vectors: float
    names: float
    words: float
    concepts: float
    weeks: float
    people: float = -1.5
    usual: float = -1.0


WITH_VECTORS = Weights(bias=-6.3, vectors=9.0, names=7.5, words=1.8, concepts=9.0, weeks=-0.5)
PLAIN = Weights(bias=-6.0, vectors=0.0, names=11.0, words=4.0, concepts=12.0, weeks=-0.6)
"""Fitted with a penalty on own stories, then rounded; docs/architecture.md says how well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Continues:
    """The story that another goes on with, the name-book ids both hold, and why."""

    story: Gist
    shared: tuple[str, ...]
    reasons: tuple[Reason, ...]


def joined(gists: Sequence[Gist]) -> tuple[tuple[Gist, ...], ...]:
    """The storylines of two or more stories, each in the order of its days."""
    ordered = _in_order(gists)
    odds = log_odds(ordered)
    lines: list[list[int]] = []
    place: list[int] = []
    for at in range(len(ordered)):
        best, into = SURE, len(lines)
        for near in np.flatnonzero(odds[at, :at] > SURE).tolist():
            line = lines[place[near]]
            if (
                odds[at, near] > best
                and float(np.maximum(odds[at, line], UNLIKE).mean()) >= AKIN
                and not _editions(ordered[at], ordered[near])
            ):
                best, into = float(odds[at, near]), place[near]
        if into == len(lines):
            lines.append([])
        lines[into].append(at)
        place.append(into)
    return tuple(tuple(ordered[at] for at in line) for line in lines if len(line) > 1)


def _in_order(gists: Sequence[Gist]) -> list[Gist]:
    return sorted(gists, key=lambda g: (g.first, g.last, g.title, g.story_id))


def _editions(one: Gist, other: Gist) -> bool:
    """Whether two stories are of a series, such as briefings or calls that come again and again.

    Then their titles are equal but for a day or number, or days apart nearly the same.
    """
    bare, theirs = (_DAY.sub("", gist.title.casefold()) for gist in (one, other))
    if one.title != other.title and bare == theirs:
        return True
    apart = max((one.first - other.last).days, (other.first - one.last).days)
    held, known = set(grams(bare, "en")), set(grams(theirs, "en"))
    least = min(len(held), len(known))
    if apart < _SERIES_DAYS or least <= _SERIES_GRAMS:
        return False
    return len(held & known) >= _SERIES * least


def storylines_of(gists: Sequence[Gist], previous: Sequence[Storyline]) -> tuple[Storyline, ...]:
    """The storylines under the ids of earlier ones they share most stories with.

    ``previous`` are those that hold any of the stories. What they hold beside (older stories) stays
    with the storyline that keeps the id. Those that are no storyline any more come back empty.
    """
    lines = joined(gists)
    seen = {gist.story_id for gist in gists}
    taken = by_overlap(
        [[gist.story_id for gist in line] for line in lines], [p.story_ids for p in previous]
    )
    used = {each.id for each in previous}
    made: list[Storyline] = []
    for at, line in enumerate(lines):
        kept = previous[taken[at]] if at in taken else None
        own = tuple(gist.story_id for gist in line)
        older = tuple(s for s in kept.story_ids if s not in seen) if kept else ()
        line_id = kept.id if kept else free_id("l", own[0], used)
        used.add(line_id)
        merged = kept.merged if kept else ()
        made.append(Storyline(id=line_id, title=_title(line), story_ids=older + own, merged=merged))
    return _with_merged(made, [p for at, p in enumerate(previous) if at not in taken.values()])


def _with_merged(made: list[Storyline], gone: Sequence[Storyline]) -> tuple[Storyline, ...]:
    """The storylines with the ids of those they took in whole; those come back empty."""
    holder = {story_id: at for at, line in enumerate(made) for story_id in line.story_ids}
    for old in gone:
        into = {holder.get(story_id) for story_id in old.story_ids}
        at = into.pop() if len(into) == 1 else None
        if at is not None:
            line = made[at]
            merged = tuple(dict.fromkeys((*line.merged, old.id, *old.merged)))
            made[at] = Storyline(
                id=line.id, title=line.title, story_ids=line.story_ids, merged=merged
            )
    empty = [Storyline(id=old.id, title=old.title, story_ids=()) for old in gone]
    return (*made, *empty)


def _title(line: Sequence[Gist]) -> str:
    """The title of the story that is nearest to all others, the oldest of equals."""
    return line[int(np.argmax(log_odds(line).sum(axis=0)))].title


def continues(gists: Sequence[Gist], line: Storyline, story_id: str) -> Continues | None:
    """What a story of a storyline goes on with: the story before it that it is nearest to.

    ``gists`` are those the storylines were made of; the reasons sum to the log-odds.
    """
    ordered = _in_order(gists)
    places = {gist.story_id: at for at, gist in enumerate(ordered)}
    own = places.get(story_id)
    before = [at for s in line.story_ids if (at := places.get(s)) is not None]
    before = [at for at in before if own is not None and at < own]
    if own is None or not before:
        return None
    parts = _parts(ordered)
    near = max(before, key=lambda at: (sum(float(m[own, at]) for m in parts.values()), -at))
    reasons = tuple(
        Reason(feature=feature, weight=float(matrix[own, near]))
        for feature, matrix in parts.items()
        if matrix[own, near]
    )
    one, other = ordered[own], ordered[near]
    shared = tuple(
        name for name in one.names + one.further if name in {*other.names, *other.further}
    )
    return Continues(story=other, shared=shared, reasons=reasons)


def log_odds(gists: Sequence[Gist]) -> Matrix:
    """The log-odds of each pair that both are of one matter; symmetric, the diagonal says nothing.

    Rounded, so that what the size of a matrix does to the last digits decides nothing.
    """
    made = np.sum(list(_parts(gists).values()), axis=0)
    return np.asarray(np.round(made, 3), dtype=np.float32)


def _parts(gists: Sequence[Gist]) -> dict[str, Matrix]:
    """What each fact adds for each pair, by the words that tell of it."""
    vectors, weeks = _vectors(gists), _weeks(gists)
    weights = PLAIN if vectors is None else WITH_VECTORS
    strong, weak = (_names(gists, strong=each) for each in (True, False))
    words, concepts = _words(gists), _concepts(gists)
    decay = weights.weeks * (np.log1p(weeks) + weeks / 10)
    usual = (strong @ strong.T < _MATTER) & (words @ words.T < _TELLING)
    decay[(weeks > WEEKS) | (usual & (weeks > USUAL_WEEKS))] = -np.inf
    unsaid = np.where(usual, np.float32(weights.usual), np.float32(0))
    near = {} if vectors is None else {"close in meaning": weights.vectors * (vectors @ vectors.T)}
    return near | {
        "names of the matter in both": weights.names * (strong @ strong.T),
        "people and places in both": weights.names * np.minimum(weak @ weak.T, _MOST_WEAK),
        "rare words in both titles": weights.words * np.minimum(words @ words.T, _MOST_WORDS),
        "what happens in both": weights.concepts
        * np.minimum(concepts @ concepts.T, _MOST_CONCEPTS),
        "their titles name other people": weights.people * _others(gists),
        "no name or rare word of a matter in both": unsaid,
        "weeks between them": decay,
        "two stories seldom go on with one another": np.full_like(weeks, weights.bias),
    }


def _vectors(gists: Sequence[Gist]) -> Matrix | None:
    packed = [gist.vector for gist in gists if gist.vector is not None]
    if len(packed) < len(gists) or not packed:
        return None
    rows = np.frombuffer(b"".join(packed), dtype="<f2").reshape(-1, DIMENSIONS)
    return rows.astype(np.float32)


def _weeks(gists: Sequence[Gist]) -> Matrix:
    """The weeks between the end of one story and the beginning of the next."""
    first = np.array([gist.first.toordinal() for gist in gists], dtype=np.float32)
    last = np.array([gist.last.toordinal() for gist in gists], dtype=np.float32)
    apart = np.maximum(first[:, None] - last[None, :], first[None, :] - last[:, None])
    return np.asarray(np.maximum(apart, 0.0) / 7, dtype=np.float32)


def _others(gists: Sequence[Gist]) -> Matrix:
    """1 for a pair whose titles name people, but nobody who stands in both."""
    people = people_of()
    held = [[name for name in gist.names if name in people] for gist in gists]
    places = {name: at for at, name in enumerate(sorted({n for row in held for n in row}))}
    rows = np.zeros((len(gists), len(places) or 1), dtype=np.float32)
    for at, names in enumerate(held):
        rows[at, [places[name] for name in names]] = 1.0
    some = rows.sum(axis=1) > 0
    return np.asarray((some[:, None] & some[None, :]) & (rows @ rows.T == 0), dtype=np.float32)


def _names(gists: Sequence[Gist], *, strong: bool) -> Matrix:
    """Rows whose products sum what shared names say; a name of the text alone says less."""
    book = matters()

    def matter(name: str) -> float:
        return book.get(name, _OWN_NAME)

    held = [
        {name: part for names, part in ((g.further, _IN_TEXT), (g.names, 1.0)) for name in names}
        for g in gists
    ]
    fitting = [
        {name: part for name, part in row.items() if (matter(name) >= _STRONG) is strong}
        for row in held
    ]
    return _rows(fitting, lambda name, rarity: matter(name) * rarity, usual_rarity_of_name)


def _words(gists: Sequence[Gist]) -> Matrix:
    """Rows whose products sum what shared rare words say; two Han characters say less."""

    def worth(word: str, rarity: float) -> float:
        return max(rarity - _COMMON, 0.0) * (0.3 if word.startswith("zh ") else 1.0)

    held = [[word for word in gist.words if not word.startswith(ANY)] for gist in gists]
    rows = [dict.fromkeys(words, 1.0) for words in held]
    return _rows(rows, worth, lambda word: usual_rarity(word.partition(" ")[2]))


def _concepts(gists: Sequence[Gist]) -> Matrix:
    """The same of concepts, which are shared across languages."""
    held = [[word[2:] for word in gist.words if word.startswith(ANY)] for gist in gists]
    rows = [dict.fromkeys(concepts, 1.0) for concepts in held]
    return _rows(rows, lambda _, rarity: max(rarity - _COMMON, 0.0), usual_rarity_of_concept)


def _rows(
    held: Sequence[dict[str, float]],
    worth: Callable[[str, float], float],
    usual: Callable[[str], float],
) -> Matrix:
    """A column for what two or more rows hold.

    Rarity is that of the shipped lines alone: more stories change nothing between two others.
    """
    counts = Counter(each for row in held for each in row)
    columns = {each: at for at, each in enumerate(sorted(e for e, n in counts.items() if n > 1))}
    worths = np.zeros(len(columns) or 1, dtype=np.float32)
    for each, at in columns.items():
        worths[at] = max(worth(each, usual(each)), 0.0)
    made = np.zeros((len(held), len(worths)), dtype=np.float32)
    for at, row in enumerate(held):
        for each, part in row.items():
            if each in columns:
                made[at, columns[each]] = part
    return np.asarray(made * np.sqrt(worths), dtype=np.float32)
