"""The ledger: who gets an issue, who got it, and the readers' list.

A row is committed as ``sending`` before the conversation with the mail server and as its outcome
after it, so that a crash leaves at most one row in doubt, and nobody is mailed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from digest.deliveries import Delivery, DeliveryState, Recipient
from digest.errors import ConflictError, NotFoundError
from digest.store.columns import clean
from digest.store.rows import chunks, upsert
from digest.store.schema import deliveries as delivery_rows
from digest.store.schema import recipients as recipient_rows

_FIELDS = tuple(field.name for field in fields(Delivery))
_COLUMNS = tuple(delivery_rows.c[name] for name in _FIELDS)

_AFTER: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PLANNED: frozenset({DeliveryState.SENDING}),
    # Back to planned: refused for now (a 4xx reply), to be tried again later.
    DeliveryState.SENDING: frozenset(
        {
            DeliveryState.SENT,
            DeliveryState.FAILED,
            DeliveryState.UNKNOWN,
            DeliveryState.PLANNED,
        }
    ),
    DeliveryState.SENT: frozenset(),
    DeliveryState.FAILED: frozenset({DeliveryState.SENDING}),
    DeliveryState.UNKNOWN: frozenset(),
}
_FORCED = (DeliveryState.UNKNOWN, DeliveryState.SENDING)
"""The step that only a person may ask for: the mail may have arrived."""


def normal_address(address: str) -> str:
    """The address as a key: without outer blanks, its domain in lower case.

    The part before the @ is kept: RFC 5321 section 2.4 leaves its case to the receiver.

    >>> normal_address(" Anna.B@Example.ORG ")
    'Anna.B@example.org'
    """
    local, at, domain = clean(address).strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


def plan(
    c: Connection,
    newsletter: str,
    issue: date,
    recipients: Iterable[Recipient],
    *,
    now: datetime,
    id_of: Callable[[str], str],
) -> tuple[Delivery, ...]:
    """The deliveries of the issue to these recipients, in their order, one an address.

    A delivery that stands keeps its state, attempts and Message-ID: planning again adds only who
    is new. ``id_of`` makes the Message-ID of an address.
    """
    addresses = tuple(dict.fromkeys(normal_address(each.address) for each in recipients))
    standing = {delivery.address: delivery for delivery in deliveries(c, newsletter, issue)}
    rows = [
        {
            "newsletter": newsletter,
            "issue": issue,
            "address": address,
            "state": DeliveryState.PLANNED,
            "message_id": id_of(address),
            "attempts": 0,
            "changed_at": now,
        }
        for address in addresses
        if address not in standing
    ]
    if rows:
        c.execute(insert(delivery_rows), rows)
        standing = {delivery.address: delivery for delivery in deliveries(c, newsletter, issue)}
    return tuple(standing[address] for address in addresses)


def mark(  # noqa: PLR0913 — the key has three parts, and its call is fixed between the rooms
    c: Connection,
    newsletter: str,
    issue: date,
    address: str,
    state: DeliveryState,
    *,
    now: datetime,
    error: str | None = None,
    force: bool = False,
) -> Delivery:
    """The delivery in its new state. Commit before the conversation begins and after it ends.

    Allowed: planned → sending → sent | failed | unknown, sending → planned after a refusal for
    now, failed → sending, and with ``force``, a person's word, unknown → sending. Each step to
    ``sending`` counts as an attempt.

    Raises:
        NotFoundError: it was never planned.
        ConflictError: the step is not allowed, as when another run sent it meanwhile.

    """
    key = normal_address(address)
    where = f"{issue.isoformat()} to {key}"
    mine = _mine(newsletter, issue) & (delivery_rows.c.address == key)
    row = c.execute(select(*_COLUMNS).where(mine)).first()
    if row is None:
        raise NotFoundError("this delivery was never planned", where=where)
    standing = Delivery(**dict(zip(_FIELDS, row, strict=True)))
    forced = force and (standing.state, state) == _FORCED
    if not forced and state not in _AFTER[standing.state]:
        message = f"a delivery that is {standing.state.value} cannot become {state.value}"
        raise ConflictError(message, where=where)
    attempts = standing.attempts + (state is DeliveryState.SENDING)
    changed = {"state": state, "attempts": attempts, "error": error, "changed_at": now}
    c.execute(update(delivery_rows).where(mine).values(changed))
    return _one(c, mine)


def recover(c: Connection, newsletter: str, *, now: datetime) -> tuple[Delivery, ...]:
    """The deliveries a crash left in ``sending``; they are ``unknown`` now.

    Only for the holder of the lock on sending: otherwise another run's delivery is taken for
    a crashed one.
    """
    left = (delivery_rows.c.newsletter == newsletter) & (
        delivery_rows.c.state == DeliveryState.SENDING
    )
    found = _select(c, left)
    error = "the program stopped while sending; it may have arrived"
    values = {"state": DeliveryState.UNKNOWN, "error": error, "changed_at": now}
    c.execute(update(delivery_rows).where(left).values(values))
    return tuple(
        _one(c, _mine(newsletter, each.issue) & (delivery_rows.c.address == each.address))
        for each in found
    )


def deliveries(c: Connection, newsletter: str, issue: date) -> tuple[Delivery, ...]:
    """Every delivery of the issue, by address."""
    return _select(c, _mine(newsletter, issue))


def sync_recipients(
    c: Connection, newsletter: str, listed: Sequence[Recipient], *, now: datetime
) -> None:
    """The listed people are the recipients; who is listed no longer is kept as inactive."""
    rows = {
        normal_address(each.address): {
            "newsletter": newsletter,
            "address": normal_address(each.address),
            "name": each.name,
            "active": True,
            "changed_at": now,
        }
        for each in listed
    }
    standing = {normal_address(r.address): r.name for r in recipients(c, newsletter)}
    gone = [address for address in standing if address not in rows]
    changed = [row for address, row in rows.items() if standing.get(address) != row["name"]]
    for part in chunks(gone):
        leaving = update(recipient_rows).where(
            recipient_rows.c.newsletter == newsletter, recipient_rows.c.address.in_(part)
        )
        c.execute(leaving.values(active=False, changed_at=now))
    for rows_part in chunks(changed):
        c.execute(upsert(recipient_rows), rows_part)


def recipients(c: Connection, newsletter: str) -> tuple[Recipient, ...]:
    """The active recipients, by address."""
    rows = c.execute(
        select(recipient_rows.c.address, recipient_rows.c.name)
        .where(recipient_rows.c.newsletter == newsletter, recipient_rows.c.active)
        .order_by(recipient_rows.c.address)
    )
    return tuple(Recipient(address=row.address, name=row.name) for row in rows)


def _mine(newsletter: str, issue: date) -> ColumnElement[bool]:
    return (delivery_rows.c.newsletter == newsletter) & (delivery_rows.c.issue == issue)


def _select(c: Connection, where: ColumnElement[bool]) -> tuple[Delivery, ...]:
    order = (delivery_rows.c.issue, delivery_rows.c.address)
    rows = c.execute(select(*_COLUMNS).where(where).order_by(*order))
    return tuple(Delivery(**dict(zip(_FIELDS, row, strict=True))) for row in rows)


def _one(c: Connection, where: ColumnElement[bool]) -> Delivery:
    return _select(c, where)[0]
