from __future__ import annotations

import unicodedata
from collections import defaultdict

from pypinyin import Style, pinyin

from digest.data.names import declined, load_names
from tests.shipped import shipped_finder

# Characters whose reading in this name is not the one pypinyin takes; each is known by the person.
EXCEPTIONS = {
    "ren-zhengfei",  # 任 as a surname is Rén
    "ren-guoqiang",
    "le-yucheng",  # 乐 as a surname is Lè or Yuè
    "peng-liyuan",  # 媛 is yuán in a name
    "ma-zhaoxu",  # 朝 zhāo
    "zhai-jun",  # 翟 Zhái, 隽 jùn
    "bo-xilai",  # 薄 Bó
    "lan-foan",  # 佛 fó
    "hua-chunying",  # 华 as a surname is Huà
    "zhang-weiwei",  # 为 wéi
    "xie-xiaoyan",  # 解 as a surname is Xiè
    "xiao-qian",  # 肖 as a surname is Xiāo
    "zeng-qinghong",  # 曾 as a surname is Zēng
    "hua-guofeng",  # 华 as a surname is Huà
    "liu-shaoqi",  # 少 shào
    "zhang-gaoli",  # 高丽 is no Korea here
}


TONES = {"\u0300", "\u0301", "\u0304", "\u030c"}


def toneless(pinyin_: str) -> str:
    letters = unicodedata.normalize("NFD", pinyin_)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in TONES))


def test_the_book_covers_the_field() -> None:
    names = load_names()
    by_kind: dict[str, int] = defaultdict(int)
    for name in names:
        by_kind[name.kind] += 1
    assert by_kind["person"] >= 1350
    assert by_kind["organisation"] >= 800
    assert by_kind["place"] >= 700
    assert by_kind["thing"] >= 300
    assert len({name.id for name in names}) == len(names)


def test_no_alias_is_claimed_by_two_names_without_a_rule() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for name in load_names():
        ruled = {rule.form for rule in name.rules if rule.only}
        for _, form in name.forms:
            if form not in ruled:
                owners[form.casefold()].add(name.id)
    assert {form: ids for form, ids in owners.items() if len(ids) > 1} == {}


def test_a_rule_is_about_a_form_of_its_name_and_asks_for_something() -> None:
    for name in load_names():
        forms = {form for _, form in name.forms}
        for rule in name.rules:
            assert not rule.form or rule.form in forms, (name.id, rule.form)
            assert rule.only or rule.unless, name.id
            assert all(word.strip("* ") for word in (*rule.only, *rule.unless)), name.id


def test_no_chinese_form_is_so_short_that_it_stands_in_any_text() -> None:
    short = [(n.id, form) for n in load_names() for lang, form in n.forms if len(form) < 2]
    assert short == []


def test_pinyin_agrees_with_the_characters_and_the_romanisation() -> None:
    for name in load_names():
        if name.pinyin is None:
            continue
        assert name.hanzi is not None
        letters = name.pinyin.lower().replace(" ", "").replace("'", "")
        assert toneless(name.pinyin) == name.name
        if name.id not in EXCEPTIONS:
            read = "".join(s[0] for s in pinyin(name.hanzi, style=Style.TONE))
            assert letters == read, name.id


def test_a_phrase_declines_in_agreement() -> None:
    forms = declined("Министерство~ иностранных дел")
    assert forms[0] == "Министерство иностранных дел"
    assert {"Министерства иностранных дел", "Министерством иностранных дел"} <= set(forms)
    assert declined("Токаев~") == ("Токаев",)


def test_names_are_found_in_three_languages() -> None:
    finder = shipped_finder()

    def ids(text: str) -> set[str]:
        return {mention.name_id for mention in finder.find(text)}

    assert ids("Toqaev hosts Wang Yi near Xi'an") == {"kassym-jomart-tokayev", "wang-yi", "xian"}
    assert ids("у Си Цзиньпина и Токаева") == {"xi-jinping", "kassym-jomart-tokayev"}
    assert ids("習近平與托卡葉夫") == {"xi-jinping", "kassym-jomart-tokayev"}
