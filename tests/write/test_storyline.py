"""What a deep style gathers of a storyline, and its timeline over weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from digest.model import Entry, Ranked, Selection, Story
from digest.write.blockwise import Blockwise
from digest.write.brief import Past
from digest.write.casing import Casing
from digest.write.framing import update_of
from digest.write.memory import is_marked
from digest.write.storyline import gathered, latest
from tests.judge.builders import entry

START = datetime(2026, 3, 2, tzinfo=UTC)


def report(number: int, day: int, title: str, lang: str = "en") -> Entry:
    when = START + timedelta(days=day)
    return entry(f"e{number}", title, lang=lang, date=when, publisher=f"Outlet {number}")


def ranked(story_id: str, line: str | None, *entries: Entry) -> Ranked:
    story = Story(
        id=story_id,
        entry_ids=tuple(each.id for each in entries),
        section="energy",
        storyline_id=line,
    )
    return Ranked(story=story, entries=entries, score=1.0, reasons=(), origins=len(entries))


def timeline(*entries: Entry) -> list[tuple[date, str]]:
    made = Blockwise(Casing([], None), None, "en").timeline(entries)
    return [(event.day, str(event.text)) for event in made]


def test_a_deep_style_gathers_the_stories_of_the_ledes_storyline() -> None:
    lede = ranked("s-1", "l-1", report(1, 0, "Storm stops loading"))
    akin = ranked("s-2", "l-1", report(2, 1, "Divers look at hoses"))
    other = ranked("s-3", "l-2", report(3, 1, "Xi and Putin talk of oil"))
    made = gathered(Selection(lede=lede, sections=(("energy", (akin, other)),)))
    assert made.lede is not None
    assert [each.id for each in made.lede.entries] == ["e1", "e2"]
    assert made.lede.story.merged == ("s-2",)
    assert made.lede.origins == 2
    assert made.sections == (("energy", (other,)),)


def test_the_same_people_are_no_storyline() -> None:
    first = ranked("s-1", None, report(1, 0, "Xi and Putin praise trade"))
    second = ranked("s-2", None, report(2, 1, "Xi and Putin open a school"))
    chosen = Selection(lede=first, sections=(("energy", (second,)),))
    assert gathered(chosen) == chosen


def test_a_report_stands_at_the_day_its_headline_names() -> None:
    found = timeline(
        report(1, 8, "Loading stopped on 5 March, consortium says"),
        report(2, 1, "Storm breaks moorings"),
        report(3, 9, "Терминал возобновил отгрузку 9 марта", lang="ru"),
        report(4, 10, "Talks planned for 30 March"),
        report(5, 11, "Envoy received in Kyiv on Friday"),
    )
    assert [day.day for day, _ in found] == [3, 5, 9, 12, 13]
    assert "[ru]" in found[2][1]


def news(number: int) -> str:
    """A title that shares no word with another."""
    letters = str.maketrans("0123456789", "ghijklmnop")
    digests = (sha256(f"{number} {place}".encode()).hexdigest()[:7] for place in range(4))
    return " ".join(digests).translate(letters).capitalize()


def test_a_long_timeline_keeps_its_beginning_and_its_end() -> None:
    crowded = [report(3 * day + at, day, news(3 * day + at)) for day in range(8) for at in range(3)]
    found = timeline(*crowded)
    assert len(found) == 12
    assert {day for day, _ in found} == {(START + timedelta(days=day)).date() for day in range(8)}
    daily = timeline(*(report(day, 2 * day, news(day)) for day in range(20)))
    assert len(daily) == 12
    assert (daily[0][0], daily[-1][0]) == (START.date(), (START + timedelta(days=38)).date())


def test_only_what_the_newest_week_says_is_told_as_of_now() -> None:
    old, late, new = (report(day, day, f"Title {day}") for day in (0, 8, 15))
    assert latest([new, old, late]) == [new, late]
    assert latest([]) == []


def test_what_was_told_long_ago_is_recalled() -> None:
    told = Past(
        day=date(2026, 3, 5), heading="Storm stops loading", address="https://l.example/#s-1"
    )
    found = [update_of([told], date(2026, month, 12)) for month in (3, 5)]
    lines = [str(line.markdown) for line in found if line is not None]
    shown = "[5 March 2026](https://l.example/#s-1)"
    assert lines == [
        f"Update: the issue of {shown} noted: Storm stops loading.",
        f"As noted in the issue of {shown}: Storm stops loading.",
    ]
    assert all(map(is_marked, lines))
    assert update_of([], date(2026, 3, 12)) is None
