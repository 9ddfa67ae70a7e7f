"""Which network addresses the program never connects to: an own deny table.

``ipaddress.is_private`` misses shared address space, NAT64, 6to4, Teredo, compatible addresses
and every notation but the canonical one, so the table is ours (IANA special-purpose registries
for IPv4 and IPv6, RFC 6890 and its updates). An address that carries an IPv4 address inside is
judged by what it carries, since that is where the packets end.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import unquote

Address = IPv4Address | IPv6Address

_DENIED_V4 = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier's shared address"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud platform's own service"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a protocol address"),
        ("192.0.2.0/24", "a documentation address"),
        ("192.31.196.0/24", "a protocol address"),
        ("192.52.193.0/24", "a protocol address"),
        ("192.88.99.0/24", "a relay address"),
        ("192.168.0.0/16", "a private address"),
        ("192.175.48.0/24", "a protocol address"),
        ("198.18.0.0/15", "a benchmark address"),
        ("198.51.100.0/24", "a documentation address"),
        ("203.0.113.0/24", "a documentation address"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)

_GLOBAL_V6 = IPv6Network("2000::/3")
"""The only IPv6 space handed out for the public internet; all else is denied unseen."""

_DENIED_V6 = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "a protocol address"),
        ("2001:db8::/32", "a documentation address"),
        ("2620:4f:8000::/48", "a protocol address"),
        ("3fff::/20", "a documentation address"),
    )
)

_TEREDO = IPv6Network("2001::/32")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_NAT64 = IPv6Network("64:ff9b::/96")
_MAPPED = IPv6Network("::ffff:0:0/96")
_LOW_32 = 0xFFFFFFFF
_ISATAP = (0x00005EFE, 0x02005EFE)

_OWN_NAMES = frozenset(
    {"localhost", "localhost.localdomain", "localhost6", "ip6-localhost", "ip6-loopback"}
)
_INSIDE = (".localdomain", ".local", ".internal", ".home.arpa", ".intranet", ".lan", ".private")
"""Ends of names that never stand for the public internet (RFC 6761, 6762, 8375; ICANN's
``.internal``; the ones of RFC 6762 appendix G that are in use)."""

_PART = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+", re.ASCII)
_MAX_PARTS = 4
_MAX_BYTE = 255


def refusal(address: str | Address) -> str | None:
    """What a denied address is ("this machine", "a private address"), or None if it is public.

    Takes what ``getaddrinfo`` gave, a zone (``fe80::1%eth0``) included. A text that is no
    address at all is refused as well: the caller stands in front of a socket.
    """
    if isinstance(address, str):
        try:
            address = ip_address(address.partition("%")[0])
        except ValueError:
            return "no network address"
    if isinstance(address, IPv4Address):
        return next((what for network, what in _DENIED_V4 if address in network), None)
    return _refusal_v6(address)


def _refusal_v6(address: IPv6Address) -> str | None:
    embedded = _embedded(address)
    if embedded:
        return next((what for inner in embedded if (what := refusal(inner))), None)
    if address == IPv6Address("::1"):
        return "this machine"
    if address not in _GLOBAL_V6:
        return "an address outside the public internet"
    return next((what for network, what in _DENIED_V6 if address in network), None)


def _embedded(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses a transition mechanism wraps in this one (RFC 3056, 4380, 5214, 6052)."""
    number = int(address)
    low = IPv4Address(number & _LOW_32)
    if address in _MAPPED or address in _NAT64:
        return (low,)
    if address in _SIX_TO_FOUR:
        return (IPv4Address(number >> 80 & _LOW_32),)
    if address in _TEREDO:
        return (IPv4Address(number >> 64 & _LOW_32), IPv4Address(~number & _LOW_32))
    if address in _GLOBAL_V6 and number >> 32 & _LOW_32 in _ISATAP:
        return (low,)
    return ()


def inside_name(host: str) -> str | None:
    """What a name is that only a private network knows ("this machine"), or None for others.

    The address a name resolves to is judged on its own; this is for a proxy, which resolves
    names where we cannot see it.
    """
    name = _folded(host)
    if name in _OWN_NAMES or name.endswith(".localhost"):
        return "this machine"
    if name.endswith(_INSIDE) or "." not in name:
        return "a name of a private network"
    return None


def literal(host: str) -> Address | None:
    """The address a host name spells out in any notation, or None for a real name.

    Reads what ``inet_aton`` and a lenient URL parser read: one to four parts in decimal, octal
    or hexadecimal, full-width and other compatibility digits, ideographic full stops, percent
    escapes, brackets, a trailing dot. Numbers too large for an address count as ``0.0.0.0``, so
    that they are refused and not looked up.
    """
    bare = _folded(host)
    try:
        return ip_address(bare.partition("%")[0])
    except ValueError:
        pass
    parts = bare.split(".")
    if not all(_PART.fullmatch(part) for part in parts):
        return None
    return _from_parts([_number(part) for part in parts])


def _folded(host: str) -> str:
    """The host as a lenient reader sees it: compatibility forms, escapes and dots resolved."""
    if host.isascii() and "%" not in host:
        return host.strip("[] ").rstrip(".").lower()
    folded = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".")
    bare = "".join(c for c in folded if unicodedata.category(c) != "Cf")
    return bare.strip("[] ").rstrip(".").lower()


def _number(part: str) -> int:
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    if len(part) > 1 and part[0] == "0" and not set(part) & {"8", "9"}:
        return int(part, 8)
    return int(part[:20])


def _from_parts(numbers: list[int]) -> IPv4Address:
    *high, last = numbers
    room = 1 << 8 * (_MAX_PARTS - len(high))
    if len(numbers) > _MAX_PARTS or last >= room or any(n > _MAX_BYTE for n in high):
        return IPv4Address(0)
    return IPv4Address(sum(n << 8 * (3 - i) for i, n in enumerate(high)) + last)
