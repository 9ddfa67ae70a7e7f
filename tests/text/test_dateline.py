from __future__ import annotations

import pytest

from digest.model import Certainty
from digest.text.dateline import date_in_address, date_within


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Posted by A. N. on 5 May 2023, 14:30 | 12 comments", "2023-05-05T14:30"),
        ("May 5, 2023", "2023-05-05T00:00"),
        ("Updated: Friday, May 5th, 2023 at 2:30 pm", "2023-05-05T14:30"),
        ("Published 2023-05-05T14:30:00+03:00 in World", "2023-05-05T11:30"),
        ("News 2023/5/5", "2023-05-05T00:00"),
        ("5 мая 2023 г., 14:30 Экономика", "2023-05-05T14:30"),
        ("Опубликовано 05.05.2023 14:30", "2023-05-05T14:30"),
        ("14:30, 05.05.2023", "2023-05-05T14:30"),
        ("14:30 | 5 мая 2023", "2023-05-05T14:30"),
        ("5 травня 2023 року", "2023-05-05T00:00"),
        ("发布时间：2023-05-05 14:30", "2023-05-05T14:30"),
        ("来源：示例社 2023年5月5日 14:30", "2023-05-05T06:30"),
        ("2023 年 5 月 5 日", "2023-05-05T00:00"),
        ("（2023-05-05）", "2023-05-05T00:00"),
    ],
)
def test_a_date_is_found_among_words(text: str, expected: str) -> None:
    found = date_within(text)
    assert found is not None
    assert found[0].isoformat()[:16] == expected


@pytest.mark.parametrize(
    "text",
    ["", "Yesterday", "5 hours ago", "сегодня, 14:30", "昨天", "2023-13-45", "Call 2023-555-0101",
     "Issue 12.2023", "Version 1.2.2023.4", "May 2023"],
)  # fmt: skip
def test_no_date_is_made_of_what_is_none(text: str) -> None:
    assert date_within(text) is None


def test_only_the_beginning_of_a_long_text_is_searched() -> None:
    assert date_within("x " * 300 + "5 May 2023") is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/world/2023/05/04/talks-begin", "2023-05-04"),
        ("/2023/5/4/talks", "2023-05-04"),
        ("/news/2023-05-04-talks", "2023-05-04"),
        ("/zyxw/202305/t20230504_11070000.shtml", "2023-05-04"),
        ("/a/20230504/talks", "2023-05-04"),
    ],
)
def test_an_address_may_hold_a_day(path: str, expected: str) -> None:
    found = date_in_address(f"https://example.org{path}")
    assert found is not None
    assert found[0].date().isoformat() == expected
    assert found[1] is Certainty.DAY


@pytest.mark.parametrize(
    "path",
    ["/2023/05/", "/story-20230504123", "/2023/02/31/x", "/?d=2023/05/04", "/id/2056123", ""],
)
def test_other_digits_are_no_day(path: str) -> None:
    assert date_in_address(f"https://example.org{path}") is None
