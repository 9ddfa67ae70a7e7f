from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import DraftError
from digest.model import Citation, Issue, IssueSection, IssueStory, Ownership, Period, Section
from digest.write import blocks
from digest.write.draftfile import (
    citations,
    draft_of,
    issue_of,
    normal_issue,
    parse,
    revised,
    with_ids,
    write,
)

FRONT = """---
digest: 1
newsletter: china-russia-report
number: null
date: 2022-04-07
period: {start: 2022-03-31T06:00:00Z, end: 2022-04-07T06:00:00Z}
title: "A title"
standfirst: "A sentence."
style: column
sample: true
entries:
  3f2a9c1b04de: {publisher: Bloomberg, url: "https://example.org/a?b=c", title: "T",
    date: 2022-04-06, lang: en, ownership: independent}
  "123456789012": {publisher: "ТАСС", url: null, title: "Т",
    date: null, lang: ru}
---
"""
BODY = """
Hello.

## Lede <!-- lede -->

### A heading <!-- s-7f3a1b2c diplomacy -->

According to [Bloomberg](https://example.org/a?b=c), it rained. <!-- e:3f2a9c1b04de -->

## Energy <!-- energy -->

### Oil flows <!-- s-00000001 -->

It flows. <!-- e:123456789012 3f2a9c1b04de -->

## Further reading <!-- closing -->

- one
"""

FRAGMENTS = st.sampled_from(
    [
        "## Energy <!-- energy -->\n",
        "### New story\n",
        "### Same\n",
        "### Known <!-- s-7f3a -->\n",
        "###\n",
        "### closed ###\n",
        "## \n",
        "```\n",
        "~~~ x\n",
        "<!-- a\n",
        "-->\n",
        "<pre>\n",
        "</pre>\n",
        "<?php\n",
        "Title\n===\n",
        "Title\n---\n",
        "| a | b |\n|---|---|\n| ### | ## |\n",
        "    indented ### x\n",
        "- item\n  ### in item\n",
        "> ### quoted\n",
        "{{ 7*7 }} {% raw %}\n",
        "line\u2028### no heading\n",
        "crlf\r\n",
        "### crlf <!-- s-9 -->\r\n",
        "cr\r",
        "trailing  \n",
        "\t\n",
        "\n",
        "[a]: https://example.org\n",
        "#### four\n",
        "\\### no\n",
        "   ### three blanks\n",
        "no end",
    ]
)
TYPED = st.lists(FRAGMENTS | st.text(max_size=12), max_size=14).map("".join)
LINE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
) | st.sampled_from(
    [
        "a <!-- b -->",
        "*x* _y_ `z`",
        "&amp; <b>",
        "C# #",
        "\\",
        "[a](b)",
        "![i](u)",
        "a <!--",
        "1. x",
    ]
)
IDS = st.from_regex(r"[0-9a-f]{12}", fullmatch=True)
CITATIONS = st.builds(
    Citation,
    entry_id=IDS,
    publisher=LINE,
    url=st.none() | st.from_regex(r"https://example\.org/[a-zé()\[\] ]{1,8}", fullmatch=True),
    title=LINE,
    date=st.none() | st.dates(),
    lang=st.sampled_from(["en", "ru", "no", "zh"]),
    ownership=st.none() | st.sampled_from(Ownership),
)


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    cited = draw(st.lists(CITATIONS, max_size=4, unique_by=lambda c: c.entry_id))
    sections = []
    for number, name in enumerate(draw(st.permutations(["lede", "energy", "cyber"]))):
        stories = []
        for place in range(draw(st.integers(0, 2))):
            chosen = [c for c in cited if draw(st.booleans())]
            body = blocks.normal_body(
                draw(TYPED) + "".join(f"\n\nSo it is. <!-- e:{c.entry_id} -->" for c in chosen)
            )
            stories.append(
                IssueStory(
                    id=f"s-{number}{place}",
                    heading=blocks._folded(draw(LINE)),
                    section=draw(st.sampled_from([name, "economy"])),
                    body=body,
                    citations=citations(body, cited),
                )
            )
        sections.append(
            IssueSection(
                id=name,
                title=blocks._folded(draw(LINE)),
                stories=tuple(stories),
                intro=blocks.normal_body(draw(TYPED)),
            )
        )
    return Issue(
        newsletter=draw(LINE.filter(bool)),
        number=draw(st.none() | st.integers(1, 999)),
        period=Period(
            start=datetime(2022, 3, 31, 6, tzinfo=UTC),
            end=datetime(2022, 4, 7, 6, tzinfo=UTC),
            day=date(2022, 4, 7),
        ),
        title=draw(LINE),
        standfirst=draw(LINE),
        sections=tuple(sections),
        introduction=blocks.normal_body(draw(TYPED)),
        closing=blocks.normal_body(
            draw(st.just("") | LINE.map("#### {}\n\n".format)) + draw(TYPED)
        ),
        style=draw(st.sampled_from(["column", "no", "1e3"])),
        sample=draw(st.booleans()),
    )


