"""Expressions of time in own sentences: each is found, and means what a reader takes it for."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text.datewords import find_dates

HERE = Path(__file__).parent
_BRACKETS = re.compile(r"\[([^\]]*)\]")
LEAST = 60


def cases(lang: str) -> list[tuple[date, str, list[str], list[str]]]:
    made = []
    for line in (HERE / f"dates-{lang}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        base, marked, meant = (part.strip() for part in line.split("|"))
        expressions = _BRACKETS.findall(marked)
        spans = [span.strip() for span in meant.split(",") if span.strip()]
        assert len(spans) == len(expressions), line
        sentence = marked.replace("[", "").replace("]", "")
        made.append((date.fromisoformat(base), sentence, expressions, spans))
    return made


ALL = [(lang, *case) for lang in ("en", "ru", "zh") for case in cases(lang)]


@pytest.mark.parametrize(("lang", "base", "sentence", "expressions", "spans"), ALL)
def test_what_a_sentence_says_of_time(
    lang: str, base: date, sentence: str, expressions: list[str], spans: list[str]
) -> None:
    found = find_dates(sentence, lang, base)
    assert [sentence[d.start : d.end] for d in found] == expressions
    said = [d.first.isoformat() + (f"..{d.last}" if d.last != d.first else "") for d in found]
    assert said == spans


def test_the_sets_are_large_enough_to_tell() -> None:
    assert all(len(cases(lang)) >= LEAST for lang in ("en", "ru", "zh"))


@given(
    base=st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    case=st.sampled_from([(lang, sentence) for lang, _, sentence, _, _ in ALL]),
)
def test_any_day_of_writing_gives_ordered_spans_in_order(base: date, case: tuple[str, str]) -> None:
    lang, sentence = case
    found = find_dates(sentence, lang, base)
    assert all(d.first <= d.last for d in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(
    base=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    day=st.integers(1, 28),
    month=st.sampled_from(["January", "March", "May", "July", "October", "December"]),
)
def test_what_has_happened_is_never_dated_ahead(base: date, day: int, month: str) -> None:
    (found,) = find_dates(f"They met on {day} {month}.", "en", base)
    assert base - timedelta(days=366) <= found.first <= base


@given(text=st.text(alphabet="上下本周一二三日月年前后0123456789今昨天个至第季 底", max_size=60))
def test_any_heap_of_chinese_words_is_read_without_error(text: str) -> None:
    find_dates(text, "zh", date(2024, 2, 29))


def test_other_languages_have_none() -> None:
    assert find_dates("am Mittwoch", "de", date(2023, 4, 26)) == ()


def test_a_chinese_text_takes_less_than_a_millisecond() -> None:
    text = (
        "新华社北京4月24日电 外交部发言人25日表示，双方上周五在莫斯科会谈，将于下月举行峰会。" * 4
    )
    rounds = 50
    find_dates(text, "zh", date(2023, 4, 26))
    before = process_time()
    for _ in range(rounds):
        find_dates(text, "zh", date(2023, 4, 26))
    assert (process_time() - before) / rounds < 0.003  # three times the bar: machines differ
