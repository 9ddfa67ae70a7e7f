"""merge: what the program would write now comes into a draft that a person has touched."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from digest.errors import ConflictError, DraftError, NotFoundError
from digest.pipeline.asof import issue_day, newest_draft
from digest.pipeline.closing import closed_days, is_closed
from digest.pipeline.drafts import Draft, find_draft, get_draft, keep_written, written
from digest.pipeline.files import write_file
from digest.pipeline.result import Result
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.issues import cite
from digest.write.draftfile import DraftFile, issue_of, parse
from digest.write.gatetidy import CONFLICT
from digest.write.merging import Merged, merge


def merge_command(config: Path, *, issue: str | None, now: datetime) -> Result:
    """The result of ``digest merge``; exit 1 where both changed the same words.

    Afterwards the proposal is gone: all of it stands in the draft, or was there already.
    """
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        day = issue_day(issue) if issue else newest_draft(ws, closed_days(ws))
        if is_closed(ws, day):
            raise ConflictError("it is closed; nothing is changed any more", where=f"issue {day}")
        draft = get_draft(ws, day)
        path = ws.proposal_path(day)
        if not path.exists():
            text = f"There is no proposal beside {draft.path}: nothing to merge."
            return Result(text=text, document=_document(day, draft, Merged(text="")))
        if f"<!-- {CONFLICT}" in draft.text:
            message = "still holds conflicts of a merge; solve them first (`digest check`)"
            raise ConflictError(message, where=str(draft.path))
        made = _merge(ws, draft, path)
    lines = [f"{draft.path}: {len(made.taken)} changes came in, {len(made.conflicts)} conflicts."]
    lines += [f"  {each}" for each in made.taken]
    lines += [f"  CONFLICT {each}" for each in made.conflicts]
    if made.conflicts:
        lines.append("Keep one text of each and delete the comments; the gate waits for that.")
    return Result(
        text="\n".join(lines),
        document=_document(day, draft, made),
        code=1 if made.conflicts else 0,
    )


def _merge(ws: Workspace, draft: Draft, path: Path) -> Merged:
    day = draft.issue.date
    with path.open(encoding="utf-8", newline="") as file:
        proposed = file.read()
    theirs = parse(proposed, path=str(path), sections=ws.config.sections)
    base = written(ws, day)
    if base is None:
        message = "what the program wrote before is lost, so changes cannot be told apart"
        raise NotFoundError(message, where=str(ws.state / "written"))
    made = merge(base, draft.file, theirs)
    merged = _readable(ws, made.text, str(draft.path))
    text = proposed if issue_of(merged) == issue_of(theirs) else made.text
    write_file(draft.path, text.encode())
    keep_written(ws, day, proposed)
    path.unlink()
    standing = find_draft(ws, day)
    if standing is not None:
        with ws.store.write() as connection:
            cited = (c for story in standing.issue.stories for c in story.citations)
            cite(connection, ws.id, day, cited)
    return made


def _readable(ws: Workspace, text: str, path: str) -> DraftFile:
    """The merged draft, read before it is written: a merge never leaves a broken one."""
    try:
        return parse(text, path=path, sections=ws.config.sections)
    except DraftError as error:
        message = f"the merge would give a draft that cannot be read ({error.message})"
        raise ConflictError(message, where=path) from error


def _document(day: date, draft: Draft, made: Merged) -> dict[str, object]:
    return {
        "issue": day.isoformat(),
        "draft": str(draft.path),
        "taken": list(made.taken),
        "conflicts": list(made.conflicts),
    }
