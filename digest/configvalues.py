"""The kinds of value in ``sources.yaml``: each refuses with one sentence, and says its form.

``Form`` is what the reference prints in place of a Python type.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from digest.duration import parse_duration
from digest.periods import check_schedule

SIZES = {"B": 1, "KB": 1000, "MB": 1000**2, "KIB": 1024, "MIB": 1024**2}
LONGEST_PERIOD = timedelta(days=3660)
LAST_PORT = 65535
_HEADER = re.compile(r"[\x20-\x7e]{0,4000}")
_OWN_HEADERS = re.compile(
    "accept-encoding|authorization|connection|content-length|cookie|host|if-modified-since"
    "|if-none-match|proxy-authorization|referer|transfer-encoding|user-agent",
    re.IGNORECASE,
)
_HINTS = {
    "authorization": "; `auth` names the environment variable that holds it",
    "user-agent": "; see network.user_agent",
}


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written, in the words of the reference."""

    words: str


def _duration(value: object) -> object:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


def _more_than_nothing(value: timedelta) -> timedelta:
    if not value:
        message = "write a length of time above zero, such as 60s"
        raise ValueError(message)
    return value


def _issue_length(value: timedelta) -> timedelta:
    if not timedelta(hours=1) <= value <= LONGEST_PERIOD:
        message = "write a period between 1h and 3660d, such as 7d"
        raise ValueError(message)
    return value


def _size(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([KM]?I?B)", str(value).strip().upper())
    size = int(float(match[1]) * SIZES.get(match[2], 0)) if match else 0
    if size <= 0:
        message = "write a size above zero, such as 500KB or 15MB"
        raise ValueError(message)
    return size


def _number(value: object) -> object:
    # YAML's yes would pass as 1.
    if isinstance(value, bool):
        message = "write a number"
        raise ValueError(message)  # noqa: TRY004 - pydantic collects only ValueError
    return value


def _zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:
        near = difflib.get_close_matches(str(value), available_timezones(), n=1)
        hint = f"did you mean {near[0]}?" if near else "write one such as Europe/London"
        message = f"{str(value)[:40]!r} is no time zone; {hint}"
        raise ValueError(message) from error
    return value


def _schedule(value: object) -> object:
    if value is not None:
        check_schedule(str(value))
    return value


def _host_port(value: object) -> object:
    if isinstance(value, tuple):
        return value
    match = re.fullmatch(r"([^\s/]+):([0-9]{1,5})", str(value))
    if not match or not 0 < int(match[2]) <= LAST_PORT:
        message = "write host:port, such as 127.0.0.1:8799"
        raise ValueError(message)
    return (match[1].strip("[]").lower(), int(match[2]))


def _web_address(value: object) -> object:
    try:
        parts = urlsplit(str(value))
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x1f\x7f]", str(value)):
        message = "write a full address beginning with http:// or https://, without spaces"
        raise ValueError(message)
    return value


def _source_address(value: object) -> object:
    if str(value).startswith(("imap://", "imaps://")):
        _web_address(re.sub(r"^imap", "http", str(value)))
        if urlsplit(str(value)).username:
            message = "name no user here; `auth` names the variable that holds user:password"
            raise ValueError(message)
        return value
    return _web_address(value)


def _headers(value: object) -> object:
    """A table of header fields as pairs (RFC 9110: a name is a token, a value one line)."""
    if isinstance(value, tuple):
        return value
    if not isinstance(value, dict):
        message = "write a table of names and values, such as {X-Reader: digest}"
        raise ValueError(message)  # noqa: TRY004 - pydantic collects only ValueError
    pairs = tuple((str(name), str(text)) for name, text in value.items())
    for name, text in pairs:
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not _HEADER.fullmatch(text):
            message = f"{name[:40]!r} is no header that can be sent; write one line of plain text"
            raise ValueError(message)
        if _OWN_HEADERS.fullmatch(name):
            message = f"{name} is set by the program" + _HINTS.get(name.lower(), "")
            raise ValueError(message)
    return pairs


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        message = 'write an address such as "Name <name@example.org>"'
        raise ValueError(message)
    return value


def _date(value: object) -> object:
    # Left to itself pydantic would read the number 20260101 as seconds since 1970.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        message = "write a date such as 2026-01-01"
        raise ValueError(message) from error


def _moment(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        message = "write a date such as 2026-01-01, or a time such as 2026-01-01T07:00:00Z"
        raise ValueError(message) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _matches(pattern: str, message: str) -> Callable[[str], str]:
    """A check that a text is of that form as a whole."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(message)
        return value

    return check


_one_line = AfterValidator(
    _matches(r"[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*", "write one line of text")
)
_identifier = AfterValidator(
    _matches(
        r"[a-z0-9][a-z0-9-]{0,63}",
        "use lower-case letters, digits and hyphens, 64 at most, and begin with a letter or digit",
    )
)
_language = AfterValidator(
    _matches(r"[a-z]{2,3}", "write a language code in small letters, such as en, ru or zh")
)
_environment_name = AfterValidator(
    _matches(
        r"[A-Za-z_][A-Za-z0-9_]{0,99}",
        "write the name of an environment variable, such as DIGEST_AUTH_EXAMPLE; "
        "a password never stands in this file",
    )
)
_country = AfterValidator(
    _matches(r"[A-Z]{2}", "write a country code of two capital letters, such as GB")
)

Text = Annotated[str, Form("text")]
Line = Annotated[str, _one_line, Form("one line of text")]
Identifier = Annotated[str, _identifier, Form("lower-case letters, digits and hyphens")]
Language = Annotated[str, _language, Form("language code of ISO 639-1, such as `en`")]
Country = Annotated[str, _country, Form("country code of ISO 3166-1, such as `GB`")]
Duration = Annotated[
    timedelta, BeforeValidator(_duration), Form("length of time, such as `30s`, `10m`, `1h`, `7d`")
]
Deadline = Annotated[Duration, AfterValidator(_more_than_nothing)]
IssueLength = Annotated[Duration, AfterValidator(_issue_length)]
Size = Annotated[int, BeforeValidator(_size), Form("size, such as `500KB` or `15MB`")]
Zone = Annotated[str, BeforeValidator(_zone), Form("IANA time zone, such as `Europe/London`")]
Schedule = Annotated[str, BeforeValidator(_schedule), Form("cron expression")]
HostPort = Annotated[tuple[str, int], BeforeValidator(_host_port), Form("`host:port`")]
WebAddress = Annotated[str, BeforeValidator(_web_address), Form("http or https address")]
SourceAddress = Annotated[
    str, BeforeValidator(_source_address), Form("http, https, imap or imaps address")
]
Headers = Annotated[
    tuple[tuple[str, str], ...], BeforeValidator(_headers), Form("table of names and values")
]
EnvironmentName = Annotated[str, _environment_name, Form("name of an environment variable")]
MailAddress = Annotated[str, AfterValidator(_mail_address), _one_line, Form("mail address")]
Date = Annotated[date, BeforeValidator(_date), Form("date, such as `2026-01-01`")]
Moment = Annotated[datetime, BeforeValidator(_moment), Form("date or time, such as `2026-01-01`")]
Whole = Annotated[int, BeforeValidator(_number), Form("whole number")]
Number = Annotated[float, BeforeValidator(_number), Form("number")]
Port = Annotated[Whole, Field(ge=1, le=LAST_PORT)]
