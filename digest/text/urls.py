"""Facts about one address: its canonical form, its host, whether it is one of the web."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from digest.data.tracking import load_forms, load_tracking
from digest.text.wrapped import find_target

_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROLS = re.compile(r"[\x00-\x20\x7f]+")
_DEEPEST = 8
"""Steps to a canonical form: wrappers in wrappers. An address that needs more is left as it is."""

_PLAIN = re.compile(
    r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(/[^\x00-\x20\x7f?#]*)?"
    r"(?:\?([^\x00-\x20\x7f#]*))?(?:#([^\x00-\x20\x7f]*))?"
)
_PARTS_OF_AMP = (
    re.compile(r"^(?:/amp)+(?=/[^/])"),
    re.compile(r"(?:/amp)+(?=/?$)"),
    re.compile(r"(?:\.amp)+(?=(?:\.html?)?$)"),
)
_SHORT = 3  # letters of "com", "co", "gov" before the two of a country


class _Parts(NamedTuple):
    """An address in parts; ``netloc`` is the host with what stands around it."""

    scheme: str
    netloc: str
    host: str
    path: str
    query: str
    fragment: str

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{self.scheme}://{self.netloc}{self.path}{query}{fragment}"


def canonical_url(url: str) -> str:
    """The address by which a page is known; equal for two links to one page where we can tell.

    As ``shown_url``, and forms for telephones and AMP are folded into the page they stand for, by
    the rules of ``tracking_forms.yaml``. The result names a page; it may not be one that opens.

    >>> canonical_url("https://en.m.wikipedia.org/wiki/Amur?utm_source=x")
    'https://en.wikipedia.org/wiki/Amur'
    """
    return _settled(url, folding=True)


def shown_url(url: str) -> str:
    """The address for a reader: of the page itself, without what only tracks. Idempotent.

    Only http and https are changed: scheme and host in lower case, no default port, no fragment
    (but ``#!`` and ``#/``, which name pages of their own), no parameters that only track, ``/``
    for an empty path, no blanks (RFC 3986, 6.2.2 and 6.2.3); an address that only sends on to one
    it holds gives that one. The rest stays byte for byte, in its order. Never raises; what cannot
    be read is given back without the blanks around it.

    >>> shown_url("HTTPS://Example.ORG:443/a?utm_source=x&id=7#top")
    'https://example.org/a?id=7'
    """
    return _settled(url, folding=False)


def canonical_and_shown(url: str) -> tuple[str, str]:
    """``canonical_url`` and ``shown_url`` of an address; quicker than both where they are one.

    >>> canonical_and_shown("https://m.lenta.ru/a?utm_source=x")
    ('https://lenta.ru/a', 'https://m.lenta.ru/a')
    """
    parts = _parts(url.strip())
    if parts and not find_target(parts.host, parts.path, parts.query) and not _folded(parts):
        return (once := str(parts)), once
    return canonical_url(url), shown_url(url)


def without_userinfo(url: str) -> str:
    """The address without ``user:password@``, fit for logs and pages. Never raises.

    >>> without_userinfo("https://me:secret@example.org/feed")
    'https://example.org/feed'
    """
    # By pattern, not by parser: an address no parser can read must not leak its password either.
    return re.sub(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#\\]*@", r"\1//", url)


def host_of(url: str) -> str:
    """The host in lower case, without port and final dot; "" where there is none."""
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return ""
    return (host or "").rstrip(".")


def is_web_url(url: str) -> bool:
    """Whether this is an absolute http or https address with a host, and holds no blanks.

    >>> is_web_url("https://example.org/"), is_web_url("javascript:alert(1)")
    (True, False)
    """
    return _split(url) is not None and not _CONTROLS.search(url) and "\\" not in url


def _split(url: str) -> SplitResult | None:
    if not re.match(r"https?://", url, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        return None
    return parts if (parts.hostname or "").rstrip(".") else None


def _netloc(parts: SplitResult, host: str) -> str:
    userinfo, at, _ = parts.netloc.rpartition("@")
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    shown = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme.lower()] else ""
    return f"{userinfo}{at}{host}{shown}"


def _settled(url: str, *, folding: bool) -> str:
    """The address after as many steps as there are: each takes a wrapper or a form away."""
    url = url.strip()
    first = parts = _parts(url)
    if first is None or parts is None:
        return url
    for _ in range(_DEEPEST):
        target = find_target(parts.host, parts.path, parts.query)
        following = _parts(target) if target else None
        if following is None and folding:
            following = _folded(parts)
        if following is None or following == parts:
            return str(parts)
        parts = following
    return str(first)


def _parts(url: str) -> _Parts | None:
    """The parts of an address, each in its canonical form; ``None`` where it is not of the web."""
    if match := _PLAIN.fullmatch(url):
        scheme, host, path, query, fragment = match.groups(default="")
        netloc = host
    else:
        split = _split(url)
        if split is None:
            return None
        host = (split.hostname or "").rstrip(".")
        netloc, scheme = _netloc(split, host), split.scheme.lower()
        path, query, fragment = (_CONTROLS.sub("%20", each) for each in split[2:])
    query = _without_tracking(query, host=host) if query else ""
    fragment = fragment if fragment.startswith(("!", "/")) else ""
    # Blanks at the end are stripped before all else, so what now stands there must have none.
    if fragment:
        fragment = fragment.rstrip()
    elif query:
        query = query.rstrip()
    else:
        path = path.rstrip()
    return _Parts(scheme, netloc, host, path or "/", query, fragment)


def _without_tracking(query: str, *, host: str) -> str:
    rules = load_tracking()
    here = rules.sites.get(_known(host, rules.sites), frozenset())
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name = name.strip().lower()
        if not pair.strip() or name in rules.names or name in here:
            continue
        if name.startswith(rules.prefixes) or (name in rules.worded and _worded(value)):
            continue
        kept.append(pair)
    return "&".join(kept)


def _worded(value: str) -> bool:
    return not value.strip().isdecimal()


def _known(host: str, sites: Container[str]) -> str:
    """The host or the nearest one above it that is among the sites; "" where none is."""
    while host not in sites:
        _, dot, host = host.partition(".")
        if not dot:
            return ""
    return host


# --- forms of a page -----------------------------------------------------------------------------


def _folded(parts: _Parts) -> _Parts | None:
    """The page that this is a form of, one step nearer; ``None`` where it is a page itself."""
    if parts.netloc != parts.host:
        return None
    host = _folded_host(parts.host)
    path = _folded_path(parts)
    query = _folded_query(parts) if parts.query else ""
    found = parts._replace(netloc=host, host=host, path=path, query=query)
    # Read anew: what stood before a part that went now stands at the end.
    return _parts(str(found)) if found != parts else None


def _folded_host(host: str) -> str:
    forms = load_forms()
    if host in forms.hosts:
        return forms.hosts[host]
    label, _, rest = host.partition(".")
    above, dot, last = rest.rpartition(".")
    # "amp.co.uk" and "amp.dev" are names of their own.
    country = len(last) == 2 and len(above) <= _SHORT  # noqa: PLR2004 - letters of a country
    if label == "amp" and dot and not country and not last.isdecimal():
        return rest
    site = _known(host, forms.labels)
    if site and host.endswith(inner := f".{forms.labels[site]}.{site}"):
        return f"{host.removesuffix(inner)}.{site}"
    return host


def _folded_path(parts: _Parts) -> str:
    forms = load_forms()
    path = parts.path
    if segment := forms.segments.get(parts.host):
        path = re.sub(rf"^/{segment}(?=/[^/])", "", path)
    if "amp" not in path:
        return path
    for pattern in _PARTS_OF_AMP:
        path = pattern.sub("", path)
    if _known(parts.host, forms.inside):
        path = re.sub(r"(?:/amp)+(?=/)", "", path)
    # A front page is where entries without a page of their own link to.
    return path if path.strip("/") else parts.path


def _folded_query(parts: _Parts) -> str:
    forms = load_forms()
    here = forms.site_parameters.get(_known(parts.host, forms.site_parameters))
    kept = []
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        name = name.strip().lower()
        if name != here and value.strip().lower() not in forms.parameters.get(name, ()):
            kept.append(pair)
    return "&".join(kept)
