from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from digest.model import (
    Certainty,
    Citation,
    Entry,
    Issue,
    IssueSection,
    IssueStory,
    Override,
    Period,
    Section,
)
from digest.write.casing import Casing, curly, open_end
from digest.write.gloss import gloss, gloss_text
from digest.write.headings import cleaned, heading_of
from digest.write.overrides import apply, differences, note, noted
from digest.write.quotes import chosen, joined, passages
from digest.write.verbatim import is_verbatim
from tests.shipped import shipped_finder

FINDER = shipped_finder()
SOURCE = "The minister said: “We are ready.” Talks, he added, go on — with the EU — until May."


def entry(
    title: str, *, text: str = "", publisher: str = "Reuters", paraphrase: bool = False
) -> Entry:
    day = datetime(2023, 4, 21, tzinfo=UTC)
    return Entry(
        id="a" * 12,
        source_id="s",
        url="https://www.example.org/x",
        publisher=publisher,
        title=title,
        text=text,
        lang="en",
        date=day,
        certainty=Certainty.DAY,
        first_seen=day,
        fingerprint="f",
        paraphrase=paraphrase,
    )


@pytest.mark.parametrize(
    "quote",
    [
        "We are ready.",
        'The minister said: "We are ready."',
        "The minister said: ‘We are ready.’ […] go on — with the EU",
        "Talks, [the minister] added, go on",
        "Talks […] until May",
    ],
)
def test_a_verbatim_quotation_holds(quote: str) -> None:
    assert is_verbatim(quote, SOURCE)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "[…]",
        "We were ready.",
        "e are ready",
        "until May […] Talks",
        "go on - with",
        "Talks he added",
    ],
)
def test_an_altered_quotation_does_not(quote: str) -> None:
    assert not is_verbatim(quote, SOURCE)


def test_what_was_left_out_between_passages_shows() -> None:
    text = (
        "The first tanker of the season left the port on Monday morning. She was late. "
        "The second tanker is expected to leave the port on Friday at noon."
    )
    parts = chosen(passages(entry("Tankers", text=text)), most=2)
    assert joined(parts) == (
        "The first tanker of the season left the port on Monday morning. […] "
        "The second tanker is expected to leave the port on Friday at noon."
    )
    assert is_verbatim(joined(parts), text)


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Oil flows restart - Reuters", "Oil flows restart"),
        ("EXCLUSIVE: Oil flows restart | Energy", "Oil flows restart"),
        ("UPDATE 2-Oil flows restart", "Oil flows restart"),
        ("Oil flows restart in the U.S.", "Oil flows restart in the U.S."),
        ("Oil flows restart.", "Oil flows restart"),
    ],
)
def test_outlets_and_labels_are_cut_from_headlines(title: str, heading: str) -> None:
    assert cleaned(entry(title)) == heading


def test_the_best_headline_is_plain_and_short() -> None:
    casing = Casing([], FINDER)
    long = entry(
        "The operator of the pipeline said on Friday that oil had begun to flow again " * 2
    )
    bait = entry("Here’s what you need to know about the pipeline")
    assert heading_of([bait, long, entry("Oil flows restart today")], casing) == (
        "Oil flows restart today"
    )
    assert len(heading_of([long], casing)) <= 90


def test_a_first_word_is_lowered_only_where_that_is_certain() -> None:
    casing = Casing(["It was crude, and Beijing said so."], FINDER)
    assert casing.lowered("The port closed.") == "the port closed."
    assert casing.lowered("Crude flows.") == "crude flows."
    assert casing.lowered("Beijing said no.") == "Beijing said no."
    assert casing.lowered("IEA members met.") == "IEA members met."
    assert casing.lowered("Shipments rose.") is None


def test_quotation_marks_are_typographic() -> None:
    assert curly("It's a \"deaf dialog,\" 'they' said.") == "It’s a “deaf dialog,” ‘they’ said."
    assert open_end("It was a “dialogue of the deaf.”") == "It was a “dialogue of the deaf,”"
    assert open_end("Why?") is None


