"""Sitemaps (sitemaps.org 0.9), their indexes and Google News sitemaps; gzip and plain text too.

Read with expat in one pass: 50,000 addresses in half a second, no DTD, no namespace magic.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull.feeds import parse
from digest.pull.parsed import ParsedFeed
from digest.text.dateline import date_in_address
from digest.text.dates import Parsed, parse_date
from digest.text.html import one_line
from digest.text.urls import canonical_url, is_web_url

NEWEST = 500
"""Addresses taken of one sitemap, the newest ones."""

WINDOW = timedelta(days=30)
"""Addresses changed longer than this before the newest one are old pages."""

MOST_CHILDREN = 5
"""Sitemaps of an index that are read in one pull, the newest ones."""

_MOST_LINES = 100_000  # twice what the protocol allows
_MOST_BYTES = 50 * 1024 * 1024  # what the protocol allows
_MOST_TEXT = 4000
_DEEPEST = 32
_GZIP = b"\x1f\x8b"
_FEEDS = frozenset({"rss", "feed", "rdf"})
_MAP, _INDEX = "urlset", "sitemapindex"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# What the name of a child says of it, where its index gives no dates.
_NEWS = re.compile(r"news|latest|recent|today", re.IGNORECASE)
_REPORTS = re.compile(r"post|article|stor(?:y|ies)|content", re.IGNORECASE)
_OTHERS = re.compile(
    r"image|video|photo|tag|categor|author|user|page|product|tax|topic|archive", re.IGNORECASE
)
_W3C = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|T)")
_PAGE = re.compile(rb"<!doctype html|<html[\s>]", re.IGNORECASE)
_NO_SITEMAP = (
    "This is {}, not a sitemap; look for `Sitemap:` in the site's robots.txt, or try "
    "`digest sources add URL`, which finds feeds."
)
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class _Line:
    """One ``<url>`` or ``<sitemap>`` as it stands."""

    loc: str = ""
    lastmod: str = ""
    title: str = ""
    publication_date: str = ""
    language: str = ""
    name: str = ""
    keywords: str = ""


def read_sitemap(
    body: bytes, *, url: str, content_type: str = "", full_text: bool = False
) -> ParsedFeed:
    """The newest entries of a sitemap, or, of an index, the addresses to read as ``more``.

    Google News gives titles and dates. Of any other sitemap ``lastmod`` only ranks: it says when a
    page changed, not when it came out, so the date is a guess unless the address holds one. An
    entry without a title has an empty one when ``full_text`` will bring it, else it is left out
    and told as a problem. Raises ParseError where nothing can come of the document.
    """
    body = _unpacked(body)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return _feed(_plain(body), url, full_text=full_text, problems=())
    if _PAGE.search(body[:1024]):
        raise ParseError(_NO_SITEMAP.format("a web page"))
    reader = _Reader()
    problems = reader.read(body, url)
    if reader.root in _FEEDS:  # the protocol allows feeds as sitemaps
        return parse(body, url=url, content_type=content_type)
    if reader.root == _INDEX:
        return _index(reader.lines, url, problems)
    if reader.root != _MAP:
        raise ParseError(_NO_SITEMAP.format(f"<{reader.root[:40]}>"))
    return _feed(reader.lines, url, full_text=full_text, problems=problems)


def _unpacked(body: bytes) -> bytes:
    """The document of a ``.gz``; raises ParseError beyond 50 MiB or for what is no gzip."""
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(body, _MOST_BYTES)
    except zlib.error as error:
        raise ParseError("The gzip file of the sitemap is damaged; try again later.") from error
    if unpacker.unconsumed_tail:
        raise ParseError("The sitemap grows beyond 50 MiB when it is unpacked; it is not read.")
    return found


def _plain(body: bytes) -> list[_Line]:
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    lines = [line for line in lines if line]
    found = [_Line(loc=line) for line in lines[:_MOST_LINES] if is_web_url(line)]
    if not found or len(found) * 2 < len(lines):
        raise ParseError("This is no sitemap: neither XML nor a list of addresses; check the URL.")
    return found


class _Reader:
    """Collects what expat finds; names without prefix and in lower case."""

    def __init__(self) -> None:
        self.root = ""
        self.lines: list[_Line] = []
        self._stack: list[str] = []
        self._text: list[str] = []
        self._size = 0

    def read(self, body: bytes, url: str) -> tuple[Problem, ...]:
        """Fill ``root`` and ``lines``; a document that breaks off counts up to there."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            line = parser.CurrentLineNumber
            if not self.lines:
                message = f"The sitemap is no readable XML (line {line}); try again later."
                raise ParseError(message) from error
            message = f"the sitemap breaks off in line {line}; {len(self.lines)} addresses read"
            return (Problem(code="sitemap", message=message, where=url),)
        return ()

    def _doctype(self, *_: object) -> None:
        raise ParseError("The sitemap has a DTD, which can be a trap, so it is not read.")

    def _start(self, tag: str, _: object) -> None:
        name = tag.rpartition(":")[2].lower()
        self.root = self.root or name
        self._stack.append(name)
        self._text, self._size = [], 0
        if len(self._stack) > _DEEPEST:
            raise ParseError(f"The sitemap nests elements deeper than {_DEEPEST}; it is not read.")
        if len(self._stack) == 2 and len(self.lines) < _MOST_LINES:  # noqa: PLR2004 - below the root
            self.lines.append(_Line())

    def _data(self, text: str) -> None:
        if self._size < _MOST_TEXT:
            self._text.append(text[:_MOST_TEXT])
            self._size += len(text)

    def _end(self, _: str) -> None:
        name = self._stack.pop()
        inside = self._stack[-1] if self._stack else ""
        # <image:title> and <video:title> are not the page's.
        own = len(self._stack) == 2 and name in ("loc", "lastmod")  # noqa: PLR2004 - in url
        news = (inside == "news" and name in ("title", "publication_date", "keywords")) or (
            inside == "publication" and name in ("language", "name")
        )
        if (own or news) and self.lines:
            setattr(self.lines[-1], name, " ".join("".join(self._text).split())[:_MOST_TEXT])
        self._text, self._size = [], 0


