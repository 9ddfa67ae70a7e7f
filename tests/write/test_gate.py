"""The gate: each fault put into a sound issue on purpose is found, and a sound issue has none."""

from __future__ import annotations

# ruff: noqa: E501 - a draft's lines and its faults are easier to read whole
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from difflib import SequenceMatcher

import pytest

from digest.model import Certainty, Entry, Ownership, Section
from digest.write.draftfile import parse
from digest.write.gate import CHECKS, errors, examine
from digest.write.gatecontext import (
    Answer,
    Asked,
    Cited,
    Context,
    Finding,
    Severity,
    Wording,
    earlier_of,
    parts_of,
)
from digest.write.gateform import figures_of
from tests.shipped import shipped_finder

FINDER = shipped_finder()
DAY = datetime(2026, 3, 10, tzinfo=UTC)
SECTIONS = (Section(id="energy", title="Energy"), Section(id="cyber", title="Cyber", limit=2))

HARBOUR = (
    "The terminal at Port Aurora was reopened on 10 March after repairs that took twelve days. "
    "Kassym-Jomart Tokayev, the president of Kazakhstan, welcomed the decision. "
    "The operator expects to ship 300,000 barrels a day from April onwards."
)
PAPER = (
    "Engineers found a fault in the second pump house, the operator told reporters in the town. "
    "The minister called the repair “a matter of weeks rather than of months” on Monday. "
    "Insurers had asked for a second inspection before any tanker could leave the roads again."
)
STATE = "Radio workers in the capital reported that Wang Yi had asked for calm along the border."


