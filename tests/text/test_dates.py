from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Certainty
from digest.text.dates import day_text, parse_date

DAYS = [
    ("2023-04-26", "2023-04-26"),
    ("2022/04/07", "2022-04-07"),
    ("20220407", "2022-04-07"),
    ("24 May 2022", "2022-05-24"),
    ("6th of April, 2022", "2022-04-06"),
    ("April 6, 2022", "2022-04-06"),
    ("Thur, 01 Sept 2022", "2022-09-01"),
    ("26 апреля 2023", "2023-04-26"),
    ("1 мая 2022 г.", "2022-05-01"),
    ("6 апреля 2022 года", "2022-04-06"),
    ("06.04.2022", "2022-04-06"),
    ("06.04.22", "2022-04-06"),
    ("7 квітня 2022", "2022-04-07"),
    ("2023年4月26日", "2023-04-26"),
    ("2023年04月26号（星期三）", "2023-04-26"),
    ("二〇二二年四月七日", "2022-04-07"),
    ("二〇二二年十二月三十一日", "2022-12-31"),
    ("12 février 2022", "2022-02-12"),
    ("2022-W14-4", "2022-04-07"),
    ("2022-097", "2022-04-07"),
    ("7 四月 2022", "2022-04-07"),
    ("２０２２年４月７日", "2022-04-07"),
    ("2022年4月7日(木)", "2022-04-07"),
    ("2022년 4월 7일", "2022-04-07"),
    ("Published: 7 Apr 2022", "2022-04-07"),
    ("Дата: 7 апреля 2022", "2022-04-07"),
]
TIMES = [
    ("Wed, 26 Apr 2023 10:00:00 GMT", "2023-04-26T10:00:00"),
    ("Wed, 26 Apr 2023 10:00:00 +0300", "2023-04-26T07:00:00"),
    ("Wed, 26 Apr 2023 10:00:00 +0300 (MSK)", "2023-04-26T07:00:00"),
    ("Wed, 26 Apr 2023 10:00:00 MSK", "2023-04-26T07:00:00"),
    ("Wed, 26 Apr 23 10:00 EST", "2023-04-26T15:00:00"),
    ("Thur, 01 Sept 2022 10:00", "2022-09-01T10:00:00"),
    ("Wrongday, 1 September 2022 10:00:00 UT", "2022-09-01T10:00:00"),
    ("7-Apr-2022 10:00", "2022-04-07T10:00:00"),
    ("Do, 07 Apr 2022 10:00:00 +0200", "2022-04-07T08:00:00"),
    ("Thu Apr  7 10:11:12 UTC 2022", "2022-04-07T10:11:12"),
    ("Thu, 7 Apr 2022 18:30:60 GMT", "2022-04-07T18:30:59"),
    ("Mon, 4 Apr 2022 24:00:00 GMT", "2022-04-05T00:00:00"),
    ("2022-04-07T10:00Z", "2022-04-07T10:00:00"),
    ("2022-04-07T10:00:00.123Z  ", "2022-04-07T10:00:00"),
    ("2022-04-07 10:00:00 +03:00", "2022-04-07T07:00:00"),
    ("2022-04-07T10:00:00-0530", "2022-04-07T15:30:00"),
    ("20220407T101112Z", "2022-04-07T10:11:12"),
    ("Apr 6, 2022 5:30 PM EDT", "2022-04-06T21:30:00"),
    ("April 6, 2022 at 12:30 a.m.", "2022-04-06T00:30:00"),
    ("6 апреля 2022 г. 10:30", "2022-04-06T10:30:00"),
    ("6 апреля 2022 года, 12:30 МСК", "2022-04-06T09:30:00"),
    ("06.04.2022 12:30", "2022-04-06T12:30:00"),
    ("2022年4月7日 18:30", "2022-04-07T10:30:00"),
    ("Thu, 7 Apr 2022 10:00:00 GMT", "2022-04-07T10:00:00"),
    ("Fri, 07 Apr 2022 10:00:00 +0000", "2022-04-07T10:00:00"),
    ("Thu, 07 Apr 2022 10:00:00 CST", "2022-04-07T16:00:00"),
    ("Thu, 07 Apr 2022 10:00:00 Etc/GMT", "2022-04-07T10:00:00"),
    ("Thu, 07 Apr 2022 10:00:00 Europe/Moscow", "2022-04-07T07:00:00"),
    ("Thu, 07 Apr 2022 10:00:00 GMT+3", "2022-04-07T07:00:00"),
    ("Thu, 07 Apr 2022 10.11.12 +0300", "2022-04-07T07:11:12"),
    ("Thu Apr 07 2022 10:00:00 GMT+0300 (Moscow Standard Time)", "2022-04-07T07:00:00"),
    ("Чт, 07 Апр 2022 10:00:00 +0300", "2022-04-07T07:00:00"),
    ("周四, 07 4月 2022 10:00:00 +0800", "2022-04-07T02:00:00"),
    ("星期四, 07 四月 2022 10:00:00 +0800", "2022-04-07T02:00:00"),
    ("2022-04-07 下午6:30", "2022-04-07T10:30:00"),
    ("2022-04-07T10Z", "2022-04-07T10:00:00"),
    ("2022-04-07T24:00:00Z", "2022-04-08T00:00:00"),
    ("2022-04-07T10:00:00.123456789Z", "2022-04-07T10:00:00"),
    ("1649325600", "2022-04-07T10:00:00"),
    ("1649325600123", "2022-04-07T10:00:00"),
    ("/Date(1649325600123)/", "2022-04-07T10:00:00"),
    ("2022年4月7日下午6时30分", "2022-04-07T10:30:00"),
    ("2022年4月7日 星期四 上午9點", "2022-04-07T01:00:00"),
]
NONE = [
    "",
    "soon",
    "yesterday",
    "2 days ago",
    "31 Feb 2022",
    "2022-13-01",
    "2022",
    "２月",
    "２年３月４日",
    "2022-W60-1",
    "2022-000",
    "999999999999999999999999999999",
    "0000-00-00 00:00:00",
    "9999-12-31T23:59-12:00",
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_date_without_time_is_midnight_utc_and_certain_to_the_day(text: str, day: str) -> None:
    expected = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert parse_date(text) == (expected, Certainty.DAY)


@pytest.mark.parametrize(("text", "time"), TIMES)
def test_a_time_is_brought_to_utc(text: str, time: str) -> None:
    expected = datetime.fromisoformat(time).replace(tzinfo=UTC)
    assert parse_date(text) == (expected, Certainty.TIME)


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_full_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.datetimes(datetime(1971, 1, 1), datetime(2068, 12, 31)))  # noqa: DTZ001
def test_the_usual_forms_of_any_time_are_read_right(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    forms = (
        moment.isoformat(),
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        moment.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        moment.strftime("%A, %d %B %Y %H:%M:%S +0000"),
        moment.strftime("%a, %d %b %y %H:%M:%S UT"),
    )
    assert {parse_date(form) for form in forms} == {(moment, Certainty.TIME)}


@settings(deadline=None)  # the first text that no rule reads loads dateparser
@given(st.text(alphabet="0123456789年月日:-/., TZ+aprilапреля", max_size=40))
def test_no_text_makes_it_fail_and_every_result_is_utc(text: str) -> None:
    found = parse_date(text)
    assert found is None or found[0].tzinfo is UTC


def test_a_day_is_shown_without_leading_zero() -> None:
    assert day_text(date(2022, 4, 7)) == "7 April 2022"
