"""A draft that a person edited is theirs: the next run keeps it and publishes it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

DAY = "2022-04-07"


def _built(letter: Any) -> Path:
    code, document, _ = letter.run("run", "--offline", "--as-of", DAY)
    assert code == 0
    return Path(document["draft"])


def _published(letter: Any) -> str:
    return (letter.folder / "output" / "issues" / DAY / "issue.md").read_text("utf-8")


def test_a_rewritten_moved_deleted_and_added_story_stay(sample: Any) -> None:
    draft = _built(sample)
    blocks = re.split(r"(?m)^(?=##)", draft.read_text("utf-8"))
    stories = [at for at, block in enumerate(blocks) if block.startswith("### ")]
    lede, moved, deleted = stories[0], stories[1], stories[-1]
    blocks[lede] = blocks[lede].rstrip() + "\n\nThe editor’s own last word.\n\n"
    blocks[moved], home = "", blocks[moved]
    energy = next(at for at, block in enumerate(blocks) if "<!-- energy -->" in block)
    blocks[energy] += home + "### A note by hand\n\nWritten by the editor.\n\n"
    gone, blocks[deleted] = _heading(blocks[deleted]), ""
    text = "".join(blocks)
    draft.write_text(text, "utf-8")

    code, document, _ = sample.run("run", "--offline", "--as-of", DAY)

    assert code == 0
    assert draft.read_text("utf-8") == text
    assert Path(document["proposal"]).exists()
    sections = json.loads((sample.folder / f"output/issues/{DAY}/issue.json").read_bytes())
    headings = {s["id"]: [t["heading"] for t in s["stories"]] for s in sections["sections"]}
    assert {_heading(home), "A note by hand"} <= set(headings["energy"])
    assert all(gone not in each for each in headings.values())
    assert "The editor’s own last word." in _published(sample)
    proposed = Path(document["proposal"]).read_text("utf-8")
    assert gone not in proposed


def _heading(block: str) -> str:
    return block.splitlines()[0].removeprefix("### ").partition(" <!--")[0]


def test_an_untouched_draft_is_made_anew_without_a_proposal(sample: Any) -> None:
    draft = _built(sample)
    before = draft.read_bytes()
    code, document, _ = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 0
    assert document["proposal"] is None
    assert draft.read_bytes() == before


def test_a_draft_that_cannot_be_read_is_named_with_its_line(sample: Any) -> None:
    draft = _built(sample)
    published = sample.files()
    draft.write_text(draft.read_text("utf-8").replace("date: 2022-04-07", "date: soon", 1), "utf-8")
    code, document, said = sample.run("publish", DAY)
    assert code == 1
    assert document["error"]["code"] == "draft"
    assert f"{DAY}.md:" in said
    assert sample.files()["output/index.html"] == published["output/index.html"]


def test_a_closed_issue_is_never_made_again(sample: Any) -> None:
    draft = _built(sample)
    code, document, _ = sample.run("publish", DAY, "--final")
    assert code == 0
    assert document["final"] is True
    before = sample.files()
    code, document, _ = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 0
    assert document["stories"] == 0
    assert sample.files() == before
    assert draft.exists()


def test_review_required_waits_and_publishes_nothing(sample: Any) -> None:
    text = sample.config.read_text("utf-8").replace("review: none", "review: required")
    sample.config.write_text(text, "utf-8")
    code, document, _ = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 3
    assert document["output"] is None
    assert (sample.folder / ".digest" / "preview" / DAY / "index.html").exists()
    assert not (sample.folder / "output").exists()
    code, _, _ = sample.run("publish", DAY)
    assert code == 0
    assert json.loads((sample.folder / f"output/issues/{DAY}/issue.json").read_bytes())


def test_a_dry_run_leaves_no_mark(sample: Any) -> None:
    before = sorted(p for p in sample.folder.rglob("*"))
    code, document, _ = sample.run("run", "--as-of", DAY, "--dry-run")
    assert code == 0
    assert document["stories"] >= 6
    assert sorted(p for p in sample.folder.rglob("*")) == before
