"""The desk's own pages, from ``templates/desk/`` of the first folder that has them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from digest.desk.state import Shown
from digest.errors import RenderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One way to look at the issue: a rendition, framed as wide as a device; 0 is the window."""

    id: str
    label: str
    name: str
    width: int = 0


TABS = (
    Tab(id="web", label="Web", name="index.html"),
    Tab(id="email-375", label="Mail, phone", name="email.html", width=375),
    Tab(id="email-640", label="Mail, desktop", name="email.html", width=640),
    Tab(id="text", label="Plain text", name="email.txt"),
    Tab(id="markdown", label="Markdown", name="issue.md"),
    Tab(id="json", label="JSON", name="issue.json"),
)


def tab_of(name: str | None) -> Tab:
    """The tab of that id; the first one for any other."""
    return next((tab for tab in TABS if tab.id == name), TABS[0])


class Pages:
    """The shell around the framed issue, and the page that shows a source text."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._environment = SandboxedEnvironment(
            loader=FileSystemLoader([str(folder) for folder in folders]),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def shell(self, shown: Shown, tab: Tab) -> str:
        """The desk with one tab open. Raises ``RenderError``."""
        rendition = shown.find(tab.name)
        return self._page(
            "desk/preview.html.jinja",
            shown=shown,
            tabs=TABS,
            current=tab,
            size=None if rendition is None else len(rendition.content),
            title=_title(shown),
        )

    def source(self, name: str, text: str) -> str:
        """A text as it stands, on a page. Raises ``RenderError``."""
        return self._page("desk/source.html.jinja", name=name, text=text)

    def _page(self, template: str, **context: object) -> str:
        try:
            return self._environment.get_template(template).render(**context)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            where = f"{template}:{line}" if line else template
            raise RenderError(str(error), where=where) from error


def _title(shown: Shown) -> str:
    """The issue's date and title, as far as its JSON tells them."""
    rendition = shown.find("issue.json")
    if rendition is None:
        return "No issue yet"
    try:
        data = json.loads(rendition.content)
    except ValueError:
        return "Preview"
    if not isinstance(data, dict):
        return "Preview"
    words = [str(data[key]) for key in ("date", "title") if data.get(key)]
    return " · ".join(words) or "Preview"
