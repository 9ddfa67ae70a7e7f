"""The issue as data: ``issue.json``, schema 1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from digest.model import Citation, Issue, IssueStory
from digest.text.markdown import published

SCHEMA = 1


def issue_json(issue: Issue) -> str:
    """The issue as one JSON document; times are RFC 3339 in UTC, bodies the published Markdown.

    The lede stands in a section of its own with the id ``lede`` and keeps its topic in
    ``section``; ``url`` is null for a report without a page.
    """
    return json.dumps(issue_data(issue), ensure_ascii=False, indent=2) + "\n"


def issue_data(issue: Issue) -> dict[str, Any]:
    """The document behind ``issue_json``."""
    return {
        "schema": SCHEMA,
        "number": issue.number,
        "date": issue.date.isoformat(),
        "period": {"start": rfc3339(issue.period.start), "end": rfc3339(issue.period.end)},
        "title": issue.title,
        "standfirst": issue.standfirst,
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "stories": [_story(story) for story in section.stories],
            }
            for section in issue.sections
        ],
    }


def rfc3339(moment: datetime) -> str:
    """``2022-04-07T06:00:00Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _story(story: IssueStory) -> dict[str, Any]:
    return {
        "id": story.id,
        "heading": story.heading,
        "section": story.section,
        "body": published(story.body).strip(),
        "citations": [_citation(citation) for citation in story.citations],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "publisher": citation.publisher,
        "url": citation.url,
        "title": citation.title,
        "date": citation.date.isoformat() if citation.date else None,
        "lang": citation.lang,
    }
