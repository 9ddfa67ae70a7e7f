from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from digest.pull.headers import LONGEST, fresh_for, retry_after

DATE = "Wed, 01 Jun 2022 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": 'max-age="600"', "Age": "100"}, 500),
        ({"Cache-Control": "s-maxage=600"}, 0),
        ({"Cache-Control": "no-cache, max-age=600"}, 0),
        ({"Cache-Control": "max-age=-5"}, 0),
        ({"Expires": "Wed, 01 Jun 2022 13:00:00 GMT", "Date": DATE}, 3600),
        ({"Expires": "0", "Date": DATE}, 0),
        ({"Expires": "Wed, 01 Jun 2022 13:00:00 GMT"}, 0),
        ({}, 0),
    ],
)
def test_how_long_an_answer_stays_good(headers: dict[str, str], seconds: int) -> None:
    assert fresh_for(headers) == timedelta(seconds=seconds)


def test_an_absurd_wish_is_capped() -> None:
    assert fresh_for({"Cache-Control": "max-age=99999999999"}) == LONGEST
    assert retry_after({"Retry-After": "99999999999"}) == LONGEST


def test_retry_after_a_date_without_a_date_header() -> None:
    now = datetime(2022, 6, 1, 12, tzinfo=UTC)
    headers = {"Retry-After": "Wed, 01 Jun 2022 12:30:00 GMT"}
    assert retry_after(headers, now) == timedelta(minutes=30)
    assert retry_after(headers) == timedelta(hours=1)
    assert retry_after({"Retry-After": "soon"}) is None
    assert retry_after({"Retry-After": DATE, "Date": "Wed, 01 Jun 2022 13:00:00 GMT"}) == timedelta(
        0
    )


def test_expires_without_a_date_is_measured_against_the_clock() -> None:
    now = datetime(2022, 6, 1, 12, tzinfo=UTC)
    headers = {"Expires": "Wed, 01 Jun 2022 12:30:00 GMT"}
    assert fresh_for(headers, now) == timedelta(minutes=30)
    assert fresh_for({"Expires": "0"}, now) == timedelta(0)
