"""Which address is asked next, and what may be sent there: judged before anything is connected.

An address goes over the wire as it was written: nothing is decoded, re-encoded or added. Its
``user:password@`` is taken off, and serves its own scheme, host and port alone.
"""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import quote

from yarl import URL

from digest.errors import FetchRefusedError
from digest.pull.addresses import inside_name, literal, refusal

Origin = tuple[str, str, int]
Pairs = frozenset[tuple[str, int]]

_AS_WRITTEN = re.compile(r"(?:[!#$&-;=?-Z\[\]_a-z~]|%[0-9A-Fa-f]{2})+", re.ASCII)
"""What RFC 3986 allows in a URI; anything else is quoted first."""

_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_IPV6 = 6
_IN_THE_WAY = re.compile(r"[\t\r\n]")


def target_of(text: str, base: URL | None = None, *, allowed: Pairs = frozenset()) -> URL:
    """The absolute address to ask, without userinfo and fragment; ``base`` is what redirects.

    Raises FetchRefusedError for what is not http or https, for a step from https to http, and for
    a host that is not on the public internet as far as its name tells (unless it is ``allowed``).
    """
    try:
        url = address(text)
        url = base.join(url) if base is not None and not url.scheme else url
        host, port = host_of(url), url.port
    except ValueError as error:
        raise FetchRefusedError("The address cannot be read; check it.") from error
    if url.scheme not in {"http", "https"} or not host or not port:
        message = "The address is not http or https; it is not opened."
        if base is not None:
            message = "The address redirects away from http and https; it is not followed."
        raise FetchRefusedError(message)
    if base is not None and base.scheme == "https" and url.scheme == "http":
        raise FetchRefusedError("The address redirects from https to http; it is not followed.")
    if (host, port) not in allowed and (what := _denied(host)):
        raise FetchRefusedError(denial(host, port, what))
    if url.raw_user is not None or url.raw_password is not None:
        url = url.with_user(None)
    return url.with_fragment(None) if url.raw_fragment else url


def origin_of(url: URL) -> Origin:
    """Scheme, host and port: what decides where a source's headers and credentials may go."""
    return url.scheme, host_of(url), url.port or 0


def host_of(url: URL) -> str:
    """The host in lower case, "" where there is none."""
    return (url.host or "").lower()


def userinfo_of(text: str) -> str | None:
    """The value of Authorization (RFC 7617) for the ``user:password@`` of an address, if any."""
    if "@" not in text:
        return None
    try:
        url = address(text)
    except ValueError:
        return None
    if not url.user and not url.password:
        return None
    return basic(f"{url.user or ''}:{url.password or ''}")


def authorization(value: str) -> str:
    """The value of Authorization for a credential: ``user:password`` is Basic, else a bearer token.

    >>> authorization("token-1"), authorization("me:secret")
    ('Bearer token-1', 'Basic bWU6c2VjcmV0')
    """
    value = value.strip()
    return basic(value) if ":" in value else f"Bearer {value}"


def basic(pair: str) -> str:
    """``user:password`` as RFC 7617 sends it, in UTF-8."""
    return f"Basic {b64encode(pair.encode()).decode('ascii')}"


def denial(host: str, port: int, what: str) -> str:
    """The sentence for an address that is not opened."""
    return (
        f"The address {host} is not on the public internet ({what}), so it is not opened; "
        f'list "{host}:{port}" under network.allow_private to allow it.'
    )


def _denied(host: str) -> str | None:
    number = literal(host)
    if number is None:
        return inside_name(host)
    # Readers do not agree on 0127.0.0.1 (octal or not?), so only the usual way to write it passes.
    usual = number.version == _IPV6 or host.rstrip(".") == str(number)
    return refusal(number) or (None if usual else "an address in a form that hides it")


def address(text: str) -> URL:
    """An address as it was written, relative ones too; nothing is judged. Raises ValueError."""
    text = _IN_THE_WAY.sub("", text.strip())
    if not _AS_WRITTEN.fullmatch(text):
        try:
            text.encode()
        except UnicodeEncodeError:
            # Bytes that are no UTF-8, as a Location may hold: they go back as they came.
            text = quote(text.encode("utf-8", "surrogateescape"), safe=_PRINTABLE)
        return URL(text)
    url = URL(text, encoded=True)
    host = url.raw_host or ""
    return url if host == host.lower() else url.with_host(host.lower())
