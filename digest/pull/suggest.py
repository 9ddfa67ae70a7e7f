"""Selectors to propose for a listing: what repeats on the page and links to long headlines.

A proposal for a person, who sees at once what it finds; a pull never guesses. Pure and, as all
that reads pages from outside, for a worker.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.errors import ParseError
from digest.pull.markup import absolute, base_of, html_tree, text_of
from digest.pull.pages import read_listing
from digest.source import Selectors
from digest.text.dateline import date_within
from digest.text.urls import canonical_url, host_of

FEWEST = 3
"""Items that make a listing."""

_MOST_LINKS = 2000
_MOST_PROPOSALS = 3
_HEADLINE = 20  # letters; a Han character counts as three
_TEASER = 40
_MOST_COUNTED = 120
_LONGEST_DATE = 60
_CLIMB = 12
_LOOKED_AT = 12
_MOST_PARTS = 60
_FURNITURE = frozenset({"nav", "header", "footer", "aside", "form"})
_TOPS = frozenset({"body", "html", "main"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SIMPLE = re.compile(r"[A-Za-z][A-Za-z_-]*")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Selectors, with what they find on the page they were made for."""

    selectors: Selectors
    entries: int
    dated: int


def propose(body: bytes, url: str, content_type: str) -> tuple[Proposal, ...]:
    """At most three proposals, best first, each tried; none where nothing repeats.

    Raises ParseError for what is no page to read.
    """
    tree = html_tree(body, content_type=content_type)
    groups = _groups(tree, url)
    found: list[tuple[float, Proposal]] = []
    for members in groups[: _MOST_PROPOSALS * 2]:
        selectors = _selectors(tree, [item for item, _ in members], [link for _, link in members])
        if selectors is None or any(selectors == each.selectors for _, each in found):
            continue
        try:
            feed = read_listing(body, url=url, selectors=selectors, content_type=content_type)
        except ParseError:
            continue
        dated = sum(entry.published is not None for entry in feed.entries)
        if len(feed.entries) < FEWEST:
            continue
        proposal = Proposal(selectors=selectors, entries=len(feed.entries), dated=dated)
        found.append((_worth(members) * (1 + dated / len(feed.entries)), proposal))
    found.sort(key=lambda pair: -pair[0])
    return tuple(proposal for _, proposal in found[:_MOST_PROPOSALS])


Member = tuple[LexborNode, LexborNode]
"""An item and the link in it that bears its headline."""


def _groups(tree: LexborHTMLParser, url: str) -> list[list[Member]]:
    """Items of one tag below parents of one kind, the wordiest group first."""
    links = list(_headlines(tree, url))
    held: dict[int, set[str]] = defaultdict(set)
    for link, address in links:
        for node in _upwards(link):
            held[node.mem_id].add(address)
    groups: dict[tuple[str, str], dict[int, Member]] = defaultdict(dict)
    for link, _ in links:
        item = link
        for node in _upwards(link):
            if len(held[node.mem_id]) > 1:
                break
            item = node
        key = (_kind(item.parent) if item.parent else "", _tag(item))
        groups[key].setdefault(item.mem_id, (item, link))
    found = [list(members.values()) for members in groups.values() if len(members) >= FEWEST]
    return sorted(found, key=_worth, reverse=True)


def _headlines(tree: LexborHTMLParser, url: str) -> Iterator[tuple[LexborNode, str]]:
    base, host = base_of(tree, url), host_of(url).removeprefix("www.")
    for link in tree.css("a[href]")[:_MOST_LINKS]:
        address = absolute(link.attributes.get("href") or "", base)
        if address is None or host_of(address).removeprefix("www.") != host:
            continue
        if _length(text_of(link)) < _HEADLINE or canonical_url(address) == canonical_url(url):
            continue
        if not any(node.tag in _FURNITURE for node in _upwards(link)):
            yield link, canonical_url(address)


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    """The element and a dozen around it, up to the body of the page."""
    here: LexborNode | None = node
    for _ in range(_CLIMB):
        if here is None or here.tag in _TOPS:
            return
        yield here
        here = here.parent


