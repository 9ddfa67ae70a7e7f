"""The web page of an issue: one file that needs nothing else and asks nothing of anyone."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from markupsafe import Markup

from digest.model import Issue
from digest.render.colophon import colophon
from digest.render.environment import Templates
from digest.render.page import PageView, view_of
from digest.render.site import Site
from digest.text.urls import is_web_url

ROOT = "../../"
"""From an issue's folder to where the archive's index and the feeds stand."""

_HTML_IN_JSON = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def issue_page(issue: Issue, site: Site, templates: Templates) -> str:
    """The page ``issues/DATE/index.html``: no script, no request, one style block.

    With ``site.base_url`` it says where it lives (canonical, Open Graph); its feeds are linked
    relatively in any case. Raises RenderError with file and line.
    """
    page = view_of(issue, site)
    address = site.address_of(issue_path(page))
    return templates.page(
        "web/issue.html.jinja",
        site=site,
        page=page,
        description=page.summary or page.label,
        address=address,
        root=ROOT,
        linked_data=json_in_html(linked_data(issue, page, site)),
        colophon=colophon(page, site, templates),
        **style(templates),
    )


def issue_path(page: PageView) -> str:
    """The issue's folder below ``output/``, with a slash at its end."""
    return f"issues/{page.day.isoformat()}/"


def style(templates: Templates) -> dict[str, Markup]:
    """The page's CSS and the hash by which the page's own policy admits it (CSP level 2)."""
    css = "\n" + templates.text("web/style.css").replace("\r\n", "\n")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return {"css": Markup(css), "css_hash": Markup(f"sha256-{digest}")}  # noqa: S704 - our own file


def json_in_html(data: dict[str, Any]) -> Markup:
    """JSON that may stand in a script element: no ``<``, ``>`` or ``&`` in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_HTML_IN_JSON))  # noqa: S704 - the three characters are gone


def linked_data(issue: Issue, page: PageView, site: Site) -> dict[str, Any]:
    """The issue as schema.org PublicationIssue, its stories as NewsArticle with their citations."""
    address = site.address_of(issue_path(page))
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "PublicationIssue",
        "name": page.label,
        "description": page.summary,
        "datePublished": page.day.isoformat(),
        "inLanguage": site.language,
        "isPartOf": {"@type": "Periodical", "name": site.title},
        "hasPart": [
            {
                "@type": "NewsArticle",
                "headline": story.heading,
                "datePublished": page.day.isoformat(),
                "articleSection": told.topic,
                "author": {"@type": "Organization", "name": site.title},
                "citation": [
                    citation.url
                    for citation in story.citations
                    if citation.url and is_web_url(citation.url)
                ],
            }
            | ({"url": f"{address}#{story.id}"} if address else {})
            for story, told in zip(issue.stories, page.stories, strict=True)
        ],
    }
    if issue.number is not None:
        data["issueNumber"] = issue.number
    if address:
        data["url"] = address
    return data
