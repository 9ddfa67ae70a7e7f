"""Chinese names on first mention: toned pinyin and characters, worked out anew from every draft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from digest.model import Issue, IssueSection, IssueStory, Name
from digest.text.mentions import NameFinder

# What is no prose of ours: code, comments, tags, links, quotations. Masked, so that no name is
# found there. A single mark closes a quotation only where no letter follows (China’s).
_NOT_PROSE = re.compile(
    r"(?P<fence>^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\2[`~]*[ \t]*$|\Z))"
    r"|<!--.*?-->"
    r"|<span lang=[^<>\n]*>.*?</span>"
    r"|^(?: {4}|\t)[^\n]*$"
    r"|^ {0,3}>[^\n]*$"
    r"|^ {0,3}#{1,6}[ \t][^\n]*$"
    r"|(?P<code>`+)(?!`).+?(?<!`)(?P=code)(?!`)"
    r"|!?\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\](?:\([^()\n]*\)|\[[^\[\]\n]*\])"
    r"|<[^<>\n]+>"
    r"|https?://\S+"
    r"|“[^“”]*”|\"[^\"\n]*\"|«[^«»]*»|「[^「」]*」|『[^『』]*』|‘[^‘’\n]*(?:’(?=\w)[^‘’\n]*)*’(?!\w)",
    re.MULTILINE | re.DOTALL,
)
_HAN = re.compile(r"\s*[\u3400-\u9fff]{2,4}")
_NEAR = 24
_WORD = re.compile(r"[^\W\d_]+")


def gloss(issue: Issue, finder: NameFinder) -> Issue:
    """The issue with each Chinese person's first mention in its prose glossed, in reading order.

    ``Xi Jinping`` becomes ``Xí Jìnpíng 习近平``; later mentions stay as written. Never in
    quotations, headings, link labels, code or text in another language. Idempotent: a name that
    is glossed is left alone.
    """
    glosser = _Glosser(finder)
    return replace(
        issue,
        introduction=glosser.text(issue.introduction),
        sections=tuple(_section(section, glosser) for section in issue.sections),
        closing=glosser.text(issue.closing),
    )


def gloss_text(markdown: str, finder: NameFinder) -> str:
    """One Markdown text with its first mentions glossed, as ``gloss`` does for an issue."""
    return _Glosser(finder).text(markdown)


def prose_of(markdown: str) -> str:
    """The text with everything that is no prose of ours hidden, character for character."""
    return _NOT_PROSE.sub(lambda found: re.sub(r"[^\n]", "\0", found[0]), markdown)


def _section(section: IssueSection, glosser: _Glosser) -> IssueSection:
    intro = glosser.text(section.intro)
    return replace(
        section, intro=intro, stories=tuple(_story(story, glosser) for story in section.stories)
    )


def _story(story: IssueStory, glosser: _Glosser) -> IssueStory:
    return replace(story, body=glosser.text(story.body))


class _Glosser:
    """Remembers whom the reader has met."""

    def __init__(self, finder: NameFinder) -> None:
        self._finder = finder
        self._met: set[str] = set()

    def text(self, markdown: str) -> str:
        prose = prose_of(markdown)
        made, at = [], 0
        for start, end, name in self._first(prose):
            made += [markdown[at:start], f"{name.pinyin} {name.hanzi}"]
            at = end
        return "".join([*made, markdown[at:]])

    def _first(self, prose: str) -> Iterator[tuple[int, int, Name]]:
        """Where a name stands that is new to the reader, and not glossed already."""
        for mention in self._finder.find(prose):
            name = self._finder.name(mention.name_id)
            shown = prose[mention.start : mention.end]
            if name.kind != "person" or not (name.pinyin and name.hanzi):
                continue
            if name.id in self._met or not re.search(r"[A-Za-z]", shown):
                continue
            self._met.add(name.id)
            if _HAN.match(prose, mention.end) or name.hanzi in prose[mention.end :][:_NEAR]:
                continue
            start, end = (mention.start + at for at in _own_words(shown, name))
            # "President Xi" may be found where "President Xi Jinping" stands.
            whole = prose[start:].startswith(name.name)
            yield start, start + len(name.name) if whole else end, name


def _own_words(shown: str, name: Name) -> tuple[int, int]:
    """The part of a mention that is the name itself: ``Xi`` of ``President Xi``."""
    words = {word.casefold() for word in _WORD.findall(f"{name.name} {name.pinyin}")}
    own = [found.span() for found in _WORD.finditer(shown) if found[0].casefold() in words]
    return (own[0][0], own[-1][1]) if own else (0, len(shown))