def _index(lines: Sequence[_Line], url: str, problems: tuple[Problem, ...]) -> ParsedFeed:
    own = canonical_url(url)
    places = dict.fromkeys(
        line.loc for line in lines if is_web_url(line.loc) and canonical_url(line.loc) != own
    )
    if not places:
        raise ParseError("The sitemap index names no sitemap; look for another in robots.txt.")
    changed = {line.loc: _when(line.lastmod) for line in lines if line.lastmod}
    ranked = sorted(places, key=lambda loc: _promise(loc, changed.get(loc)), reverse=True)
    return ParsedFeed(title=None, entries=(), problems=problems, more=tuple(ranked[:MOST_CHILDREN]))


def _promise(loc: str, changed: Parsed | None) -> tuple[object, ...]:
    """How likely a sitemap holds the newest reports: its kind, its date, its highest number."""
    name = loc.rpartition("/")[2] or loc
    kind = 2 if _NEWS.search(name) else 1 if _REPORTS.search(name) else 0
    kind = -1 if not kind and _OTHERS.search(name) else kind
    numbers = tuple(int(number[:12]) for number in _NUMBER.findall(loc)[-4:])
    return kind >= 0, changed[0] if changed else _LONG_AGO, kind, numbers


def _feed(
    lines: Sequence[_Line], url: str, *, full_text: bool, problems: tuple[Problem, ...]
) -> ParsedFeed:
    entries = {canonical_url(line.loc): _entry(line) for line in lines if is_web_url(line.loc)}
    if not entries:
        raise ParseError("The sitemap holds no address; look for another in the site's robots.txt.")
    titled = [entry for entry in entries.values() if entry.title]
    untitled = len(entries) - len(titled)
    if untitled and not full_text:
        if not titled:
            raise ParseError(
                f"None of the {untitled} addresses of the sitemap has a title; write "
                "`full_text: yes` to read it from the pages, or look for the site's news sitemap."
            )
        message = f"{untitled} addresses have no title; `full_text: yes` reads it from the pages"
        problems += (Problem(code="sitemap", message=message, where=url),)
    names = Counter(line.name for line in lines if line.name)
    return ParsedFeed(
        title=names.most_common(1)[0][0] if names else None,
        entries=_newest(tuple(entries.values()) if full_text else titled),
        problems=problems,
    )


def _entry(line: _Line) -> RawEntry:
    date = _when(line.publication_date) or date_in_address(line.loc)
    if date is None and (changed := _when(line.lastmod)):
        date = changed[0], Certainty.GUESS
    return RawEntry(
        title=line.title,
        url=line.loc,
        published=date[0] if date else None,
        certainty=date[1] if date else Certainty.GUESS,
        tags=tuple(filter(None, (one_line(tag) for tag in line.keywords.split(",")))),
        lang=line.language or None,
    )


def _when(text: str) -> Parsed | None:
    # W3C dates only, as the protocol has it: 50,000 odd ones would take a minute to guess.
    return parse_date(text) if _W3C.match(text) else None


def _newest(entries: Sequence[RawEntry]) -> tuple[RawEntry, ...]:
    """Newest first; the undated ones, of which nothing can be said, last and in their order."""
    newest = max((e.published for e in entries if e.published), default=None)
    if newest is None:
        return tuple(entries[:NEWEST])
    dated = [e for e in entries if e.published and e.published >= newest - WINDOW]
    dated.sort(key=lambda entry: entry.published or _LONG_AGO, reverse=True)
    undated = [e for e in entries if e.published is None]
    return tuple([*dated, *undated][:NEWEST])
