"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1) to raw entries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urljoin

from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull.gate import Limits
from digest.pull.parsed import ParsedFeed
from digest.text.dates import parse_date
from digest.text.html import one_line
from digest.text.urls import is_web_url

_VERSION = "jsonfeed.org/version/1"


def parse_json(body: bytes, *, url: str, limits: Limits) -> ParsedFeed:
    """The entries of a JSON Feed; items that are no objects are skipped and counted.

    The extension ``"_digest": {"paraphrase": true, "publisher": "…"}`` of an item is honoured in
    local files only. Raises ParseError.
    """
    try:
        data = json.loads(body.decode(json.detect_encoding(body), "replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError("The document starts like JSON but is broken; try again later.") from error
    items = data.get("items")
    if not isinstance(items, list) or _VERSION not in str(data.get("version")):
        raise ParseError("This is JSON but no JSON Feed: it has no version and items; check it.")
    base = _string(data.get("feed_url")) or url
    good = [item for item in items[: limits.entries] if isinstance(item, dict)]
    problems = []
    if len(good) != len(items):
        message = f"{len(items) - len(good)} items of the feed could not be read or were too many."
        problems.append(Problem(code="malformed-feed", message=message, where=url or None))
    return ParsedFeed(
        title=one_line(_string(data.get("title"))) or None,
        entries=tuple(_entry(item, data, base, limits) for item in good),
        problems=tuple(problems),
        lang=_string(data.get("language")).lower() or None,
    )


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], base: str, limits: Limits) -> RawEntry:
    when = parse_date(_string(item.get("date_published") or item.get("date_modified"))[:100])
    own = item.get("_digest") if limits.local else None
    own = own if isinstance(own, dict) else {}
    content = _string(item.get("content_html")) or _paragraphs(_string(item.get("content_text")))
    authors = item.get("authors") or [item.get("author")]
    if not any(authors if isinstance(authors, list) else ()):
        authors = feed.get("authors") or [feed.get("author")]
    guid = item.get("id")
    return RawEntry(
        title=escape(_string(item.get("title"))[: limits.text].strip(), quote=False),
        url=_link(item, base),
        guid=str(guid)[:2000] if isinstance(guid, str | int | float) and guid != "" else None,
        summary=_paragraphs(_string(item.get("summary")))[: limits.text],
        content=content[: limits.text],
        published=when[0] if when else None,
        certainty=when[1] if when else Certainty.GUESS,
        authors=_texts(a.get("name") for a in _objects(authors)),
        tags=_texts(item.get("tags") if isinstance(item.get("tags"), list) else ()),
        lang=_string(item.get("language")).lower() or None,
        publisher=one_line(_string(own.get("publisher"))) or None,
        paraphrase=own.get("paraphrase") is True,
    )


def _link(item: Mapping[str, Any], base: str) -> str | None:
    for key in ("url", "external_url", "id"):
        text = _string(item.get(key)).strip()
        if not text or (key == "id" and not is_web_url(text)):
            continue
        try:
            whole = urljoin(base, text)
        except ValueError:
            continue
        if is_web_url(whole):
            return whole
    return None


def _paragraphs(text: str) -> str:
    """Plain text as HTML, which is what ``RawEntry`` of a feed holds."""
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _objects(value: object) -> Sequence[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _texts(values: Any) -> tuple[str, ...]:
    cleaned = (one_line(v[:1000])[:200] for v in list(values)[:50] if isinstance(v, str))
    return tuple(dict.fromkeys(v for v in cleaned if v))
