from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from digest.model import (
    Certainty,
    Entry,
    Issue,
    Ownership,
    Period,
    Ranked,
    Section,
    Selection,
    Story,
)
from digest.pull.entries import entries_of
from digest.pull.files import find, read
from digest.render.environment import Templates
from digest.source import Source
from digest.text.markdown import published, traces
from digest.text.words import shared_run
from digest.write.casing import count_words
from digest.write.column import Brief, compose
from digest.write.draftfile import draft_of, issue_of, parse
from digest.write.issue import issue_from
from digest.write.quotes import MOST_WORDS
from digest.write.verbatim import is_verbatim
from tests.shipped import shipped_finder

ROOT = Path(__file__).resolve().parents[2]
FINDER = shipped_finder()
NOW = datetime(2023, 5, 1, tzinfo=UTC)
PERIOD = Period(
    start=datetime(2023, 4, 20, 6, tzinfo=UTC),
    end=datetime(2023, 4, 27, 6, tzinfo=UTC),
    day=date(2023, 4, 27),
)
BRIEF = Brief(
    newsletter="test",
    number=None,
    period=PERIOD,
    sections=(Section(id="energy", title="Energy"), Section(id="cyber", title="Cyber")),
    names=FINDER,
)
NOTE = (
    "The pipeline resumed work on April 21 after ten days. Engineers had closed it for repairs. "
    "The operator expects full volume in May."
)


