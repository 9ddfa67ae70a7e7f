"""The editor teaches the sections: stored, listed, taken back, and kept by the next run."""

from __future__ import annotations

from typing import Any

import pytest

SOURCES = "sources:\n  - {name: Notes, path: notes/}\n"


@pytest.fixture
def taught(letter: Any) -> Any:
    letter.configure(SOURCES)
    (letter.folder / "notes").mkdir()
    return letter


def added(letter: Any, note: str) -> str:
    code, document, said = letter.run("add", "--note", note)
    assert code == 0, said
    return str(document["entries"][0]["id"])


def placement(letter: Any, entry: str) -> dict[str, Any]:
    code, document, said = letter.run("why", entry)
    assert code == 0, said
    found: dict[str, Any] = document["placement"]
    return found


def test_a_correction_holds_is_listed_and_can_be_taken_back(taught: Any) -> None:
    gas = added(taught, "Gas flows through the pipeline rise")
    oil = added(taught, "Oil prices fall after a meeting of producers")
    before = placement(taught, gas), placement(taught, oil)
    assert before[0]["section"] == before[1]["section"] == "energy"
    code, document, _ = taught.run("teach", gas[:8], "society")
    assert (code, document["correction"], document["entry"]) == (0, 1, gas)
    after = placement(taught, gas)
    assert (after["section"], after["decided_by"]) == ("society", "editor")
    assert "you moved it here" in {reason["feature"] for reason in after["reasons"]}
    assert placement(taught, oil)["section"] == "energy"
    code, listed, _ = taught.run("teach", "--list")
    assert [each["section"] for each in listed] == ["society"]
    code, undone, _ = taught.run("teach", "--undo", "1")
    assert (code, undone["undone"]) == (0, True)
    assert taught.run("teach", "--list")[1] == []
    assert (placement(taught, gas), placement(taught, oil)) == before


def test_the_newest_correction_of_an_entry_counts(taught: Any) -> None:
    gas = added(taught, "Gas flows through the pipeline rise")
    for section in ("society", "off-topic"):
        assert taught.run("teach", gas, section)[0] == 0
    assert placement(taught, gas)["section"] == "off-topic"
    assert taught.run("teach", "--undo", "2")[0] == 0
    assert placement(taught, gas)["section"] == "society"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("teach",), "give an ENTRY and a SECTION"),
        (("teach", "abc"), "give an ENTRY and a SECTION"),
        (("teach", "abc", "energy", "--list"), "give an ENTRY and a SECTION"),
        (("teach", "abc", "sport"), "no section 'sport'; known: diplomacy"),
        (("teach", "abc", "energy"), "no entry has that id"),
        (("teach", "--undo", "7"), "no such correction"),
    ],
)
def test_what_cannot_be_taught_is_said_in_a_sentence(
    taught: Any, words: tuple[str, ...], said: str
) -> None:
    code, _, error = taught.run(*words)
    assert code == 2
    assert said in error


def test_reasons_sum_to_the_score_that_is_shown(taught: Any) -> None:
    gas = added(taught, "Gas flows through the pipeline rise")
    found = placement(taught, gas)
    total = sum(reason["weight"] for reason in found["reasons"])
    assert total == pytest.approx(found["raw"], abs=0.01)
