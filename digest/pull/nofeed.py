"""Why a document is no feed, in one sentence with what to do about it."""

from __future__ import annotations

import re

from digest.errors import ParseError

_HEAD = 1 << 15
_XML_SIGNS = ("<?xml", "<rss", "<feed", "<rdf", "<!doctype rss", "<channel", "<item")
_PAGE_SIGNS = ("<html", "<!doctype html", "<head", "<body", "<script", "<meta ", "<title>", "<div")
_PAGES = (
    (
        re.compile(
            r"cf-chl|cf_chl|challenge-platform|just a moment\.\.\."
            r"|required! \| cloudflare|ddos-guard|checking your browser|captcha"
            r"|are (?:you|not) a robot|incapsula|qrator"
        ),
        (
            "The site answered with a check for human visitors (such as Cloudflare's) instead of "
            "the feed; ask the publisher to let feed readers through, or use another feed."
        ),
    ),
    (
        re.compile(
            r"type\s{0,9}=\s{0,9}[\"']?password|<title>[^<]{0,60}(?:log ?in|sign ?in|вход|登录)"
        ),
        (
            "This is a login page; set `auth` for this source if you have an account, "
            "or use a public feed."
        ),
    ),
    (
        re.compile(r"<title>[^<]{0,60}(?:cookie|consent)"),
        "This is a page that asks for consent to cookies; look for another feed of the site.",
    ),
    (
        re.compile(
            r"<title>[^<]{0,40}\b(?:404|403|500|502|503|not found|forbidden|access denied|error"
            r"|bad gateway|service unavailable|maintenance)\b"
        ),
        (
            "This is a web page with an error message instead of a feed; check the address, "
            "or let `digest sources add URL` find the new one."
        ),
    ),
    (
        re.compile(r"domain (?:is|may be) for sale|buy this domain|domain parking"),
        "This is the page of a domain that is for sale; the feed is gone, so remove it.",
    ),
    (
        re.compile(r"enable javascript|javascript is (?:disabled|required)"),
        (
            "This is a web page that needs JavaScript and no feed; "
            "`digest sources add URL` with the site's address looks for its feed."
        ),
    ),
)
"""Signs of a page, in lower case, and what its visitor can do; the first that fits is said."""

_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "compressed data"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"BEGIN:VCALENDAR", "a calendar"),
)
_ROOTS = {
    "urlset": "This is a sitemap and no feed; set `type: sitemap` for this source.",
    "sitemapindex": "This is a sitemap and no feed; set `type: sitemap` for this source.",
    "opml": "This is a list of feeds (OPML); `digest sources import FILE` adds what it lists.",
    "svg": "This is an image and no feed; check the address.",
    "error": "The server answered with an error message in XML; try again later.",
    "envelope": "This is the answer of a web service and no feed; check the address.",
}
_ROOT = re.compile(r"<(?:[\w.-]{1,30}:)?([A-Za-z][\w.-]{0,30})")
_TEXT = frozenset({b"<", b"{", b"\xef", b"\xfe", b""})
_FIRST = re.compile(r"<(?:!doctype html|html|rss|feed|rdf:rdf|channel|body|head)\b")
DAMAGED = "The feed is too damaged to be read; check the address or ask the publisher."


def why_no_feed(body: bytes) -> str:
    """The sentence for a document in which no parser found a feed."""
    start = _start(body)
    found = _ROOT.search(start)
    if found and found.group(1) in _ROOTS:
        return _ROOTS[found.group(1)]
    if any(sign in start for sign in _PAGE_SIGNS) and not _is_xml_feed(start):
        return _why_page(start)
    if any(sign in start for sign in _XML_SIGNS):
        return DAMAGED
    if start.startswith("["):
        return "This is JSON but no feed (RSS, Atom or JSON Feed); check the address."
    return (
        "This is no feed (RSS, Atom or JSON Feed); check the address, "
        "or let `digest sources add URL` find the feed of the site."
    )


def refuse_other_kind(body: bytes) -> None:
    """Nothing; raises ParseError for what is no text at all."""
    if body[:1] in _TEXT:
        return
    for sign, kind in _KINDS:
        if body.startswith(sign):
            raise ParseError(f"This is {kind} and no feed; check the address.")


def is_page(body: bytes) -> bool:
    """Whether the first element is that of a web page."""
    first = _FIRST.search(_start(body))
    return first is not None and first.group() in {"<html", "<!doctype html"}


def _start(body: bytes) -> str:
    start = body[:_HEAD].replace(b"\0", b"").decode("utf-8", "replace").lower()
    return start.lstrip("\ufeff \t\r\n")


def _is_xml_feed(start: str) -> bool:
    first = _FIRST.search(start)
    return first is not None and first.group() in {"<rss", "<feed", "<rdf:rdf", "<channel"}


def _why_page(start: str) -> str:
    """The sentence for a web page: what keeps us out, else where the feed may be found."""
    return next(
        (why for sign, why in _PAGES if sign.search(start)),
        "This is a web page and no feed; `digest sources add URL` finds its feed.",
    )