def _length(text: str) -> int:
    return len(text) + 2 * len(_HAN.findall(text))


def _worth(members: Sequence[Member]) -> float:
    return float(sum(min(_length(text_of(link)), _MOST_COUNTED) for _, link in members))


def _selectors(
    tree: LexborHTMLParser, items: Sequence[LexborNode], links: Sequence[LexborNode]
) -> Selectors | None:
    shown = items[:_LOOKED_AT]
    item = _item(tree, items)
    if item is None:
        return None
    heading = next((tag for tag in _HEADINGS if _share(shown, _has(tag)) >= 0.8), None)  # noqa: PLR2004
    link = None
    if heading is None and not all(
        (first := each.css_first("a[href]")) is not None and first.mem_id == own.mem_id
        for each, own in zip(items, links, strict=True)
    ):
        link = _common([[own] for own in links[:_LOOKED_AT]])
    parts = [each.css("*")[1:_MOST_PARTS] for each in shown]
    dates = [[node for node in within if _is_date(node)] for within in parts]
    teasers = [[node for node in within if _is_teaser(node)] for within in parts]
    date = "time" if _share(shown, _has("time")) >= 0.5 else _common(dates)  # noqa: PLR2004
    return Selectors(
        item=item, title=heading or link, link=link, date=date, summary=_common(teasers)
    )


def _item(tree: LexborHTMLParser, items: Sequence[LexborNode]) -> str | None:
    """The shortest selector that finds these items and few others."""
    tag, parent = _tag(items[0]), items[0].parent
    shared = Counter(name for item in items for name in _classes(item))
    own = tag + "".join(f".{name}" for name, count in shared.items() if count == len(items))[:80]
    above = _kind(parent) if parent is not None else ""
    for selector in (own if "." in own else "", f"{above} > {own}" if above else "", own):
        if selector and len(tree.css(selector)) <= len(items) * 1.5 + 1:
            return selector
    return None


def _kind(node: LexborNode) -> str:
    """An element by its id, else by tag and classes that look made by hand."""
    name = node.attributes.get("id") or ""
    if _SIMPLE.fullmatch(name):
        return f"#{name}"
    return _tag(node) + "".join(f".{each}" for each in _classes(node)[:2])


def _tag(node: LexborNode) -> str:
    # A damaged page has elements whose names no selector can hold, such as <a<b>.
    name = node.tag or ""
    return name if _NAME.fullmatch(name) else "*"


def _classes(node: LexborNode) -> list[str]:
    return [n for n in (node.attributes.get("class") or "").split() if _SIMPLE.fullmatch(n)]


def _common(found: Sequence[Sequence[LexborNode]]) -> str | None:
    """The kind of element that most items hold; without a class only ``p`` says enough."""
    kinds = Counter(kind for nodes in found for kind in {_kind(node) for node in nodes})
    good = [
        (count, kind)
        for kind, count in kinds.items()
        if count * 2 >= len(found) and ("." in kind or kind in ("p", "time"))
    ]
    return max(good)[1] if good else None


def _has(selector: str) -> Callable[[LexborNode], bool]:
    return lambda node: node.css_first(selector) is not None


def _share(items: Sequence[LexborNode], test: Callable[[LexborNode], bool]) -> float:
    return sum(map(test, items)) / len(items)


def _is_date(node: LexborNode) -> bool:
    text = text_of(node)
    return 0 < len(text) <= _LONGEST_DATE and date_within(text) is not None


def _is_teaser(node: LexborNode) -> bool:
    if node.tag not in ("p", "div", "span") or any(up.tag == "a" for up in _upwards(node)):
        return False
    parts = node.css("p, div, time, h1, h2, h3, h4")
    if any(part.mem_id != node.mem_id for part in parts):
        return False  # a box around others
    return _length(text_of(node)) >= _TEASER
