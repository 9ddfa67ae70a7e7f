"""The two forms without HTML: the text of a mail, and the issue as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable

from digest.model import Issue
from digest.render.colophon import colophon
from digest.render.environment import Templates
from digest.render.page import PageView, SectionView, SourceView, StoryView, view_of
from digest.render.site import Site
from digest.render.typography import with_levels
from digest.render.web import issue_path
from digest.text.markdown import escape, link, published, to_html, to_plain
from digest.text.readalike import alike

WIDTH = 74

_HEADING = re.compile(r"^#{1,6}(?= )", re.MULTILINE)
_LEVEL = re.compile(r"<h([1-6])")


def email_text(issue: Issue, site: Site, templates: Templates) -> str:
    """The text branch of a mail: lines of at most 74 columns but for addresses, which stay whole.

    Its last line says how to unsubscribe. Raises RenderError with file and line.
    """
    page = view_of(issue, site)
    text = templates.text(
        "text/issue.txt.jinja",
        masthead=_wrapped(_dateline(page, site)),
        title=_wrapped(page.label),
        underline=min(WIDTH, len(page.label)),
        standfirst=_wrapped(page.summary),
        figures=" · ".join(page.figures),
        introduction=_plain(page.introduction_markdown),
        sections=[_section(section) for section in page.sections],
        closing=_plain(page.closing_markdown),
        colophon=[_wrapped(sentence) for sentence in colophon(page, site, templates)],
        postal=_wrapped(f"{site.title}, {site.postal_address}" if site.postal_address else ""),
        address=site.address_of(issue_path(page)),
        unsubscribe=unsubscribe_line(site),
    )
    return _lines(text)


def unsubscribe_line(site: Site) -> str:
    """The last line of a mail: the address, or the word to reply with."""
    if site.unsubscribe:
        return f"Unsubscribe: {site.unsubscribe}"
    return "To unsubscribe, reply to this mail with the word unsubscribe."


def issue_markdown(issue: Issue, site: Site, templates: Templates) -> str:
    """The issue as plain CommonMark without any comment, that Python-Markdown reads alike.

    It says what the page says, with headings of the same levels: none is skipped. What the two
    parsers would read in two ways, or what a page does not show, is written anew.
    Raises RenderError with file and line.
    """
    page = view_of(issue, site)
    blocks = [
        f"# {escape(page.label)}",
        f"*{escape(_dateline(page, site))}*",
        str(escape(page.summary)),
        _body(page.introduction_markdown, under=1),
    ]
    for section in page.sections:
        blocks += _section_markdown(section)
    blocks.append(_body(page.closing_markdown, under=1))
    blocks.append("---")
    blocks += [str(escape(sentence)) for sentence in colophon(page, site, templates)]
    return "\n\n".join(block.strip() for block in blocks if block.strip()) + "\n"


def _body(markdown: str, under: int) -> str:
    """A body as its page has it, with headings that stand below level ``under``."""
    shown = with_levels(to_html(markdown), under)
    levels = iter(_LEVEL.findall(shown))
    text = _HEADING.sub(lambda _: "#" * int(next(levels, 6)), published(markdown))
    return alike(text, shown)


def source_line(source: SourceView) -> str:
    """A source as plain text without its address: name, notes in brackets, day."""
    return f"{source.publisher}{_notes_and_day(source)}"


def _notes_and_day(source: SourceView) -> str:
    notes = ", ".join(text for text, _ in source.notes)
    return (f" ({notes})" if notes else "") + (f", {source.day}" if source.day else "")


def _section_markdown(section: SectionView) -> Iterable[str]:
    level = 2 if section.lede else 3
    if not section.lede:
        yield f"## {escape(section.title)}"
    yield _body(section.intro_markdown, under=2)
    for story in section.stories:
        if story.headed:
            yield f"{'#' * level} {escape(story.label)}"
        yield _body(story.markdown, under=level if story.headed else 1)
        if story.sources:
            yield _sources_markdown(story.sources)


def _sources_markdown(sources: tuple[SourceView, ...]) -> str:
    shown = [
        f"{link(source.publisher, source.url) if source.url else escape(source.publisher)}"
        f"{escape(_notes_and_day(source))}"
        for source in sources
    ]
    return f"{'Source' if len(shown) == 1 else 'Sources'}: {' · '.join(shown)}"


def _dateline(page: PageView, site: Site) -> str:
    number = [] if page.number is None else [f"No. {page.number}"]
    return " · ".join([site.title, *number, page.day_text])


def _section(section: SectionView) -> dict[str, object]:
    title = section.title.upper()
    return {
        "title": _wrapped(title),
        "underline": min(WIDTH, len(title)),
        "intro": _plain(section.intro_markdown),
        "stories": [_story(story) for story in section.stories],
    }


def _story(story: StoryView) -> dict[str, object]:
    return {
        "heading": _wrapped(story.label),
        "headed": story.headed,
        "body": _plain(story.markdown),
        "sources": [_source(source) for source in story.sources],
    }


def _source(source: SourceView) -> str:
    line = textwrap.fill(
        source_line(source),
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return f"{line}\n  {source.url}" if source.url else line


def _plain(markdown: str) -> str:
    return to_plain(published(markdown), WIDTH) if markdown.strip() else ""


def _wrapped(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False
    )


def _lines(text: str) -> str:
    """No blanks at line ends, at most two blank lines in a row, one newline at the end."""
    kept: list[str] = []
    for line in text.split("\n"):
        stripped = line.rstrip()
        if stripped or kept[-2:] != ["", ""]:
            kept.append(stripped)
    return "\n".join(kept).strip("\n") + "\n"
