from __future__ import annotations

import pytest

from digest.judge.duplicates import near, origins, wire_of
from digest.model import Entry
from tests.judge.builders import entry


@pytest.mark.parametrize(
    ("publisher", "text", "wire"),
    [
        ("Reuters", "Oil rose.", "Reuters"),
        ("Daily Star", "MOSCOW (Reuters) - Oil rose.", "Reuters"),
        ("Лента", "Нефть подорожала, передает ТАСС.", "TASS"),
        ("某报", "新华社莫斯科4月6日电 油价上涨。", "Xinhua"),
        ("The Hindu", "Oil rose, traders said.", None),
    ],
)
def test_a_wire_is_known_by_publisher_or_credit(publisher: str, text: str, wire: str) -> None:
    assert wire_of(entry("1", text=text, publisher=publisher)) == wire


def counted(*entries: Entry) -> int:
    return len(origins(entries))


def test_reprints_of_a_wire_are_one_origin() -> None:
    first = entry("1", text="Oil rose.", publisher="Reuters")
    second = entry("2", text="(Reuters) - Crude went up on Monday.", publisher="Daily Star")
    own = entry("3", text="Crude prices climbed, dealers say.", publisher="Gazette")
    assert counted(first, second, own) == 2
    assert [g[0].id for g in origins([own, first, second])] == ["3", "1"]


def test_one_address_or_nearly_one_text_is_one_origin() -> None:
    text = " ".join(f"word{i}" for i in range(40))
    first = entry("1", text=text, publisher="A", url="https://a.example/x")
    copy = entry("2", text=text + " more", publisher="B")
    moved = entry("3", text="other", publisher="C", url="https://a.example/x?utm_source=z")
    assert near(first, copy)
    assert not near(first, entry("4", text=text, lang="ru"))
    assert counted(first, copy, moved) == 1
