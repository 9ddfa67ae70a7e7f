from __future__ import annotations

import pytest

from digest.judge.evaluate import Labelled, macro_f1, sections_report, stories_report


def row(i: int, gold: str, section: str, lang: str = "en", also: tuple[str, ...] = ()) -> Labelled:
    return Labelled(id=str(i), lang=lang, gold=gold, section=section, also=also)


def test_sections_are_scored_over_the_labels_present() -> None:
    rows = [
        row(1, "a", "a"),
        row(2, "a", "b", also=("a",)),
        row(3, "b", "b", "ru"),
        row(4, "b", "c"),
    ]
    report = sections_report(rows, rounds=50)
    assert report.accuracy == 0.5
    assert report.lenient == 0.625
    assert report.macro_f1 == pytest.approx((2 / 3 + 0.5) / 2)
    assert report.interval[0] <= report.macro_f1 <= report.interval[1]
    assert report.by_section["a"].precision == 1.0
    assert report.accuracy_by_language == {"en": pytest.approx(1 / 3), "ru": 1.0}
    assert report.confusion[("b", "c")] == 1
    assert sections_report(rows, rounds=50) == report
    assert macro_f1(["a"], ["a"]) == 1.0
    with pytest.raises(ValueError, match="no labelled"):
        sections_report([])


def pair(i: int, gold: str, made: str, lang: str = "en") -> Labelled:
    return Labelled(id=str(i), lang=lang, gold_story=gold, story=made)


def test_stories_are_scored_by_entry_and_by_pair() -> None:
    rows = [pair(1, "A", "1"), pair(2, "A", "1", "zh"), pair(3, "B", "1"), pair(4, "B", "2", "ru")]
    report = stories_report(rows)
    assert report.pairwise.precision == pytest.approx(1 / 3)
    assert report.pairwise.recall == 0.5
    assert report.across.recall == 0.5
    assert 0 < report.bcubed.f1 < 1
    ignored = stories_report(rows, ignore=[("A", "B")])
    assert ignored.pairwise.precision == 1.0
    assert ignored.bcubed.precision == 1.0
