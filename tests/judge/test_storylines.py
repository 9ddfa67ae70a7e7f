"""Which stories go on with one another over weeks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from digest.judge.embed import encode_entries, load_embedder
from digest.judge.gist import gists_of
from digest.judge.rank import Named
from digest.judge.storylines import continues, joined, storylines_of
from digest.model import Gist, Ranked, Story, Storyline
from tests.judge.builders import entry
from tests.shipped import shipped_finder

FILE = Path(__file__).with_name("storylines.txt")
PRECISION, RECALL = 0.8, 0.36
"""Floors: half of the file's stories were written to be taken for a continuation."""


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """Week, storyline, language, title and text of our own stories."""
    lines = FILE.read_text("utf-8").splitlines()[1:]
    return tuple(tuple(line.split(" | ")) for line in lines)


def gists(texts: Sequence[tuple[str, ...]], *, vectors: bool = True) -> tuple[Gist, ...]:
    """A story of one entry a row; its id is the row's number."""
    entries = [
        entry(f"{at:03}", title, text, lang=lang, date=_day(week))
        for at, (week, _, lang, title, text) in enumerate(texts)
    ]
    found = encode_entries(entries, load_embedder() if vectors else None)
    known = None if found is None else {e.id: row for e, row in zip(entries, found, strict=True)}
    stories = [
        Ranked(
            story=Story(id=e.id, entry_ids=(e.id,), section="energy"),
            entries=(e,),
            score=1.0,
            reasons=(),
        )
        for e in entries
    ]
    return gists_of(stories, Named(finder=shipped_finder()), known)


def _day(week: str) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(weeks=int(week))


@cache
def all_gists() -> tuple[Gist, ...]:
    return gists(rows())


TITLES = {
    "s-1": "Storm breaks moorings",
    "s-2": "Divers go down to the hoses",
    "s-3": "Loading is back to normal",
}


def gist(story_id: str, day: int, *names: str, title: str = "", vector: bool = False) -> Gist:
    when = date(2026, 1, 1) + timedelta(days=day)
    held = names or ("caspian-pipeline-consortium",)
    return Gist(
        story_id=story_id,
        first=when,
        last=when,
        title=title or TITLES[story_id],
        names=held,
        words=("* oil", "en moorin", "en tanker", "en divers", "en mended"),
        vector=b"\0\x3c" * 512 if vector else None,
    )


@pytest.mark.parametrize("vectors", [True, False])
def test_what_goes_on_is_told_from_what_only_looks_so(*, vectors: bool) -> None:
    labels = {f"{at:03}": row[1] for at, row in enumerate(rows())}
    found = joined(all_gists() if vectors else gists(rows(), vectors=False))
    said = [
        all(labels[g.story_id] == labels[later.story_id] != "-" for g in line[:at])
        for line in found
        for at, later in enumerate(line)
        if at
    ]
    of_line = [row[1] for row in rows() if row[1] != "-"]
    possible = len(of_line) - len(set(of_line))
    assert sum(said) >= (PRECISION if vectors else 0.75) * len(said)
    assert sum(said) >= (RECALL if vectors else 0.28) * possible


def test_the_order_of_stories_changes_nothing() -> None:
    expected = joined(all_gists())
    for seed in range(3):
        shuffled = random.Random(seed).sample(all_gists(), len(all_gists()))  # noqa: S311
        assert joined(shuffled) == expected


def test_a_later_week_changes_nothing_that_was_joined_before() -> None:
    early = [g for g in all_gists() if g.first <= _day("5").date()]
    before = {g.story_id: line[0].story_id for line in joined(early) for g in line}
    after = {g.story_id: line[0].story_id for line in joined(all_gists()) for g in line}
    assert {key: after[key] for key in before} == before


def test_half_a_year_apart_is_another_matter() -> None:
    near, far = gist("s-2", 30), gist("s-3", 8 * 31)
    assert joined([gist("s-1", 0), near]) != ()
    assert joined([gist("s-1", 0), far]) == ()


def test_a_storyline_may_last_longer_than_two_of_its_stories_lie_apart() -> None:
    (line,) = joined([gist("s-1", 0), gist("s-2", 90), gist("s-3", 186)])
    assert [each.story_id for each in line] == ["s-1", "s-2", "s-3"]
    assert joined([gist("s-1", 0), gist("s-3", 186)]) == ()


def test_briefings_of_a_series_do_not_continue_one_another() -> None:
    titles = (
        "Regular briefing of the terminal on 1 April",
        "Regular briefing of the terminal on 7 May",
    )
    assert joined([gist(f"s-{at}", at, title=title) for at, title in enumerate(titles)]) == ()
    again = [
        gist(f"s-{at}", 9 * at, title="The terminal has its day of open doors") for at in (0, 1)
    ]
    assert joined(again) == ()


def test_a_storyline_keeps_its_id_and_older_stories() -> None:
    (line,) = storylines_of([gist("s-1", 0), gist("s-2", 8)], ())
    assert line.story_ids == ("s-1", "s-2")
    assert storylines_of([gist("s-1", 0), gist("s-2", 8)], (line,)) == (line,)
    (later,) = storylines_of([gist("s-2", 8), gist("s-3", 12)], (line,))
    assert (later.id, later.story_ids) == (line.id, ("s-1", "s-2", "s-3"))


def test_a_merge_is_remembered_and_what_fell_apart_is_gone() -> None:
    old = [
        Storyline(id="l-a", title="A", story_ids=("s-1", "s-2")),
        Storyline(id="l-b", title="B", story_ids=("s-3",), merged=("l-0",)),
        Storyline(id="l-c", title="C", story_ids=("s-4", "s-5")),
    ]
    parts = [gist("s-1", 0), gist("s-2", 8), gist("s-3", 12)]
    found = storylines_of([*parts, gist("s-4", 3, "li-hui", title="x")], old)
    by_id = {line.id: line for line in found}
    assert by_id["l-a"].story_ids == ("s-1", "s-2", "s-3")
    assert by_id["l-a"].merged == ("l-b", "l-0")
    assert by_id["l-b"].story_ids == by_id["l-c"].story_ids == ()


def test_the_title_is_that_of_a_story() -> None:
    for line in storylines_of(all_gists(), ()):
        titles = {g.title for g in all_gists() if g.story_id in line.story_ids}
        assert line.title in titles


def test_the_reasons_name_the_story_before_and_sum_to_the_odds() -> None:
    held = [gist("s-1", 0), gist("s-2", 8), gist("s-3", 40)]
    (line,) = storylines_of(held, ())
    found = continues(held, line, "s-2")
    assert found is not None
    assert found.story == held[0]
    assert found.shared == ("caspian-pipeline-consortium",)
    assert sum(reason.weight for reason in found.reasons) > 1
    assert continues(held, line, "s-1") is None
    assert continues(held, line, "s-9") is None


def test_storylines_are_in_the_order_of_their_days() -> None:
    for line in joined(all_gists()):
        assert all(one.first <= other.first for one, other in pairwise(line))
