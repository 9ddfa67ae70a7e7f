"""What every rendered form shows of an issue: plain values, worked out once from ``Issue``.

Fields of type ``Markup`` are finished, sanitised HTML; all other text is still to be escaped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from markupsafe import Markup

from digest.data.outlets import load_outlets
from digest.model import LEDE, Citation, Issue, IssueSection, IssueStory, Ownership
from digest.render.site import Site
from digest.render.typography import bound, bound_line, with_levels, with_scopes
from digest.text.dates import day_text
from digest.text.langmarks import mark_languages
from digest.text.markdown import published, to_html, to_plain
from digest.text.urls import is_web_url

HUES = frozenset(
    {
        "diplomacy",
        "military",
        "energy",
        "economy",
        "technology",
        "cyber",
        "information",
        "central-asia",
        "society",
    }
)
"""The sections that have a hue of their own; every other one takes the accent."""

LANGUAGE_MARKS = {
    "be": "бел.",
    "de": "dt.",
    "es": "esp.",
    "fr": "fr.",
    "it": "it.",
    "ja": "日本語",
    "kk": "қаз.",
    "ko": "한국어",
    "ky": "кырг.",
    "mn": "монг.",
    "pl": "pol.",
    "ru": "рус.",
    "tg": "тоҷ.",
    "tr": "tür.",
    "uk": "укр.",
    "zh": "中文",
}
"""How a source's language is named beside it, in that language."""

WITH_CONTENTS = frozenset({"links"})
"""The house styles whose page opens with a table of contents."""

