from __future__ import annotations

import pytest

from digest.judge.rank import Named, rank
from digest.judge.select import Limits, select
from digest.judge.twice import distinct
from digest.model import OFF_TOPIC, Entry, Override, Ranked, Section, Selection, Story
from digest.text.mentions import NameFinder
from tests.judge.builders import END, PERIOD, entry, placed
from tests.shipped import shipped_finder

SECTIONS = (
    Section(id="diplomacy", title="Diplomacy", limit=2),
    Section(id="energy", title="Energy", limit=2),
)
THEME = "Xi Jinping calls Putin on Ukraine"


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return shipped_finder()


def ranked(
    finder: NameFinder, groups: dict[str, list[Entry]], section: str = "diplomacy"
) -> tuple[Ranked, ...]:
    entries = {e.id: e for group in groups.values() for e in group}
    stories = [
        Story(id=i, entry_ids=tuple(e.id for e in group), section=section)
        for i, group in groups.items()
    ]
    placements = {e: placed(section) for e in entries}
    return rank(stories, entries, placements, period=PERIOD, named=Named(finder=finder))


def test_the_parts_are_named_and_sum_to_the_score(finder: NameFinder) -> None:
    (made,) = ranked(finder, {"s-1": [entry("1", THEME), entry("2", THEME, publisher="Q")]})
    assert made.score == pytest.approx(sum(reason.weight for reason in made.reasons))
    assert all(reason.feature for reason in made.reasons)
    assert len(made.reasons) >= 6


def test_origins_theme_and_freshness_lift_a_story(finder: NameFinder) -> None:
    made = ranked(
        finder,
        {
            "s-many": [entry("1", THEME), entry("2", "Xi and Putin talk", publisher="Q")],
            "s-one": [entry("3", THEME)],
            "s-late": [entry("5", THEME, date=END)],
            "s-half": [entry("6", "Putin speaks")],
            "s-far": [entry("4", "Norway elects a new parliament")],
        },
    )
    assert [r.story.id for r in made] == ["s-many", "s-late", "s-one", "s-half", "s-far"]
    assert made[0].origins == 2


def test_off_topic_is_not_ranked(finder: NameFinder) -> None:
    assert ranked(finder, {"s-x": [entry("9", THEME)]}, section=OFF_TOPIC) == ()


def chosen(
    found: tuple[Ranked, ...], *overrides: Override, limits: Limits | None = None
) -> Selection:
    return select(found, sections=SECTIONS, overrides=overrides, limits=limits)


def ids(selection: Selection) -> dict[str, list[str]]:
    return {section: [r.story.id for r in stories] for section, stories in selection.sections}


def whys(selection: Selection) -> dict[str, str]:
    return {unused.ranked.story.id: unused.why for unused in selection.unused}


def decision(action: str, story_id: str, value: str | None = None) -> Override:
    return Override(issue=END.date(), story_id=story_id, action=action, value=value)


def many(finder: NameFinder, count: int) -> tuple[Ranked, ...]:
    return ranked(
        finder, {f"s-{i}": [entry(f"{i}", THEME, publisher=f"P{i}")] for i in range(count)}
    )


def test_the_lede_prefers_two_origins(finder: NameFinder) -> None:
    made = chosen(
        ranked(
            finder,
            {
                "s-a": [entry("1", THEME, date=END, weight=3.0)],
                "s-b": [entry("2", THEME), entry("3", "Xi and Putin talk", publisher="Q")],
            },
        )
    )
    assert made.lede is not None
    assert made.lede.story.id == "s-b"
    assert ids(made) == {"diplomacy": ["s-a"]}


def test_a_full_section_says_so(finder: NameFinder) -> None:
    made = chosen(many(finder, 4))
    assert ids(made) == {"diplomacy": ["s-1", "s-2"]}
    assert "Diplomacy is full" in whys(made)["s-3"]


def test_the_editor_outranks_the_score(finder: NameFinder) -> None:
    made = chosen(
        many(finder, 4),
        decision("pin", "s-3"),
        decision("drop", "s-0"),
        decision("hold", "s-1"),
        decision("move", "s-2", "energy"),
    )
    assert made.lede is not None
    assert made.lede.story.id == "s-3"
    assert ids(made) == {"energy": ["s-2"]}
    assert "dropped" in whys(made)["s-0"]
    assert "held" in whys(made)["s-1"]


