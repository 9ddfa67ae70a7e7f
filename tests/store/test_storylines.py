from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import Connection

from digest.errors import NotFoundError
from digest.model import Entry, Gist, Story, Storyline
from digest.store.entries import save_entries
from digest.store.stories import find_story, save_stories
from digest.store.storylines import (
    find_storyline,
    forget_gists,
    gists_between,
    save_gists,
    save_storylines,
    storylines_touching,
)

GIST = Gist(
    story_id="s-1",
    first=date(2026, 3, 2),
    last=date(2026, 3, 5),
    title="Loading stops at the terminal",
    names=("caspian-pipeline-consortium",),
    further=("kazakhstan",),
    words=("* oil", "en moorin"),
    vector=b"\x00\x3c",
)


def line(line_id: str, *story_ids: str, merged: tuple[str, ...] = ()) -> Storyline:
    return Storyline(id=line_id, title="The terminal", story_ids=story_ids, merged=merged)


def test_a_storyline_comes_back_whole_and_in_order(c: Connection) -> None:
    first = line("l-1", "s-2", "s-1", merged=("l-9", "l-8"))
    save_storylines(c, "letter", [first, line("l-2", "s-3")])
    assert storylines_touching(c, "letter", ["s-1", "s-2"]) == (first,)
    assert find_storyline(c, "letter", "l-1") == first
    assert find_storyline(c, "other", "l-1") is None
    with pytest.raises(NotFoundError):
        find_storyline(c, "letter", "l")
    longer = replace(first, title="The terminal opens", story_ids=("s-2", "s-4"))
    save_storylines(c, "letter", [longer])
    assert find_storyline(c, "letter", "l-1") == longer
    assert storylines_touching(c, "letter", ["s-1"]) == ()


def test_a_story_stands_in_one_storyline(c: Connection) -> None:
    save_storylines(c, "letter", [line("l-1", "s-1", "s-2")])
    save_storylines(c, "other", [line("l-1", "s-2", "s-3")])
    save_storylines(c, "letter", [line("l-2", "s-2", "s-3")])
    assert find_storyline(c, "letter", "l-1") == line("l-1", "s-1")
    assert find_storyline(c, "other", "l-1") == line("l-1", "s-2", "s-3")


def test_a_story_says_which_storyline_it_stands_in(
    c: Connection, entry: Callable[..., Entry], now: datetime
) -> None:
    save_entries(c, [entry("e1")], now=now)
    story = Story(id="s-1", entry_ids=("e1",), section="energy")
    save_stories(c, "letter", [story])
    save_storylines(c, "other", [line("l-7", "s-1")])
    assert find_story(c, "letter", "s-1") == story
    save_storylines(c, "letter", [line("l-1", "s-1")])
    save_stories(c, "letter", [story])
    assert find_story(c, "letter", "s-1") == replace(story, storyline_id="l-1")


def test_an_empty_storyline_is_gone_and_found_through_the_one_that_took_it_in(
    c: Connection,
) -> None:
    save_storylines(c, "letter", [line("l-1", "s-1"), line("l-2", "s-2")])
    whole = line("l-1", "s-1", "s-2", merged=("l-2",))
    save_storylines(c, "letter", [whole, line("l-2")])
    assert find_storyline(c, "letter", "l-2") == whole
    save_storylines(c, "letter", [line("l-3", "s-1", "s-2", merged=("l-1", "l-2")), line("l-1")])
    assert find_storyline(c, "letter", "l-1") == find_storyline(c, "letter", "l-3")


def test_what_is_remembered_comes_back_by_its_days(c: Connection) -> None:
    save_gists(c, "letter", [GIST, replace(GIST, story_id="s-2", vector=None, words=())])
    save_gists(c, "letter", [replace(GIST, title="It opens again")])
    found = gists_between(c, "letter", date(2026, 3, 5), date(2026, 3, 9))
    assert found[0] == replace(GIST, title="It opens again")
    assert [gist.story_id for gist in found] == ["s-1", "s-2"]
    assert gists_between(c, "letter", date(2026, 3, 6), date(2026, 3, 9)) == ()
    assert gists_between(c, "letter", date(2026, 2, 1), date(2026, 3, 1)) == ()
    forget_gists(c, "letter", ["s-1"])
    assert len(gists_between(c, "letter", date(2026, 3, 1), date(2026, 3, 9))) == 1
