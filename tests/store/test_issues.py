from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from digest.errors import ConflictError, NotFoundError
from digest.model import Citation, Entry, Override
from digest.store.entries import save_entries
from digest.store.issues import (
    IssueRow,
    IssueState,
    add_override,
    changed_citations,
    cite,
    close_issue,
    find_issue,
    issues,
    last_closed_before,
    overrides,
    replace_overrides,
    save_issue,
    told_entries,
)

Build = Callable[..., Entry]

DAY = date(2026, 3, 5)
WEEK = timedelta(weeks=1)


def citing(*entry_ids: str) -> tuple[Citation, ...]:
    return tuple(
        Citation(entry_id=each, publisher="P", url=None, title="T", date=DAY, lang="en")
        for each in entry_ids
    )


def close(c: Connection, day: date, *entry_ids: str, newsletter: str = "letter") -> None:
    save_issue(c, newsletter, IssueRow(day=day))
    moment = datetime.fromisoformat("2026-03-05T09:00:00Z")
    assert close_issue(c, newsletter, day, citing(*entry_ids), moment)


def test_an_issue_comes_back_and_is_replaced(c: Connection) -> None:
    first = IssueRow(day=DAY, number=None, draft_hash="h", title="T")
    save_issue(c, "letter", first)
    assert find_issue(c, "letter", DAY) == first
    second = replace(first, number=3, published_hash="p")
    save_issue(c, "letter", second)
    assert issues(c, "letter") == (second,)
    assert find_issue(c, "other", DAY) is None


def test_issues_stand_newest_first(c: Connection) -> None:
    for day in (DAY, DAY + WEEK, DAY - WEEK):
        save_issue(c, "letter", IssueRow(day=day))
    assert [row.day for row in issues(c, "letter")] == [DAY + WEEK, DAY, DAY - WEEK]


def test_closing_twice_changes_nothing(c: Connection, now: datetime) -> None:
    save_issue(c, "letter", IssueRow(day=DAY))
    assert close_issue(c, "letter", DAY, citing("e1"), now) is True
    closed = find_issue(c, "letter", DAY)
    assert closed == IssueRow(day=DAY, state=IssueState.CLOSED, closed_at=now)
    assert close_issue(c, "letter", DAY, citing("e2"), now + WEEK) is False
    assert find_issue(c, "letter", DAY) == closed
    assert told_entries(c, "letter", DAY + WEEK) == {"e1"}


def test_closing_what_is_not_there_is_an_error(c: Connection, now: datetime) -> None:
    with pytest.raises(NotFoundError, match="no such issue"):
        close_issue(c, "letter", DAY, (), now)


def test_a_closed_issue_never_opens_but_may_be_published_again(
    c: Connection, now: datetime
) -> None:
    close(c, DAY)
    with pytest.raises(ConflictError, match="closed meanwhile"):
        save_issue(c, "letter", IssueRow(day=DAY))
    closed = find_issue(c, "letter", DAY)
    assert closed is not None
    save_issue(c, "letter", replace(closed, published_hash="p"))
    with pytest.raises(ConflictError, match="close it first"):
        save_issue(c, "letter", replace(closed, day=DAY + WEEK))


def test_told_is_what_closed_issues_before_that_day_cite(c: Connection) -> None:
    close(c, DAY - WEEK, "before")
    close(c, DAY, "same day")
    close(c, DAY + WEEK, "later")
    close(c, DAY - WEEK, "elsewhere", newsletter="other")
    save_issue(c, "letter", IssueRow(day=DAY - 2 * WEEK))
    cite(c, "letter", DAY - 2 * WEEK, citing("draft only"))
    assert told_entries(c, "letter", DAY) == {"before"}
    assert told_entries(c, "letter", DAY + timedelta(days=1)) == {"before", "same day"}
    assert told_entries(c, "letter", DAY - WEEK) == frozenset()


def test_a_sample_entry_is_never_told(c: Connection, entry: Build, now: datetime) -> None:
    save_entries(c, [entry("sample", sample=True), entry("real")], now=now)
    close(c, DAY, "sample", "real", "only in the draft")
    assert told_entries(c, "letter", DAY + WEEK) == {"real", "only in the draft"}


def test_the_newest_closed_issue_before_a_day(c: Connection) -> None:
    close(c, DAY - 2 * WEEK)
    close(c, DAY - WEEK)
    save_issue(c, "letter", IssueRow(day=DAY - timedelta(days=1)))
    close(c, DAY)
    found = last_closed_before(c, "letter", DAY)
    assert found is not None
    assert found.day == DAY - WEEK
    assert last_closed_before(c, "letter", DAY - 2 * WEEK) is None
    assert last_closed_before(c, "other", DAY) is None


def test_a_citation_pins_the_revision_it_was_made_from(
    c: Connection, entry: Build, now: datetime
) -> None:
    save_entries(c, [entry("e1"), entry("e2")], now=now)
    save_issue(c, "letter", IssueRow(day=DAY))
    cite(c, "letter", DAY, citing("e1", "e2", "unknown"))
    assert changed_citations(c, "letter", DAY) == ()
    save_entries(c, [entry("e1", text="New.", fingerprint="other")], now=now)
    cite(c, "letter", DAY, citing("e1", "e2"))
    assert changed_citations(c, "letter", DAY) == ("e1",)
    close_issue(c, "letter", DAY, citing("e1"), now)
    assert changed_citations(c, "letter", DAY) == ("e1",)
    assert told_entries(c, "letter", DAY + WEEK) == {"e1"}


def decision(action: str, value: str | None = None) -> Override:
    return Override(issue=DAY, story_id="s-1", action=action, value=value, entry_ids=("b", "a"))


def test_overrides_are_replaced_and_kept_as_history(c: Connection) -> None:
    first = (decision("pin"), decision("retitle", "New title"))
    replace_overrides(c, "letter", DAY, first)
    assert overrides(c, "letter", DAY) == first
    second = (decision("drop"),)
    replace_overrides(c, "letter", DAY, second)
    replace_overrides(c, "letter", DAY, second)
    assert overrides(c, "letter", DAY) == second
    assert c.exec_driver_sql("SELECT count(*) FROM overrides").scalar() == 3
    replace_overrides(c, "letter", DAY, ())
    assert overrides(c, "letter", DAY) == ()


def test_an_added_override_comes_last(c: Connection) -> None:
    replace_overrides(c, "letter", DAY, (decision("pin"),))
    add_override(c, "letter", decision("hold"))
    assert [each.action for each in overrides(c, "letter", DAY)] == ["pin", "hold"]
    assert overrides(c, "other", DAY) == ()
    assert overrides(c, "letter", DAY + WEEK) == ()


def test_a_decision_on_another_issue_is_a_bug(c: Connection) -> None:
    with pytest.raises(ValueError, match="another issue"):
        replace_overrides(c, "letter", DAY + WEEK, (decision("pin"),))
