"""A web page that lists reports, read by the CSS selectors the editor wrote for it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull.markup import absolute, base_of, html_tree, text_of, title_of
from digest.pull.parsed import ParsedFeed
from digest.source import Selectors
from digest.text.dateline import date_in_address, date_within
from digest.text.dates import Parsed, parse_date
from digest.text.html import one_line
from digest.text.urls import canonical_url

MOST_ITEMS = 500
"""Items of one page that are read; the first ones of a listing are the newest."""

NO_SELECTORS = (
    "A source of type `page` needs `selectors` with an `item`, the CSS selector of what repeats; "
    "`digest sources try URL` proposes some to paste."
)
_DATES = "time, [datetime]"
_HEADINGS = "h1, h2, h3, h4, h5, h6"
_WITHIN = ("title", "link", "date", "summary")
_SEVERAL = 5
_EDGES = " |·•—–-,:"
_BRACKETED = re.compile(r"(?<=\S)\s*[\[(（]20\d\d([-/.])\d{1,2}\1\d{1,2}[\])）]$")


def read_listing(
    body: bytes, *, url: str, selectors: Selectors | None, content_type: str = ""
) -> ParsedFeed:
    """The entries of a listing in its order, each address once, links absolute.

    A title is the text of ``selectors.title``, else of a heading in the link, else of the link; a
    link is the first of the item, or the item itself. A date is read from ``datetime`` or the
    text, else from the address. Items without link or title are left out and told as a problem.
    Raises ParseError where a selector cannot be read or nothing comes of the page.
    """
    if selectors is None or not selectors.item:
        raise ParseError(NO_SELECTORS)
    tree = html_tree(body, content_type=content_type)
    _check(tree, selectors)
    items = tree.css(selectors.item)
    if not items:
        raise ParseError(
            f"Nothing on the page fits the item selector {selectors.item!r}; look at the page's "
            "source: it may have been rebuilt, be filled by JavaScript, or ask for a login."
        )
    listing = _Listing(selectors, url=url, base=base_of(tree, url))
    for item in items[:MOST_ITEMS]:
        listing.add(item)
    if not listing.entries:
        what = " and ".join(f"`{kind}`" for kind in listing.missing) or "`link`"
        raise ParseError(
            f"{len(items)} items fit {selectors.item!r}, but none has both a link and a title; "
            f"check {what} in `selectors`."
        )
    return ParsedFeed(
        title=title_of(tree),
        entries=tuple(listing.entries.values()),
        problems=listing.problems(min(len(items), MOST_ITEMS)),
    )


def _check(tree: LexborHTMLParser, selectors: Selectors) -> None:
    """Raise ParseError that names the first selector which is no CSS."""
    for each in fields(selectors):
        selector = getattr(selectors, each.name)
        if selector is None or each.name == "text":
            continue
        try:
            tree.css_first(selector)
        except SelectolaxError as error:
            message = f"The selector `{each.name}: {selector}` cannot be read as CSS; correct it."
            raise ParseError(message) from error


class _Listing:
    """What is found, and what is missing, item by item."""

    def __init__(self, selectors: Selectors, *, url: str, base: str) -> None:
        self._selectors = selectors
        self._own = canonical_url(url)
        self._url = url
        self._base = base
        self.entries: dict[str, RawEntry] = {}
        self.missing: Counter[str] = Counter()

    def add(self, item: LexborNode) -> None:
        """Take the item as an entry, or count what it lacks."""
        link = self._link(item)
        address = absolute((link.attributes.get("href") or "") if link else "", self._base)
        if link is None or address is None or canonical_url(address) == self._own:
            self.missing["link"] += 1
            return
        date = self._date(item, address)
        title = self._title(item, link)
        if not title:
            self.missing["title"] += 1
            return
        if date is None:
            self.missing["date"] += 1
        summary = self._find(item, self._selectors.summary)
        entry = RawEntry(
            title=title,
            url=address,
            summary=(summary.html or "") if summary else "",
            published=date[0] if date else None,
            certainty=date[1] if date else Certainty.GUESS,
        )
        self.entries.setdefault(canonical_url(address), entry)

    def problems(self, items: int) -> tuple[Problem, ...]:
        """Sentences for the editor about what was left out, or has no date."""
        found = [
            f"{number} of {items} items have no {kind} and were left out; check `{kind}` in "
            "`selectors`, or make `item` narrower"
            for kind in ("link", "title")
            if (number := self.missing[kind])
        ]
        if self._selectors.date and self.missing["date"] >= len(self.entries):
            found.append(
                "no date could be read; check `date` in `selectors` (entries count as new on the "
                "day they are first seen)"
            )
        return tuple(Problem(code="page", message=each, where=self._url) for each in found)

    def _find(self, item: LexborNode, selector: str | None) -> LexborNode | None:
        return item.css_first(selector) if selector else None

    def _link(self, item: LexborNode) -> LexborNode | None:
        if self._selectors.link:
            found = self._find(item, self._selectors.link)
            if found is None or found.attributes.get("href"):
                return found
            return found.css_first("a[href]") or _around(found)
        title = self._find(item, self._selectors.title)
        if title is not None and (near := title.css_first("a[href]") or _around(title)):
            return near
        return item.css_first("a[href]") or _around(item)

    def _title(self, item: LexborNode, link: LexborNode) -> str:
        if self._selectors.title:
            node = self._find(item, self._selectors.title)
            return self._undated(node) if node else ""
        heading = link.css_first(_HEADINGS)
        if title := self._undated(heading or link):
            return title
        # A linked picture, and beside it the linked headline.
        same = link.attributes.get("href")
        for other in item.css("a[href]")[:_SEVERAL]:
            if other.attributes.get("href") == same and (title := self._undated(other)):
                return title
        return one_line(link.attributes.get("title") or link.attributes.get("aria-label") or "")

    def _undated(self, node: LexborNode) -> str:
        """The words of the element without a date that stands before or behind them in it."""
        title = text_of(node)
        for date in node.css(self._selectors.date or _DATES)[:_SEVERAL]:
            words = text_of(date)
            if words and words != title:
                title = title.removeprefix(words).removesuffix(words).strip(_EDGES)
        return _BRACKETED.sub("", title).strip()

    def _date(self, item: LexborNode, address: str) -> Parsed | None:
        for node in item.css(self._selectors.date or _DATES)[:_SEVERAL]:
            said = node.attributes.get("datetime") or node.attributes.get("content") or ""
            if found := (parse_date(said) if said else None) or date_within(text_of(node)):
                return found
        return date_in_address(address)


def _around(node: LexborNode) -> LexborNode | None:
    """The link the element is, or stands in."""
    here: LexborNode | None = node
    while here is not None:
        if here.tag == "a" and here.attributes.get("href"):
            return here
        here = here.parent
    return None
