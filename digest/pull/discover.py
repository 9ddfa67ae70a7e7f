"""Which feeds a page leads to: those it names, those its site is known for, those to try.

Pure: what comes over the network is fetched by ``pull/finding.py``; ``look`` runs in a worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from digest.data.feedplaces import load_feed_places
from digest.errors import ParseError
from digest.pull.feeds import parse
from digest.pull.kinds import channel_of
from digest.pull.markup import absolute, base_of, html_tree, text_of, title_of
from digest.pull.parsed import ParsedFeed
from digest.pull.sitemaps import read_sitemap
from digest.pull.telegram import read_channel
from digest.text.html import one_line
from digest.text.urls import canonical_url, host_of

MOST_NAMED = 30
"""Feeds one page may name: indexes of feeds list hundreds, which are for a person to choose."""

_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml",
     "application/x-rss+xml", "text/rss+xml"}
)  # fmt: skip
_PLAIN_TYPES = frozenset({"application/json", "application/xml", "text/xml"})
_FEED_PATH = re.compile(
    r"/(?:rss|atom|feeds?)(?:2(?:\.0)?)?(?:/|$|\.(?:xml|php|aspx?|json)$)"
    r"|\.(?:rss|atom|rdf)$|/(?:[\w-]*(?:rss|feed|atom)[\w-]*)\.(?:xml|json)$|/index\.xml$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|alt|type)=(?:rss|rss2|atom|json_?feed)\b", re.IGNORECASE
)
_FEED_WORDS = re.compile(r"\b(?:RSS|Atom)\b(?! ?(?:reader|agent))|РСС|RSS订阅")
_READERS = frozenset(
    {"feedly.com", "inoreader.com", "newsblur.com", "theoldreader.com", "netvibes.com"}
)
_CHANNEL_ID = re.compile(r'"(?:externalId|channelId|browseId)"\s*:\s*"(UC[\w-]{22})"')
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf|channel)[\s>]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_HEAD = 4096
_MOST_LINKS = 5000


class Kind(IntEnum):
    """How a feed was found, the most trustworthy first."""

    GIVEN = 0
    SITE = 1
    HEAD = 2
    LINK = 3
    TRIED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed; ``why`` says in a few words what speaks for it."""

    url: str
    kind: Kind
    why: str
    title: str = ""
    type: str = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a document is: ``feed``, ``sitemap``, ``telegram`` or ``page``, and what it holds.

    ``named`` are the feeds a page leads to, ``generator`` is a path its software is known for.
    """

    type: str
    title: str | None = None
    entries: int = 0
    newest: datetime | None = None
    named: tuple[Candidate, ...] = ()
    generator: str | None = None


def look(body: bytes, url: str, content_type: str) -> Look:
    """What the document is; raises ParseError where it is nothing that can be a source."""
    if channel_of(url):
        return _held("telegram", read_channel(body, url=url, content_type=content_type))
    head = body[:_HEAD]
    if _SITEMAP.search(head.replace(b"\0", b"")) or head.startswith(b"\x1f\x8b"):
        return _held("sitemap", read_sitemap(body, url=url, full_text=True))
    if not _is_page(head):
        try:
            return _held("feed", parse(body, url=url, content_type=content_type))
        except ParseError:
            if b"<" not in head:
                raise
    return _page(html_tree(body, content_type=content_type), url)


def _is_page(head: bytes) -> bool:
    """Whether HTML begins here, and not within an entry of a feed."""
    page, feed = _PAGE.search(head), _FEED.search(head)
    return page is not None and (feed is None or page.start() < feed.start())


def _held(kind: str, parsed: ParsedFeed) -> Look:
    dates = [entry.published for entry in parsed.entries if entry.published]
    return Look(
        type=kind,
        title=one_line(parsed.title or "") or None,
        entries=len(parsed.entries) + len(parsed.more),
        newest=max(dates, default=None),
    )


def _page(tree: LexborHTMLParser, url: str) -> Look:
    base = base_of(tree, url)
    found = [*_in_head(tree, base), *_of_channel(tree, url), *_in_links(tree, base)]
    distinct = {canonical_url(each.url): each for each in reversed(found)}
    node = tree.css_first("meta[name=generator i][content]")
    software = (node.attributes.get("content") or "").lower() if node else ""
    places = load_feed_places().generators
    return Look(
        type="page",
        title=title_of(tree),
        named=ranked(distinct.values(), url)[:MOST_NAMED],
        generator=next((path for name, path in places.items() if name in software), None),
    )


def _in_head(tree: LexborHTMLParser, base: str) -> Iterable[Candidate]:
    for node in tree.css("link[rel][href]"):
        rel = (node.attributes.get("rel") or "").lower().split()
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        link = node.attributes.get("href") or ""
        known = kind in _TYPES or (kind in _PLAIN_TYPES and _is_feed_address(link))
        if ("alternate" in rel and known) or "feed" in rel:
            title = one_line(node.attributes.get("title") or "")
            yield from _candidate(link, base, Kind.HEAD, title)


def _in_links(tree: LexborHTMLParser, base: str) -> Iterable[Candidate]:
    for node in tree.css("a[href]")[:_MOST_LINKS]:
        link = (node.attributes.get("href") or "").strip()
        if not link:
            continue
        said = text_of(node) or node.attributes.get("title") or ""
        named = len(said) <= 40 and _FEED_WORDS.search(said)  # noqa: PLR2004 - a label, no headline
        if named or _is_feed_address(link):
            yield from _candidate(link, base, Kind.LINK, one_line(said))


def _candidate(link: str, base: str, kind: Kind, title: str) -> Iterable[Candidate]:
    address = absolute(link.strip().removeprefix("feed:"), base)
    if address is None:
        return
    host = host_of(address).removeprefix("www.")
    if host in _READERS:  # "add to my reader": the feed's address is in the link's
        inner = re.search(r"https?(?::|%3A)(?:/|%2F){2}.+", address[8:], re.IGNORECASE)
        address = absolute(unquote(inner[0]), base) if inner else None
        if address is None:
            return
    why = "the page names it in its head" if kind is Kind.HEAD else "the page links to it"
    yield Candidate(url=address, kind=kind, why=why, title=title)


def _of_channel(tree: LexborHTMLParser, url: str) -> Iterable[Candidate]:
    """A YouTube page of a handle (/@name) knows the channel's number."""
    if not _below(host_of(url), "youtube.com"):
        return
    node = tree.css_first("link[rel=canonical][href*='/channel/']")
    known = conventions((node.attributes.get("href") or "") if node else "")
    if not known and (found := _CHANNEL_ID.search(tree.html or "")):
        known = conventions(f"https://www.youtube.com/channel/{found[1]}")
    yield from known