def entry(publisher: str = "Harbour News", text: str = NOTE, **changes: object) -> Entry:
    made = Entry(
        id=hashlib.sha256(f"{publisher}{text}".encode()).hexdigest()[:12],
        source_id="s",
        url="https://example.org/page",
        publisher=publisher,
        title="Pipeline resumes work after ten days",
        text=text,
        lang="en",
        date=datetime(2023, 4, 21, tzinfo=UTC),
        certainty=Certainty.DAY,
        first_seen=NOW,
        fingerprint="f",
        paraphrase=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def ranked(*entries: Entry, origins: int | None = None, name: str = "") -> Ranked:
    key = hashlib.sha256((name + entries[0].id).encode()).hexdigest()[:8]
    story = Story(id=f"s-{key}", entry_ids=tuple(e.id for e in entries), section="energy")
    return Ranked(
        story=story,
        entries=entries,
        score=float(len(entries)),
        reasons=(),
        origins=len(entries) if origins is None else origins,
    )


def written(
    lede: Ranked | None, *others: Ranked, further: Sequence[Ranked] = (), brief: Brief = BRIEF
) -> Issue:
    selection = Selection(
        lede=lede, sections=(("energy", others),) if others else (), further=tuple(further)
    )
    made = compose(selection, brief)
    bodies = Templates([ROOT / "templates"]).style_bodies("column", made)
    issue = issue_from(made, bodies)
    assert issue_of(parse(draft_of(issue), path="d.md")) == issue
    return issue


def body(*entries: Entry, origins: int | None = None) -> str:
    return published(written(ranked(*entries, origins=origins)).stories[0].body)


def sample(week: str) -> list[Entry]:
    folder = ROOT / "seeds" / week
    source = Source(id="sample", name="Sample weeks", path="seeds/", sample=True)
    raw = [item for path in find(folder, ".") for item in read(path, root=folder, source=source)[0]]
    return list(entries_of(raw, source=source, feed_title=None, now=NOW))


def test_a_note_is_told_in_prose_with_its_outlet_linked_and_named_in_the_sentence() -> None:
    assert body(entry()) == (
        "According to [Harbour News](https://example.org/page), the pipeline resumed work on "
        "April 21 after ten days. Engineers had closed it for repairs. The operator expects full "
        "volume in May.\n\nOne source: this rests on Harbour News alone."
    )


def test_every_generated_sentence_names_its_entries() -> None:
    issue = written(ranked(entry(), entry("B", "Another 12 tankers left the port on Friday.")))
    for paragraph in issue.stories[0].body.split("\n\n"):
        sentences = re.split(r"-->\s*", paragraph.removesuffix("<!-- confidence -->").strip())
        assert sentences[-1] == ""
        assert all(traces(sentence + "-->") for sentence in sentences[:-1])


def test_state_media_is_called_state_media() -> None:
    tass = entry("TASS", ownership=Ownership.STATE, country="RU")
    assert "Russian state news agency [TASS](" in body(tass)
    assert "One source, state media:" in body(tass)
    plain = entry("Some Portal", ownership=Ownership.STATE)
    assert "state media outlet [Some Portal](" in body(plain)


def test_a_report_of_a_report_keeps_both_names() -> None:
    assert "[Deccan Herald](https://example.org/page) (Reuters)" in body(
        entry("Deccan Herald / Reuters")
    )
    cited = entry(text="Citing customs data, volumes rose by a tenth in March.")
    assert body(cited).startswith("Citing customs data, [Harbour News](")


def test_an_outlet_without_a_page_and_without_a_day_says_so() -> None:
    told = body(entry(url=None, certainty=Certainty.GUESS))
    assert told.startswith("According to Harbour News (no link; undated), the pipeline")
    assert "](" not in told


def test_other_outlets_add_what_is_new_and_are_credited_for_the_rest() -> None:
    told = body(
        entry(),
        entry("Second", "The terminal loaded 14 tankers over the weekend."),
        entry("Third", "The pipeline resumed work on April 21 after ten days."),
        entry("ТАСС", "Нефтепровод снова работает.", lang="ru", ownership=Ownership.STATE),
    )
    assert "the terminal loaded 14 tankers over the weekend" in told.lower()
    assert "Also reported by [Third](" in told or "also carried by [Third](" in told
    assert "in Russian by state news agency [ТАСС](" in told
    assert "One source" not in told


def test_a_woven_sentence_does_not_assume_whom_only_its_report_introduced() -> None:
    report = "Ivan Petrenko runs the harbour works. Petrenko expected 90 ships by the summer."
    told = body(entry(), entry("Second", report))
    assert "Ivan Petrenko" in told or "Petrenko" not in told


def test_two_reports_of_one_origin_are_called_one() -> None:
    told = body(entry(), entry("Second"), origins=1)
    assert "One source: the reports of Harbour News and Second are counted as one origin." in told


def test_a_denial_stands_beside_the_claim_once() -> None:
    denial = "The ministry denied the report of a leak at the terminal."
    told = body(entry(), entry("Second", denial))
    assert told.count("denied") == 1
    assert "Denied: the ministry denied the report of a leak at the terminal, [Second](" in told
    barred = entry("Second", "Seven drivers were denied entry at the border post that day.")
    assert "Denied" not in body(entry(), barred)


def test_publishers_words_stand_in_quotation_marks_only() -> None:
    text = (
        "ALMATY, April 21 (Reuters) - The pipeline resumed work on Friday after ten days of "
        "repairs, the operator said. He added that volumes would grow. Subscribe to our "
        "newsletter for more news like this every day."
    )
    told = body(entry(text=text, paraphrase=False))
    quote = "The pipeline resumed work on Friday after ten days of repairs, the operator said"
    assert f"“{quote}" in told
    assert "ALMATY" not in told
    assert "He added" not in told
    assert "Subscribe" not in told


def test_a_title_alone_is_reported_as_a_headline() -> None:
    told = body(entry(text="", paraphrase=False))
    assert "headed “Pipeline resumes work after ten days”." in told


def test_words_quoted_from_another_outlet_stay_the_others() -> None:
    text = (
        "Oil flowed again this week through the long pipeline to the coast of the inland sea.\n\n"
        "Ann Example at the Kyiv Independent reported on the repairs:\n\n"
        "Workers welded the last of forty segments on Thursday night under heavy snow. [Source]"
    )
    told = body(entry("China Digital Times", text, paraphrase=False))
    assert "The Kyiv Independent, quoted by [China Digital Times](" in told
    assert "“Workers welded the last of forty segments" in told


def test_a_story_in_other_languages_hides_nothing_and_invents_nothing() -> None:
    story = ranked(
        entry("Коммерсантъ", "Си Цзиньпин прибыл в Москву. Визит продлится два дня.", lang="ru",
              title="Си Цзиньпин прибыл в Москву"),
        entry("ANSA", "Xi è arrivato a Mosca per due giorni.", lang="it", title="Xi a Mosca"),
    )  # fmt: skip
    told = written(story).stories[0]
    assert told.heading == (
        "Russian- and Italian-language press on Xi Jinping and Moscow, 21 April"
    )
    assert "reported in Russian on 21 April." in told.body
    assert "The editor’s note is headed Си Цзиньпин прибыл в Москву." in told.body
    assert "under the headline" not in told.body, "the headline of a note is none of theirs"
    assert "The report names Xi Jinping and Moscow." in told.body
    assert ">" not in re.sub(r"<[^>]*>", "", told.body), "a note of ours is no quotation"
    assert "It says: Си Цзиньпин прибыл в Москву. Визит" in told.body
    assert '<span lang="it">Xi a Mosca</span>' in told.body


def test_a_note_in_another_language_that_is_but_a_headline_is_shown() -> None:
    told = written(ranked(entry("ТАСС", "", lang="ru", title="Нефть пошла"))).stories[0]
    assert "The editor’s note is headed Нефть пошла." in told.body


def test_openings_do_not_repeat_in_a_row() -> None:
    stories = [ranked(entry(f"Outlet {n}"), name=str(n)) for n in range(8)]
    issue = written(stories[0], *stories[1:])
    openings = [re.split(r"\[|,", story.body)[0][:12] for story in issue.stories]
    assert all(one != two for one, two in pairwise(openings))


def test_title_standfirst_and_further_reading_are_facts() -> None:
    stories = [
        ranked(entry(f"Outlet {n}", title=f"Terminal {n} loads oil again"), name=str(n))
        for n in range(4)
    ]
    russian = entry("ТАСС", lang="ru", paraphrase=False, title="Нефть пошла")
    issue = written(stories[0], *stories[1:], further=[ranked(russian, name="f")])
    assert issue.title == "Terminal 0 loads oil again; Terminal 1 loads oil again"
    assert issue.standfirst == (
        "Also in the week to 27 April 2023: Terminal 2 loads oil again; Terminal 3 loads oil again."
    )
    assert "- “Нефть пошла” – [ТАСС](https://example.org/page) (state media) [ru]" in issue.closing


@pytest.mark.parametrize("week", ["week-2022-04-07", "week-2023-04-28"])
def test_the_sample_weeks_hold_the_form_of_the_column(week: str) -> None:
    entries = sample(week)
    groups = [ranked(*entries[n : n + 3]) for n in range(0, min(len(entries), 36), 3)]
    issue = written(groups[0], *groups[1:])
    again = written(groups[0], *groups[1:])
    assert draft_of(issue) == draft_of(again)
    for story in issue.stories:
        assert len(story.heading) <= 90
        assert story.citations
        assert count_words(re.sub(r"\]\([^)]*\)", "]", published(story.body))) <= 340


@pytest.mark.parametrize("week", ["week-2022-04-07", "week-2023-04-28"])
def test_no_publishers_words_stand_outside_quotations(week: str) -> None:
    """The sample weeks as if they were publishers' own words, which is the harder case."""
    entries = [replace(entry, paraphrase=False) for entry in sample(week)]
    issue = written(None, *(ranked(*entries[n : n + 2]) for n in range(0, len(entries), 2)))
    known = {entry.id: entry for entry in entries}
    for story in issue.stories:
        cited = [known[citation.entry_id] for citation in story.citations]
        _assert_quotations_hold(story.body, cited)


def _assert_quotations_hold(markdown: str, cited: Sequence[Entry]) -> None:
    spent: dict[str, int] = {}
    for block in re.sub(r"</?span[^>]*>", "", html.unescape(markdown)).split("\n\n"):
        quotes = re.findall(r"“([^“”]*)”", block)
        if block.startswith(">"):
            plain = re.sub(r"<!--.*?-->|</?span[^>]*>|\[\[Source\].*?\)\]|\[[a-z]{2}\]", "", block)
            quotes = [part for part in re.split(r"\n>\s*\n", plain) if part.strip("> \n")]
            quotes = [re.sub(r"(?m)^> ?", "", part).replace("\\", "") for part in quotes]
        for quote in quotes:
            own = [e for e in cited if is_verbatim(quote.rstrip(",. "), f"{e.text}\n\n{e.title}")]
            assert own, quote
            spent[own[0].id] = spent.get(own[0].id, 0) + count_words(quote)
        if not block.startswith(">"):
            prose = published(re.sub(r"“[^“”]*”", " … ", block))
            for source in cited:
                assert shared_run(prose, source.text, source.lang) <= 8
    assert all(words <= MOST_WORDS + 1 for words in spent.values())