def test_what_is_under_the_floor_stays_out(finder: NameFinder) -> None:
    made = chosen(many(finder, 3), limits=Limits(floor=50.0))
    assert ids(made) == {}
    assert all("floor" in why for why in whys(made).values())


def test_one_outlet_does_not_lead_everything_where_there_are_many(finder: NameFinder) -> None:
    weights = {f"s-{i}": [entry(f"{i}", THEME, weight=2.0)] for i in range(3)}
    others = {f"s-x{i}": [entry(f"x{i}", THEME, publisher=f"P{i}")] for i in range(5)}
    found = ranked(finder, weights | others)
    wide = (Section(id="diplomacy", title="Diplomacy", limit=20),)
    made = select(found, sections=wide, limits=Limits(share_of_source=2))
    assert whys(made) == {"s-2": "P leads 2 stories already"}
    assert whys(select(found[:3], sections=wide, limits=Limits(share_of_source=2))) == {}


CALL = "Xi Jinping and Putin speak by phone about Ukraine"


def nearly_one(finder: NameFinder) -> tuple[Ranked, ...]:
    return ranked(
        finder,
        {
            "s-said": [entry("1", CALL, weight=2.0, date=END)],
            "s-call": [entry("2", CALL), entry("3", "Xi and Putin talk", publisher="Q")],
            "s-other": [entry("4", "China opens a rail line to Kazakhstan", publisher="R")],
        },
    )


def test_what_is_nearly_one_story_is_told_once_and_led_by_the_better_covered(
    finder: NameFinder,
) -> None:
    kin = {"s-said": frozenset({"s-call"}), "s-call": frozenset({"s-said"})}
    found = nearly_one(finder)
    apart = select(found, sections=SECTIONS)
    assert apart.lede is not None
    assert ids(apart) == {"diplomacy": ["s-said", "s-other"]}
    made = select(found, sections=SECTIONS, kin=kin)
    assert made.lede is not None
    assert made.lede.story.id == "s-call"
    assert made.lede.story.merged == ("s-said",)
    assert made.lede.story.entry_ids == ("2", "3", "1")
    assert [e.id for e in made.lede.entries] == ["2", "3", "1"]
    assert made.lede.score == max(each.score for each in found)
    assert made.lede.score == pytest.approx(sum(r.weight for r in made.lede.reasons))
    assert ids(made) == {"diplomacy": ["s-other"]}
    assert whys(made) == {}


def test_what_the_editor_decided_about_stays_apart(finder: NameFinder) -> None:
    kin = {"s-said": frozenset({"s-call"}), "s-call": frozenset({"s-said"})}
    for action in ("pin", "retitle"):
        decided = decision(action, "s-said", "A heading")
        made = select(nearly_one(finder), sections=SECTIONS, overrides=[decided], kin=kin)
        told = [made.lede, *(each for _, held in made.sections for each in held)]
        assert {each.story.id for each in told if each} == {"s-said", "s-call", "s-other"}
    gone = select(
        nearly_one(finder), sections=SECTIONS, overrides=[decision("drop", "s-call")], kin=kin
    )
    assert gone.lede is not None
    assert gone.lede.story.id == "s-said"
    assert gone.lede.story.merged == ()


def test_a_story_with_somebody_of_its_own_is_no_second_telling(finder: NameFinder) -> None:
    found = ranked(
        finder,
        {
            "s-call": [entry("1", CALL), entry("2", "Xi and Putin talk")],
            "s-said": [entry("3", "What Beijing says of the call of Xi Jinping and Putin")],
            "s-new": [entry("4", "Xi and Putin name Li Hui to go to Kyiv after their call")],
        },
    )
    kin = dict.fromkeys(("s-call", "s-said", "s-new"), frozenset({"s-call", "s-said", "s-new"}))
    kept = distinct(found, kin, Named(finder=finder))
    assert "s-said" in kept["s-call"]
    assert "s-new" not in kept["s-call"]
    assert not kept["s-new"] - {"s-new"}
