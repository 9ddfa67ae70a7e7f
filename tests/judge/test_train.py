"""Training: the same lines give the same bytes; what is evaluated on is never learned."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from digest.cli import run_command
from digest.data.training import Line, load_lines, read_training, written
from digest.data.weights import read_bytes
from digest.errors import UsageError
from digest.judge.embed import Embedder, load_embedder
from digest.judge.hygiene import overlaps, repeats, runs
from digest.judge.train import trained


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    found = load_embedder()
    if found is None:
        pytest.skip("no sentence encoder")
    return found


@pytest.fixture
def trainer() -> None:
    pytest.importorskip("sklearn", reason="only training needs scikit-learn")


@pytest.mark.slow
@pytest.mark.usefixtures("trainer")
def test_training_twice_gives_the_same_bytes(embedder: Embedder) -> None:
    lines = load_lines()[::12]
    first, again = trained(lines, embedder), trained(lines, embedder)
    assert first.content == again.content
    with np.load(BytesIO(first.content)) as arrays:
        assert arrays["full_vectors"].shape == (1024, 10)
        assert arrays["full_vectors"].dtype == np.float16


@pytest.mark.slow
@pytest.mark.usefixtures("trainer")
def test_the_shipped_weights_are_what_training_gives(embedder: Embedder) -> None:
    made, shipped = trained(load_lines(), embedder).content, read_bytes("weights.npz")
    if made != shipped:  # another kind of processor may round the last bit another way
        with np.load(BytesIO(made)) as mine, np.load(BytesIO(shipped)) as theirs:
            assert mine.keys() == theirs.keys()
            for name in mine:
                np.testing.assert_allclose(mine[name], theirs[name], rtol=2e-3, atol=1e-4)


def test_lines_come_back_as_they_were_written() -> None:
    lines = load_lines()
    assert read_training(written(lines), where="here") == lines
    batches = {line.batch for line in lines}
    assert batches == set(range(1, max(batches) + 1))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("[]", "no JSON object"),
        ('{"section": "energy", "lang": "en"}', "no title"),
        ('{"section": "sport", "lang": "en", "title": "A"}', "section must be"),
        ('{"section": "energy", "lang": "fr", "title": "A"}', "language must be"),
        ('{"section": "energy", "lang": "en", "title": 7}', "“title” is no text"),
        ('{"section": "energy", "lang": "en", "title": "A", "batch": true}', "whole number"),
        ('{"section": "energy", "lang": "en", "title": "A", "note": ""}', "unknown key “note”"),
    ],
)
def test_a_bad_line_is_named_with_its_place(row: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read_training(f"\n{row}\n", where="lines.jsonl")
    assert caught.value.where == "lines.jsonl:2"


def test_a_run_is_six_words_or_twelve_characters() -> None:
    assert list(runs("one two three four five")) == []
    assert len(list(runs("One, two three: four five six"))) == 1
    assert list(runs("中俄两国外长在北京会")) == []
    assert len(list(runs("中俄两国外长在北京会晤两"))) == 1
    assert len(list(runs("中俄外长在 oil and gas"))) == 0
    assert len(list(runs("中俄外长在北 oil and gas"))) == 1


def test_what_an_item_says_is_found_by_words_and_by_meaning() -> None:
    def axes(*places: int) -> np.ndarray:
        made = np.zeros((len(places), 2, 512), dtype=np.float32)
        for row, place in enumerate(places):
            made[row, :, place] = 1.0
        return made

    lines = ["Ships wait off the coast for days", "A wholly different matter", "Nothing alike"]
    items = ["Again: ships wait off the coast, for now", "Quite another"]
    found = overlaps(lines, items, axes(0, 1, 2), axes(3, 1))
    assert [(each.line, each.item) for each in found] == [(0, 0), (1, 1)]
    assert "ships wait off the coast for" in found[0].shared
    assert "meaning" in found[1].shared
    assert repeats(axes(0, 1, 0, 1, 2)) == (2, 3)


def test_the_command_refuses_lines_of_an_evaluation_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], embedder: Embedder
) -> None:
    kept, items, added = tmp_path / "data", tmp_path / "items", tmp_path / "added.jsonl"
    kept.mkdir()
    items.mkdir()
    (kept / "training.jsonl").write_text(written(load_lines()[::40]), "utf-8")
    item = {"id": "x", "title": "Harbour cranes idle as the tugboat crews of Port Example strike"}
    (items / "set.jsonl").write_text(json.dumps(item) + "\n", "utf-8")
    said = "Cranes idle as the tugboat crews of Port Example refuse to sail"
    added.write_text(written([Line(section="economy", lang="en", title=said)]), "utf-8")
    words = ["train", "--in", str(kept), "--add", str(added), "--against", str(items)]
    assert run_command(words) == 1
    out = capsys.readouterr().out
    assert said in out
    assert "set.jsonl:1" in out
    assert not (kept / "weights.npz").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("trainer")
def test_the_command_takes_lines_in_as_a_batch_and_drops_near_repeats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], embedder: Embedder
) -> None:
    lines, items, added = load_lines()[::40], tmp_path / "items", tmp_path / "added.jsonl"
    items.mkdir()
    (tmp_path / "training.jsonl").write_text(written(lines), "utf-8")
    fresh = Line(section="off-topic", lang="en", title="Ten ways to fold a napkin for guests")
    repeat = lines[0]
    added.write_text(written([fresh, repeat]), "utf-8")
    words = ["train", "--in", str(tmp_path), "--against", str(items)]
    assert run_command([*words, "--add", str(added), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["dropped"] == [repeat.title]
    held = read_training((tmp_path / "training.jsonl").read_text("utf-8"), where="held")
    assert held[-1].title == fresh.title
    assert held[-1].batch == max(line.batch for line in lines) + 1
    assert run_command([*words, "--check"]) == 0
    (tmp_path / "weights.npz").write_bytes(b"other")
    assert run_command([*words, "--check"]) == 1
    capsys.readouterr()
