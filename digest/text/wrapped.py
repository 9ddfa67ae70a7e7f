"""The address inside an address that only sends its reader on, by ``tracking_wrappers.yaml``."""

from __future__ import annotations

import binascii
import re
import string
from base64 import urlsafe_b64decode
from collections.abc import Callable
from urllib.parse import unquote

from digest.data.tracking import Wrapper, load_wrappers

_LONGEST = 8000
_TARGET = re.compile(
    r"https?://(?P<host>[^/?#:@\\\s]+)(?::\d{1,5})?(?:[/?#][^\\\s]*)?", re.IGNORECASE
)
_BLANKS = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
_TOP = re.compile(r"(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59}|[^\x00-\x7f]{2,63})", re.IGNORECASE)
_NOT_PUBLIC = frozenset(
    {"local", "localhost", "internal", "intranet", "lan", "home", "corp", "arpa"}
)
_INSIDE = re.compile(r"https?(?::|%3a)(?:/|%2f){2}.+", re.IGNORECASE)
_DEFENSE3 = re.compile(r"/v3/__(?P<url>.+?)__;(?P<signs>[\w-]*)(?:!|$)")
_STAR = re.compile(r"\*(?:\*(?P<run>[\w-]))?")
_RUNS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_NEWS_START = b"\x08\x13\x22"
_MORE, _LOW = 0x80, 0x7F  # a byte of a number that goes on, and what of it counts


def find_target(host: str, path: str, query: str) -> str | None:
    """The address that this one wraps; ``None`` where it wraps none that could be read.

    ``host`` is in lower case, ``path`` and ``query`` as they stand. The target is http or https
    at a public looking name: never a number, a name without a dot or one of a local network.

    >>> find_target("l.facebook.com", "/l.php", "u=https%3A%2F%2Fexample.org%2Fa&h=x")
    'https://example.org/a'
    """
    for wrapper in _wrappers(host):
        if path.startswith(wrapper.path) and (target := _within(wrapper, path, query)):
            return target
    return None


def _wrappers(host: str) -> tuple[Wrapper, ...]:
    known = load_wrappers()
    rest = host
    while "." in rest:
        if found := known.get(rest) or known.get(f"{rest.partition('.')[0]}.*"):
            return found
        rest = rest.partition(".")[2]
    return ()


def _within(wrapper: Wrapper, path: str, query: str) -> str | None:
    decoded = _DECODERS[wrapper.form]
    found = [value for name in wrapper.query for value in _values(query, name)]
    for value in found:
        if target := _public(decoded(value)):
            return target
    tail = f"?{query}" if query else ""
    if wrapper.rest:
        return _public(f"{wrapper.rest}://{path.removeprefix(wrapper.path)}{tail}")
    if wrapper.form == "inside":
        return _public(decoded(path + tail))
    if not wrapper.query:
        return _public(decoded(path))
    return None


def _values(query: str, name: str) -> list[str]:
    pairs = (pair.partition("=") for pair in query.split("&"))
    return [unquote(value) for key, _, value in pairs if unquote(key).lower() == name]


def _public(target: str) -> str | None:
    """The target if it is one to open: http or https, at a name that looks public."""
    match = _TARGET.fullmatch(target) if len(target) <= _LONGEST else None
    if match is None or _BLANKS.search(target):
        return None
    name, dot, top = match["host"].lower().rstrip(".").rpartition(".")
    public = dot and name and _TOP.fullmatch(top) and top not in _NOT_PUBLIC
    return target if public else None


def _plain(value: str) -> str:
    return value.strip()


def _inside(path: str) -> str:
    match = _INSIDE.search(path)
    if match is None:
        return ""
    return unquote(match[0]) if "%" in match[0][:8] else match[0]


def _of_base64(value: str) -> bytes:
    try:
        return urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return b""


def _a1(value: str) -> str:
    return _of_base64(value[2:]).decode("utf-8", "replace") if value.startswith("a1") else ""


def _news(path: str) -> str:
    """The first text of the record: a number for its kind, then the address behind its length."""
    data = _of_base64(path.rpartition("/")[2])
    if not data.startswith(_NEWS_START):
        return ""
    at, size, shift = len(_NEWS_START), 0, 0
    while at < len(data) and shift <= 14:  # noqa: PLR2004 - three bytes of seven bits
        size |= (data[at] & _LOW) << shift
        shift += 7
        at += 1
        if not data[at - 1] & _MORE:
            break
    return data[at : at + size].decode("utf-8", "replace")


def _defense2(value: str) -> str:
    return unquote(value.replace("-", "%").replace("_", "/"))


def _defense3(path: str) -> str:
    """The address with every star put back as what was taken: one character, or a run of them."""
    match = _DEFENSE3.match(path)
    if match is None:
        return ""
    signs = iter(_of_base64(match["signs"]).decode("utf-8", "replace"))

    def back(star: re.Match[str]) -> str:
        count = _RUNS.index(star["run"]) + 2 if star["run"] else 1
        return "".join(next(signs, "*") for _ in range(count))

    return _STAR.sub(back, match["url"])


_DECODERS: dict[str, Callable[[str], str]] = {
    "": _plain,
    "inside": _inside,
    "news": _news,
    "a1": _a1,
    "defense2": _defense2,
    "defense3": _defense3,
}
