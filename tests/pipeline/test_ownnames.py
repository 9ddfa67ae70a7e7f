"""A newsletter's own names: found beside the shipped ones, refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.data.names import load_names
from digest.errors import ConfigError
from digest.model import Name
from digest.pipeline.ownnames import with_own
from digest.text.mentions import NameFinder

XI = Name(
    id="xi-jinping",
    kind="person",
    name="Xi Jinping",
    forms=(("en", "Xi Jinping"),),
    short="Xi",
)
OWN = """\
people:
  - {name: Anna Example, ru: [Анна Пример], role: chair of the club, country: DE}
  - {id: xi-jinping, name: Xi Jinping, en: [Chairman X]}
organisations:
  - {name: Harbour Club, zh: [港口俱乐部], only: {any: ['boat*', 码头]}}
places:
"""


def found(names: tuple[Name, ...], text: str) -> list[str]:
    return [mention.name_id for mention in NameFinder(names).find(text)]


def test_without_a_file_the_shipped_book_stands(tmp_path: Path) -> None:
    assert with_own((XI,), tmp_path) == (XI,)


def test_own_names_are_found_in_every_case_beside_the_shipped(tmp_path: Path) -> None:
    (tmp_path / "names.yaml").write_text(OWN, encoding="utf-8")
    names = with_own((XI,), tmp_path)
    assert found(names, "о Анне Примере и Xi Jinping") == ["anna-example", "xi-jinping"]
    assert found(names, "Chairman X at the Harbour Club among boats") == [
        "xi-jinping",
        "harbour-club",
    ]
    assert found(names, "The Harbour Club; 碼頭邊的港口俱樂部") == ["harbour-club", "harbour-club"]
    assert found(names, "The Harbour Club") == []
    assert next(n for n in names if n.id == "xi-jinping").short == "Xi"


def test_a_form_of_an_own_name_is_taken_from_the_shipped_one(tmp_path: Path) -> None:
    own = "places:\n  - {id: our-moscow, name: Moscow, role: town in Idaho, country: US}\n"
    (tmp_path / "names.yaml").write_text(own, encoding="utf-8")
    assert found(with_own(load_names(), tmp_path), "in Moscow") == ["our-moscow"]


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("people: [Anna]\n", "names.yaml:1", "write a name as"),
        ("people:\n  - {ru: [Анна]}\n", "names.yaml:2", "the name is missing"),
        ("people:\n\n  - name: Anna\n    ru: Анна\n", "names.yaml:4", "list of spellings"),
        ("folk:\n  - {name: Anna}\n", "names.yaml:1", "no group of names"),
        ("people:\n  - {name: Anna, colour: red}\n", "names.yaml:2", "no part of a name"),
        ("people:\n  - {name: Li An, pinyin: Lǐ Ān}\n", "names.yaml:2", "pinyin needs"),
        ("people:\n  - {name: Anna, only: [x]}\n", "names.yaml:2", "only must be written as"),
        ("people:\n  - {name: 7}\n", "names.yaml:2", "name must be a text"),
        ("people: {name: Anna}\n", "names.yaml:1", "as a list"),
        ("- Anna\n", "names.yaml:1", "groups of names"),
        ("people: [\n", "names.yaml:2", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str, where: str, words: str
) -> None:
    (tmp_path / "names.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        with_own((XI,), tmp_path)
    assert any(p.where == where and words in p.message for p in caught.value.problems), str(
        caught.value
    )


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "names.yaml").write_bytes(b"\xff\xfe\x00people")
    with pytest.raises(ConfigError, match="cannot be read"):
        with_own((XI,), tmp_path)


def test_a_chinese_name_gets_its_tones_where_name_and_characters_agree(tmp_path: Path) -> None:
    own = "people:\n  - {name: Zhao Anran, zh: [赵安然]}\n  - {name: Anna Zhao, zh: [赵安娜]}\n"
    (tmp_path / "names.yaml").write_text(own, encoding="utf-8")
    names = with_own((), tmp_path)
    assert [(n.pinyin, n.hanzi) for n in names] == [("Zhào Ānrán", "赵安然"), (None, None)]
