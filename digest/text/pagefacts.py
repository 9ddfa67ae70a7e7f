"""What the head of a web page says of it: JSON-LD (schema.org), Open Graph, HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from digest.model import Certainty
from digest.text.dates import parse_date
from digest.text.html import one_line
from digest.text.urls import host_of, is_web_url, shown_url, without_userinfo

_ARTICLES = ("article", "posting", "report", "review", "creativework")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "publishdate", "pubdate"),
    *("publish-date", "parsely-pub-date", "sailthru.date", "dcterms.created", "dc.date.issued"),
    *("dc.date", "dcterms.date", "date"),
)
_AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator")
_MOST_SCRIPTS = 20
_LONGEST_SCRIPT = 2_000_000
_MOST_AUTHORS = 10
_LONGEST_AUTHOR = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """The facts of a page; ``body`` is its text as JSON-LD gives it, perhaps HTML.

    ``canonical`` is an address at the page's own site only. ``heading`` is the ``<title>``.
    """

    title: str | None = None
    heading: str = ""
    canonical: str | None = None
    date: datetime | None = None
    certainty: Certainty = Certainty.GUESS
    authors: tuple[str, ...] = ()
    lang: str | None = None
    body: str = ""


def read_facts(tree: LexborHTMLParser, url: str) -> PageFacts:
    """The facts of a page that was found at ``url``. Never raises for what a page holds."""
    meta = _meta(tree)
    articles = list(_articles(tree))
    date = _date(tree, meta, articles)
    root = tree.css_first("html")
    lang = (root.attributes.get("lang") or "") if root else ""
    return PageFacts(
        title=one_line(meta.get("og:title", "")) or None,
        heading=one_line(_text(tree, "title") or _text(tree, "h1")),
        canonical=_canonical(tree, meta, url),
        date=date[0] if date else None,
        certainty=date[1] if date else Certainty.GUESS,
        authors=_authors(meta, articles),
        lang=lang.replace("_", "-").partition("-")[0].strip().lower() or None,
        body=max(
            (each for a in articles if (each := _string(a.get("articleBody")))), default="", key=len
        ),
    )


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """``property``, ``name`` or ``itemprop`` in lower case to content; the first one counts."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        get = node.attributes.get
        name = get("property") or get("name") or get("itemprop") or ""
        found.setdefault(name.strip().lower(), (get("content") or "").strip())
    return found


def _articles(tree: LexborHTMLParser) -> Iterator[Mapping[str, Any]]:
    """The objects of JSON-LD that are articles, wherever they hang."""
    for node in tree.css('script[type="application/ld+json"]')[:_MOST_SCRIPTS]:
        text = node.text() or ""
        if len(text) > _LONGEST_SCRIPT:
            continue
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += reversed(value)
            elif isinstance(value, dict):
                if _is_article(value.get("@type")):
                    yield value
                waiting += [each for each in value.values() if isinstance(each, dict | list)]


def _is_article(kind: object) -> bool:
    names = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.lower().endswith(_ARTICLES) for name in names)


def _date(
    tree: LexborHTMLParser, meta: Mapping[str, str], articles: list[Mapping[str, Any]]
) -> tuple[datetime, Certainty] | None:
    said = [_string(article.get("datePublished")) for article in articles]
    said += [meta.get(name, "") for name in _DATES]
    said += [node.attributes.get("datetime") or "" for node in tree.css("time[datetime]")[:1]]
    return next((date for text in said if text and (date := parse_date(text))), None)


def _authors(meta: Mapping[str, str], articles: list[Mapping[str, Any]]) -> tuple[str, ...]:
    names: list[str] = []
    for article in articles:
        said = article.get("author")
        each = said if isinstance(said, list) else [said]
        names += [_string(a.get("name") if isinstance(a, dict) else a) for a in each]
    names += [meta.get(name, "") for name in _AUTHORS]
    clean = (one_line(name) for name in names)
    good = (name for name in clean if 0 < len(name) <= _LONGEST_AUTHOR and "://" not in name)
    return tuple(dict.fromkeys(good))[:_MOST_AUTHORS]


def _canonical(tree: LexborHTMLParser, meta: Mapping[str, str], url: str) -> str | None:
    node = tree.css_first("link[rel=canonical]")
    said = ((node.attributes.get("href") or "") if node else "") or meta.get("og:url", "")
    try:
        found = without_userinfo(urljoin(url, said.strip())) if said.strip() else ""
    except ValueError:
        return None
    # A page may not pass itself off as another site's, and a front page is no page of an entry.
    if not is_web_url(found) or _site(found) != _site(url) or found.count("/") < 3:  # noqa: PLR2004
        return None
    shown = shown_url(found)
    return None if shown.partition("://")[2].partition("/")[2] == "" else shown


def _site(url: str) -> str:
    """The last two labels of the host, three below such as co.uk and com.cn."""
    labels = host_of(url).split(".")
    country = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3  # noqa: PLR2004
    return ".".join(labels[-3 if country else -2 :])


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return node.text() if node else ""
