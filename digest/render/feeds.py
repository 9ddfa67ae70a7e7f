"""The feeds of the archive: Atom (RFC 4287) and JSON Feed 1.1."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

from digest.model import Issue
from digest.render.archive import newest_first
from digest.render.data import rfc3339
from digest.render.environment import Templates
from digest.render.page import PageView, view_of
from digest.render.site import Site
from digest.render.web import issue_path

ISSUES_IN_A_FEED = 20
JSON_FEED = "https://jsonfeed.org/version/1.1"

_NO_ISSUE_YET = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def atom_feed(issues: Sequence[Issue], site: Site, templates: Templates) -> str:
    """``feed.xml``: the twenty newest issues in full. Updated is the end of an issue's period.

    Ids are tag URIs (RFC 4151) of newsletter and date, so they outlive a change of address.
    Raises RenderError with file and line.
    """
    newest = newest_first(issues)[:ISSUES_IN_A_FEED]
    text = templates.page(
        "web/feed.xml.jinja",
        site=site,
        id=_tag(newest[0].newsletter if newest else "newsletter", "1970", "feed"),
        updated=rfc3339(max((issue.period.end for issue in newest), default=_NO_ISSUE_YET)),
        home=site.address_of("") or "index.html",
        own=site.address_of("feed.xml") or "feed.xml",
        entries=[_entry(issue, site, templates) for issue in newest],
    )
    return _NOT_XML.sub("", text)


def json_feed(issues: Sequence[Issue], site: Site, templates: Templates) -> str:
    """``feed.json``: the twenty newest issues in full; addresses only where there is a base.

    Raises RenderError with file and line.
    """
    data: dict[str, Any] = {
        "version": JSON_FEED,
        "title": site.title,
        "language": site.language,
        "authors": [{"name": site.title}],
    }
    if site.subtitle:
        data["description"] = site.subtitle
    if site.base_url:
        data["home_page_url"] = site.address_of("")
        data["feed_url"] = site.address_of("feed.json")
    newest = newest_first(issues)[:ISSUES_IN_A_FEED]
    data["items"] = [_item(_entry(issue, site, templates), site) for issue in newest]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _tag(newsletter: str, day: str, name: str) -> str:
    # RFC 4151 wants a domain; ".invalid" belongs to nobody, so the id does not hang on base_url.
    return f"tag:{newsletter}.invalid,{day}:{name}"


def _entry(issue: Issue, site: Site, templates: Templates) -> dict[str, Any]:
    page = view_of(issue, site)
    path = f"{issue_path(page)}index.html"
    return {
        "id": _tag(issue.newsletter, page.day.isoformat(), "issue"),
        "title": page.label,
        "summary": page.summary,
        "updated": rfc3339(issue.period.end),
        "address": site.address_of(issue_path(page)) or path,
        "content": _content(page, templates),
    }


def _content(page: PageView, templates: Templates) -> Markup:
    html = templates.page("web/feed-content.html.jinja", page=page)
    return Markup(_NOT_XML.sub("", html))  # noqa: S704 - made by an escaping template


def _item(entry: dict[str, Any], site: Site) -> dict[str, Any]:
    item = {
        "id": entry["id"],
        "title": entry["title"],
        "summary": entry["summary"],
        "date_published": entry["updated"],
        "content_html": str(entry["content"]),
    }
    return item | ({"url": entry["address"]} if site.base_url else {})
