from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.sentences import sentences

ENGLISH = [
    "Mr. Xi called at 10 a.m. Beijing time.|Nobody answered.",
    "They met at 3 p.m. on Thursday.|It was short.",
    "The call began at 9 a.m. Moscow fell silent.".replace(". Moscow", ".|Moscow"),
    "U.S. officials left.|They had no plans.",
    "He lives in the U.S. The talks went on.".replace("S. The", "S.|The"),
    "The U.S. Treasury warned banks.|None replied.",
    "J. D. Vance spoke to Pavel K. Baev.|Both agreed.",
    "Dr. Li of St. Petersburg and Gen. Wei met.|They shook hands.",
    "“We agree,” he said.|“We do not,” she said.",
    "“We agree.”|He left.",
    "“Is it true?” he asked.|It was.",
    "“One thing. And another,” she said.|He nodded.",
    "(He left early.)|“Stop!” she cried.",
    "The price rose 3.5 percent.|The index fell.",
    "No. 5 came first.|No. 6 did not.",
    "It is over…|Then it began again.",
    "Really?!|Yes.",
    "Coal, oil, etc. were sold.|Gas was not.",
    "The deal (see e.g. the annex) is done.|Nobody signed.",
    "Joe R. Biden Jr. spoke in Jan. 2022.|He was brief.",
    "The E.U. and U.S. Congress agreed.|So did Japan.",
    "“It is hard … to say,” he added.|Nobody asked.",
]
RUSSIAN = [
    "В 2022 г. Путин приехал в Пекин.|Его встретили.",
    "В. В. Путин и С. В. Лавров вышли.|Зал молчал.",
    "«Что это?» — спросил он.|Никто не ответил.",
    "Путин заявил: «Мы готовы».|Он уехал.",
    "Нефть, газ и т. д. подорожали.|Уголь нет.",
    "Это стоит 5 млрд руб. в год.|Денег нет.",
    "Так ли это?!|Нет.",
    "Им. А. С. Пушкина улица закрыта.|Объезд справа.",
]
CHINESE = [
    "“我们同意。”毛宁说。|会议结束。",
    "毛宁表示：“中方反对。我们呼吁停火。”|俄方没有回应。",
    "真的吗？！|是的。",
    "是的……|然后呢？",
    "他问：“真的吗？”|然后离开。",
    "《人民日报》刊文。|文章很长。",
    "「我們同意。」毛寧說。|會議結束。",
    "价格上涨3.5%。|市场平静。",
    "（新华社记者摄。）|图为港口。",
    "他说“好”。|她没有说话。",
    "“我们同意，”王毅说，“但需要时间。”|双方握手。",
]
CASES = [
    (lang, case)
    for lang, cases in (("en", ENGLISH), ("ru", RUSSIAN), ("zh", CHINESE))
    for case in cases
]


@pytest.mark.parametrize(("lang", "case"), CASES)
def test_sentences_end_where_a_reader_says(lang: str, case: str) -> None:
    expected = tuple(case.split("|"))
    assert sentences(("" if lang == "zh" else " ").join(expected), lang) == expected


@pytest.mark.parametrize("lang", ["en", "de", "und", "ru", "zh"])
@given(text=st.text(alphabet="Ab.。!?“” \n…U1中说", max_size=80))
def test_nothing_is_lost_and_nothing_added(lang: str, text: str) -> None:
    assert "".join("".join(sentences(text, lang)).split()) == "".join(text.split())


def test_a_paragraph_and_a_bullet_end_a_sentence() -> None:
    text = "Oil flows\n\nThe port\nopened\n• One\n• Two"
    assert sentences(text, "en") == ("Oil flows", "The port opened", "• One", "• Two")


@pytest.mark.parametrize("lang", ["en", "ru", "zh"])
def test_open_quotes_without_end_are_no_trouble(lang: str) -> None:
    text = "“a. " * 1000
    assert " ".join(" ".join(sentences(text, lang)).split()) == text.strip()
