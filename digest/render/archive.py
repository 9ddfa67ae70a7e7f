"""The archive's first page: every published issue, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from digest.model import Issue
from digest.render.environment import Templates
from digest.render.page import counted, line
from digest.render.site import Site
from digest.render.web import style
from digest.text.dates import day_text


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """An issue as the archive lists it; ``path`` leads from ``output/`` to its page."""

    day: date
    day_text: str
    number: int | None
    title: Markup
    standfirst: Markup
    path: str
    sample: bool


def index_page(issues: Sequence[Issue], site: Site, templates: Templates) -> str:
    """The page ``index.html`` of ``output/``: number, date, title and standfirst of each issue.

    The issues may come in any order. Raises RenderError with file and line.
    """
    return templates.page(
        "web/index.html.jinja",
        site=site,
        site_title=line(site.title, site),
        subtitle=line(site.subtitle, site),
        description=site.subtitle or site.title,
        address=site.address_of(""),
        figure=counted(len(issues), "issue"),
        issues=[_line(issue, site) for issue in newest_first(issues)],
        **style(templates),
    )


def newest_first(issues: Sequence[Issue]) -> list[Issue]:
    """The issues by date, newest first."""
    return sorted(issues, key=lambda issue: issue.date, reverse=True)


def _line(issue: Issue, site: Site) -> IssueLine:
    return IssueLine(
        day=issue.date,
        day_text=day_text(issue.date),
        number=issue.number,
        title=line(issue.title, site),
        standfirst=line(issue.standfirst, site),
        path=f"issues/{issue.date.isoformat()}/index.html",
        sample=issue.sample,
    )
