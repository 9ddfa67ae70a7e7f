"""What kind a source is, by what the editor called it or what its address shows."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digest.source import Source

HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_CHANNEL = re.compile(r"/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?$")


def type_of(source: Source) -> str:
    """What the editor called it, else what its address shows."""
    if source.type:
        return source.type
    if (source.url or "").lower().startswith(("imap:", "imaps:")):
        return "imap"
    if channel_of(source.url or ""):
        return "telegram"
    return "sitemap" if is_sitemap_address(source.url or "") else "feed"


def channel_of(url: str) -> str | None:
    """The name of the channel an address is about, ``None`` where it is about none.

    >>> channel_of("https://t.me/s/example_news"), channel_of("https://t.me/example_news/12")
    ('example_news', None)
    """
    parts = urlsplit(url)
    found = _CHANNEL.fullmatch(parts.path)
    return found[1] if (parts.hostname or "").lower() in HOSTS and found else None


def is_sitemap_address(url: str) -> bool:
    """Whether the address names itself a sitemap.

    >>> is_sitemap_address("https://example.org/news-sitemap.xml"), is_sitemap_address("/feed.xml")
    (True, False)
    """
    name = url.partition("?")[0].rpartition("/")[2].lower()
    return "sitemap" in name and name.endswith((".xml", ".xml.gz", ".txt"))
