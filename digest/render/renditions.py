"""All published files of an issue, and of the archive, as bytes to be written."""

from __future__ import annotations

from collections.abc import Sequence

from digest.deliveries import Rendition
from digest.model import Issue
from digest.render.archive import index_page
from digest.render.data import issue_json
from digest.render.email import email_html
from digest.render.environment import Templates
from digest.render.feeds import atom_feed, json_feed
from digest.render.plain import email_text, issue_markdown
from digest.render.site import Site
from digest.render.web import issue_page


def renditions(issue: Issue, site: Site, templates: Templates) -> tuple[Rendition, ...]:
    """index.html, issue.md, email.html, email.txt and issue.json of one issue, in UTF-8.

    The same issue, site and templates give the same bytes. Raises RenderError with file and line.
    """
    return _encoded(
        ("index.html", issue_page(issue, site, templates)),
        ("issue.md", issue_markdown(issue, site, templates)),
        ("email.html", email_html(issue, site, templates)),
        ("email.txt", email_text(issue, site, templates)),
        ("issue.json", issue_json(issue)),
    )


def archive_renditions(
    issues: Sequence[Issue], site: Site, templates: Templates
) -> tuple[Rendition, ...]:
    """feed.xml, feed.json and, last, index.html of the archive, in UTF-8.

    Raises RenderError with file and line.
    """
    return _encoded(
        ("feed.xml", atom_feed(issues, site, templates)),
        ("feed.json", json_feed(issues, site, templates)),
        ("index.html", index_page(issues, site, templates)),
    )


def _encoded(*files: tuple[str, str]) -> tuple[Rendition, ...]:
    return tuple(Rendition(name=name, content=text.encode()) for name, text in files)
