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
from digest.render.web import issue_path
from digest.text.markdown import escape, link, published, to_plain

WIDTH = 74

_TITLE = re.compile(r"\A#{3,6}(?= )")


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

    Every story is a heading of level three, the lede's too, which stands under no section heading,
    unless the title says the same.
    Raises RenderError with file and line.
    """
    page = view_of(issue, site)
    blocks = [
        f"# {escape(page.label)}",
        f"*{escape(_dateline(page, site))}*",
        str(escape(page.summary)),
        _titled(published(page.introduction_markdown)),
    ]
    for section in page.sections:
        blocks += _section_markdown(section)
    blocks.append(_titled(published(page.closing_markdown)))
    blocks.append("---")
    blocks += [str(escape(sentence)) for sentence in colophon(page, site, templates)]
    return "\n\n".join(block.strip() for block in blocks if block.strip()) + "\n"


def _titled(markdown: str) -> str:
    """The closing or introduction with the title on its top as a heading like a section's."""
    return _TITLE.sub("##", markdown.strip())


def source_line(source: SourceView) -> str:
    """A source as plain text without its address: name, notes in brackets, day."""
    return f"{source.publisher}{_notes_and_day(source)}"


def _notes_and_day(source: SourceView) -> str:
    notes = ", ".join(text for text, _ in source.notes)
    return (f" ({notes})" if notes else "") + (f", {source.day}" if source.day else "")


def _section_markdown(section: SectionView) -> Iterable[str]:
    if not section.lede:
        yield f"## {escape(section.title)}"
    yield published(section.intro_markdown)
    for story in section.stories:
        if story.headed:
            yield f"### {escape(story.label)}"
        yield published(story.markdown)
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
