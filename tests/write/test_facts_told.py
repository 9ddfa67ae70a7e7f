"""What follows from stored facts: who is quoted, counts that differ, readouts, names, memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import Certainty, Entry, Ownership, Period, Ranked, Selection, Story
from digest.text.markdown import published
from digest.text.readalike import difference_in
from digest.write.attribution import Voice
from digest.write.brief import Brief, Past
from digest.write.casing import Casing
from digest.write.column import compose, fitted
from digest.write.confidence import origin_line
from digest.write.differences import differing
from digest.write.example import example_issue
from digest.write.foreign import label_of
from digest.write.headings import span_of
from digest.write.memory import is_marked
from digest.write.novelty import Told, stands
from digest.write.people import People
from digest.write.quotes import passages
from digest.write.speakers import quoted_in
from tests.shipped import shipped_finder
from tests.write.weeks import STYLES, templates

FINDER = shipped_finder()
NOW = datetime(2024, 5, 1, tzinfo=UTC)
PERIOD = Period(start=NOW - timedelta(days=7), end=NOW, day=date(2024, 5, 1))


def entry(publisher: str, text: str, **changes: object) -> Entry:
    made = Entry(
        id=f"{abs(hash((publisher, text))):012x}"[:12],
        source_id="s",
        url=f"https://example.org/{publisher.replace(' ', '')}",
        publisher=publisher,
        title="Harbour opens again after ten days",
        text=text,
        lang="en",
        date=NOW - timedelta(days=1),
        certainty=Certainty.DAY,
        first_seen=NOW,
        fingerprint="f",
        paraphrase=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ranked(*entries: Entry, key: str = "s-00000001", score: float = 3.0) -> Ranked:
    story = Story(id=key, entry_ids=tuple(e.id for e in entries), section="energy")
    return Ranked(story=story, entries=entries, score=score, reasons=(), origins=len(entries))


def told(*entries: Entry, style: str = "column", past: tuple[Past, ...] = ()) -> str:
    brief = Brief(
        newsletter="n",
        number=None,
        period=PERIOD,
        names=FINDER,
        style=style,
        shape=style,
        past={"s-00000001": past} if past else {},
    )
    made = compose(Selection(lede=ranked(*entries), sections=()), brief)
    bodies = templates().style_bodies(style, made)
    return published(bodies["s-00000001"])


@pytest.mark.parametrize(
    ("lang", "text", "speaker", "quote"),
    [
        ("en", "“We will have forty ships here,” said Josep Borrell.", "Josep Borrell",
         "We will have forty ships here"),
        ("en", "Ann Example, the head of the port, said: “We will open in May again.”",
         "Ann Example", "We will open in May again"),
        ("ru", "«Мы готовы продолжать переговоры», — заявил Сергей Лавров.", "Sergei Lavrov",
         "Мы готовы продолжать переговоры"),
        ("zh", "毛宁表示：“中方始终站在和平一边，愿意继续劝和促谈。”", "Mao Ning",
         "中方始终站在和平一边，愿意继续劝和促谈。"),
    ],
)  # fmt: skip
def test_a_quotation_is_found_with_its_speaker(
    lang: str, text: str, speaker: str, quote: str
) -> None:
    [found] = quoted_in(entry("P", text, lang=lang, paraphrase=False), FINDER)
    assert (found.speaker, found.text) == (speaker, quote)


@pytest.mark.parametrize(
    "text",
    [
        "“We will have forty ships here,” he said.",
        "“We will have forty ships here,” the ministry said.",
        "“We will have forty ships here,” a spokesman told reporters.",
        "The Foreign Ministry said: “We will open in May again.”",
    ],
)
def test_nobody_is_made_up_as_a_speaker(text: str) -> None:
    assert quoted_in(entry("P", text, paraphrase=False), FINDER) == ()


def test_figures_that_differ_stand_side_by_side() -> None:
    one = entry("TASS", "The blast injured 12 people in the harbour, the governor said.")
    two = entry("Reuters", "A blast in the harbour left 15 people wounded on Friday.")
    three = entry("Пример", "Пострадали люди: 12 человек ранены.", lang="ru")
    [counts] = differing([one, two, three])
    assert [(e.publisher, n) for e, n in counts.given] == [
        ("TASS", 12), ("Reuters", 15), ("Пример", 12)
    ]  # fmt: skip
    text = told(one, two)
    assert "Figures differ: " in text
    assert "gives 12 injured; " in text
    assert "[Reuters](https://example.org/Reuters) gives 15." in text


def test_parts_of_a_whole_are_no_difference() -> None:
    one = entry("A", "The blast injured 12 people. Of these, 3 people were injured badly.")
    two = entry("B", "The blast injured 15 people.")
    assert differing([one, two]) == ()
    assert differing([two, replace(two, publisher="C")]) == ()


def test_official_texts_of_two_sides_stand_side_by_side() -> None:
    north = entry("Northland Ministry", "Northland spoke of an orderly reopening.",
                  ownership=Ownership.OFFICIAL, country="NO")  # fmt: skip
    south = entry("Southland Ministry", "Southland called the reopening late.",
                  ownership=Ownership.OFFICIAL, country="ZA")  # fmt: skip
    text = told(north, south, style="explainer")
    readout = text.split("#### The readout")[1]
    assert "Northland Ministry" in readout
    assert "Southland Ministry" in readout
    assert "#### The readout" not in told(north, replace(south, country="NO"), style="explainer")


def test_a_person_is_introduced_once_in_a_story() -> None:
    people = People(FINDER)
    assert people.told("Chinese President Xi Jinping met Vladimir Putin.") == (
        "Chinese President Xi Jinping met Vladimir Putin."
    )
    assert people.told("Xi Jinping, the president of China, spoke of trade.") == (
        "Xi spoke of trade."
    )
    assert people.told("President Vladimir Putin left with Chinese President Xi Jinping.") == (
        "Putin left with Xi."
    )
    assert people.told("It was “Xi Jinping” on the sign.") == "It was “Xi Jinping” on the sign."


def test_a_story_that_goes_on_says_so_and_leads_back() -> None:
    past = (
        Past(day=date(2024, 4, 24), heading="Harbour closes", address="https://example.org/i/#s"),
        Past(day=date(2024, 4, 17), heading="Storm warning for the harbour"),
    )
    note = entry("Harbour News", "The harbour opened on April 30 after ten days of repairs.")
    text = told(note, past=past)
    assert text.startswith(
        "Update: the issue of [24 April 2024](https://example.org/i/#s) noted: Harbour closes."
    )
    assert "Past reporting: Storm warning for the harbour – the issue of 17 April 2024." in text
    assert is_marked(text)
    assert "#### Past reporting" in told(note, past=past, style="explainer")
    assert not is_marked(told(note))


def test_words_without_their_speaker_are_not_quoted() -> None:
    text = "“The harbour stays ours, and no treaty of yours will ever give it away.”"
    assert passages(entry("P", text, paraphrase=False)) == ()


def test_a_long_sentence_is_cut_at_a_clause_and_marked() -> None:
    text = (
        "The operator of the harbour opened the terminal for tankers on Friday morning after ten "
        "days of repairs that followed the storm, while the ministry went on with its inquiry into "
        "the leak that fishermen had reported to the coast guard in the week before the storm came "
        "and that nobody has explained so far."
    )
    [passage] = passages(entry("P", text, paraphrase=False))
    assert passage.text.endswith("that followed the storm […]")


def test_a_label_holds_only_what_is_certain() -> None:
    russian = entry("Пример", "Текст.", lang="ru", title="Путин прибыл в Пекин: 38 млрд")
    assert label_of("Energy", [russian], FINDER) == (
        "Russian-language press on Vladimir Putin and Beijing: 38 billion, 30 April"
    )
    nobody = replace(russian, title="Порт открыт")
    assert label_of("Energy", [nobody], FINDER) == (
        "Energy in the Russian-language press, 30 April"
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "the day to"), (7, "the week to"), (30, "the month to"), (10, "the 10 days to")],
)
def test_the_period_is_called_by_its_length(days: int, words: str) -> None:
    period = replace(PERIOD, start=NOW - timedelta(days=days))
    assert span_of(period) == f"{words} 1 May 2024"


def test_thin_stories_make_room_where_enough_others_stand() -> None:
    full = "The harbour opened on April 30 after ten days of repairs. " + " ".join(
        f"The berth number {word} was deepened for ships of another class in the summer months."
        for word in ("one", "two", "three")
    )
    stories = [
        ranked(entry(f"Outlet {n}", full if n else "It opened."), key=f"s-{n:08d}", score=9 - n)
        for n in range(9)
    ]
    thin = replace(stories[0], score=8.5)
    chosen = Selection(lede=stories[1], sections=(("energy", (thin, *stories[2:])),))
    brief = Brief(newsletter="n", number=None, period=PERIOD, names=FINDER)
    kept = fitted(chosen, brief)
    ids = {each.story.id for _, group in kept.sections for each in group}
    assert thin.story.id not in ids
    assert thin in kept.further
    pinned = replace(thin, score=108.5)
    kept = fitted(replace(chosen, sections=(("energy", (pinned, *stories[2:])),)), brief)
    assert pinned in kept.sections[0][1]


@pytest.mark.parametrize("style", STYLES)
def test_both_parsers_read_what_the_shipped_styles_write(style: str) -> None:
    made = example_issue(style, FINDER)
    for body in templates().style_bodies(style, made).values():
        assert difference_in(body) is None


def test_casing_is_learned_from_the_texts() -> None:
    assert Casing(["The port opened."], FINDER).lowered("Port opened.") == "port opened."


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [
        ("Northern Gas had heard nothing from the ministry, the utility said on April 26.", False),
        ("No permit had come, the company said.", False),
        ("It had heard nothing.", False),
        ("The two leaders had not met since.", False),
        ("Northern Gas, the company said to own the line, had heard nothing.", True),
        ("The company said that no permit had come to Northern Gas.", True),
    ],
)
def test_a_sentence_that_needs_the_one_before_it_is_told_only_after_it(
    *, sentence: str, alone: bool
) -> None:
    assert stands(sentence, [], Told(), follows=False) is alone
    assert stands(sentence, [], Told(), follows=True)


def test_nothing_is_said_of_who_else_carries_what_another_story_names() -> None:
    alone = [entry("Northern Post", "Cranes stand idle in the harbour.")]
    other = entry("Harbour Gazette", "The port denied what the Northern Post had reported.")
    for voice in (Voice(), Voice(), Voice()):
        line = origin_line(alone, 1, voice, elsewhere=[other])
        assert line is not None
        assert line.markdown.startswith("One source: this rests on the Northern Post alone.")
    voice = Voice()
    lines = [origin_line(alone, 1, voice) for _ in range(3)]
    assert len({line.markdown for line in lines if line}) == 3


def test_a_label_leaves_out_countries_where_it_has_other_names() -> None:
    both = entry("P", "", title="习近平会见托卡耶夫 谈中国投资", lang="zh")
    told = label_of("Diplomacy", [both], FINDER)
    assert "Xi Jinping and Kassym-Jomart Tokayev" in told
    assert "China" not in told
    alone = entry("P", "", title="中国与俄罗斯签署协议", lang="zh")
    assert "China and Russia" in label_of("Diplomacy", [alone], FINDER)