def test_a_name_is_glossed_once_and_only_in_prose() -> None:
    text = (
        "#### Xi Jinping\n\n> Xi Jinping spoke.\n\n[Xi Jinping](https://example.org) said "
        "“Xi Jinping” and `Xi Jinping` <!-- e:ab -->. Chinese President "
        "Xi Jinping’s envoy met Wang Yi; Xi left."
    )
    made = gloss_text(text, FINDER)
    assert made.count("Xí Jìnpíng 习近平") == 1
    assert "Chinese President Xí Jìnpíng 习近平’s envoy met Wáng Yì 王毅; Xi left." in made
    assert gloss_text(made, FINDER) == made
    assert gloss_text("President Xi came.", FINDER) == "President Xí Jìnpíng 习近平 came."
    assert gloss_text("Vladimir Putin came.", FINDER) == "Vladimir Putin came."


def issue(*sections: tuple[str, tuple[IssueStory, ...]]) -> Issue:
    moment = datetime(2023, 4, 27, tzinfo=UTC)
    return Issue(
        newsletter="n",
        number=1,
        period=Period(start=moment, end=moment, day=date(2023, 4, 27)),
        title="t",
        standfirst="s",
        sections=tuple(
            IssueSection(id=name, title=name, stories=stories) for name, stories in sections
        ),
    )


def story(name: str, *, heading: str = "H", body: str = "Xi Jinping.") -> IssueStory:
    cited = Citation(entry_id=name, publisher="P", url=None, title="t", date=None, lang="en")
    return IssueStory(id=name, heading=heading, section="energy", body=body, citations=(cited,))


def test_gloss_follows_the_reading_order_of_the_issue() -> None:
    made = gloss(issue(("lede", (story("s-1"),)), ("energy", (story("s-2"),))), FINDER)
    assert [s.body for s in made.stories] == ["Xí Jìnpíng 习近平.", "Xi Jinping."]


def test_changes_of_a_draft_are_decisions() -> None:
    one, two, three = story("s-1"), story("s-2"), story("s-3")
    before = issue(("energy", (one, two, three)), ("cyber", ()))
    touched = story("s-3", heading="New", body="Other.")
    after = issue(("energy", (two,)), ("cyber", (touched, story("s-4"))))
    found = differences(before, after)
    assert [(o.story_id, o.action, o.value) for o in found] == [
        ("s-1", "drop", None),
        ("s-3", "move", "cyber"),
        ("s-3", "retitle", "New"),
        ("s-3", "rewrite", "Other."),
        ("s-4", "note", "### H <!-- s-4 cyber -->\n\nXi Jinping."),
    ]
    assert found[0].entry_ids == ("s-1",)
    assert differences(after, after) == ()
    assert differences(before, apply(before, found)) == found[:4]
    cited = {each.entry_id: each for told in after.stories for each in told.citations}
    remade = noted(apply(before, found), found, (), cited)
    assert {told.id: told for told in remade.stories}["s-4"] == replace(
        story("s-4"), section="cyber"
    )
    assert noted(remade, found, (), cited) == remade


def test_a_note_makes_its_section_and_stays_out_when_it_is_dropped() -> None:
    known = (Section(id="energy", title="Energy"), Section(id="cyber", title="Cyber"))
    bare = issue(("cyber", (story("s-1"),)))
    told = replace(story("s-9", heading="A *note* [x]"), section="energy", citations=())
    decided = Override(
        issue=bare.period.day, story_id="s-9", action="note", value=note(told, "energy")
    )
    made = noted(bare, (decided,), known, {})
    assert [(section.id, section.title) for section in made.sections] == [
        ("energy", "Energy"),
        ("cyber", "cyber"),
    ]
    assert made.stories[0] == told
    assert noted(bare, (decided, replace(decided, action="drop")), known, {}) == bare


def test_names_of_the_book_keep_their_capitals_in_a_recased_headline() -> None:
    told = entry("Unattainable Utopia: How Alexei Kudrin and Putin Plan to Reform the State")
    assert heading_of([told], Casing([], FINDER)) == (
        "Unattainable utopia: How Alexei Kudrin and Putin plan to reform the state"
    )
