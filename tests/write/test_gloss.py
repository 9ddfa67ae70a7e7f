"""Names of Chinese people on first mention: where a gloss belongs, and where it does not."""

from __future__ import annotations

import pytest

from digest.text.mentions import NameFinder
from digest.write.gloss import gloss_text
from tests.shipped import shipped_finder


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return shipped_finder()


def test_the_first_mention_in_prose_is_glossed_once(finder: NameFinder) -> None:
    told = gloss_text("Xi Jinping spoke. Xi Jinping left.", finder)
    assert told == "Xí Jìnpíng 习近平 spoke. Xi Jinping left."
    assert gloss_text(told, finder) == told


@pytest.mark.parametrize(
    "markdown",
    [
        "“Xi Jinping spoke,” it said.",
        "> Xi Jinping spoke.",
        "#### Xi Jinping speaks",
        "[Xi Jinping](https://example.org)",
        "`Xi Jinping`",
        '<span lang="it">Xi Jinping ha parlato con Wang Yi.</span>',
        "<!-- e:Xi Jinping -->",
    ],
)
def test_other_peoples_words_and_labels_are_left_alone(finder: NameFinder, markdown: str) -> None:
    assert gloss_text(markdown, finder) == markdown


def test_a_name_that_is_not_chinese_gets_none(finder: NameFinder) -> None:
    text = "Vladimir Putin and Volodymyr Zelensky spoke."
    assert gloss_text(text, finder) == text