def entry(identity: str, publisher: str, text: str, **changes: object) -> Entry:
    made = Entry(
        id=identity,
        source_id="s",
        url=f"https://example.org/{identity}",
        publisher=publisher,
        title=text.split(".", maxsplit=1)[0],
        text=text,
        lang="en",
        date=DAY,
        certainty=Certainty.DAY,
        first_seen=DAY,
        fingerprint="f",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ENTRIES = (
    entry("aa11", "Harbour News", HARBOUR, paraphrase=True),
    entry("bb22", "Coast Paper", PAPER),
    entry("cc33", "TASS", STATE, paraphrase=True, ownership=Ownership.STATE, country="RU"),
)

DRAFT = """\
---
digest: 1
newsletter: letter
number: 3
date: 2026-03-12
period: {start: 2026-03-05T07:00:00Z, end: 2026-03-12T07:00:00Z}
title: "Terminal at Port Aurora reopens"
standfirst: "Also this week: calm along the border."
style: roundup
sample: false
entries:
  "aa11": {publisher: "Harbour News", url: "https://example.org/aa11", title: "T", date: 2026-03-10, lang: en}
  "bb22": {publisher: "Coast Paper", url: "https://example.org/bb22", title: "T", date: 2026-03-10, lang: en}
  "cc33": {publisher: "TASS", url: "https://example.org/cc33", title: "T", date: 2026-03-10, lang: en, ownership: state}
---

## Lede <!-- lede -->

### Terminal at Port Aurora reopens <!-- s-one energy -->

According to [Harbour News](https://example.org/aa11), the terminal at Port Aurora was reopened on \
10 March. <!-- e:aa11 --> Tokayev welcomed the decision. <!-- e:aa11 -->

[Coast Paper](https://example.org/bb22) wrote that the minister called the repair “a matter of \
weeks rather than of months”. <!-- e:bb22 -->

> Engineers found a fault in the second pump house, the operator told reporters in the town. \
[[Source](https://example.org/bb22)] <!-- e:bb22 -->

## Cyber <!-- cyber -->

### Wang Yi asks for calm along the border <!-- s-two -->

Russian state news agency [TASS](https://example.org/cc33) reported that Wang Yi had asked for \
calm along the border. <!-- e:cc33 -->

The editor’s own closing thought stands here without any trace.
"""


def context(text: str = DRAFT, **changes: object) -> Context:
    draft = parse(text, path="draft", sections=SECTIONS)
    made = Context(
        draft=draft,
        cited=cited(),
        finder=FINDER,
        sections=SECTIONS,
        parts=parts_of(draft),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def cited(*entries: Entry, changed: bool = False) -> Mapping[str, Cited]:
    return {
        each.id: Cited(
            entry=each, wordings=(Wording(title=each.title, text=each.text),), changed=changed
        )
        for each in entries or ENTRIES
    }


def codes(text: str = DRAFT, **changes: object) -> set[str]:
    return {each.code for each in examine(context(text, **changes))}


def find(code: str, text: str, **changes: object) -> Finding:
    found = [each for each in examine(context(text, **changes)) if each.code == code]
    assert found, f"{code} is not found"
    return found[0]


def test_a_sound_issue_has_no_finding() -> None:
    assert examine(context()) == ()


def faulty(old: str, new: str) -> str:
    assert DRAFT.count(old) >= 1, old
    return DRAFT.replace(old, new, 1)


TABLE = "\n| Port | |\n| --- | --- |\n| Aurora | open |\n"
THOUGHT = "The editor’s own closing thought stands here without any trace."
SECOND = DRAFT[DRAFT.index("### Wang Yi") :]

FAULTS = [
    # quotations
    ("quotation-altered", "error", "weeks rather than of months", "days rather than of months"),
    ("quotation-altered", "error", "second pump house", "third pump house"),
    (
        "quotation-of-another",
        "error",
        "calm along the border. <!-- e:cc33",
        "calm and “a fault in the second pump house”. <!-- e:cc33",
    ),
    ("quotation-unsourced", "warning", THOUGHT, "“No entry has said these words,” I hear."),
    (
        "note-quoted",
        "error",
        "Tokayev welcomed the decision.",
        "Tokayev “welcomed the decision”.",
    ),
    (
        "quotation-repeated",
        "warning",
        THOUGHT,
        "“a matter of weeks rather than of months”, again.",
    ),
    # what no entry supports
    (
        "invented",
        "error",
        "Tokayev welcomed the decision.",
        "Tokayev ordered every foreign bank to leave.",
    ),
    (
        "invented",
        "error",
        "Tokayev welcomed the decision.",
        "Ministers in Vienna drank 7 cups of coffee.",
    ),
    ("figure-unsupported", "error", "10 March", "11 March"),
    ("name-unsupported", "warning", "Tokayev welcomed", "Tokayev and Putin welcomed"),
    (
        "unquoted-run",
        "error",
        THOUGHT,
        "Insurers had asked for a second inspection before any tanker could leave.",
    ),
    ("entry-unknown", "error", "<!-- e:cc33 -->", "<!-- e:ffff -->"),
    # attribution
    ("attribution-missing", "error", "According to [Harbour News](https://example.org/aa11), t", "T"),
    ("one-sided", "error", "Russian state news agency [TASS]", "[TASS]"),
    # links
    ("link-unknown", "error", "[TASS](https://example.org/cc33)", "[TASS](https://example.org/zz)"),
    ("link-unknown", "warning", THOUGHT, "See [this report](https://example.org/else)."),
    ("link-of-another", "warning", "[TASS](https://example.org/cc33)", "[TASS](https://example.org/bb22)"),
    ("link-broken", "error", THOUGHT, "See [this report]()."),
    ("link-broken", "error", THOUGHT, "See [](https://example.org/aa11)."),
    ("link-broken", "error", THOUGHT, "See [the script](javascript:go)."),
    ("source-unlinked", "error", "[[Source](https://example.org/bb22)]", "[Source]"),
    # names
    ("two-spellings", "error", THOUGHT, "Toqaev had no more to say."),
    ("gloss-in-quotation", "error", THOUGHT, "“So Wáng Yì 王毅 said it again and again.”"),
    ("gloss-in-heading", "error", "### Wang Yi asks", "### Wáng Yì 王毅 asks"),
    ("gloss-wrong", "error", "that Wang Yi had", "that Wàng Yì 王毅 had"),
    ("gloss-wrong", "error", "that Wang Yi had", "that Wáng Yì 汪洋 had"),
    ("gloss-twice", "warning", THOUGHT, "Wáng Yì 王毅 spoke; later Wáng Yì 王毅 left."),
    ("gloss-late", "warning", THOUGHT, "Later Wáng Yì 王毅 left."),
    # form
    ("section-empty", "warning", "## Cyber <!-- cyber -->", "## Energy <!-- energy -->\n\n## Cyber <!-- cyber -->"),
    ("story-empty", "error", "### Wang Yi", "### Nothing here <!-- s-nil -->\n\n### Wang Yi"),
    ("heading-long", "warning", "### Wang Yi asks for calm", "### Wang Yi asks " + "again and " * 9),
    ("heading-case", "warning", "asks for calm along the border <", "Asks for Calm Along the Border Again <"),
    ("title-missing", "error", '"Terminal at Port Aurora reopens"', '""'),
    ("standfirst-missing", "warning", '"Also this week: calm along the border."', '""'),
    ("told-twice", "error", SECOND, SECOND + "\n" + SECOND.replace("s-two", "s-three")),
    ("headings-alike", "error", SECOND, SECOND + "\n" + SECOND.replace("s-two", "s-three")),
    ("said-twice", "error", SECOND, SECOND + "\n" + SECOND.replace("s-two", "s-three")),
    # what was left behind
    ("leftover", "error", THOUGHT, "The price is {{ price }} now."),
    ("leftover", "error", THOUGHT, "{% if it %}"),
    ("leftover", "error", THOUGHT, "The minister of None spoke."),
    ("leftover", "error", THOUGHT, "A lost \ufffd character."),
    ("leftover", "error", THOUGHT, "TODO: ask again."),
    ("leftover", "error", THOUGHT, "Lorem ipsum dolor."),
    ("conflict", "error", THOUGHT, "<!-- conflict: yours -->\n\nOne.\n\n<!-- conflict: end -->"),
    ("conflict", "error", THOUGHT, "<<<<<<< mine\nOne.\n=======\nTwo.\n>>>>>>> theirs"),
    # accessibility
    ("link-text", "warning", THOUGHT, "Read on [here](https://example.org/aa11)."),
    ("heading-jump", "warning", THOUGHT, "###### Far below\n\nText."),
    ("table-header", "warning", THOUGHT, TABLE),
    ("read-two-ways", "warning", THOUGHT, "A list follows:\n- one\n- two"),
    ("image-text", "error", THOUGHT, "![](https://example.org/p.png)"),
    ("image-text", "error", THOUGHT, '<img src="https://example.org/p.png">'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "severity", "old", "new"), FAULTS)
def test_a_fault_put_in_on_purpose_is_found(code: str, severity: str, old: str, new: str) -> None:
    text = faulty(old, new)
    found = find(code, text)
    assert found.severity.value == severity
    assert found.message
    assert found.line is not None
    lines = SequenceMatcher(None, DRAFT.splitlines(), text.splitlines(), autojunk=False)
    changed = [(first + 1, end) for tag, *_, first, end in lines.get_opcodes() if tag != "equal"]
    assert any(first <= found.line <= end for first, end in changed), "where the fault was put"


def test_a_finding_names_the_line_of_the_draft() -> None:
    text = faulty("weeks rather", "days rather")
    line = find("quotation-altered", text).line
    assert line is not None
    assert "days rather" in text.splitlines()[line - 1]


@pytest.mark.parametrize(
    "quote",
    [
        "a matter of weeks rather than [a matter] of months",
        "[only] a matter of weeks […] of months",
        "[A] matter of weeks",
    ],
)
def test_an_editor_may_cut_a_quotation_and_insert_words_in_brackets(quote: str) -> None:
    assert codes(faulty("a matter of weeks rather than of months", quote)) == set()


@pytest.mark.parametrize(
    "quote",
    [
        "a matter of [long] months rather than of weeks",
        "a question of [a few] weeks",
        "[they said it would be ready within] weeks",
    ],
)
def test_brackets_hide_no_altered_word(quote: str) -> None:
    text = faulty("a matter of weeks rather than of months", quote)
    assert find("quotation-altered", text).severity is Severity.ERROR


def test_a_story_without_any_trace_is_the_editors_own() -> None:
    own = "\n### A note by hand\n\nWritten by the editor, with [a source](https://example.org/aa11).\n"
    assert codes(DRAFT + own) == set()


def test_no_more_than_sixty_words_of_an_entry_are_quoted() -> None:
    more = "\n\n> " + PAPER + " <!-- e:bb22 -->\n"
    assert "quoted-much" in codes(faulty(THOUGHT, "Coast Paper again:" + more))


def test_an_entry_that_changed_is_warned_of_and_its_old_words_still_hold() -> None:
    old = Wording(title=ENTRIES[1].title, text=PAPER)
    now = replace(ENTRIES[1], text="The paper rewrote its report from the ground up.")
    changed = Cited(
        entry=now, wordings=(old, Wording(title=now.title, text=now.text)), changed=True
    )
    found = examine(context(cited={**cited(), "bb22": changed}))
    assert [each.code for each in found] == ["entry-changed"]
    assert errors(found) == ()


def test_an_entry_the_store_has_lost_cannot_be_checked() -> None:
    known = {key: value for key, value in cited().items() if key != "cc33"}
    found = examine(context(cited=known))
    assert [(each.code, each.severity) for each in found] == [("entry-missing", Severity.WARNING)]


def test_a_state_outlet_beside_others_has_to_be_called_so() -> None:
    tass = "[TASS](https://example.org/cc33)"
    more = f"{tass} also reported that Wang Yi had asked for calm. <!-- e:cc33 -->"
    text = faulty("## Cyber", more + "\n\n## Cyber")
    assert find("state-media-unnamed", text).severity is Severity.WARNING


def test_a_date_that_is_a_guess_has_to_be_told() -> None:
    guessed = replace(ENTRIES[2], certainty=Certainty.GUESS)
    known = cited(*ENTRIES[:2], guessed)
    assert "undated" in codes(cited=known)
    said = faulty("[TASS](https://example.org/cc33)", "[TASS](https://example.org/cc33) (undated)")
    assert "undated" not in codes(said, cited=known)


@pytest.mark.parametrize(
    ("answer", "code", "severity"),
    [
        (Answer.DEAD, "link-dead", Severity.ERROR),
        (Answer.SILENT, "link-silent", Severity.WARNING),
        (Answer.BLOCKED, "link-blocked", Severity.NOTE),
    ],
)
def test_what_the_network_says_of_a_link(answer: Answer, code: str, severity: Severity) -> None:
    asked = {"https://example.org/cc33": Asked(answer=answer, message="No page (404).")}
    found = find(code, DRAFT, asked=asked)
    assert found.severity is severity
    assert "404" in found.message


def test_a_link_that_answers_is_no_finding() -> None:
    assert codes(asked={"https://example.org/cc33": Asked(answer=Answer.ALIVE)}) == set()


def test_what_an_earlier_issue_used_comes_again_with_a_mark_only() -> None:
    before = earlier_of(DRAFT, date(2026, 3, 5))
    assert {"link-reused", "quotation-reused"} <= codes(earlier=(before,))
    marked = DRAFT.replace(
        "[Coast Paper]", "As noted in the issue of 5 March, [Coast Paper]"
    ).replace("Russian state", "Update: Russian state")
    assert not {"link-reused", "quotation-reused"} & codes(marked, earlier=(before,))


def test_a_headline_under_further_reading_is_vouched_for_by_the_page_it_links_to() -> None:
    other = entry("ee55", "Far Post", "Storm Closes the Northern Sea Route. More follows.")
    line = "- “Storm closes the northern sea route” – [Far Post](https://example.org/ee55)"
    text = faulty(THOUGHT, line)
    assert codes(text) == {"quotation-unsourced", "link-unknown"}
    assert codes(text, linked=(other,)) == set()


def test_a_headline_may_be_named_twice_and_keep_marks_of_its_own() -> None:
    other = entry("ee55", "Far Post", "The “Northern Star” leaves the ice behind. More follows.")
    line = "- “The ‘Northern Star’ leaves the ice behind” – [Far Post](https://example.org/ee55)"
    again = line.replace("- “", "The headline is “").replace(" – ", ", wrote ")
    text = faulty(THOUGHT, f"{again} <!-- e:ee55 -->\n\n{line} <!-- e:ee55 -->")
    assert codes(text, cited=cited(*ENTRIES, other)) == set()
    assert codes(faulty(THOUGHT, line), linked=(other,)) == set()


def test_our_own_archive_is_no_unknown_page() -> None:
    text = faulty(THOUGHT, "See [our issue](https://letter.example.org/issues/2026-03-05/).")
    assert "link-unknown" in codes(text)
    assert codes(text, base_url="https://letter.example.org") == set()


def test_what_a_source_writes_itself_is_no_leftover_of_ours() -> None:
    odd = replace(ENTRIES[1], text=PAPER + " The engine prints {{ price }} on every page of it.")
    quote = "Coast Paper: “The engine prints {{ price }} on every page of it.” <!-- e:bb22 -->"
    found = find("leftover", faulty(THOUGHT, quote), cited=cited(ENTRIES[0], odd, ENTRIES[2]))
    assert found.severity is Severity.WARNING


def test_who_a_person_is_comes_from_the_name_book() -> None:
    text = faulty("that Wang Yi had", "that Wang Yi, the foreign minister of China, had")
    assert codes(text) == set()


def test_a_line_of_credits_may_count_its_outlets() -> None:
    others = [entry(f"f{n:03}", f"Outlet {n}", f"Report {n} says little.") for n in range(12)]
    ids = " ".join(each.id for each in others)
    line = f"Also reported by [Outlet 0](https://example.org/f000) and 11 others. <!-- e:{ids} -->"
    known = cited(*ENTRIES, *others)
    assert codes(faulty("## Cyber", line + "\n\n## Cyber"), cited=known) == set()
    wrong = line.replace("11 others", "40 others")
    assert "invented" in codes(faulty("## Cyber", wrong + "\n\n## Cyber"), cited=known)


def test_a_sentence_about_a_report_in_another_language_is_judged_by_names_and_figures() -> None:
    report = entry("dd44", "Порт", "Токаев приветствовал решение открыть порт 10 марта.", lang="ru")
    line = "[Порт](https://example.org/dd44) reported that Tokayev hailed it. <!-- e:dd44 -->"
    known = cited(*ENTRIES, report)
    assert "invented" not in codes(faulty(THOUGHT, line), cited=known)
    wrong = line.replace("Tokayev", "Wang Yi")
    assert "invented" in codes(faulty(THOUGHT, wrong), cited=known)


def test_the_column_has_measures_and_other_styles_have_none() -> None:
    found = codes(faulty("style: roundup", "style: column"))
    assert {"issue-length", "story-length"} <= found


def test_a_section_over_its_limit_is_lopsided() -> None:
    more = "".join(
        f"\n### Calm on day {n} of {n + 7} <!-- s-x{n} -->\n\nThought number {n} of the editor.\n"
        for n in range(3)
    )
    assert "section-lopsided" in codes(DRAFT + more)


def test_a_second_question_is_warned_of() -> None:
    text = DRAFT.replace("Aurora reopens <", "Aurora reopens? <").replace("border <", "border? <")
    assert "heading-question" in codes(text)


def test_the_issue_in_numbers() -> None:
    figures = figures_of(context())
    assert [story.lede for story in figures.stories] == [True, False]
    assert figures.sections == (("lede", 1), ("cyber", 1))
    assert figures.stories[0].sources == 2
    assert figures.quotations == 2
    assert figures.words == sum(story.words for story in figures.stories)


def test_every_check_is_in_the_table_and_can_be_asked_alone() -> None:
    for check in CHECKS.values():
        assert list(check(context())) == []


def test_errors_come_first() -> None:
    text = faulty(THOUGHT, "Read on [here](https://example.org/aa11). TODO: more.")
    found = [each.severity for each in examine(context(text))]
    assert found == sorted(found, key=["error", "warning", "note"].index)
