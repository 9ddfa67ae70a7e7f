"""How an issue was made, as the paragraphs that end every form of it."""

from __future__ import annotations

from digest.render.environment import Templates
from digest.render.page import PageView
from digest.render.site import Site

TEMPLATE = "text/colophon.txt.jinja"


def colophon(page: PageView, site: Site, templates: Templates) -> tuple[str, ...]:
    """The paragraphs of the colophon as plain text, one for each line of its template.

    Raises RenderError with file and line.
    """
    text = templates.text(TEMPLATE, page=page, site=site)
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())
