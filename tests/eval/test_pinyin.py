"""Pinyin of people: the name book's own, and hard names that no book holds."""

from __future__ import annotations

from pathlib import Path

from digest.data.names import load_names
from digest.text.pinyin import agreed_pinyin, name_pinyin, without_tones

FILE = Path(__file__).with_name("pinyin.txt")
LEAST = 150
UNSEEN = 0.97
# Read otherwise than the rules for given names would; each is known by the person.
BY_PERSON = {"ma-zhaoxu", "lan-foan", "le-yucheng", "zhang-gaoli"}


def test_the_book_reads_its_people_as_the_rules_do_or_the_rules_leave_it_to_the_book() -> None:
    people = [name for name in load_names() if name.kind == "person" and name.pinyin]
    wrong = [
        (name.id, name.pinyin, name_pinyin(name.hanzi or ""))
        for name in people
        if name.id not in BY_PERSON and name_pinyin(name.hanzi or "") not in (None, name.pinyin)
    ]
    assert len(people) >= LEAST
    assert wrong == []


def test_the_romanisation_of_the_book_is_its_pinyin_without_tones() -> None:
    assert [n.id for n in load_names() if n.pinyin and without_tones(n.pinyin) != n.name] == []


def test_of_hard_names_that_no_book_holds_97_in_100_are_read_and_none_in_doubt() -> None:
    rows = [line.split(" ", 1) for line in FILE.read_text(encoding="utf-8").splitlines()]
    read = {hanzi: name_pinyin(hanzi) for hanzi, _ in rows}
    held_back = [hanzi for hanzi, expected in rows if expected == "-" and read[hanzi] is not None]
    asked = [(hanzi, expected) for hanzi, expected in rows if expected != "-"]
    wrong = [(hanzi, read[hanzi]) for hanzi, expected in asked if read[hanzi] != expected]
    assert held_back == []
    assert len(asked) >= 60
    assert len(wrong) <= (1 - UNSEEN) * len(asked), wrong


def test_nobody_who_is_not_chinese_gets_tones() -> None:
    strangers = [
        (form, name.name)
        for name in load_names()
        if name.kind == "person" and not name.pinyin and name.country not in ("CN", "HK", "TW")
        for lang, form in name.forms
        if lang == "zh"
    ]
    assert len(strangers) >= LEAST
    assert [each for each in strangers if agreed_pinyin(*each) is not None] == []
