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


def test_the_entry_nearest_to_the_others_speaks_first() -> None:
    group = [
        entry("1", "Leaders speak by phone"),
        entry("2", "Leaders hold a call", weight=1.2),
        entry("3", "A decree names an ambassador", weight=1.5),
        entry("4", "首脑通话", lang="zh"),
    ]
    placements = {each.id: placed("diplomacy") for each in group}
    closeness = {"1": 0.85, "2": 0.8, "3": 0.5, "4": 0.95}
    (made,) = stories_of([group], placements, closeness=closeness)
    assert made.entry_ids == ("2", "1", "3", "4")
    (made,) = stories_of([group], placements, language="zh", closeness=closeness)
    assert made.entry_ids == ("4", "2", "1", "3")
    assert stories_of([group[::-1]], placements, language="zh", closeness=closeness) == (made,)


def test_a_plain_report_speaks_before_analysis_and_reaction() -> None:
    titles = (
        "Why the leaders spoke now",
        "Analysts see limited use in the call",
        "Moscow reacts to the call",
        "Leaders speak by phone",
    )
    group = [entry(str(n), title, weight=1.2 - n / 10) for n, title in enumerate(titles)]
    placements = {each.id: placed("diplomacy") for each in group}
    (made,) = stories_of([group], placements, closeness=dict.fromkeys("0123", 0.7))
    assert made.entry_ids == ("3", "0", "1", "2")
    for title in (
        "Эксперт объяснил смысл разговора",
        "习近平与泽连斯基通话 专家解析",
        "Minsk denies part in the call",
        "Kremlin silent on the call",
        "Beijing declines to comment on the call",
    ):
        other = entry("9", title, weight=2.0)
        (made,) = stories_of([[other, group[3]]], {**placements, "9": placed("diplomacy")})
        assert made.entry_ids == ("3", "9")