def conventions(url: str) -> tuple[Candidate, ...]:
    """Feeds that the address alone tells, by the habits of well-known sites; often none.

    >>> conventions("https://letters.substack.com/p/one")[0].url
    'https://letters.substack.com/feed'
    """
    if channel := channel_of(url):
        address = f"https://t.me/s/{channel}"
        why = "the public page of the Telegram channel"
        return (Candidate(url=address, kind=Kind.SITE, why=why, type="telegram"),)
    parts, host = urlsplit(url), host_of(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for each in load_feed_places().sites:
        right = host.removeprefix("www.") == each.host if each.host else _below(host, each.site)
        if right and (match := each.match.fullmatch(path)):
            address = each.feed.format(*match.groups(), host=host)
            return (Candidate(url=address, kind=Kind.SITE, why=each.why),)
    return ()


def to_try(url: str, generator: str | None) -> tuple[Candidate, ...]:
    """Addresses to try on a site whose page names no feed: at most seven, likeliest first."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    paths = [*([generator] if generator else []), *load_feed_places().paths]
    if parts.path.strip("/") and "." not in parts.path.rpartition("/")[2]:
        paths.insert(0, f"{parts.path.rstrip('/')}/feed")
    why = "tried because many sites have it there"
    distinct = {path.rstrip("/"): path for path in reversed(paths)}
    found = [path for path in dict.fromkeys(paths) if distinct[path.rstrip("/")] == path]
    return tuple(Candidate(url=root + p, kind=Kind.TRIED, why=why) for p in found[:7])


def ranked(candidates: Iterable[Candidate], page: str) -> tuple[Candidate, ...]:
    """Best first: no comments, how it was found, the page's own part of the site, short."""
    return tuple(sorted(candidates, key=lambda each: _order(each, page)))


def is_comments(candidate: Candidate) -> bool:
    """Whether this is a feed of what readers say."""
    pattern = load_feed_places().comments
    return bool(pattern.search(candidate.title) or pattern.search(urlsplit(candidate.url).path))


def _order(candidate: Candidate, page: str) -> tuple[object, ...]:
    here, there = urlsplit(page), urlsplit(candidate.url)
    folder = here.path.rstrip("/")
    return (
        is_comments(candidate),
        candidate.kind,
        bool(folder) and not there.path.startswith(f"{folder}/"),
        host_of(page).removeprefix("www.") != host_of(candidate.url).removeprefix("www."),
        there.path.count("/"),
        len(candidate.url),
        candidate.url,
    )


def _is_feed_address(link: str) -> bool:
    parts = link.partition("#")[0].partition("?")
    return bool(_FEED_PATH.search(parts[0]) or _FEED_QUERY.search(parts[2]))


def _below(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")
