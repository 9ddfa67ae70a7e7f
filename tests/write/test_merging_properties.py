"""A merge of any three drafts: an editor's words stay, the program's come in, conflicts show."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.write.draftfile import parse
from digest.write.merging import Merged, merge
from tests.write.test_merging import FRONT, STORIES, TITLES, stories

# What a person may type into a body; {} is the word that has to be found again.
TYPED = (
    "{}",
    "One.\n\n{} and more.",
    "- {}\n- two",
    "```\n{}",
    "> {}\n>\n> more",
    "#### {}\n\nBelow.",
    "{} <!-- e:ab12 -->",
    "<div>\n{}",
    "{}\\",
    "| {} | b |\n| --- | --- |\n| c | d |",
    "    {}",
    "  {}  ",
)


@dataclass(frozen=True)
class Side:
    """One side's draft: stories by id with place, heading and body; texts above and between."""

    stories: dict[str, tuple[str, str, str]]
    introduction: str = ""
    intro: str = ""
    title: str = "The port reopens"

    def text(self) -> str:
        """The draft as a file."""
        text = FRONT.replace('"The port reopens"', f'"{self.title}"')
        text += f"\n{self.introduction}\n" if self.introduction else ""
        for section, title in TITLES.items():
            held = {key: told for key, told in self.stories.items() if told[0] == section}
            intro = f"\n{self.intro}\n" if self.intro and section == "energy" else ""
            if held or intro:
                text += f"\n## {title} <!-- {section} -->\n{intro}"
            for key, (_, heading, body) in held.items():
                text += f"\n### {heading} <!-- {key} -->\n\n{body}\n"
        return text

    def words(self, mark: str) -> set[str]:
        """The words that only this side has typed."""
        return {each for each in self.text().replace('"', " ").split() if each.startswith(mark)}


BASE = Side(dict(STORIES))


@st.composite
def sides(draw: st.DrawFn, mark: str) -> Side:
    """A draft in which any story went, moved or got other words, and others came."""
    told: dict[str, tuple[str, str, str]] = {}
    for number, (key, (section, heading, body)) in enumerate(STORIES.items()):
        change = draw(st.sampled_from(["", "", "drop", "move", "heading", "body", "both"]))
        if change == "drop":
            continue
        if change == "move":
            section = draw(st.sampled_from(list(TITLES)))  # noqa: PLW2901 - the place it went to
        if change in ("heading", "both"):
            heading = f"Heading {mark}h{number} new"  # noqa: PLW2901
        if change in ("body", "both"):
            body = draw(st.sampled_from(TYPED)).format(f"{mark}b{number}")  # noqa: PLW2901
        told[key] = (section, heading, body)
    for number in range(draw(st.integers(0, 2))):
        body = draw(st.sampled_from(TYPED)).format(f"{mark}n{number}")
        told[f"s-{mark}{number}"] = (draw(st.sampled_from(list(TITLES))), f"Own {number}", body)
    texts = st.sampled_from(["", "", f"{mark}i typed."])
    title = draw(st.sampled_from([BASE.title, f"{mark}t"]))
    return Side(told, introduction=draw(texts), intro=draw(texts), title=title)


def merged(base: str, mine: str, theirs: str) -> Merged:
    return merge(*(parse(text, path="d") for text in (base, mine, theirs)))


@settings(max_examples=40)
@given(sides("mine"), sides("theirs"))
def test_an_editors_words_stay_and_the_program_has_what_nobody_touched(
    mine: Side, theirs: Side
) -> None:
    made = merged(BASE.text(), mine.text(), theirs.text())
    told, own, new = (stories(text) for text in (made.text, mine.text(), theirs.text()))
    for word in mine.words("mine"):
        assert word in made.text
    for key in own.keys() | new.keys() | STORIES.keys():
        was = STORIES.get(key)
        if own.get(key) == was:
            assert told.get(key) == new.get(key), "what nobody touched follows the program"
        elif key in own:
            assert key in told, "what an editor touched stays"
            if new.get(key) in (None, was):
                assert told[key] == own[key]
        else:
            assert key not in told, "what an editor dropped stays out"
    assert bool(made.conflicts) == ("<!-- conflict:" in made.text)
    for key, (_, _, body) in told.items():
        if body.startswith("<!-- conflict: yours -->"):
            yours, proposed = body.split("<!-- conflict: proposed -->")
            assert own[key][2] in yours
            assert new[key][2] in proposed
            assert proposed.endswith("<!-- conflict: end -->")
    again = merged(theirs.text(), made.text, theirs.text())
    assert (again.text, again.taken, again.conflicts) == (made.text, (), ())
    if not made.conflicts:  # the same proposal with the old base, as after a crash
        assert merged(BASE.text(), made.text, theirs.text()).text == made.text


@settings(max_examples=40)
@given(sides("mine"))
def test_a_proposal_that_says_nothing_new_changes_no_byte(mine: Side) -> None:
    for text in (mine.text(), mine.text().replace("\n", "\r\n")):
        made = merged(BASE.text(), text, BASE.text())
        assert (made.text, made.taken, made.conflicts) == (text, (), ())
