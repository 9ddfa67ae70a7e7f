from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from digest.errors import NotFoundError
from digest.model import Entry, Judgement, Placement, Reason
from digest.store.entries import save_entries
from digest.store.judgements import (
    add_correction,
    corrections,
    judgements_for,
    save_judgements,
    save_vectors,
    undo_correction,
    vectors_for,
)

Build = Callable[..., Entry]
Scratch = Callable[[], AbstractContextManager[Connection]]

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
weights = st.floats(allow_nan=False)
placements = st.builds(
    Placement,
    section=words,
    score=weights,
    also=st.lists(words).map(tuple),
    reasons=st.lists(st.builds(Reason, feature=words, weight=weights)).map(tuple),
    decided_by=st.sampled_from(["model", "editor"]),
)


def judgement(entry: Entry, version: str = "1", section: str = "energy") -> Judgement:
    return Judgement(
        entry_id=entry.id,
        fingerprint=entry.fingerprint,
        version=version,
        lang="en",
        placement=Placement(section=section, score=0.5),
    )


@given(placement=placements, lang=words, names=st.lists(words).map(tuple))
def test_a_judgement_comes_back_as_it_was(
    scratch: Scratch, placement: Placement, lang: str, names: tuple[str, ...]
) -> None:
    now = datetime.fromisoformat("2026-01-01T00:00:00Z")
    entry = Entry(
        id="e1", source_id="s", url=None, publisher="P", title="", text="", lang="en",
        date=now, certainty="day", first_seen=now, fingerprint="f",
    )  # type: ignore[arg-type]  # fmt: skip
    judged = Judgement(
        entry_id="e1", fingerprint="f", version="7", lang=lang, placement=placement, names=names
    )
    with scratch() as c:
        save_entries(c, [entry], now=now)
        save_judgements(c, [judged])
        assert judgements_for(c, [entry], "7") == {"e1": judged}


def test_a_judgement_holds_for_its_revision_and_version_only(
    c: Connection, entry: Build, now: datetime
) -> None:
    first = entry()
    save_entries(c, [first], now=now)
    save_judgements(c, [judgement(first)])
    assert judgements_for(c, [first], "2") == {}
    assert judgements_for(c, [entry(fingerprint="other")], "1") == {}
    assert judgements_for(c, [entry("unknown"), first], "1") == {"e1": judgement(first)}


def test_judging_again_replaces(c: Connection, entry: Build, now: datetime) -> None:
    save_entries(c, [entry()], now=now)
    save_judgements(c, [judgement(entry())])
    save_judgements(c, [judgement(entry(), section="cyber")])
    assert judgements_for(c, [entry()], "1")["e1"].placement.section == "cyber"


def test_what_is_outdated_is_forgotten_and_other_sections_stay(
    c: Connection, entry: Build, now: datetime
) -> None:
    other = entry("e2")
    save_entries(c, [entry(), other], now=now)
    before = ("m_1-aa-1", "m_1-bb-1", "mx1-aa-1", "m_1-aa-2")
    for version in before:
        save_judgements(c, [judgement(entry(), version), judgement(other, version)])
    save_judgements(c, [judgement(entry(), "m_1-aa-3")])

    def held(one: Entry) -> list[str]:
        versions = (*before, "m_1-aa-3")
        return [version for version in versions if judgements_for(c, [one], version)]

    assert held(entry()) == ["m_1-aa-3"]
    assert held(other) == ["m_1-aa-2"]
    save_judgements(c, [judgement(other, "m_1-bb-1")])
    assert held(other) == ["m_1-bb-1", "m_1-aa-2"]
    save_entries(c, [entry(fingerprint="reworded")], now=now)
    save_judgements(c, [judgement(entry(fingerprint="reworded"), "m_1-aa-3")])
    assert held(entry()) == []


def test_judgements_of_many_entries_keep_their_order(
    c: Connection, entry: Build, now: datetime
) -> None:
    found = [entry(f"{number:05}") for number in range(1200, 0, -1)]
    save_entries(c, found, now=now)
    save_judgements(c, (judgement(each) for each in found))
    assert list(judgements_for(c, found, "1")) == [each.id for each in found]


@given(vectors=st.dictionaries(words, st.binary()))
def test_vectors_come_back_as_they_were(scratch: Scratch, vectors: dict[str, bytes]) -> None:
    with scratch() as c:
        save_vectors(c, vectors)
        save_vectors(c, vectors)
        assert vectors_for(c, [*vectors, "\0missing" * 9]) == vectors


def test_a_correction_taken_back_is_kept(c: Connection, now: datetime) -> None:
    first = add_correction(c, "letter", "e1", "energy", now=now)
    second = add_correction(c, "letter", "e1", "cyber", now=now)
    add_correction(c, "other", "e1", "society", now=now)
    assert undo_correction(c, "letter", first.id).undone
    assert undo_correction(c, "letter", first.id).undone
    assert [(each.id, each.undone) for each in corrections(c, "letter")] == [
        (first.id, True),
        (second.id, False),
    ]
    assert corrections(c, "letter")[1] == second


def test_another_newsletter_cannot_take_a_correction_back(c: Connection, now: datetime) -> None:
    made = add_correction(c, "letter", "e1", "energy", now=now)
    with pytest.raises(NotFoundError, match="no such correction"):
        undo_correction(c, "other", made.id)
