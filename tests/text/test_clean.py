from __future__ import annotations

from pathlib import Path

import pytest
from ftfy.badness import is_bad
from hypothesis import given
from hypothesis import strategies as st

from digest.text.clean import clean_text, is_mojibake, without_chrome

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
PROSE = (
    "The pipeline carried oil again on Thursday, after ten days without a tanker at its berths. "
    "Its owners had said that repairs would last two months."
)
RUSSIAN = (
    "Трубопровод снова работает после десяти дней простоя, сообщили владельцы в четверг вечером."
)
CHINESE = (
    "里海管道在停运十天之后于星期四恢复输油，业主此前表示维修需要两个月时间，市场对此反应平静。"
)

DAMAGED = [
    ("you\ufffdre", "you’re"),
    ("China\ufffds role", "China’s role"),
    ("a \ufffddeaf dialog,\ufffd he said", "a “deaf dialog,” he said"),
    ("oil \ufffd and gas", "oil – and gas"),
    ("2021\ufffd2022", "2021–2022"),
    ("习近平\ufffd访问", "习近平访问"),
    ("MÃ¼nchen", "München"),
    ("itâ€™s here", "it’s here"),
    ("Россия и Китай".encode().decode("latin-1"), "Россия и Китай"),
    ("中国".encode().decode("latin-1"), "中国"),
    ("it\x92s", "it’s"),
    ("a\x00b\ud800c", "abc"),
    ("Xi\u0301", "Xí"),
    ("sa\u00adle\u200bs", "sales"),
    ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("\u202eevil\u202c", "evil"),
]

GONE = [
    "Advertisement",
    "No comments:",
    "Post a Comment",
    "3 comments",
    "Past reporting",
    "Related articles",
    "Subscribe to our newsletter",
    "Image courtesy of the Press Office",
    "A tanker at sea. Image courtesy of the Port Authority.",
    "Photo: Reuters",
    "Hello. It looks like you’re using an ad blocker that may break this site.",
    "Continue reading in today’s Morning Note.",
    "Google Ads 2",
    "Share this:",
    "© 2022 Example Media",
    "The post Oil flows appeared first on Example.",
    "Читайте также: Нефть дорожает",
    "Комментарии (12)",
    "Фото: РИА Новости",
    "Реклама",
    "Нашли ошибку? Выделите текст",
    "责任编辑：王某",
    "相关阅读",
    "图片来源：新华社",
    "【编辑:某某】",
    "扫描二维码关注我们",
    "版權聲明：本文",
    "Read more",
    "Read more »",
    "Continue reading →",
    "Subscribe now!",
    "Follow us on Telegram",
    "Join our WhatsApp channel",
    "See also: Oil prices rise",
    "Oil flows again (Photo: Example/Getty Images)",
    "Читать далее",
    "Подробнее »",
    "Читать полностью на сайте",
    "Подписаться на канал",
    "Присоединяйтесь к нашему каналу в Telegram",
    "Мы в Telegram: @example",
    "Следите за нашими новостями",
    "阅读更多",
    "阅读全文 >>",
    "【查看原文】",
    "欢迎关注我们的频道",
    "文章来源：某报",
]

TAILS = [
    "Read more",
    "Continue reading Oil flows again →",
    "Read the full story.",
    "The post Oil flows appeared first on Example.",
    "Subscribe to our newsletter",
    "Follow us on Telegram.",
    "© 2022 Example Media. All rights reserved.",
    "Читать далее",
    "Подробнее на сайте издания.",
    "Подписывайтесь на наш канал!",
    "Сообщение Нефть течёт появились сначала на Пример.",
    "阅读全文>>",
    "点击查看更多内容",
    "欢迎关注我们的公众号",
]

STAY = [
    "Comments by the minister on Thursday left the market calm.",
    "Photographs of the port show four tankers waiting.",
    "Related sanctions followed in May.",
    "Subscribe to the view that oil has no master, and you err.",
    "Реклама китайских автомобилей в Москве стала заметнее.",
    "相关部门表示将继续合作。",
    "Advertisement spending rose by a tenth.",
    "Our readers told us: “Read more books.”",
    "He said it twice. Read more of what they write, and you see that he is right about it.",
    "The court ruled on Monday. Copyright law is silent on the matter.",
    "Наш телеграм был вскрыт ночью. Дело передано в суд.",
    "Подробнее всего о переговорах рассказал министр.",
    "来源于里海的石油正在减少。",
    "阅读是一种习惯，专家说。",
]


