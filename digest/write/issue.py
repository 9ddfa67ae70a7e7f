"""From a composed issue and the bodies its style made to the issue of the model."""

from __future__ import annotations

from collections.abc import Mapping

from digest.model import Issue, IssueSection, IssueStory
from digest.write.blocks import normal_body
from digest.write.composed import ComposedIssue, ComposedSection, ComposedStory
from digest.write.draftfile import citations

INTRODUCTION = "introduction"
CLOSING = "closing"


def issue_from(composed: ComposedIssue, bodies: Mapping[str, str]) -> Issue:
    """The issue whose story bodies are ``bodies`` (story id → Markdown), in normal form.

    The keys ``introduction`` and ``closing`` are used where they are given; a story without a
    body has an empty one. A story cites what its body traces or links to.
    """
    return Issue(
        newsletter=composed.newsletter,
        number=composed.number,
        period=composed.period,
        title=composed.title,
        standfirst=composed.standfirst,
        sections=tuple(_section(section, bodies) for section in composed.sections),
        introduction=normal_body(bodies.get(INTRODUCTION, "")),
        closing=normal_body(bodies.get(CLOSING, "")),
        style=composed.style,
        sample=composed.sample,
    )


def _section(section: ComposedSection, bodies: Mapping[str, str]) -> IssueSection:
    stories = tuple(_story(story, bodies.get(story.id, "")) for story in section.stories)
    return IssueSection(id=section.id, title=section.title, stories=stories)


def _story(story: ComposedStory, body: str) -> IssueStory:
    body = normal_body(body)
    return IssueStory(
        id=story.id,
        heading=story.heading,
        section=story.section,
        body=body,
        citations=citations(body, story.citations),
    )
