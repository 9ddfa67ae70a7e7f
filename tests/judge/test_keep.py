from __future__ import annotations

from dataclasses import replace

from digest.judge.keep import keep_ids, stories_of
from digest.model import Ownership, Story
from tests.judge.builders import entry, placed


def story(story_id: str, *entry_ids: str) -> Story:
    return Story(id=story_id, entry_ids=entry_ids, section="energy")


def test_a_story_has_the_section_of_most_probability_and_the_best_entry_first() -> None:
    group = [
        entry("1", lang="ru"),
        entry("2", ownership=Ownership.STATE),
        entry("3", url="https://a.example/"),
    ]
    placements = {"1": placed("energy", 0.9), "2": placed("economy", 0.5), "3": placed("energy")}
    (made,) = stories_of([group], placements)
    assert made.entry_ids == ("3", "2", "1")
    assert made.section == "energy"
    assert made.also == ("economy",)
    assert made.id.startswith("s-")
    assert len(made.id) == 10
    assert stories_of([group[::-1]], placements) == (made,)


def test_a_story_keeps_its_id_by_greatest_overlap() -> None:
    old = [story("s-old", "1", "2", "3")]
    kept = keep_ids([story("s-x", "2", "3", "4"), story("s-y", "1")], old)
    assert kept[0].id == "s-old"
    assert kept[1].id not in ("s-old", "s-y-old")
    assert kept[1].id.startswith("s-")


def test_a_merge_keeps_the_older_id_and_remembers_the_other() -> None:
    old = [story("s-one", "1", "2"), replace(story("s-two", "3"), merged=("s-zero",))]
    (kept,) = keep_ids([story("s-new", "1", "2", "3")], old)
    assert kept.id == "s-one"
    assert kept.merged == ("s-two",)
    assert keep_ids([kept], [kept]) == (kept,)


def test_ids_do_not_depend_on_the_order_of_stories() -> None:
    old = [story("s-one", "1", "2"), story("s-two", "3", "4")]
    new = [story("s-a", "1", "3"), story("s-b", "2"), story("s-c", "4")]
    forth = {s.entry_ids: s.id for s in keep_ids(new, old)}
    back = {s.entry_ids: s.id for s in keep_ids(new[::-1], old)}
    assert forth == back