@pytest.mark.parametrize(("damaged", "meant"), DAMAGED)
def test_damage_is_mended(damaged: str, meant: str) -> None:
    assert clean_text(damaged) == meant


@given(st.text())
def test_cleaning_leaves_nothing_unprintable_and_is_done_once(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\ufffd" not in cleaned
    assert "\x00" not in cleaned


@pytest.mark.parametrize("line", GONE)
@pytest.mark.parametrize("prose", [PROSE, RUSSIAN, CHINESE])
def test_a_line_of_the_site_goes_below_prose(line: str, prose: str) -> None:
    assert without_chrome(f"{prose}\n\n{line}") == prose


@pytest.mark.parametrize("line", GONE)
def test_a_line_of_the_site_above_the_text_takes_only_itself(line: str) -> None:
    assert without_chrome(f"{line}\n\n{PROSE}\n\n{RUSSIAN}") == f"{PROSE}\n\n{RUSSIAN}"


@pytest.mark.parametrize("line", STAY)
def test_prose_that_begins_like_a_notice_stays(line: str) -> None:
    text = f"{PROSE}\n\n{line}\n\n{RUSSIAN}"
    assert without_chrome(text) == text


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("prose", [PROSE, RUSSIAN, CHINESE])
def test_a_call_behind_the_last_sentence_goes(tail: str, prose: str) -> None:
    assert without_chrome(f"{prose} {tail}") == prose
    assert without_chrome(f"{prose}\n\n{prose} {tail}") == f"{prose}\n\n{prose}"[: len(prose)]


@pytest.mark.parametrize("line", STAY)
def test_a_last_sentence_that_is_no_call_stays(line: str) -> None:
    assert without_chrome(f"{PROSE} {line}") == f"{PROSE} {line}"


MARKS = "ВГРСвЂГўÃÂ «»“”„‘•АаÎÐ×²абвΒΓΞΟβ€™œ°йä中 \n.a"


@given(st.text(alphabet=MARKS) | st.text())
def test_mojibake_is_seen_where_ftfy_sees_it(text: str) -> None:
    assert is_mojibake(text) == is_bad(text)


@pytest.mark.parametrize("text", [PROSE, RUSSIAN, CHINESE, f"{PROSE} It’s “done” – §5, €7, naïve."])
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text
    assert without_chrome(text) == text


def test_everything_below_an_end_goes() -> None:
    assert without_chrome(f"{PROSE}\n\nPast reporting\n\n{PROSE} More.\n\n{RUSSIAN}") == PROSE


def test_a_pointer_in_the_middle_of_a_text_takes_only_itself() -> None:
    text = f"{PROSE}\n\nЧитайте также: Нефть\n\n{RUSSIAN}\n\n{CHINESE}"
    assert without_chrome(text) == f"{PROSE}\n\n{RUSSIAN}\n\n{CHINESE}"


def test_a_title_that_stands_twice_stands_once() -> None:
    assert without_chrome(f"Oil flows\n\nOil Flows\n\n{PROSE}") == f"Oil flows\n\n{PROSE}"


@given(st.text(alphabet="ab.\n ©", max_size=200))
def test_nothing_is_added(text: str) -> None:
    assert len(without_chrome(text)) <= len(text)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="no seed files here")
def test_the_seed_files_lose_their_sites() -> None:
    gone = (
        "ad blocker",
        "Subscribe to CDT",
        "Google Ads",
        "No comments",
        "Image courtesy",
        "Sensemaker",
    )
    gone += ("Past reporting", "Lantern", "Open popup", "non-profit media site", "\ufffd")
    kept = 0
    for path in sorted(SEEDS.glob("*.txt")):
        raw = path.read_text(encoding="utf-8", errors="replace")
        text = without_chrome(clean_text(raw))
        assert [word for word in gone if word in text] == []
        assert text.count("Beijing backchannel") <= 1
        assert len(text) > 0.89 * len(raw)
        kept += 1
    assert kept == 5
