from __future__ import annotations

import pytest

from digest.model import Name
from digest.text.inflect import inflected
from digest.text.mentions import NameFinder


def name(name_id: str, *forms: tuple[str, str]) -> Name:
    return Name(id=name_id, kind="person", name=forms[0][1], forms=forms)


FINDER = NameFinder(
    [
        name(
            "lavrov",
            ("en", "Sergei Lavrov"),
            ("en", "Lavrov"),
            ("ru", "Сергей Лавров"),
            ("ru", "Лавров"),
            ("zh", "拉夫罗夫"),
        ),
        name("us", ("en", "US"), ("en", "United States"), ("ru", "США"), ("zh", "美国")),
        name("russia", ("en", "Russia"), ("ru", "Россия"), ("zh", "俄罗斯")),
        name("xi", ("en", "Xi Jinping"), ("en", "Xi"), ("ru", "Си Цзиньпин"), ("zh", "习近平")),
        name("xian", ("en", "Xi'an"), ("zh", "西安")),
        name("gas", ("ru", "газопровод*"), ("en", "gas pipeline")),
        name("fm", ("en", "Foreign Ministry"), ("ru", "Захарова")),
        name("heilongjiang", ("ru", "Орёл")),
    ]
)
FOUND = [
    ("Lavrov told US, let us", [("lavrov", "Lavrov"), ("us", "US")]),
    ("LAVROV IN RUSSIA", [("lavrov", "LAVROV"), ("russia", "RUSSIA")]),
    ("Sergei Lavrov’s plane", [("lavrov", "Sergei Lavrov")]),
    ("the foreign ministry, Lavrovian", []),
    ("Xi’an, not Xi", [("xian", "Xi’an"), ("xi", "Xi")]),
    ("Xi Jin", [("xi", "Xi")]),
    (
        "Встреча Сергея Лаврова с Лавровым в России",
        [("lavrov", "Сергея Лаврова"), ("lavrov", "Лавровым"), ("russia", "России")],
    ),
    ("о Си Цзиньпине и США", [("xi", "Си Цзиньпине"), ("us", "США")]),
    ("газопроводами", [("gas", "газопроводами")]),
    ("Захаровой в Орле? В Орёл", [("fm", "Захаровой"), ("heilongjiang", "Орёл")]),
    ("俄外长拉夫罗夫访美国和西安", [("lavrov", "拉夫罗夫"), ("us", "美国"), ("xian", "西安")]),
    ("习近平Xi", [("xi", "习近平"), ("xi", "Xi")]),
    ("", []),
]


@pytest.mark.parametrize(("text", "found"), FOUND)
def test_names_are_found_as_whole_words_in_every_case(
    text: str, found: list[tuple[str, str]]
) -> None:
    mentions = FINDER.find(text)
    assert [(m.name_id, text[m.start : m.end]) for m in mentions] == found


def test_an_empty_name_book_finds_nothing() -> None:
    assert NameFinder([]).find("Lavrov") == ()


def test_positions_stay_right_where_small_letters_are_longer() -> None:
    text = "İİİ Lavrov"
    assert [text[m.start : m.end] for m in FINDER.find(text)] == ["Lavrov"]


def test_a_name_by_its_id() -> None:
    assert FINDER.name("xi").name == "Xi Jinping"
    with pytest.raises(KeyError):
        FINDER.name("nobody")


@pytest.mark.parametrize(
    ("form", "lang", "among"),
    [
        ("Владимир Путин", "ru", "Владимиром Путиным"),
        ("Дмитрий Медведев", "ru", "Дмитрия Медведева"),
        ("Мария Захарова", "ru", "Марии Захаровой"),
        ("Алексей Чепа", "ru", "Алексею Чепе"),
        ("Дмитрий Песков", "ru", "Дмитрием Песковым"),
        ("Владимир Зеленский", "ru", "Владимира Зеленского"),
        ("Россия", "ru", "Россией"),
        ("Пекин", "ru", "Пекине"),
        ("Москва", "ru", "Москвой"),
        ("Китай", "ru", "Китаем"),
        ("Володимир Зеленський", "uk", "Володимира Зеленського"),
        ("Дмитро Кулеба", "uk", "Кулебою"),
    ],
)
def test_cases(form: str, lang: str, among: str) -> None:
    assert any(found.endswith(among) for found in inflected(form, lang))


def test_what_does_not_decline_stays() -> None:
    assert inflected("Шойгу", "ru") == ("Шойгу",)
    assert inflected("США", "ru") == ("США",)
