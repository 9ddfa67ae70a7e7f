"""template check: a house style tried on an issue that holds everything a style may meet.

Nothing is read from the store and nothing is written.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from digest.errors import DraftError, RenderError, UsageError
from digest.model import Issue, Problem
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.render.environment import PARTS, Templates
from digest.shipped import shipped_folder
from digest.text.readalike import difference_in
from digest.write.brief import STYLES
from digest.write.draftfile import draft_of, issue_of, parse
from digest.write.example import example_issue
from digest.write.issue import issue_from

_END = ".md.jinja"
_SECTION_LEVEL = re.compile(r"^#{1,3} ", re.MULTILINE)


def template_check(config: Path, *, file: Path | None, now: datetime) -> Result:
    """The result of ``digest template check``: every problem with its place; exit 1 for any.

    Without a file all styles of the newsletter's own folder are tried, or the shipped ones where
    it has none.
    """
    with open_workspace(config, now=now) as ws:
        found = _files(ws, file)
        problems = [problem for path in found for problem in _problems(ws, path)]
    lines = [f"{problem.where}: {problem.message}" for problem in problems]
    names = ", ".join(path.name.removesuffix(_END) for path in found)
    if not problems:
        lines.append(f"No problem in {names}.")
    return Result(
        text="\n".join(lines),
        document={
            "styles": [str(path) for path in found],
            "problems": [
                {"code": p.code, "message": p.message, "where": p.where} for p in problems
            ],
        },
        code=1 if problems else 0,
    )


def _files(ws: Workspace, file: Path | None) -> list[Path]:
    if file is not None:
        if not file.is_file():
            raise UsageError("there is no such file", where=str(file))
        if not file.name.endswith(_END):
            raise UsageError(f"a style's name ends with {_END}", where=str(file))
        return [file.resolve()]
    folders = (ws.config.folder / "templates", shipped_folder() / "templates")
    for folder in folders:
        found = sorted((folder / "styles").glob(f"*{_END}"))
        found = [path for path in found if path.name != f"{PARTS}{_END}"]
        if found:
            return found
    return []


def _problems(ws: Workspace, path: Path) -> list[Problem]:
    style = path.name.removesuffix(_END)
    inside = path.parent.name == "styles"
    own = ws.config.folder / "templates"
    if not inside:
        message = "a style stands in a folder named styles, as in templates/styles/NAME.md.jinja"
        return [Problem(code="style-place", message=message, where=str(path))]
    templates = Templates((path.parent.parent, own, shipped_folder() / "templates"))
    try:
        shape = templates.style_shape(style)
        composed = example_issue(style, ws.finder)
        bodies = templates.style_bodies(style, composed)
    except RenderError as error:
        message = error.message
        return [Problem(code="style", message=message, where=error.where or str(path))]
    found = []
    if shape is not None and shape not in STYLES:
        message = f"shape is {shape!r}; it is one of {', '.join(STYLES)}"
        found.append(Problem(code="style-shape", message=message, where=str(path)))
    for part, body in bodies.items():
        found += [
            Problem(code=code, message=f"{_named(part)}: {message}", where=str(path))
            for code, message in _of_body(body)
        ]
    empty = [story.id for story in composed.stories if not bodies[story.id].strip()]
    if empty:
        message = "the macro story gives nothing for a story that has paragraphs"
        found.append(Problem(code="style-empty", message=message, where=str(path)))
    return found or _whole(issue_from(composed, bodies), path)


def _of_body(body: str) -> list[tuple[str, str]]:
    found = []
    heading = _SECTION_LEVEL.search(body)
    if heading is not None:
        line = body[heading.start() :].split("\n", 1)[0]
        told = f"“{line}” would begin a section or story; use #### and below"
        found.append(("style-heading", told))
    different = difference_in(body)
    if different is not None:
        told = (
            f"Python-Markdown reads “{different.ours}”, CommonMark “{different.theirs}”; "
            "put a blank line between blocks and indent what belongs to a list by four"
        )
        found.append(("style-reading", told))
    return found


def _whole(issue: Issue, path: Path) -> list[Problem]:
    """What is wrong with the draft as a whole: it has to come back as it was written."""
    try:
        back = issue_of(parse(draft_of(issue), path=str(path)))
    except DraftError as error:
        return [Problem(code="style-draft", message=error.message, where=str(path))]
    cited = [story for story in issue.stories if not story.citations]
    if back != issue:
        message = "the draft it makes is not read back as it was written"
        return [Problem(code="style-draft", message=message, where=str(path))]
    if cited:
        message = (
            "a story comes out without any trace of its entries: show paragraph.markdown, which "
            "carries them"
        )
        return [Problem(code="style-traces", message=message, where=str(path))]
    return []


def _named(part: str) -> str:
    return f"the macro {part}" if part in ("introduction", "closing") else f"the story {part}"
