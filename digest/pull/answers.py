"""What an answer, or the lack of one, means: validators to keep, and one sentence for a failure."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import timedelta

import aiohttp
from yarl import URL

from digest.errors import FetchError, FetchRefusedError
from digest.fetched import Cause

_LONGEST_VALIDATOR = 4096
"""A server that sends a longer one would refuse to read it back (many stop at 8 KiB a line)."""

_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DENIAL = re.compile(r"The address \S+ is not on the public internet .*?to allow it\.")
_PROXY = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)
_NAME = aiohttp.ClientConnectorDNSError
_TLS = (aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError)
_CLOCK = {9: "is not valid yet", 10: "has run out"}
"""OpenSSL's words for a certificate that would be good at another time."""

_UNKNOWN = frozenset(
    number for name in ("EAI_NONAME", "EAI_NODATA") if (number := getattr(socket, name, None))
)
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_PROXY_LOGIN = 407
_LOOK = "open the address in a browser to see why."
_LINK = (aiohttp.ClientConnectionError, OSError)
_SIMPLE = {
    Cause.PROXY: "The proxy did not connect us; check network.proxy in sources.yaml.",
    Cause.NETWORK: "There is no way to {host} from here; check this machine's network.",
}
_SENTENCES = {
    204: "The server's answer is empty (204); check the address.",
    205: "The server's answer is empty (205); check the address.",
    206: "The server sent a part of the document only (206); try again later.",
    304: "The server says that nothing changed (304), though nothing was asked; try again later.",
    401: "The server wants a login (401); give the source its credentials.",
    403: "The server refuses us (403); open the address in a browser to see why.",
    404: "There is nothing at this address (404); check it for a new one.",
    407: "The proxy wants a login (407); check network.proxy in sources.yaml.",
    410: "The server says it is gone for good (410); remove it from sources.yaml.",
    429: "The server asks us to come less often (429); give the source a longer `every`.",
    503: "The server is busy (503); try again later.",
}


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """A validator to be echoed byte for byte, one character a byte (ISO-8859-1).

    None where it is missing, or cannot be sent back exactly as it came: it is never altered.
    """
    text = headers.get(name)
    if not text:
        return None
    if not text.isascii():
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return text if sendable(text) else None


def sendable(text: str | None) -> bool:
    """Whether a validator can go into a request as it is."""
    if not text or len(text) > _LONGEST_VALIDATOR or _UNSENDABLE.search(text):
        return False
    return text.isascii() or max(text) <= "\xff"


def status_sentence(status: int, pause: timedelta | None) -> str:
    """What a status that is no success means for the editor."""
    sentence = _SENTENCES.get(status, f"The server answered with status {status}; try again later.")
    return f"{sentence} It is asked again in {pause}." if pause else sentence


def translated(error: Exception, url: URL, *, proxied: bool = False) -> FetchError:
    """One sentence for what aiohttp or the system raised; it names the host and nothing secret."""
    cause = cause_of(error, proxied=proxied)
    if cause is Cause.CLOCK:
        return FetchError(
            f"The certificate of {url.host} {_certificate(_chain(error))}; check the clock of this "
            "machine, else the publisher has to renew it."
        )
    # Of several refused addresses of one name the first speaks for all.
    if denied := next((m for e in _chain(error) if (m := _DENIAL.search(str(e)))), None):
        return FetchRefusedError(denied.group())
    if cause in _SIMPLE:
        return FetchError(_SIMPLE[cause].format(host=url.host))
    known = (
        (_NAME, f"The name {url.host} is not known; check the address and the network."),
        (_TLS, f"No secure connection to {url.host}: its certificate or TLS is wrong; {_LOOK}"),
        (aiohttp.ClientPayloadError, "The answer was cut short; try again later."),
        (_LINK, f"The connection to {url.host} failed or was cut; try again later."),
        (Exception, "The server's answer breaks the rules of HTTP; try again later."),
    )
    return FetchError(next(sentence for kind, sentence in known if isinstance(error, kind)))


def cause_of(error: BaseException, *, proxied: bool = False) -> Cause:
    """What kind of thing went wrong; ``proxied`` says that every connection is the proxy's."""
    chain = _chain(error)
    if isinstance(error, FetchRefusedError):
        return Cause.OTHER
    if isinstance(error, FetchError) and error.status is not None:
        return Cause.PROXY if error.status == _PROXY_LOGIN else Cause.STATUS
    if _certificate(chain):
        return Cause.CLOCK
    if _any(chain, (*_TLS, ssl.SSLError)):
        return Cause.TLS
    if _any(chain, _PROXY) or (proxied and _any(chain, (aiohttp.ClientConnectorError,))):
        return Cause.PROXY
    return _of_link(chain)


def _of_link(chain: Sequence[BaseException]) -> Cause:
    """Which way a connection did not come about."""
    numbers = {each.errno for each in chain if isinstance(each, OSError)}
    if _any(chain, (socket.gaierror, _NAME)):
        # Any other number is a resolver that does not answer: it never said that there is none.
        return Cause.NAME if numbers & _UNKNOWN else Cause.NETWORK
    if numbers & _NO_WAY:
        return Cause.NETWORK
    if _any(chain, (TimeoutError,)):
        return Cause.TIMEOUT
    refused = (aiohttp.ClientConnectorError, ConnectionRefusedError)
    return Cause.CONNECTION if _any(chain, refused) else Cause.OTHER


def _certificate(chain: Sequence[BaseException]) -> str | None:
    wrong = [each for each in chain if isinstance(each, ssl.SSLCertVerificationError)]
    return next((_CLOCK[e.verify_code] for e in wrong if e.verify_code in _CLOCK), None)


def _any(chain: Sequence[BaseException], kinds: tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(each, kinds) for each in chain)


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    inner: BaseException | None = error
    while inner is not None and inner not in found:
        found.append(inner)
        inner = getattr(inner, "os_error", None) or inner.__cause__ or inner.__context__
    return found
