"""What many failures have in common, as a table."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import FetchError, FetchRefusedError
from digest.fetched import Cause, Failed
from digest.pull.answers import cause_of
from digest.pull.headers import skew_of
from digest.pull.outage import find_outage

DAY = timedelta(days=1)


def failures(*causes: Cause, skew: timedelta | None = None) -> list[Failed]:
    return [
        Failed(message="no", cause=cause, at=f"s{n}.example:443", skew=skew)
        for n, cause in enumerate(causes)
    ]


def mixed(most: Cause, number: int, *others: Cause) -> list[Failed]:
    return failures(*[most] * number, *others)


@pytest.mark.parametrize(
    ("given", "proxied", "code"),
    [
        ([], False, None),
        (mixed(Cause.NETWORK, 1), False, "no-network"),
        (mixed(Cause.NETWORK, 9, Cause.OTHER), False, "no-network"),
        (mixed(Cause.NETWORK, 5, *[Cause.NAME] * 5), False, "no-network"),
        (mixed(Cause.NAME, 9, Cause.NETWORK), False, "dns"),
        (mixed(Cause.NAME, 2), False, "dns"),
        (mixed(Cause.NAME, 1), False, None),
        (mixed(Cause.CLOCK, 4, Cause.STATUS), False, "clock"),
        (mixed(Cause.CLOCK, 1), False, None),
        (mixed(Cause.TLS, 9), False, None),
        (mixed(Cause.PROXY, 1), True, "proxy"),
        (mixed(Cause.TIMEOUT, 2), True, "proxy"),
        (mixed(Cause.TIMEOUT, 3), False, "no-network"),
        (mixed(Cause.TIMEOUT, 2), False, None),
        (mixed(Cause.STATUS, 9), False, None),
        (mixed(Cause.NETWORK, 3, Cause.STATUS), False, None),
        (failures(Cause.STATUS, Cause.TLS, skew=2 * DAY), False, "clock"),
        (failures(Cause.STATUS, skew=-2 * DAY), False, "clock"),
        (failures(Cause.STATUS, skew=timedelta(hours=23)), False, None),
        (failures(*[Cause.STATUS] * 2) + failures(Cause.STATUS, skew=2 * DAY), False, None),
        (failures(Cause.STATUS, skew=DAY * 9) + failures(Cause.STATUS, skew=-9 * DAY), False, None),
    ],
)
def test_the_cause_that_explains_nearly_all_is_named(
    given: list[Failed], *, proxied: bool, code: str | None
) -> None:
    found = find_outage(given, proxied=proxied)
    assert (found.code if found else None) == code
    if found:
        assert found.sentence.endswith(".")
        assert any(word in found.sentence for word in ("check", "set", "connect"))


@pytest.mark.parametrize(
    ("skew", "words"), [(3 * DAY, "3 days behind"), (-timedelta(days=1, hours=1), "1 day ahead")]
)
def test_a_wrong_clock_is_told_by_how_much(skew: timedelta, words: str) -> None:
    found = find_outage(failures(Cause.STATUS, Cause.STATUS, skew=skew))
    assert found is not None
    assert words in found.sentence


def certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate")
    error.verify_code = code
    return error


@pytest.mark.parametrize(
    ("inner", "proxied", "cause"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), False, Cause.NAME),
        (socket.gaierror(socket.EAI_AGAIN, "later"), False, Cause.NETWORK),
        (OSError(errno.ENETUNREACH, "no way"), False, Cause.NETWORK),
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), False, Cause.CONNECTION),
        (TimeoutError(), False, Cause.TIMEOUT),
        (certificate(10), False, Cause.CLOCK),
        (certificate(9), True, Cause.CLOCK),
        (certificate(18), False, Cause.TLS),
        (ConnectionResetError(errno.ECONNRESET, "cut"), False, Cause.OTHER),
        (ValueError("rules"), False, Cause.OTHER),
    ],
)
def test_what_the_system_raised_is_of_a_kind(
    inner: Exception, *, proxied: bool, cause: Cause
) -> None:
    error = FetchError("a sentence")
    error.__cause__ = inner
    assert cause_of(error, proxied=proxied) is cause


def test_what_was_refused_or_answered_is_of_another() -> None:
    assert cause_of(FetchRefusedError("not there")) is Cause.OTHER
    assert cause_of(FetchError("no", status=404)) is Cause.STATUS
    assert cause_of(FetchError("no", status=407)) is Cause.PROXY


def test_a_servers_clock_is_read_with_the_age_of_its_answer() -> None:
    now = datetime(2026, 3, 5, 12, tzinfo=UTC)
    date = {"Date": "Tue, 03 Mar 2026 12:00:00 GMT"}
    assert skew_of(date, now) == -2 * DAY
    assert skew_of(date | {"Age": "172800"}, now) == timedelta(0)
    assert skew_of({}, now) is None
    assert skew_of(date, None) is None
