from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from digest.deliveries import Delivery, DeliveryState, Recipient
from digest.errors import ConflictError, NotFoundError
from digest.store.deliveries import (
    deliveries,
    mark,
    normal_address,
    plan,
    recipients,
    recover,
    sync_recipients,
)

DAY = date(2026, 3, 5)
ANNA = Recipient(address="Anna@Example.ORG", name="Anna")
BORIS = Recipient(address="boris@example.org")
P, S, SENT, F, U = DeliveryState

# The way to each state from a fresh plan.
WAYS = {P: (), S: (S,), SENT: (S, SENT), F: (S, F), U: (S, U)}
ALLOWED = {(P, S), (S, SENT), (S, F), (S, U), (S, P), (F, S)}


def planned(c: Connection, now: datetime, *people: Recipient) -> tuple[Delivery, ...]:
    return plan(c, "letter", DAY, people, now=now, id_of=lambda address: f"<{address}>")


def test_planning_again_adds_only_who_is_new(c: Connection, now: datetime) -> None:
    (first,) = planned(c, now, ANNA)
    assert first == Delivery(
        issue=DAY,
        address="Anna@example.org",
        state=P,
        message_id="<Anna@example.org>",
        changed_at=now,
    )
    sending = mark(c, "letter", DAY, ANNA.address, S, now=now)
    later = now + timedelta(hours=1)
    again = planned(c, later, BORIS, ANNA, Recipient(address=" Anna@EXAMPLE.org"))
    assert [each.address for each in again] == ["boris@example.org", "Anna@example.org"]
    assert again[1] == sending
    assert len(deliveries(c, "letter", DAY)) == 2


def test_ledgers_of_newsletters_and_issues_are_apart(c: Connection, now: datetime) -> None:
    planned(c, now, ANNA)
    assert deliveries(c, "other", DAY) == ()
    assert deliveries(c, "letter", date(2026, 3, 12)) == ()
    with pytest.raises(NotFoundError, match="never planned"):
        mark(c, "other", DAY, ANNA.address, S, now=now)


@pytest.mark.parametrize(("before", "after"), list(product(DeliveryState, DeliveryState)))
@pytest.mark.parametrize("force", [False, True])
def test_only_allowed_steps_are_taken(
    c: Connection, now: datetime, before: DeliveryState, after: DeliveryState, *, force: bool
) -> None:
    planned(c, now, ANNA)
    for state in WAYS[before]:
        mark(c, "letter", DAY, ANNA.address, state, now=now)
    (standing,) = deliveries(c, "letter", DAY)
    if (before, after) in ALLOWED or (force and (before, after) == (U, S)):
        marked = mark(c, "letter", DAY, ANNA.address, after, now=now, force=force)
        assert marked.state is after
        assert marked.attempts == standing.attempts + (after is S)
    else:
        with pytest.raises(ConflictError, match=f"is {before.value} cannot become {after.value}"):
            mark(c, "letter", DAY, ANNA.address, after, now=now, force=force)
        assert deliveries(c, "letter", DAY) == (standing,)


def test_the_servers_words_are_kept_until_the_next_attempt(c: Connection, now: datetime) -> None:
    planned(c, now, ANNA)
    mark(c, "letter", DAY, ANNA.address, S, now=now)
    failed = mark(c, "letter", DAY, ANNA.address, F, now=now, error="550 no such user")
    assert failed.error == "550 no such user"
    assert mark(c, "letter", DAY, ANNA.address, S, now=now).error is None


def test_what_a_crash_left_in_sending_is_unknown(c: Connection, now: datetime) -> None:
    planned(c, now, ANNA, BORIS)
    mark(c, "letter", DAY, ANNA.address, S, now=now)
    later = now + timedelta(hours=1)
    (left,) = recover(c, "letter", now=later)
    assert (left.address, left.state, left.changed_at) == ("Anna@example.org", U, later)
    assert [each.state for each in deliveries(c, "letter", DAY)] == [U, P]
    assert recover(c, "letter", now=later) == ()
    assert recover(c, "other", now=later) == ()


def test_recipients_who_leave_are_inactive_and_may_come_back(c: Connection, now: datetime) -> None:
    sync_recipients(c, "letter", [ANNA, BORIS], now=now)
    anna = Recipient(address="Anna@example.org", name="Anna")
    assert recipients(c, "letter") == (anna, BORIS)
    sync_recipients(c, "letter", [BORIS], now=now)
    assert recipients(c, "letter") == (BORIS,)
    renamed = Recipient(address=anna.address, name="Anna B.")
    sync_recipients(c, "letter", [renamed, BORIS], now=now)
    assert recipients(c, "letter") == (renamed, BORIS)
    assert recipients(c, "other") == ()
    assert c.exec_driver_sql("SELECT count(*) FROM recipients").scalar() == 2


@given(address=st.text(st.characters(codec=None, categories=None)))
def test_a_normal_address_stays_as_it_is(address: str) -> None:
    assert normal_address(normal_address(address)) == normal_address(address)


def test_only_the_domain_is_lowered() -> None:
    assert normal_address('"A@B"@Example.ORG') == '"A@B"@example.org'
