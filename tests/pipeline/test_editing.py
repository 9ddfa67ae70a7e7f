"""An editor's decisions by command, the pool beside the draft, and the merge of a proposal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

DAY = "2022-04-07"


def _built(letter: Any) -> Path:
    code, document, said = letter.run("run", "--offline", "--as-of", DAY)
    assert code == 0, said
    return Path(document["draft"])


def _stories(letter: Any) -> dict[str, str]:
    code, document, _ = letter.run("story", "list")
    assert code == 0
    return {each["id"]: each["section"] for each in document["stories"]}


def _touch(draft: Path) -> str:
    """The heading of the first story, after a person has changed its text."""
    text = draft.read_text("utf-8")
    heading = re.search(r"^### (.+?) <!--", text, re.MULTILINE)
    assert heading is not None
    at = text.index("\n", heading.end())
    draft.write_text(f"{text[:at]}\n\nThe editor’s own first word.{text[at:]}", "utf-8")
    return heading[1]


def test_a_dropped_story_leaves_the_draft_at_once_and_comes_back(sample: Any) -> None:
    draft = _built(sample)
    before = draft.read_bytes()
    gone = list(_stories(sample))[-1]
    code, document, _ = sample.run("story", "drop", gone[:6])
    assert (code, document["story"]) == (0, gone)
    assert gone not in _stories(sample)
    assert sample.run("story", "undo", gone)[0] == 0
    assert draft.read_bytes() == before


def test_a_story_is_moved_retitled_and_pinned(sample: Any) -> None:
    _built(sample)
    moved = next(key for key, section in _stories(sample).items() if section == "diplomacy")
    assert sample.run("story", "move", moved, "energy")[0] == 0
    assert _stories(sample)[moved] == "energy"
    assert sample.run("story", "retitle", moved, "Another heading by the editor")[0] == 0
    _, document, _ = sample.run("story", "list")
    headings = {each["id"]: each["heading"] for each in document["stories"]}
    assert headings[moved] == "Another heading by the editor"
    assert {each["action"] for each in document["decided"]} == {"move", "retitle"}
    code, _, _ = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 0
    assert _stories(sample)[moved] == "energy"


NOTE = "### The ferry *waits* for spring\n\nWritten by the editor, who saw it.\n"


def _written(letter: Any, name: str, text: str) -> str:
    path = letter.folder / name
    path.write_text(text, "utf-8")
    return str(path)


def test_a_rewrite_and_a_note_by_command_are_kept_when_the_draft_is_made_anew(sample: Any) -> None:
    draft = _built(sample)
    story = next(key for key, section in _stories(sample).items() if section == "energy")
    words = _written(sample, "words.md", "The editor’s own words.\n")
    note = _written(sample, "note.md", NOTE)
    assert sample.run("story", "rewrite", story, words)[0] == 0
    code, document, _ = sample.run("story", "note", "cyber", note)
    assert code == 0
    assert sample.run("story", "note", "cyber", note)[1]["story"] == document["story"]
    made = draft.read_text("utf-8")
    assert made.count("The editor’s own words.") == made.count("who saw it.") == 1
    assert _stories(sample)[document["story"]] == "cyber"

    draft.unlink()  # all of it is decided, none of it only typed
    assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
    assert draft.read_text("utf-8") == made
    assert sample.run("check", DAY)[1]["errors"] == 0

    assert sample.run("story", "move", document["story"], "energy")[0] == 0
    assert _stories(sample)[document["story"]] == "energy"
    assert sample.run("story", "undo", document["story"])[0] == 0
    assert sample.run("story", "undo", story)[0] == 0
    text = draft.read_text("utf-8")
    assert "who saw it" not in text
    assert "The editor’s own words." not in text


def test_what_was_decided_by_command_outlives_a_touch_a_run_and_a_merge(sample: Any) -> None:
    draft = _built(sample)
    story = next(key for key, section in _stories(sample).items() if section == "energy")
    words = _written(sample, "words.md", "The editor’s own words.\n")
    assert sample.run("story", "rewrite", story, words)[0] == 0
    assert sample.run("story", "retitle", story, "The editor’s own heading")[0] == 0
    assert sample.run("story", "note", "cyber", _written(sample, "note.md", NOTE))[0] == 0
    _touch(draft)
    for _ in range(2):
        before = draft.read_text("utf-8")
        assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
        assert sample.run("merge", DAY)[1]["taken"] == []
        assert draft.read_text("utf-8") == before
    for kept in ("own words.", "own heading", "who saw it.", "own first word."):
        assert before.count(kept) == 1


def test_in_a_touched_draft_a_rewrite_and_a_note_leave_every_other_line(sample: Any) -> None:
    draft = _built(sample)
    _touch(draft)
    before = draft.read_text("utf-8").splitlines()
    story = next(key for key, section in _stories(sample).items() if section == "cyber")
    words = _written(sample, "words.md", "The editor’s own words.\n")
    assert sample.run("story", "rewrite", story, words)[0] == 0
    code, document, _ = sample.run("story", "note", "society", _written(sample, "n.md", NOTE))
    assert code == 0
    after = draft.read_text("utf-8").splitlines()
    fresh = [line for line in after if line and line not in before]
    assert fresh == [
        "The editor’s own words.",
        "## Society <!-- society -->",
        f"### The ferry waits for spring <!-- {document['story']} -->",
        "Written by the editor, who saw it.",
    ]
    again = NOTE.replace("who saw it", "who heard it")
    assert sample.run("story", "note", "society", _written(sample, "n.md", again))[0] == 0
    text = draft.read_text("utf-8")
    assert "who saw it" not in text
    assert text.count("who heard it") == 1

    draft.unlink()  # what a person typed or told is read from the draft as it last stood
    assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
    assert "who heard it" in draft.read_text("utf-8")


def test_words_that_do_not_fit_are_refused(sample: Any) -> None:
    _built(sample)
    story = next(iter(_stories(sample)))
    for words in (
        ("story", "burn", story),
        ("story", "drop"),
        ("story", "move", story),
        ("story", "move", story, "gardening"),
        ("story", "pin", story, "twice"),
        ("story", "drop", "s-nobody"),
        ("story", "rewrite", story),
        ("story", "rewrite", story, str(sample.folder / "no-such.md")),
        ("story", "rewrite", story, _written(sample, "empty.md", "\n")),
        ("story", "note", "gardening", _written(sample, "note.md", NOTE)),
        ("story", "note", "cyber", _written(sample, "bare.md", "No heading.\n")),
        ("story", "note", "cyber", _written(sample, "headed.md", "### Only a heading\n")),
    ):
        assert sample.run(*words)[0] == 2, words


def test_in_a_touched_draft_only_the_one_story_changes(sample: Any) -> None:
    draft = _built(sample)
    _touch(draft)
    stories = _stories(sample)
    gone = list(stories)[-1]
    before = draft.read_text("utf-8")
    assert sample.run("story", "drop", gone)[0] == 0
    after = draft.read_text("utf-8")
    assert "The editor’s own first word." in after
    assert gone not in after
    assert before.startswith(after[: after.index("<!-- lede -->")])
    moved = next(key for key, section in stories.items() if section == "diplomacy")
    assert sample.run("story", "move", moved, "energy")[0] == 0
    assert _stories(sample) == {
        key: "energy" if key == moved else section
        for key, section in stories.items()
        if key != gone
    }


def test_a_drop_by_hand_holds_through_runs_and_merges(sample: Any) -> None:
    draft = _built(sample)
    _touch(draft)
    gone = list(_stories(sample))[-1]
    assert sample.run("story", "drop", gone)[0] == 0
    for _ in range(2):
        assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
        assert sample.run("merge", DAY)[0] == 0
        text = draft.read_text("utf-8")
        assert gone not in text
        assert "The editor’s own first word." in text


def test_the_pool_holds_stories_that_can_be_pasted(sample: Any) -> None:
    code, document, _ = sample.run("run", "--offline", "--as-of", "2023-04-27")
    assert code == 0
    draft = Path(document["draft"])
    pool = (draft.parent / "2023-04-27.pool.md").read_text("utf-8")
    stories = re.findall(r"(?ms)^### .+? <!-- (s-\w+) -->\n\n<!-- not used: (.+?) -->", pool)
    assert len(stories) >= 6
    assert not set(_stories(sample)) & {identity for identity, _ in stories}
    first = pool[pool.index("### ") :]
    pasted = first[: first.index("\n### ")]
    text = draft.read_text("utf-8")
    line = next(each for each in text.splitlines() if each.endswith("<!-- diplomacy -->"))
    draft.write_text(text.replace(line, f"{line}\n\n{pasted}", 1), "utf-8")
    document = sample.run("check")[1]
    assert document["errors"] == 0, document["findings"]
    assert sample.run("publish")[0] == 0
    page = (sample.folder / "output/issues/2023-04-27/issue.md").read_text("utf-8")
    assert "not used" not in page


def test_a_proposal_comes_into_a_touched_draft(sample: Any) -> None:
    draft = _built(sample)
    heading = _touch(draft)
    feed = sample.folder / "seeds"
    assert feed.is_dir()
    assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
    proposal = draft.parent / f"{DAY}.proposed.md"
    text = proposal.read_text("utf-8")
    # What a later run would find: a new story, and other words under the one that was touched.
    text += "\n## Society <!-- society -->\n\n### A protest in the port <!-- s-new -->\n\nMore.\n"
    proposal.write_text(text, "utf-8")
    code, document, _ = sample.run("merge")
    assert (code, document["conflicts"]) == (0, [])
    merged = draft.read_text("utf-8")
    assert "A protest in the port" in merged
    assert "The editor’s own first word." in merged
    assert heading in merged
    assert not proposal.exists()
    assert sample.run("merge")[1]["taken"] == []


def test_a_conflict_is_refused_by_the_gate_until_it_is_solved(sample: Any) -> None:
    draft = _built(sample)
    _touch(draft)
    assert sample.run("run", "--offline", "--as-of", DAY)[0] == 0
    proposal = draft.parent / f"{DAY}.proposed.md"
    text = proposal.read_text("utf-8")
    at = text.index("\n", text.index("### "))
    proposal.write_text(f"{text[:at]}\n\nOther words of the program.{text[at:]}", "utf-8")
    code, document, _ = sample.run("merge")
    assert code == 1
    assert len(document["conflicts"]) == 1
    _, found, _ = sample.run("check")
    assert "conflict" in {each["code"] for each in found["findings"]}
    assert sample.run("publish", DAY)[0] == 1
    marked = draft.read_text("utf-8")
    solved = re.sub(
        r"(?s)<!-- conflict: yours -->\n\n(.*?)<!-- conflict: proposed -->.*?"
        r"<!-- conflict: end -->\n",
        r"\1",
        marked,
    )
    draft.write_text(solved, "utf-8")
    assert sample.run("publish", DAY)[0] == 0


def test_without_a_proposal_there_is_nothing_to_merge(sample: Any) -> None:
    draft = _built(sample)
    before = draft.read_bytes()
    code, document, _ = sample.run("merge")
    assert (code, document["taken"]) == (0, [])
    assert draft.read_bytes() == before


def test_a_held_story_may_enter_the_next_issue(letter: Any) -> None:
    letter.configure("sources: [{name: Notes, path: notes/}]\n")
    notes = letter.folder / "notes"
    notes.mkdir()
    for number, (place, day) in enumerate((("Harbin", 9), ("Omsk", 10), ("Almaty", 11))):
        (notes / f"{number}.md").write_text(
            f"---\ntitle: Oil trains between Russia and China stop in {place}\n"
            f"date: 2026-03-{day:02d}\npublisher: Harbour News {number}\nparaphrase: true\n"
            f"url: https://example.org/{number}\n---\n"
            f"Oil trains between Russia and China stood still in {place} after a storm of "
            f"{number + 3} days. The railway said that it would take a week to clear the line.\n",
            "utf-8",
        )
    assert letter.run("run", "--offline", "--as-of", "2026-03-12")[0] == 0
    held = list(_stories(letter))
    assert held
    assert letter.run("story", "hold", held[-1])[0] == 0
    assert letter.run("publish", "2026-03-12", "--final", "--despite-errors")[0] == 0
    code, document, said = letter.run("draft", "--as-of", "2026-03-19")
    assert code == 0, said
    assert document["stories"] == 1
