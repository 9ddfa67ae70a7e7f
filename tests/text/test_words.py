from __future__ import annotations

import pytest

from digest.text.words import minhash, normal, sentence_case, shared_run, similarity, tokens

KEEP = frozenset(
    {"Xi", "Zelenskyy", "Putin", "Caspian Pipeline Consortium", "People's Daily", "iPhone"}
)
HEADLINES = [
    (
        "Caspian Pipeline Consortium Oil Flows Restart",
        "Caspian Pipeline Consortium oil flows restart",
    ),
    ("Xi, Zelenskyy Weigh Bilateral Phone Call", "Xi, Zelenskyy weigh bilateral phone call"),
    ("CHINA AND RUSSIA SIGN US GAS DEAL", "China and Russia sign US gas deal"),
    (
        "Why Beijing Won’t Tell Us: China’s Long Game",
        "Why Beijing won’t tell us: China’s long game",
    ),
    ("People’s Daily Amplifies Putin’s Claims", "People’s Daily amplifies Putin’s claims"),
    ("U.S. Sanctions China-Based Firms", "U.S. sanctions China-based firms"),
    ("Putin Says 'I Am Ready' for G7 Talks", "Putin says 'I am ready' for G7 talks"),
    ("iPhone Sales Fall in Russia in May", "iPhone sales fall in Russia in May"),
    ("Oil flows restart", "Oil flows restart"),
    ("Who is Li Hui?", "Who is Li Hui?"),
    ("Restart", "Restart"),
    ("", ""),
]


@pytest.mark.parametrize(("headline", "sentence"), HEADLINES)
def test_sentence_case(headline: str, sentence: str) -> None:
    assert sentence_case(headline, KEEP) == sentence
    assert sentence_case(sentence, KEEP) == sentence


def test_normal_form_folds_what_a_reader_does_not_see() -> None:
    assert normal("“Xi’s”\u00a0 G7—習近平 Ёлка…") == '"xi\'s" g7-习近平 елка...'


def test_tokens() -> None:
    assert tokens("Xi’s visit: 3 state-owned firms", "en") == (
        "xi's",
        "visit",
        "3",
        "state-owned",
        "firms",
    )
    assert tokens("Путин и Лавров", "ru") == ("путин", "и", "лавров")
    assert tokens("俄罗斯石油", "zh") == ("俄罗斯", "石油")
    assert tokens("met 习近平", "en") == ("met", "习", "近", "平")
    assert tokens(" … ", "en") == ()


def test_the_longest_shared_run_counts_words_or_chinese_characters() -> None:
    assert shared_run("The oil flows again today", "Traders say: the “oil” flows again!", "en") == 4
    assert shared_run("习近平访问俄罗斯莫斯科", "普京說習近平訪問俄羅斯", "zh") == 8
    assert shared_run("", "x", "en") == 0


def test_near_duplicates_are_near_and_others_far() -> None:
    text = (
        "Oil flows restart at the terminal after ten days of storm damage in the Black Sea port. "
        * 3
    )
    other = (
        "Trade in timber slows as banks in the north-east refuse payments from across the river. "
        * 3
    )
    assert similarity(minhash(text, "en"), minhash(text.upper(), "en")) == 1.0
    assert similarity(minhash(text, "en"), minhash(text + "A last word.", "en")) > 0.6
    assert similarity(minhash(text, "en"), minhash(other, "en")) < 0.1
    assert similarity(minhash("", "en"), minhash(text, "en")) == 0.0


def test_a_signature_is_the_same_in_every_process() -> None:
    assert minhash("oil flows again", "en")[:2] == (4140775371, 2533392229)
