"""Three drafts become one: whose words stay, what comes in, what is marked."""

from __future__ import annotations

from digest.write.draftfile import issue_of, parse
from digest.write.merging import Merged, merge

FRONT = """\
---
digest: 1
newsletter: letter
number: 3
date: 2026-03-12
period: {start: 2026-03-05T07:00:00Z, end: 2026-03-12T07:00:00Z}
title: "The port reopens"
standfirst: "And calm."
style: column
sample: false
entries: {}
---
"""
STORIES = {
    "s-one": ("lede", "The port reopens", "One text."),
    "s-two": ("energy", "Oil flows", "Two text."),
    "s-three": ("energy", "Gas stops", "Three text."),
    "s-four": ("cyber", "A hack is found", "Four text."),
}
TITLES = {"lede": "Lede", "energy": "Energy", "cyber": "Cyber", "society": "Society"}


def draft(changes: dict[str, tuple[str, str, str] | None] | None = None, front: str = FRONT) -> str:
    """The four stories with changes; None takes a story out."""
    told = {**STORIES, **(changes or {})}
    text = front
    for section, title in TITLES.items():
        held = {key: value for key, value in told.items() if value and value[0] == section}
        if held:
            text += f"\n## {title} <!-- {section} -->\n"
        for key, value in held.items():
            text += f"\n### {value[1]} <!-- {key} -->\n\n{value[2]}\n"
    return text


def merged(mine: str, theirs: str, base: str | None = None) -> Merged:
    drafts = (parse(text, path="d") for text in (base or draft(), mine, theirs))
    return merge(*drafts)


def stories(text: str) -> dict[str, tuple[str, str, str]]:
    issue = issue_of(parse(text, path="d"))
    return {
        story.id: (section.id, story.heading, story.body)
        for section in issue.sections
        for story in section.stories
    }


def test_nothing_new_leaves_every_byte() -> None:
    mine = draft({"s-two": ("energy", "Oil flows", "My own  text.   ")}).replace("\n", "\r\n")
    assert merged(mine, draft()).text == mine


def test_the_programs_changes_come_in_where_nobody_touched() -> None:
    mine = draft({"s-two": ("energy", "Oil flows", "My own text.")})
    theirs = draft({"s-three": ("energy", "Gas flows again", "Three is new.")})
    made = merged(mine, theirs)
    assert made.conflicts == ()
    assert stories(made.text) == {
        **STORIES,
        "s-two": ("energy", "Oil flows", "My own text."),
        "s-three": ("energy", "Gas flows again", "Three is new."),
    }


def test_a_new_story_comes_in_at_its_place_and_one_that_went_goes() -> None:
    theirs = draft({"s-four": None, "s-new": ("society", "A protest", "New text.")})
    made = merged(draft({"s-two": ("energy", "Oil flows", "Mine.")}), theirs)
    told = stories(made.text)
    assert "s-four" not in told
    assert told["s-new"] == ("society", "A protest", "New text.")
    assert "## Cyber" not in made.text
    assert made.text.index("## Society") > made.text.index("## Energy")


def test_a_story_a_person_touched_stays_though_the_program_drops_it() -> None:
    mine = draft({"s-four": ("cyber", "A hack is found", "Mine.")})
    assert stories(merged(mine, draft({"s-four": None})).text)["s-four"][2] == "Mine."


def test_what_a_person_dropped_moved_or_added_stays_so() -> None:
    mine = draft(
        {
            "s-two": None,
            "s-three": ("cyber", "Gas stops", "Three text."),
            "s-note": ("energy", "A note", "By hand."),
        }
    )
    theirs = draft(
        {"s-two": ("energy", "Oil flows", "Two new."), "s-three": ("energy", "Gas stops", "New.")}
    )
    told = stories(merged(mine, theirs).text)
    assert "s-two" not in told
    assert told["s-three"] == ("cyber", "Gas stops", "New.")
    assert told["s-note"] == ("energy", "A note", "By hand.")


def test_a_story_the_program_moved_moves_with_a_persons_words() -> None:
    mine = draft({"s-two": ("energy", "Oil flows", "Mine.")})
    theirs = draft({"s-two": ("cyber", "Oil flows", "Two text.")})
    made = merged(mine, theirs)
    assert stories(made.text)["s-two"] == ("cyber", "Oil flows", "Mine.")
    assert made.conflicts == ()


def test_words_that_both_changed_stand_both_between_marks() -> None:
    mine = draft({"s-two": ("energy", "My heading", "My text.")})
    theirs = draft({"s-two": ("energy", "Their heading", "Their text.")})
    made = merged(mine, theirs)
    assert len(made.conflicts) == 2
    _, heading, body = stories(made.text)["s-two"]
    assert heading == "My heading"
    marks = ("heading proposed: Their heading", "yours", "proposed", "end")
    assert [mark for mark in marks if f"<!-- conflict: {mark} -->" in body] == list(marks)
    assert body.index("My text.") < body.index("Their text.")
    untouched = {key: value for key, value in stories(made.text).items() if key != "s-two"}
    assert untouched == {key: value for key, value in STORIES.items() if key != "s-two"}


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = draft({"s-two": ("energy", "New heading", "New text.")})
    made = merged(both, both)
    assert made.conflicts == ()
    assert made.text == both


def test_title_and_standfirst_follow_or_are_marked() -> None:
    theirs = draft(front=FRONT.replace("The port reopens", "Their title"))
    mine = draft({"s-two": None})
    assert issue_of(parse(merged(mine, theirs).text, path="d")).title == "Their title"
    own = draft(front=FRONT.replace("The port reopens", "My title"))
    made = merged(own, theirs)
    assert issue_of(parse(made.text, path="d")).title == "My title"
    assert made.conflicts == ("the title",)
    assert "<!-- conflict: title proposed: Their title -->" in made.text


def test_an_open_fence_of_a_person_cannot_swallow_what_comes_in() -> None:
    mine = draft({"s-four": ("cyber", "A hack is found", "```\nopen")})
    theirs = draft({"s-new": ("society", "A protest", "New text.")})
    told = stories(merged(mine, theirs).text)
    assert told["s-new"] == ("society", "A protest", "New text.")


def test_a_merge_with_its_own_result_changes_nothing() -> None:
    mine = draft({"s-two": ("energy", "Oil flows", "Mine."), "s-one": None})
    theirs = draft({"s-three": ("energy", "Gas flows", "New."), "s-four": None})
    once = merged(mine, theirs).text
    again = merged(once, theirs, base=theirs)
    assert again.text == once
    assert again.conflicts == ()
