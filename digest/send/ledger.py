"""The rules of the ledger, and the run over it: nobody gets an issue twice, nobody is lost.

    planned → sending → sent | failed | unknown

``sending`` is on disk before the conversation starts and the outcome after it has ended. A row
found in ``sending`` was left by a run that died: whether its mail left is unknown. A temporary
refusal leads back to ``planned``, with its error and the number of attempts; ``failed`` is final.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum

from digest.deliveries import Delivery, DeliveryState
from digest.errors import DeliveryError, OutcomeUnknownError
from digest.send.smtp import Mailer

PAUSE_AFTER = 5
"""Failures in a row after which a run stops: then the server is at fault, not five readers."""

FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=4)
"""Back-off of a refused delivery: 15 minutes (a greylist's usual time), doubled to four hours."""


class Unknown(StrEnum):
    """What to do with deliveries whose outcome is unknown."""

    LEAVE = "leave"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """What a run did: addresses by outcome, and why it stopped before the end, if it did.

    ``waiting`` are those to be tried again: refused for now, or not reached.
    """

    sent: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    paused: str | None = None


def recovered(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    """The deliveries a dead run left in ``sending``, now ``unknown``; to be marked first of all.

    Only right for a caller who holds the sending lock.
    """
    lost = "the program ended while this mail was being handed over; it may have been delivered"
    return tuple(
        replace(each, state=DeliveryState.UNKNOWN, error=lost)
        for each in deliveries
        if each.state is DeliveryState.SENDING
    )


def to_attempt(
    deliveries: Iterable[Delivery],
    *,
    unknown: Unknown = Unknown.LEAVE,
    not_before: datetime | None = None,
) -> tuple[Delivery, ...]:
    """The deliveries to attempt, in the order given: planned ones, and unknown ones when asked.

    Sent and failed ones never. With ``not_before`` set to the time now, those whose back-off has
    not passed are left out: for runs nobody watches.
    """
    wanted = {DeliveryState.PLANNED}
    if unknown is Unknown.REPEAT:
        wanted.add(DeliveryState.UNKNOWN)
    return tuple(
        each
        for each in deliveries
        if each.state in wanted and (not_before is None or retry_at(each, not_before) <= not_before)
    )


def retry_at(delivery: Delivery, now: datetime) -> datetime:
    """When a delivery may be tried (again): ``now`` when it was never tried."""
    if delivery.attempts == 0 or delivery.changed_at is None:
        return now
    # The number is bounded: 2 ** 1000 minutes is no timedelta.
    doublings = 1 << min(delivery.attempts - 1, 16)
    return delivery.changed_at + min(FIRST_WAIT * doublings, LONGEST_WAIT)


def deliver(
    deliveries: Iterable[Delivery],
    *,
    compose: Callable[[Delivery], EmailMessage],
    mailer: Mailer,
    mark: Callable[[Delivery], None],
    pause_after: int = PAUSE_AFTER,
) -> SendReport:
    """What became of the deliveries, which are attempted one by one in their order.

    ``mark`` is given each new state of a row and has committed it when it returns; it sets the
    time. ``compose`` makes the mail and may raise ``DeliveryError``, which is final then. After
    ``pause_after`` failures in a row the rest stays planned and ``paused`` says why. Errors of
    ``mark`` end the run: nothing is sent that cannot be written down.
    """
    outcomes: dict[DeliveryState, list[str]] = {state: [] for state in DeliveryState}
    in_a_row = 0
    paused: str | None = None
    for each in deliveries:
        if paused is not None:
            outcomes[DeliveryState.PLANNED].append(each.address)
            continue
        after = _attempt(each, compose=compose, mailer=mailer, mark=mark)
        mark(after)
        outcomes[after.state].append(after.address)
        in_a_row = 0 if after.state is DeliveryState.SENT else in_a_row + 1
        if in_a_row >= pause_after:
            paused = f"{in_a_row} deliveries in a row failed; the last: {after.error}"
    return SendReport(
        sent=tuple(outcomes[DeliveryState.SENT]),
        waiting=tuple(outcomes[DeliveryState.PLANNED]),
        failed=tuple(outcomes[DeliveryState.FAILED]),
        unknown=tuple(outcomes[DeliveryState.UNKNOWN]),
        paused=paused,
    )


def _attempt(
    delivery: Delivery,
    *,
    compose: Callable[[Delivery], EmailMessage],
    mailer: Mailer,
    mark: Callable[[Delivery], None],
) -> Delivery:
    """The delivery after one conversation; an address that cannot be written has none."""
    sending = replace(
        delivery, state=DeliveryState.SENDING, attempts=delivery.attempts + 1, error=None
    )
    try:
        mail = compose(delivery)
    except DeliveryError as error:
        # The ledger knows no step from planned to failed but by way of sending.
        mark(sending)
        return replace(sending, state=DeliveryState.FAILED, error=error.message)
    mark(sending)
    try:
        mailer.send(mail)
    except OutcomeUnknownError as error:
        return replace(sending, state=DeliveryState.UNKNOWN, error=error.message)
    except DeliveryError as error:
        state = DeliveryState.PLANNED if error.temporary else DeliveryState.FAILED
        return replace(sending, state=state, error=error.message)
    return replace(sending, state=DeliveryState.SENT)
