"""Twenty corrections of a kind move what else is of that kind, and hardly anything else."""

from __future__ import annotations

import pytest

from digest.judge.embed import load_embedder
from tests.eval.kinds import Remembering, kinds, moved_by
from tests.shipped import shipped_finder

ASKED = ("grain", "students", "pandas", "space")
FLOOR = 0.8
MOST_CHANGED = 1
"""Of 200 entries of other kinds, on the mean."""


@pytest.mark.slow
def test_corrections_move_their_kind_and_leave_the_rest() -> None:
    encoder = load_embedder()
    if encoder is None:
        pytest.skip("no sentence encoder")
    embedder = Remembering(encoder)
    finder = shipped_finder()
    made = {}
    for kind in kinds():
        if kind.name in ASKED:
            corrections, held_out = kind.halves()
            made[kind.name] = moved_by(kind, corrections, held_out, finder, embedder)
    assert set(made) == set(ASKED)
    assert sum(m.moved for m in made.values()) >= FLOOR * sum(m.asked for m in made.values()), made
    assert {m.others for m in made.values()} == {200}
    assert sum(len(m.changed) for m in made.values()) <= MOST_CHANGED * len(made), made
