"""A saved web page to one raw entry: its facts from the head, its text from the main element."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from digest.pull.fields import yes
from digest.pull.notes import Facts
from digest.text.dates import parse_date
from digest.text.html import one_line, plain_text
from digest.text.urls import is_web_url

_FURNITURE = "nav, header, footer, aside, form, script, style, noscript, template"
_DATES = ("article:published_time", "date", "dc.date", "dcterms.date", "pubdate", "datepublished")
_PUBLISHERS = ("publisher", "og:site_name", "dc.publisher", "application-name")
_TITLES = ("og:title", "twitter:title", "dc.title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says: ``text`` is plain, ``facts`` as front matter would give them."""

    facts: Facts
    text: str
    summary: str = ""
    authors: tuple[str, ...] = ()


def read_page(html: str) -> Page:
    """The page's facts and the plain text of its ``article`` or ``main``, else of its body."""
    tree = LexborHTMLParser(html)
    meta = _meta(tree)
    main = tree.css_first("article") or tree.css_first("main") or tree.body
    title = _first(meta, _TITLES) or _text(tree, "h1") or _text(tree, "title")
    date = _first(meta, _DATES)
    if not date and (time := tree.css_first("time[datetime]")):
        date = time.attributes.get("datetime") or ""
    url = _canonical(tree) or meta.get("og:url", "")
    root = tree.css_first("html")
    lang = (root.attributes.get("lang") or "") if root else ""
    facts = Facts(
        title=title or None,
        date=parse_date(date) if date else None,
        publisher=_first(meta, _PUBLISHERS) or None,
        url=url if is_web_url(url) else None,
        lang=lang or None,
        paraphrase=yes(meta["digest:paraphrase"]) if "digest:paraphrase" in meta else None,
    )
    if main is not None:
        for node in main.css(_FURNITURE):
            if node.tag != "header" or main.tag == "body":
                node.decompose()
    author = one_line(meta.get("author", ""))
    return Page(
        facts=facts,
        text=plain_text(main.html or "") if main is not None else "",
        summary=one_line(meta.get("description") or meta.get("og:description") or ""),
        authors=(author,) if author else (),
    )


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """``name`` or ``property`` in lower case to content; the first of a name counts."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        name = node.attributes.get("name") or node.attributes.get("property") or ""
        found.setdefault(name.strip().lower(), (node.attributes.get("content") or "").strip())
    return found


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((one_line(meta[name]) for name in names if meta.get(name)), "")


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return " ".join(node.text().split()) if node else ""


def _canonical(tree: LexborHTMLParser) -> str:
    node = tree.css_first("link[rel=canonical]")
    return (node.attributes.get("href") or "").strip() if node else ""
