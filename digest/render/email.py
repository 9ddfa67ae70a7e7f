"""The HTML of a mail: one column, inline styles, and nothing is fetched."""

from __future__ import annotations

import re

import css_inline
from markupsafe import Markup

from digest.model import Issue
from digest.render.colophon import colophon
from digest.render.environment import Templates
from digest.render.page import PageView, view_of
from digest.render.plain import unsubscribe_line
from digest.render.site import Site
from digest.render.typography import breakable
from digest.render.web import issue_path

PREHEADER = (40, 130)
"""Characters the line beside the subject should have: fewer lets the page leak into it."""

_REL = re.compile(r' rel="noopener noreferrer"')
_BETWEEN = re.compile(r"\n\s*\n+")


def email_html(issue: Issue, site: Site, templates: Templates) -> str:
    """The HTML branch of a mail. Styles are inlined; at-rules (dark, narrow) stay in one block.

    Without ``site.base_url`` there is no "View in browser", without ``site.unsubscribe`` no link
    to unsubscribe. Raises RenderError with file and line.
    """
    page = view_of(issue, site)
    number = "" if page.number is None else f", No. {page.number}"
    html = templates.page(
        "email/issue.html.jinja",
        site=site,
        page=page,
        name=f"{site.title}{number}",
        address=site.address_of(issue_path(page)),
        preheader=preheader(page),
        unsubscribe=unsubscribe_line(site),
        colophon=colophon(page, site, templates),
        css=Markup(templates.text("email/style.css")),  # noqa: S704 - our own file
    )
    return _BETWEEN.sub("\n", _inlined(_breakable(_REL.sub("", html))))


def preheader(page: PageView) -> str:
    """The line a mailbox shows beside the subject: the standfirst, 40 to 130 characters long."""
    least, most = PREHEADER
    text = " ".join(page.summary.split())
    for more in (page.label, " · ".join(page.figures)):
        if len(text) < least:
            text = f"{text} {more}".strip()
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def _inlined(html: str) -> str:
    inliner = css_inline.CSSInliner(
        keep_style_tags=False,
        keep_link_tags=False,
        keep_at_rules=True,
        load_remote_stylesheets=False,
    )
    return str(inliner.inline(html))


def _breakable(html: str) -> str:
    head, mark, body = html.partition("<body")
    return head + breakable(mark + body)
