from __future__ import annotations

import json
from pathlib import Path

import pytest

from digest.text.chinese import form_of, simplified
from digest.text.language import language_of, script_of

HEADLINES = [
    json.loads(line)
    for line in Path(__file__).with_name("headlines.jsonl").read_text(encoding="utf-8").splitlines()
]
MAIN = ("en", "ru", "zh", "uk", "kk")


def test_of_the_five_main_languages_995_in_1000_headlines_are_told() -> None:
    asked = [line for line in HEADLINES if line["lang"] in MAIN]
    wrong = [line for line in asked if language_of(line["title"]) != line["lang"]]
    assert len(asked) >= 200
    assert len(wrong) <= 0.005 * len(asked), wrong


def test_other_languages_are_told_by_their_small_words() -> None:
    asked = [line for line in HEADLINES if line["lang"] not in MAIN]
    wrong = [line for line in asked if language_of(line["title"]) != line["lang"]]
    assert len(wrong) <= 0.05 * len(asked), wrong


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("", "und"),
        ("2022 — 15:30", "und"),
        ("https://example.org/novosti", "und"),
        ("Xí Jìnpíng 习近平 in Moscow", "en"),
        ("G7峰会", "zh"),
        ("華為 Mate 60 Pro", "zh"),
        ("東京で首脳会談", "ja"),
        ("푸틴 방북", "ko"),
        ("Пекин", "ru"),
        ("Србија и Кина потписале споразум о њиховој сарадњи", "sr"),
        ("Что такое «Қазақстан»? Рассказываем читателям о языке соседей и его буквах", "ru"),
    ],
)
def test_mixed_and_odd_texts(text: str, lang: str) -> None:
    assert language_of(text) == lang


def test_scripts() -> None:
    texts = ["Oil", "нефть", "石油", "で石油は", "123"]
    assert [script_of(text) for text in texts] == ["Latn", "Cyrl", "Hani", "Jpan", "Zyyy"]


def test_the_two_forms_of_chinese() -> None:
    assert [form_of(text) for text in ("俄罗斯", "俄羅斯", "北京")] == ["Hans", "Hant", ""]
    assert simplified("習近平訪問俄羅斯") == "习近平访问俄罗斯"