WORDS_A_MINUTE = 230
CHARACTERS_A_MINUTE = 350
"""Reading speed for words, and for Han characters."""

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_ADDRESS = re.compile(r"\(?<?https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A citation as the line under a story shows it: name, notes in brackets, day.

    ``notes`` are pairs of text and language: ``("中文", "zh-Hans")``, ``("state media", "en")``.
    """

    publisher: str
    name: Markup
    url: str | None
    title: str
    day: str | None
    iso: str | None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story: ``heading`` as HTML, ``label`` the same as plain text, ``topic`` its section.

    ``headed`` is false where the issue's title has just said the same words.
    """

    id: str
    heading: Markup
    label: str
    headed: bool
    topic: str
    hue: str
    body: Markup
    markdown: str
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section; the lede's has no title of its own, its kicker is the topic of its story."""

    id: str
    title: str
    hue: str
    lede: bool
    intro: Markup
    intro_markdown: str
    stories: tuple[StoryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A whole issue, ready for any template."""

    day: date
    day_text: str
    period_text: str
    number: int | None
    title: Markup
    label: str
    standfirst: Markup
    summary: str
    figures: tuple[str, ...]
    contents: bool
    introduction: Markup
    introduction_markdown: str
    sections: tuple[SectionView, ...]
    closing: Markup
    closing_markdown: str
    sample: bool

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """All stories in reading order."""
        return tuple(story for section in self.sections for story in section.stories)


@lru_cache(maxsize=32)  # each rendition of an issue, and its archive, asks for it
def view_of(issue: Issue, site: Site) -> PageView:
    """What every form shows of ``issue``; sections without story and text are left out."""
    return PageView(
        day=issue.date,
        day_text=day_text(issue.date),
        period_text=_period_text(issue),
        number=issue.number,
        title=line(issue.title, site),
        label=issue.title,
        standfirst=line(issue.standfirst, site),
        summary=issue.standfirst,
        figures=_figures(issue),
        contents=issue.style in WITH_CONTENTS,
        introduction=block(issue.introduction, site, under=1),
        introduction_markdown=issue.introduction,
        sections=tuple(
            _section(section, issue, site)
            for section in issue.sections
            if section.stories or section.intro.strip()
        ),
        closing=block(issue.closing, site, under=1),
        closing_markdown=issue.closing,
        sample=issue.sample,
    )


def line(text: str, site: Site) -> Markup:
    """Plain text as one line of HTML: escaped, its languages marked, its last words bound."""
    return Markup(bound_line(mark_languages(str(Markup.escape(text)), site.language)))  # noqa: S704 - escaped here


def block(markdown: str, site: Site, *, under: int) -> Markup:
    """Markdown as sanitised HTML whose headings stand below level ``under``."""
    if not markdown.strip():
        return Markup("")
    html = with_scopes(with_levels(to_html(markdown), under))
    return Markup(bound(mark_languages(html, site.language)))  # noqa: S704 - sanitised by to_html


def counted(count: int, noun: str) -> str:
    """``14 stories``, ``1 story``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count} {noun[:-1]}ies" if noun.endswith("y") else f"{count} {noun}s"


def minutes_to_read(texts: Sequence[str]) -> int:
    """Whole minutes, at least one: words at 230 and Han characters at 350 a minute."""
    words = characters = 0
    for text in texts:
        shown = _ADDRESS.sub(" ", text)
        characters += len(_HAN.findall(shown))
        words += len(_HAN.sub(" ", shown).split())
    return max(1, math.ceil(words / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE))


def _section(section: IssueSection, issue: Issue, site: Site) -> SectionView:
    lede = section.id == LEDE
    topic = section.stories[0].section if lede and section.stories else section.id
    return SectionView(
        id=section.id,
        title=_title_of(topic, site) if lede else section.title,
        hue=_hue(topic),
        lede=lede,
        intro=block(section.intro, site, under=2),
        intro_markdown=section.intro,
        stories=tuple(_story(story, issue, site, lede=lede) for story in section.stories),
    )


def _story(story: IssueStory, issue: Issue, site: Site, *, lede: bool) -> StoryView:
    headed = not lede or story.heading != issue.title
    under = 3 if not lede else 2 if headed else 1
    return StoryView(
        id=story.id,
        heading=line(story.heading, site),
        label=story.heading,
        headed=headed,
        topic=_title_of(story.section, site),
        hue=_hue(story.section),
        body=block(story.body, site, under=under),
        markdown=story.body,
        sources=tuple(source_view(citation, issue, site) for citation in story.citations),
    )


def source_view(citation: Citation, issue: Issue, site: Site) -> SourceView:
    """The citation with its notes: language where it is not the newsletter's, ownership, no link.

    The year is shown only where it is not the issue's own.
    """
    day = citation.date
    shown = day_text(day) if day else None
    if day and shown and day.year == issue.date.year:
        shown = shown.removesuffix(f" {day.year}")
    url = citation.url if citation.url and is_web_url(citation.url) else None
    return SourceView(
        publisher=citation.publisher,
        name=line(citation.publisher, site),
        url=url,
        title=citation.title,
        day=shown,
        iso=day.isoformat() if day else None,
        notes=_notes(citation, url, site),
    )


def _notes(citation: Citation, url: str | None, site: Site) -> tuple[tuple[str, str], ...]:
    lang = citation.lang.split("-")[0].lower()
    notes = []
    if lang not in {site.language.split("-")[0].lower(), "und", ""}:
        notes.append((LANGUAGE_MARKS.get(lang, lang), "zh-Hans" if lang == "zh" else lang))
    if citation.ownership is Ownership.STATE:
        notes.append(("state media", "en"))
    if url is None:
        notes.append(("no link", "en"))
    return tuple(notes)


def _title_of(section: str, site: Site) -> str:
    known = {known.id: known.title for known in site.sections}
    return known.get(section) or section.replace("-", " ").capitalize()


def _hue(section: str) -> str:
    return section if section in HUES else "other"


def _period_text(issue: Issue) -> str:
    """``31 March to 7 April 2022``; the end is the issue's day, the start the local day before.

    The start's local day is found from the issue's day, so no time zone is needed here.
    """
    length = issue.period.end - issue.period.start
    start = issue.date - timedelta(days=round(length / timedelta(days=1)))
    first = day_text(start)
    if start.year == issue.date.year:
        first = first.removesuffix(f" {start.year}")
    return f"{first} to {day_text(issue.date)}"


def _figures(issue: Issue) -> tuple[str, ...]:
    """``14 stories``, ``31 sources``, ``6 minutes``: what an issue holds and asks for."""
    stories = issue.stories
    book = load_outlets()
    outlets = {book.credit(cited.publisher).name for story in stories for cited in story.citations}
    markdown = [issue.introduction, *(section.intro for section in issue.sections), issue.closing]
    markdown += [part for story in stories for part in (story.heading, story.body)]
    minutes = minutes_to_read([to_plain(published(text)) for text in markdown])
    return (
        counted(len(stories), "story"),
        counted(len(outlets), "source"),
        counted(minutes, "minute"),
    )
