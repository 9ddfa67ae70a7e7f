"""Published forms, and the ledger's values: who gets an issue, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """planned → sending → sent | failed | unknown (the reply to the final dot was lost)."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A person who gets the newsletter."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One issue to one address; unique per (newsletter, issue, address)."""

    issue: date
    address: str
    state: DeliveryState
    message_id: str
    attempts: int = 0
    error: str | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """One published form of an issue: its file name and its content."""

    name: str
    content: bytes = field(repr=False)
