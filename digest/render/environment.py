"""The door to the template files: folders in, finished text out, every Jinja error with its line.

Three Jinja environments over the same folders, each a sandbox with strict undefined names: HTML
(autoescape), plain text (none), and house styles (autoescape for Markdown, see ``mdjinja``).
The first folder that has a file wins, so a newsletter's own template shadows the shipped one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Protocol

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.environment import Environment
from jinja2.exceptions import TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from digest.errors import RenderError
from digest.render.mdjinja import MarkdownEnvironment

INTRODUCTION = "introduction"
CLOSING = "closing"
PARTS = "parts"
"""The file in ``styles/`` that is no style: macros that styles import."""

_STYLE_END = ".md.jinja"
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
_PROGRAM_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class HasId(Protocol):
    """A story as a style template sees it, as far as this room needs to know it."""

    @property
    def id(self) -> str:
        """The id its body is filed under."""
        ...


class Composed(Protocol):
    """An issue as a style template sees it, as far as this room needs to know it."""

    @property
    def stories(self) -> Iterable[HasId]:
        """All stories in reading order."""
        ...


class Templates:
    """The templates of several folders, the first of which wins. Files are read when first used.

    One value serves one build: a changed file is seen by the next ``Templates``.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        loader = FileSystemLoader([str(folder) for folder in folders])
        options: dict[str, Any] = {
            "loader": loader,
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "keep_trailing_newline": True,
            "auto_reload": False,
        }
        self._html = SandboxedEnvironment(autoescape=True, **options)
        self._text = SandboxedEnvironment(autoescape=False, **options)
        self._style = MarkdownEnvironment(**options)

    def page(self, name: str, /, **context: object) -> str:
        """The template ``name`` as HTML or XML; every value is escaped unless it is ``Markup``.

        Raises RenderError with file and line.
        """
        return self._render(self._html, name, context)

    def text(self, name: str, /, **context: object) -> str:
        """The template ``name`` as plain text. Raises RenderError with file and line."""
        return self._render(self._text, name, context)

    def style_bodies(self, style: str, composed: Composed) -> dict[str, str]:
        """Markdown by story id, and under "introduction" and "closing" ('' without such a macro).

        ``templates/styles/STYLE.md.jinja`` defines the macros ``story(story)`` or
        ``story(story, issue)``, ``introduction(issue)`` and ``closing(issue)``. Blocks are apart
        by exactly one blank line. Raises RenderError with file and line, also for a style that
        is not there or has no ``story``.
        """
        name = f"styles/{style}.md.jinja"
        try:
            module = self._style.get_template(name).module
            macros = {part: getattr(module, part, None) for part in (INTRODUCTION, CLOSING)}
            story = getattr(module, "story", None)
            if story is None:
                raise RenderError("a style defines the macro story(story)", where=self._path(name))
            bodies = {item.id: _blocks(_told(story, item, composed)) for item in composed.stories}
            for part, macro in macros.items():
                bodies[part] = "" if macro is None else _blocks(_told(macro, composed))
        except (TemplateError, *_PROGRAM_FAULTS) as error:
            self._fail(error, name)
        return bodies

    def styles(self) -> tuple[str, ...]:
        """The names of all house styles the folders have, in the order of the alphabet."""
        found = {
            name.removeprefix("styles/").removesuffix(_STYLE_END)
            for name in self._style.list_templates()
            if name.startswith("styles/") and name.endswith(_STYLE_END)
        }
        return tuple(sorted(found - {PARTS}))

    def style_shape(self, style: str) -> str | None:
        """What the template says with ``{% set shape = "roundup" %}``; None where it is silent."""
        name = f"styles/{style}{_STYLE_END}"
        try:
            shape = getattr(self._style.get_template(name).module, "shape", None)
        except (TemplateError, *_PROGRAM_FAULTS) as error:
            self._fail(error, name)
        return None if shape is None else str(shape)

    def _render(self, environment: Environment, name: str, context: dict[str, object]) -> str:
        try:
            template: Template = environment.get_template(name)
            return template.render(context)
        except (TemplateError, *_PROGRAM_FAULTS) as error:
            self._fail(error, name)

    def _fail(self, error: Exception, name: str) -> NoReturn:
        """Raise the RenderError that says where; a fault outside any template is raised again."""
        if isinstance(error, TemplateSyntaxError):
            where = f"{error.filename or self._path(error.name or name)}:{error.lineno}"
            raise RenderError(error.message or "this is no template", where=where) from error
        place = self._line_of(error.__traceback__)
        if isinstance(error, TemplateNotFound):
            missing = str(error.name or name)
            folders = ", ".join(str(folder) for folder in self.folders)
            message = f"the template {missing} is not in {folders}"
            raise RenderError(message, where=place or missing) from error
        if place is None and not isinstance(error, TemplateError):
            raise error
        raise RenderError(_sentence(error), where=place or self._path(name)) from error

    def _line_of(self, trace: TracebackType | None) -> str | None:
        """``file:line`` of the innermost template line; Jinja maps its frames to template files."""
        found = None
        folders = tuple(str(folder) for folder in self.folders)
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file.startswith(folders):
                # A macro called from here was not mapped yet: its lines are the compiled ones.
                template = trace.tb_frame.f_globals.get("__jinja_template__")
                number = trace.tb_lineno
                found = (
                    f"{file}:{template.get_corresponding_lineno(number) if template else number}"
                )
            trace = trace.tb_next
        return found

    def _path(self, name: str) -> str:
        """The file that ``name`` means, or the name itself where no folder has it."""
        paths = (folder / name for folder in self.folders)
        return str(next((path for path in paths if path.is_file()), name))


def _told(macro: Callable[..., object], *values: object) -> str:
    """What the macro makes of as many of the values as it takes."""
    wanted = len(getattr(macro, "arguments", values))
    return str(macro(*values[:wanted]))


def _blocks(markdown: str) -> str:
    return _BLANK_LINES.sub("\n\n", markdown).strip()


def _sentence(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text if isinstance(error, TemplateError) else f"{type(error).__name__}: {text}"
