"""The ledger's rules: nobody twice, nobody lost, and a pause when the server is at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliveries import Delivery, DeliveryState
from digest.errors import DeliveryError, OutcomeUnknownError, StoreError
from digest.send.ledger import SendReport, Unknown, deliver, recovered, retry_at, to_attempt

NOW = datetime(2022, 4, 7, 7, 0, tzinfo=UTC)
PLANNED, SENDING, SENT, FAILED, UNKNOWN = DeliveryState


def delivery(name: str, state: DeliveryState = PLANNED, attempts: int = 0) -> Delivery:
    return Delivery(
        issue=date(2022, 4, 7),
        address=f"{name}@example.org",
        state=state,
        message_id=f"<{name}@example.org>",
        attempts=attempts,
        changed_at=NOW,
    )


def compose(each: Delivery) -> EmailMessage:
    mail = EmailMessage()
    mail["To"] = each.address
    return mail


class World:
    """A ledger on "disk", and a server that answers as told; an exception at an address is raised.

    ``taken`` are the addresses whose mail the server has.
    """

    def __init__(self, rows: Iterable[Delivery], answers: dict[str, Exception]) -> None:
        self.rows = {each.address: each for each in rows}
        self.answers = answers
        self.taken: list[str] = []
        self.history: list[tuple[str, DeliveryState]] = []

    def mark(self, each: Delivery) -> None:
        self.rows[each.address] = each
        self.history.append((each.address, each.state))

    def send(self, message: EmailMessage) -> None:
        address = str(message["To"])
        assert self.rows[address].state is SENDING, "the ledger must know before the server does"
        error = self.answers.get(address)
        if error is None or isinstance(error, (OutcomeUnknownError, KeyboardInterrupt)):
            self.taken.append(address)
        if error is not None:
            raise error

    def run(
        self,
        unknown: Unknown = Unknown.LEAVE,
        compose: Callable[[Delivery], EmailMessage] = compose,
        pause_after: int = 5,
    ) -> SendReport:
        for each in recovered(self.rows.values()):
            self.mark(each)
        chosen = to_attempt(self.rows.values(), unknown=unknown)
        return deliver(
            chosen, compose=compose, mailer=self, mark=self.mark, pause_after=pause_after
        )


def test_each_is_sent_once_and_a_second_run_sends_nothing() -> None:
    world = World([delivery("a"), delivery("b")], {})
    assert world.run().sent == ("a@example.org", "b@example.org")
    assert world.run() == SendReport()
    assert world.taken == ["a@example.org", "b@example.org"]
    assert [each.attempts for each in world.rows.values()] == [1, 1]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (DeliveryError("421 later", temporary=True), PLANNED),
        (DeliveryError("550 nobody"), FAILED),
        (OutcomeUnknownError("no answer"), UNKNOWN),
    ],
)
def test_an_error_leads_to_its_state(error: Exception, state: DeliveryState) -> None:
    world = World([delivery("a"), delivery("b")], {"a@example.org": error})
    world.run()
    row = world.rows["a@example.org"]
    assert (row.state, row.error, row.attempts) == (state, str(error), 1)
    assert world.rows["b@example.org"].state is SENT


def test_only_the_temporarily_refused_is_tried_again() -> None:
    world = World(
        [delivery(name) for name in "abcd"],
        {
            "a@example.org": DeliveryError("450 later", temporary=True),
            "b@example.org": DeliveryError("550 nobody"),
            "c@example.org": OutcomeUnknownError("no answer"),
        },
    )
    first = world.run()
    assert (first.waiting, first.failed, first.unknown, first.sent) == (
        ("a@example.org",),
        ("b@example.org",),
        ("c@example.org",),
        ("d@example.org",),
    )
    world.answers = {}
    assert world.run().sent == ("a@example.org",)
    assert world.rows["a@example.org"].error is None


def test_an_unknown_one_is_repeated_only_when_asked() -> None:
    world = World([delivery("a", UNKNOWN, 1)], {})
    assert world.run() == SendReport()
    assert world.run(unknown=Unknown.REPEAT).sent == ("a@example.org",)


def test_an_address_that_cannot_be_written_fails_without_a_conversation() -> None:
    def refuse(each: Delivery) -> EmailMessage:
        raise DeliveryError("no address")

    world = World([delivery("a")], {})
    assert world.run(compose=refuse).failed == ("a@example.org",)
    assert world.history == [("a@example.org", SENDING), ("a@example.org", FAILED)]
    assert world.taken == []


def test_failures_in_a_row_pause_the_run_and_lose_nobody() -> None:
    refused = {f"{name}@example.org": DeliveryError("no", temporary=True) for name in "bcdef"}
    world = World([delivery(name) for name in "abcdefgh"], dict(refused))
    report = world.run()
    assert report.sent == ("a@example.org",)
    assert report.waiting == tuple(f"{name}@example.org" for name in "bcdefgh")
    assert report.paused is not None
    assert "5 deliveries in a row" in report.paused
    world.answers = {}
    assert len(world.run().sent) == 7


def test_a_success_between_failures_keeps_the_run_going() -> None:
    refused = {f"{name}@example.org": DeliveryError("no") for name in "abde"}
    world = World([delivery(name) for name in "abcdef"], dict(refused))
    assert world.run(pause_after=3).paused is None


def test_a_ledger_that_cannot_be_written_ends_the_run_before_the_mail_leaves() -> None:
    def broken(each: Delivery) -> None:
        raise StoreError("disk full")

    world = World([delivery("a")], {})
    with pytest.raises(StoreError):
        deliver(world.rows.values(), compose=compose, mailer=world, mark=broken)
    assert world.taken == []


@given(st.lists(st.integers(0, 11), max_size=12))
def test_whatever_kills_the_run_nobody_gets_two_and_nobody_is_lost(deaths: list[int]) -> None:
    """Each run dies at its n-th write or mail, before or after the server took it."""
    world = World([delivery(name) for name in "abc"], {})

    class Death(BaseException):
        pass

    for steps in deaths:
        left = iter(range(steps))

        def step(left: Iterable[int] = left) -> None:
            if next(iter(left), None) is None:
                raise Death

        class Mortal:
            def send(self, message: EmailMessage) -> None:
                step()
                world.send(message)
                step()

        def mark(each: Delivery) -> None:
            step()
            world.mark(each)
            step()

        before = sum(each.state in {UNKNOWN, SENDING} for each in world.rows.values())
        try:
            for each in recovered(world.rows.values()):
                world.mark(each)
            deliver(to_attempt(world.rows.values()), compose=compose, mailer=Mortal(), mark=mark)
        except Death:
            pass
        unknown = sum(each.state in {UNKNOWN, SENDING} for each in world.rows.values())
        assert unknown <= before + 1
    world.run()
    assert len(world.taken) == len(set(world.taken))
    for address, row in world.rows.items():
        assert row.state in {SENT, UNKNOWN}
        assert row.state is UNKNOWN or address in world.taken


def test_what_a_dead_run_left_is_unknown() -> None:
    (row,) = recovered([delivery("a", SENDING, 1), delivery("b"), delivery("c", SENT, 1)])
    assert (row.address, row.state) == ("a@example.org", UNKNOWN)
    assert row.error


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [(0, 0), (1, 15), (2, 30), (3, 60), (5, 240), (6, 240), (10_000, 240)],
)
def test_back_off_doubles_up_to_four_hours(attempts: int, wait: int) -> None:
    assert retry_at(delivery("a", attempts=attempts), NOW) == NOW + timedelta(minutes=wait)


def test_an_unwatched_run_leaves_out_what_must_wait() -> None:
    rows = [delivery("a"), delivery("b", attempts=1), replace(delivery("c"), changed_at=None)]
    chosen = to_attempt(rows, not_before=NOW + timedelta(minutes=14))
    assert [each.address for each in chosen] == ["a@example.org", "c@example.org"]
    assert len(to_attempt(rows, not_before=NOW + timedelta(minutes=15))) == 3
    assert len(to_attempt(rows)) == 3
