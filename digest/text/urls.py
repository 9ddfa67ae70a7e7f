"""Facts about one address: its canonical form, its host, whether it is one of the web."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from digest.data.loader import load_tracking

_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROLS = re.compile(r"[\x00-\x20\x7f]+")


def canonical_url(url: str) -> str:
    """The address by which a page is known; equal for two links to one page where we can tell.

    Only http and https are changed: scheme and host in lower case, no default port, no fragment
    (but ``#!`` and ``#/``, which name pages of their own), no parameters that only track, ``/``
    for an empty path, no blanks (RFC 3986, 6.2.2 and 6.2.3). The rest stays byte for byte, in its
    order. Never raises; what cannot be read is given back without the blanks around it.

    >>> canonical_url("HTTPS://Example.ORG:443/a?utm_source=x&id=7#top")
    'https://example.org/a?id=7'
    """
    url = url.strip()
    parts = _split(url)
    if parts is None:
        return url
    scheme = parts.scheme.lower()
    path = _CONTROLS.sub("%20", parts.path) or "/"
    query = _without_tracking(_CONTROLS.sub("%20", parts.query), host=host_of(url))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    tail = (f"?{query}" if query else "") + (
        f"#{_CONTROLS.sub('%20', fragment)}" if fragment else ""
    )
    return f"{scheme}://{_netloc(parts)}{path}{tail}"


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
    return parts if parts.hostname else None


def _netloc(parts: SplitResult) -> str:
    userinfo, at, _ = parts.netloc.rpartition("@")
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    shown = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme.lower()] else ""
    return f"{userinfo}{at}{host}{shown}"


def _without_tracking(query: str, *, host: str) -> str:
    if not query:
        return ""
    names, prefixes, by_site = load_tracking()
    labels = host.split(".")
    sites = (by_site.get(".".join(labels[start:])) for start in range(len(labels)))
    here = next((found for found in sites if found), frozenset[str]())
    kept = []
    for pair in query.split("&"):
        name = pair.partition("=")[0].lower()
        if pair and name not in names and name not in here and not name.startswith(prefixes):
            kept.append(pair)
    return "&".join(kept)
