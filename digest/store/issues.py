"""Issues, what they cited, and the editor's overrides on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from digest.errors import ConflictError, NotFoundError
from digest.model import Citation, Override
from digest.store.entries import entries_by_id
from digest.store.rows import chunks, upsert
from digest.store.schema import citations as citation_rows
from digest.store.schema import entries as entry_rows
from digest.store.schema import issues as issue_rows
from digest.store.schema import overrides as override_rows


class IssueState(StrEnum):
    """An issue is open until approval, ``publish --final`` or its first delivery."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """What the store knows of an issue; its words are in the draft.

    ``draft_hash`` is the hash of the draft as the program last wrote it, ``published_hash`` that
    of the draft as last published.
    """

    day: date
    number: int | None = None
    draft_hash: str | None = None
    state: IssueState = IssueState.OPEN
    closed_at: datetime | None = None
    title: str = ""
    published_hash: str | None = None


_ISSUE = tuple(field.name for field in fields(IssueRow))
_issue_values = attrgetter(*_ISSUE)
_OVERRIDE = tuple(field.name for field in fields(Override))
_override_values = attrgetter(*_OVERRIDE)
_OVERRIDE_COLUMNS = tuple(override_rows.c[name] for name in _OVERRIDE)


def save_issue(c: Connection, newsletter: str, issue: IssueRow) -> None:
    """The issue is stored in place of the one of its day.

    ``close_issue`` alone closes, and nothing opens again: the state must be the stored one.

    Raises:
        ConflictError: the issue was closed meanwhile, or is given as closed and is not.

    """
    standing = find_issue(c, newsletter, issue.day)
    now_closed = None if standing is None else standing.closed_at
    if (issue.state == IssueState.CLOSED, issue.closed_at) != (now_closed is not None, now_closed):
        message = "it was closed meanwhile" if now_closed else "it is not closed; close it first"
        raise ConflictError(message, where=f"issue {issue.day.isoformat()}")
    row = dict(zip(_ISSUE, _issue_values(issue), strict=True))
    c.execute(upsert(issue_rows), {"newsletter": newsletter} | row)


def find_issue(c: Connection, newsletter: str, day: date) -> IssueRow | None:
    """The issue of that day."""
    mine = issue_rows.c.newsletter == newsletter
    return _first(_issues(c, mine, issue_rows.c.day == day))


def issues(c: Connection, newsletter: str) -> tuple[IssueRow, ...]:
    """Every issue, newest first."""
    return _issues(c, issue_rows.c.newsletter == newsletter)


def last_closed_before(c: Connection, newsletter: str, day: date) -> IssueRow | None:
    """The newest closed issue dated before that day."""
    mine = issue_rows.c.newsletter == newsletter
    closed = issue_rows.c.state == IssueState.CLOSED
    return _first(_issues(c, mine, closed, issue_rows.c.day < day))


def close_issue(
    c: Connection, newsletter: str, day: date, cited: Iterable[Citation], now: datetime
) -> bool:
    """Whether the issue was open; it is closed now, and what it cites counts as told.

    The citations are stored with the revision each entry has, or had when ``cite`` pinned it.
    Closing a closed issue changes nothing.

    Raises:
        NotFoundError: there is no such issue.

    """
    standing = find_issue(c, newsletter, day)
    if standing is None:
        raise NotFoundError("there is no such issue", where=f"issue {day.isoformat()}")
    if standing.state == IssueState.CLOSED:
        return False
    cite(c, newsletter, day, cited)
    c.execute(
        update(issue_rows)
        .where(issue_rows.c.newsletter == newsletter, issue_rows.c.day == day)
        .values(state=IssueState.CLOSED, closed_at=now)
    )
    return True


def cite(c: Connection, newsletter: str, day: date, cited: Iterable[Citation]) -> None:
    """These citations are the issue's; one that stands keeps the revision it was pinned to.

    Call it when a draft is written: ``changed_citations`` then knows what changed since.
    """
    wanted = tuple(dict.fromkeys(citation.entry_id for citation in cited))
    mine = (citation_rows.c.newsletter == newsletter) & (citation_rows.c.issue == day)
    standing = set(c.scalars(select(citation_rows.c.entry_id).where(mine)))
    gone = standing.difference(wanted)
    for part in chunks(sorted(gone)):
        c.execute(delete(citation_rows).where(mine, citation_rows.c.entry_id.in_(part)))
    fresh = [entry_id for entry_id in wanted if entry_id not in standing]
    stored = entries_by_id(c, fresh)
    rows = [
        {
            "newsletter": newsletter,
            "issue": day,
            "entry_id": entry_id,
            "fingerprint": stored[entry_id].fingerprint if entry_id in stored else None,
        }
        for entry_id in fresh
    ]
    if rows:
        c.execute(insert(citation_rows), rows)


def changed_citations(c: Connection, newsletter: str, day: date) -> tuple[str, ...]:
    """The cited entries whose text is another than the one that was pinned, by id."""
    same = entry_rows.c.id == citation_rows.c.entry_id
    statement = (
        select(citation_rows.c.entry_id)
        .join(entry_rows, same)
        .where(
            citation_rows.c.newsletter == newsletter,
            citation_rows.c.issue == day,
            citation_rows.c.fingerprint != entry_rows.c.fingerprint,
        )
        .order_by(citation_rows.c.entry_id)
    )
    return tuple(c.scalars(statement))


def pinned_citations(c: Connection, newsletter: str, day: date) -> dict[str, str | None]:
    """The fingerprint each cited entry had when it was cited, by id; nothing where it was unknown.

    Another fingerprint than the entry's own says that its text changed since.
    """
    rows = c.execute(
        select(citation_rows.c.entry_id, citation_rows.c.fingerprint).where(
            citation_rows.c.newsletter == newsletter, citation_rows.c.issue == day
        )
    )
    return {row.entry_id: row.fingerprint for row in rows}


def told_entries(c: Connection, newsletter: str, before: date) -> frozenset[str]:
    """The entries cited in closed issues dated before that day.

    Drafts, the issue of that day and later ones do not count, and sample entries never do.
    """
    same = (issue_rows.c.newsletter == citation_rows.c.newsletter) & (
        issue_rows.c.day == citation_rows.c.issue
    )
    sample = select(entry_rows.c.id).where(entry_rows.c.sample)
    statement = (
        select(citation_rows.c.entry_id)
        .join(issue_rows, same)
        .where(
            citation_rows.c.newsletter == newsletter,
            issue_rows.c.state == IssueState.CLOSED,
            issue_rows.c.day < before,
            citation_rows.c.entry_id.not_in(sample),
        )
    )
    return frozenset(c.scalars(statement))


def told_in(
    c: Connection, newsletter: str, entry_ids: Iterable[str], *, before: date
) -> dict[str, date]:
    """The newest closed issue dated before that day which cites each entry; others are left out."""
    found: dict[str, date] = {}
    for part in chunks(dict.fromkeys(entry_ids)):
        rows = c.execute(
            select(citation_rows.c.entry_id, func.max(issue_rows.c.day).label("day"))
            .join(
                issue_rows,
                (issue_rows.c.newsletter == citation_rows.c.newsletter)
                & (issue_rows.c.day == citation_rows.c.issue),
            )
            .where(
                citation_rows.c.newsletter == newsletter,
                citation_rows.c.entry_id.in_(part),
                issue_rows.c.state == IssueState.CLOSED,
                issue_rows.c.day < before,
            )
            .group_by(citation_rows.c.entry_id)
        )
        found |= {row.entry_id: row.day for row in rows}
    return found


def overrides(c: Connection, newsletter: str, day: date) -> tuple[Override, ...]:
    """The decisions that hold for an issue, oldest first."""
    rows = c.execute(
        select(*_OVERRIDE_COLUMNS)
        .where(
            override_rows.c.newsletter == newsletter,
            override_rows.c.issue == day,
            override_rows.c.live,
        )
        .order_by(override_rows.c.id)
    )
    return tuple(Override(**dict(zip(_OVERRIDE, row, strict=True))) for row in rows)


def add_override(c: Connection, newsletter: str, override: Override) -> None:
    """The decision holds after all others of its issue."""
    _insert(c, newsletter, (override,))


def replace_overrides(
    c: Connection, newsletter: str, day: date, decided: Sequence[Override]
) -> None:
    """These decisions, in this order, are the ones that hold; earlier ones stay as history.

    The same decisions again change nothing. ValueError for a decision on another issue.
    """
    if any(override.issue != day for override in decided):
        raise ValueError("a decision belongs to another issue")
    if overrides(c, newsletter, day) == tuple(decided):
        return
    c.execute(
        update(override_rows)
        .where(
            override_rows.c.newsletter == newsletter,
            override_rows.c.issue == day,
            override_rows.c.live,
        )
        .values(live=False)
    )
    _insert(c, newsletter, decided)


def _insert(c: Connection, newsletter: str, decided: Sequence[Override]) -> None:
    rows = [
        dict(zip(_OVERRIDE, _override_values(override), strict=True))
        | {"newsletter": newsletter, "live": True}
        for override in decided
    ]
    if rows:
        c.execute(insert(override_rows), rows)


def _issues(c: Connection, *where: ColumnElement[bool]) -> tuple[IssueRow, ...]:
    columns = [issue_rows.c[name] for name in _ISSUE]
    rows = c.execute(select(*columns).where(*where).order_by(issue_rows.c.day.desc()))
    found = (dict(zip(_ISSUE, row, strict=True)) for row in rows)
    return tuple(IssueRow(**values | {"state": IssueState(values["state"])}) for values in found)


def _first(found: Sequence[IssueRow]) -> IssueRow | None:
    return found[0] if found else None
