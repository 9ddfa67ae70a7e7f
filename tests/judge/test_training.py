from __future__ import annotations

from collections import Counter

from digest.data.training import load_lines
from digest.data.weights import load_weights
from digest.judge.features import LABELS, NAMES
from digest.judge.grams import IDF_BUCKETS, gram_rows, grams


def test_every_label_has_lines_in_every_language() -> None:
    lines = load_lines()
    counts = Counter((line.section, line.lang) for line in lines)
    assert len(lines) >= 700
    assert {section for section, _ in counts} == set(LABELS)
    assert all(counts[section, lang] >= 20 for section in LABELS for lang in ("en", "ru", "zh"))
    assert len({(line.title, line.text) for line in lines}) == len(lines)


def test_the_weights_fit_the_columns() -> None:
    weights = load_weights()
    many = len(LABELS)
    assert weights["full_vectors"].shape == (1024, many)
    for kind in ("plain", "full"):
        assert weights[f"{kind}_words"].shape == (many, many)
        assert weights[f"{kind}_names"].shape == (len(NAMES), many)
        assert weights[f"{kind}_bias"].shape == (many,)
    assert weights["idf"].shape == (IDF_BUCKETS,)


def test_grams_drop_endings_and_pair_characters() -> None:
    assert grams("Трубопровода трубопроводу", "ru") == ["трубоп", "трубоп"]
    assert grams("俄羅斯 oil", "zh") == ["俄罗", "罗斯", "oil"]
    rows = gram_rows([("oil flows", "en"), ("oil flows", "en")], load_weights()["idf"])
    assert float(rows[0] @ rows[1]) > 0.999
