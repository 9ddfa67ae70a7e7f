"""A Jinja environment whose autoescape is Markdown's, for the templates of house styles.

Jinja writes ``escape``, ``Markup``, ``markup_join`` and ``Macro`` into every module it compiles and
takes them from ``jinja2.runtime``: those are HTML's. Here each compiled template ends with a line
that binds the four names anew, so output, macros, ``{% set %}`` and ``{% filter %}`` blocks, ``~``
and call blocks all escape for Markdown. Filters that build markup themselves are replaced, filters
that only make HTML are absent, and no constant is folded at compile time (that escapes for HTML).
Read beside ``jinja2/compiler.py`` and ``jinja2/runtime.py`` of 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Environment
from jinja2.filters import FILTERS, make_attrgetter
from jinja2.runtime import Context, Undefined
from jinja2.runtime import Macro as HtmlMacro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import pass_environment

from digest.text.markdown import Md

KEPT_FILTERS = (
    "abs",
    "attr",
    "batch",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "sum",
    "trim",
    "unique",
    "upper",
    "wordcount",
)


def escape(value: object) -> Md:
    """``value`` as Markdown text: itself when it is Markdown already, escaped otherwise.

    HTML markup counts as plain text here: what is safe in HTML may act in Markdown. An undefined
    value raises, since it is turned into text.
    """
    return Md.escape(value)


def markup_join(parts: Iterable[object]) -> str:
    """What ``~`` makes: Markdown as soon as one part is, else text that is escaped when shown."""
    found = list(parts)
    if any(isinstance(part, Md) for part in found):
        return Md("".join(escape(part) for part in found))
    return "".join(str(part) for part in found)


class Macro(HtmlMacro):
    """A macro whose result is Markdown."""

    def _invoke(self, arguments: list[Any], autoescape: bool) -> str:  # noqa: FBT001 - Jinja's
        result = str(super()._invoke(arguments, autoescape))
        return Md(result) if autoescape else result


class MarkdownContext(Context):
    """A context whose ``super()`` gives Markdown, so that a style can extend another."""

    def super(self, name: str, current: Callable[..., Any]) -> Any:
        """The parent's block of that name."""
        block = super().super(name, current)
        return block if isinstance(block, Undefined) else lambda: Md(str(block()))


class MarkdownCode(CodeGenerator):
    """Jinja's code generator with Markdown's runtime names, and without constant folding."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """Write the module, then bind the four runtime names anew (they are looked up late)."""
        super().visit_Template(node, frame)
        self.writeline("from digest.render.mdjinja import Macro, Md as Markup, escape, markup_join")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if isinstance(node, nodes.TemplateData):
            return str(super()._output_child_to_const(node, frame, finalize))
        raise nodes.Impossible


@pass_environment
def _join(
    environment: Environment,
    value: Iterable[object],
    d: object = "",
    attribute: str | int | None = None,
) -> Md:
    items = value if attribute is None else map(make_attrgetter(environment, attribute), value)
    return escape(d).join(escape(item) for item in items)


def _replace(value: object, old: str, new: object, count: int = -1) -> Md:
    return Md(str(escape(value)).replace(str(escape(old)), str(escape(new)), count))


def _indent(value: object, width: int = 4) -> Md:
    """Markdown with every line but the first moved to the right, as a list item's body wants."""
    return Md(("\n" + " " * width).join(str(escape(value)).split("\n")))


def _format(value: object, *args: object) -> Md:
    return escape(value) % args


def _safe(value: object) -> Md:
    return value if isinstance(value, Md) else Md(str(value))


def _quote_block(value: object) -> Md:
    """Markdown as a block quotation: ``> `` before every line."""
    return Md("\n".join(f"> {line}".rstrip() for line in str(escape(value)).split("\n")))


OWN_FILTERS: Mapping[str, Callable[..., Any]] = {
    "e": escape,
    "escape": escape,
    "format": _format,
    "indent": _indent,
    "join": _join,
    "quote_block": _quote_block,
    "replace": _replace,
    "safe": _safe,
}


class MarkdownEnvironment(SandboxedEnvironment):
    """A sandbox for style templates: a value shown in Markdown cannot act as Markdown."""

    code_generator_class = MarkdownCode
    context_class = MarkdownContext

    def __init__(self, **options: Any) -> None:
        super().__init__(autoescape=True, optimized=False, **options)
        self.filters = {name: FILTERS[name] for name in KEPT_FILTERS} | dict(OWN_FILTERS)
