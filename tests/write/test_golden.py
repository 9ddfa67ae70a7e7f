"""Golden issues: four styles over two weeks, read line by line by a person and kept as files.

``DIGEST_GOLDEN=write pytest tests/write/test_golden.py`` makes them anew; read what changed.
"""

from __future__ import annotations

import html
import os
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from digest.model import Issue, Ranked, Selection
from digest.text.markdown import published, to_plain
from digest.text.sentences import sentences
from digest.write.casing import count_words
from digest.write.draftfile import draft_of, issue_of, parse
from digest.write.gatewords import shared_with
from digest.write.quotes import MOST_WORDS
from digest.write.verbatim import is_verbatim
from tests.write.weeks import FOLDERS, GOLDEN, STYLES, brief, issue, selection

CASES = [(day, style) for day in FOLDERS for style in STYLES]
TRACED = re.compile(r"(.*?) <!-- e:([0-9a-f ]+) -->", re.DOTALL)


@cache
def _issue(day: str, style: str) -> Issue:
    return issue(selection(day), brief(day, style))


@pytest.mark.parametrize(("day", "style"), CASES)
def test_the_issue_is_the_golden_one(day: str, style: str) -> None:
    made = _issue(day, style)
    text = draft_of(made)
    assert issue_of(parse(text, path="draft.md")) == made
    path = GOLDEN / f"{day}.{style}.md"
    if os.environ.get("DIGEST_GOLDEN") == "write":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), "DIGEST_GOLDEN=write makes it anew; read the change"


@pytest.mark.parametrize("day", FOLDERS)
def test_a_column_has_the_measures_of_a_column(day: str) -> None:
    made = _issue(day, "column")
    words = [_words(story.body) for story in made.stories]
    assert 700 <= sum(words) <= 1000
    assert 100 <= words[0] <= 340
    assert all(60 <= each <= 230 for each in words[1:])
    for story in made.stories:
        links = set(re.findall(r"\]\((http[^)]+)\)", story.body))
        known = any(citation.url for citation in story.citations)
        assert known <= len(links) <= 4
        assert len(story.heading) <= 90
    assert sum(story.heading.endswith("?") for story in made.stories) <= 1


@pytest.mark.parametrize(("day", "style"), CASES)
def test_no_sentence_stands_twice_and_none_begins_like_the_one_before(day: str, style: str) -> None:
    made = _issue(day, style)
    told = [each for story in made.stories for each in _sentences(story.body)]
    long = [each for each in told if count_words(each) > 8]
    assert len(long) == len(set(long))
    for story in made.stories:
        starts = [each.split()[:3] for each in _sentences(story.body) if count_words(each) > 3]
        assert all(one != two for one, two in pairwise(starts)), starts


@pytest.mark.parametrize(("day", "style"), CASES)
def test_no_story_opens_with_a_pronoun_that_refers_to_nothing(day: str, style: str) -> None:
    for story in _issue(day, style).stories:
        for paragraph in published(story.body).split("\n\n"):
            assert not re.match(r"(?:He|She|They|It|His|Her|Their|This|These) ", paragraph)


@pytest.mark.parametrize(("day", "style"), CASES)
def test_words_of_publishers_are_quoted_verbatim_and_nowhere_else(day: str, style: str) -> None:
    """The weeks as if every note were a publisher's own words, which is the harder case."""
    chosen = _as_publishers(selection(day))
    known = {e.id: e for r in _all(chosen) for e in r.entries}
    for story in issue(chosen, brief(day, style)).stories:
        spent: dict[str, int] = {}
        for text, ids in TRACED.findall(story.body):
            cited = [known[each] for each in ids.split()]
            texts = [f"{e.title}\n\n{e.text}" for e in cited]
            plain = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?m)^> ?", "", text)))
            block = text.lstrip().startswith(">")
            quotes = [plain] if block else re.findall(r"“([^“”]*)”", plain)
            for quote in quotes:
                bare = re.sub(
                    r"\s*\[\[Source\]\([^)]*\)\]|\s*\[\w\w\]$|\s*\[[a-z]{2}\](?= )", "", quote
                )
                bare = re.sub(r"\s*\[[a-z]{2}\]\s*$", "", bare).replace("\\", "").strip()
                holds = any(is_verbatim(bare.rstrip(",. "), each) for each in texts)
                assert holds, bare
                for each in cited[:1]:
                    spent[each.id] = spent.get(each.id, 0) + count_words(bare)
            if not block:
                own = to_plain(published(re.sub(r"“[^“”]*”", "\n", plain)))
                assert shared_with(own, texts) is None, own
        if style in ("column", "roundup"):
            assert all(words <= MOST_WORDS + 2 for words in spent.values()), spent


@pytest.mark.parametrize("style", STYLES)
def test_a_week_in_russian_and_chinese_only_is_framed_in_english(style: str) -> None:
    day = "2023-04-27"
    chosen = _as_publishers(_abroad(selection(day)))
    made = issue(chosen, brief(day, style))
    assert made.stories
    known = {e.id: e for r in _all(chosen) for e in r.entries}
    for story in made.stories:
        assert re.match(r"[A-Z][\x20-\x7e–’]+$", story.heading), story.heading
        assert re.search(r"[\u0400-\u04ff\u4e00-\u9fff]", story.body), "the original is shown"
        assert re.search(r"\[(?:ru|zh)\]", story.body)
        for text, ids in TRACED.findall(story.body):
            for quote in re.findall(r"“([^“”]*)”", html.unescape(text)):
                texts = [f"{known[i].title}\n\n{known[i].text}" for i in ids.split()]
                assert any(is_verbatim(quote, each) for each in texts), quote
    cited = {c.entry_id for story in made.stories for c in story.citations}
    if style == "column":
        told = {story.id for story in made.stories}
        for ranked in _all(chosen):
            if ranked.story.id in told:
                assert {entry.id for entry in ranked.entries} <= cited, "hides nothing"


def _abroad(chosen: Selection) -> Selection:
    def kept(ranked: Ranked) -> Ranked | None:
        found = tuple(entry for entry in ranked.entries if entry.lang in ("ru", "zh"))
        return replace(ranked, entries=found, origins=len(found)) if found else None

    groups = [(name, tuple(filter(None, map(kept, group)))) for name, group in chosen.sections]
    return Selection(
        lede=kept(chosen.lede) if chosen.lede else None,
        sections=tuple((name, group) for name, group in groups if group),
    )


def _as_publishers(chosen: Selection) -> Selection:
    def theirs(ranked: Ranked) -> Ranked:
        found = tuple(replace(entry, paraphrase=False) for entry in ranked.entries)
        return replace(ranked, entries=found)

    return replace(
        chosen,
        lede=theirs(chosen.lede) if chosen.lede else None,
        sections=tuple((name, tuple(map(theirs, group))) for name, group in chosen.sections),
        further=tuple(map(theirs, chosen.further)),
    )


def _all(chosen: Selection) -> list[Ranked]:
    placed = [ranked for _, group in chosen.sections for ranked in group]
    return [*([chosen.lede] if chosen.lede else []), *placed, *chosen.further]


def _sentences(body: str) -> list[str]:
    plain = re.sub(r"(?m)^(?:[-#>]+|\*\*).*$", "", published(body))
    return [s.strip() for s in sentences(to_plain(plain), "en") if s.strip()]


def _words(body: str) -> int:
    return count_words(to_plain(published(body)))