@given(TYPED)
@settings(max_examples=100)
def test_what_is_read_is_written_back(body: str) -> None:
    for front in (FRONT, "\ufeff" + FRONT.replace("\n", "\r\n")):
        try:
            draft = parse(front + body, path="d.md")
        except DraftError:
            continue
        assert write(draft) == front + body
        named = write(with_ids(draft))
        again = parse(named, path="d.md")
        assert write(with_ids(again)) == named
        assert issue_of(again) == issue_of(draft)
        assert normal_issue(issue_of(draft)) == issue_of(draft)
        assert issue_of(revised(draft, issue_of(draft))) == issue_of(draft)


@given(issues())
@settings(max_examples=100)
def test_an_issue_comes_back_from_its_draft(issue: Issue) -> None:
    assert issue_of(parse(draft_of(issue), path="d.md")) == issue


@given(TYPED)
@settings(max_examples=100)
def test_a_normal_body_stays(body: str) -> None:
    normal = blocks.normal_body(body)
    assert blocks.normal_body(normal) == normal
    assert not blocks.is_open(normal)
    assert not blocks.headings(normal)


def test_the_example_is_read() -> None:
    issue = issue_of(parse(FRONT + BODY, path="d.md"))
    assert issue.introduction == "Hello."
    assert issue.closing == "#### Further reading\n\n- one"
    lede, energy = issue.sections
    assert (lede.id, lede.title, lede.stories[0].section) == ("lede", "Lede", "diplomacy")
    assert [c.publisher for c in energy.stories[0].citations] == ["ТАСС", "Bloomberg"]
    assert lede.stories[0].citations[0].ownership is Ownership.INDEPENDENT
    assert issue.period.start == datetime(2022, 3, 31, 6, tzinfo=UTC)


def test_headings_in_code_comments_lists_and_quotations_are_content() -> None:
    body = "```\n### a\n```\n\n<!--\n### b\n-->\n\n- x\n  ### c\n\n> ### d\n\nSetext\n------"
    draft = parse(f"{FRONT}## E <!-- energy -->\n\n### S <!-- s-1 -->\n\n{body}\n", path="d.md")
    assert issue_of(draft).stories[0].body == body


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no front matter", 1),
        ("---\ndigest: 1\n", 1),
        ("---\ntitle: [\n---\n", 3),
        ("---\ntitle: a\ntitle: b\n---\n", 3),
        ("---\na: &x 1\nb: *x\n---\n", 3),
        (FRONT.replace("digest: 1", "digest: 2"), 2),
        (FRONT.replace("number: null", "number: two"), 4),
        (FRONT.replace("lang: en, ownership: independent", "ownership: x"), 12),
        (FRONT + BODY.replace("s-00000001", "s-7f3a1b2c"), 28),
        (FRONT + BODY.replace("<!-- energy -->", "<!-- lede -->"), 26),
        (FRONT + "### Story <!-- s-1 -->\n", 17),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(DraftError) as caught:
        parse(text, path="d.md")
    assert caught.value.where == f"d.md:{line}"


def test_a_story_without_an_id_gets_one_on_the_next_write() -> None:
    text = FRONT + "## Energy <!-- energy -->\r\n### Same ###\r\nx\r\n### Same\r\ny"
    draft = parse(text, path="d.md")
    first, second = (story.id for story in issue_of(draft).stories)
    assert first != second
    named = write(with_ids(draft))
    assert f"### Same <!-- {first} -->\r\nx\r\n### Same <!-- {second} -->\r\ny" in named
    moved = parse(named.replace("Same", "Other"), path="d.md")
    assert [story.id for story in issue_of(moved).stories] == [first, second]


def test_a_section_without_an_id_is_matched_by_title_else_slugged() -> None:
    text = FRONT + "## Central Asia\n\n## Новости & co\n\n## Energy <!-- see below -->\n"
    known = (Section(id="central-asia-2", title="central asia"),)
    draft = parse(text, path="d.md", sections=known)
    assert [section.id for section in draft.sections] == ["central-asia-2", "новости-co", "energy"]


def test_a_heading_that_is_no_story_stays_in_introduction_and_closing() -> None:
    text = FRONT + "### Free\n\n## End <!-- closing -->\n\n### Free too\n"
    issue = issue_of(parse(text, path="d.md"))
    assert (issue.introduction, issue.closing) == ("#### Free", "#### End\n\n#### Free too")


def test_a_linked_entry_is_cited_but_not_its_neighbours_on_the_same_page() -> None:
    page = "https://example.org/column"
    parts = [
        Citation(entry_id=c * 12, publisher="P", url=page, title=c, date=None, lang="en")
        for c in "abc"
    ]
    other = replace(parts[0], entry_id="d" * 12, url="https://example.org/d")
    traced = f"Told. [P]({page}) <!-- e:{'b' * 12} --> And <https://example.org/d>."
    assert citations(traced, [*parts, other]) == (parts[1], other)
    assert citations(f"[P]({page})", parts) == (parts[0],)


def test_what_is_unchanged_keeps_its_source() -> None:
    draft = parse(FRONT + BODY.replace("It flows.", "It   flows ."), path="d.md")
    issue = issue_of(draft)
    lede = replace(issue.sections[0].stories[0], heading="Another")
    sections = (replace(issue.sections[0], stories=(lede,)), *issue.sections[1:])
    text = write(revised(draft, replace(issue, sections=sections)))
    assert text == write(draft).replace("A heading", "Another")
