from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection

from digest.errors import NotFoundError
from digest.model import Entry, Story
from digest.store.entries import save_entries
from digest.store.stories import (
    find_story,
    save_stories,
    stories_by_id,
    stories_touching,
)

Build = Callable[..., Entry]


@pytest.fixture
def filled(c: Connection, entry: Build, now: datetime) -> Connection:
    save_entries(c, [entry(f"e{number}") for number in range(10)], now=now)
    return c


def story(story_id: str, *entry_ids: str, merged: tuple[str, ...] = ()) -> Story:
    return Story(id=story_id, entry_ids=entry_ids, section="energy", also=("x",), merged=merged)


def test_a_story_comes_back_whole_and_in_order(filled: Connection) -> None:
    first = Story(
        id="s-1", entry_ids=("e3", "e1", "e2"), section="energy", also=("economy", "cyber"),
        merged=("s-9", "s-8"),
    )  # fmt: skip
    save_stories(filled, "letter", [first, story("s-2", "e4")])
    assert find_story(filled, "letter", "s-1") == first
    assert stories_touching(filled, "letter", ["e2", "e3"]) == (first,)
    assert find_story(filled, "other", "s-1") is None
    assert stories_touching(filled, "other", ["e2"]) == ()


def test_saving_again_replaces(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-1", "e1", "e2", merged=("s-9",))])
    save_stories(filled, "letter", [story("s-1", "e2", "e3")])
    assert find_story(filled, "letter", "s-1") == story("s-1", "e2", "e3")
    assert stories_touching(filled, "letter", ["e1"]) == ()


def test_an_entry_leaves_the_story_that_had_it(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-1", "e1", "e2"), story("s-2", "e3")])
    save_stories(filled, "letter", [story("s-2", "e2", "e3")])
    assert find_story(filled, "letter", "s-1") == story("s-1", "e1")
    assert find_story(filled, "letter", "s-2") == story("s-2", "e2", "e3")


def test_two_stories_may_exchange_entries_in_one_call(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-1", "e1"), story("s-2", "e2")])
    save_stories(filled, "letter", [story("s-1", "e2"), story("s-2", "e1")])
    assert find_story(filled, "letter", "s-1") == story("s-1", "e2")
    assert find_story(filled, "letter", "s-2") == story("s-2", "e1")


def test_a_merged_story_is_found_by_its_old_id_through_every_merge(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-a", "e1"), story("s-b", "e2"), story("s-c", "e3")])
    save_stories(filled, "letter", [story("s-b", "e1", "e2", merged=("s-a",))])
    last = story("s-c", "e1", "e2", "e3", merged=("s-b",))
    save_stories(filled, "letter", [last])
    assert list(stories_by_id(filled, "letter", ["s-a", "s-b", "s-c"])) == ["s-c"]
    assert find_story(filled, "letter", "s-a") == last
    assert find_story(filled, "letter", "s-") == last


def test_merges_in_a_circle_end(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-c", "e1", merged=("s-a",))])
    save_stories(filled, "letter", [story("s-a", "e2", merged=("s-c",))])
    save_stories(filled, "letter", [story("s-d", "e1", "e2")])
    assert find_story(filled, "letter", "s-a") is None


def test_a_beginning_of_several_stories_names_them(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-12", "e1"), story("s-13", "e2")])
    save_stories(filled, "other", [story("s-14", "e1")])
    with pytest.raises(NotFoundError, match=r"\(s-12, s-13\)"):
        find_story(filled, "letter", "s-1")
    assert find_story(filled, "other", "s-1") == story("s-14", "e1")


def test_two_newsletters_keep_their_own_stories(filled: Connection) -> None:
    save_stories(filled, "letter", [story("s-1", "e1")])
    save_stories(filled, "other", [story("s-1", "e1", "e2")])
    assert find_story(filled, "letter", "s-1") == story("s-1", "e1")


def test_thousands_of_stories_go_in_and_out(c: Connection, entry: Build, now: datetime) -> None:
    save_entries(c, [entry(f"{number:05}") for number in range(2000)], now=now)
    made = tuple(story(f"s-{number:05}", f"{number:05}") for number in range(2000))
    save_stories(c, "letter", made)
    assert stories_touching(c, "letter", [f"{number:05}" for number in range(2000)]) == made
