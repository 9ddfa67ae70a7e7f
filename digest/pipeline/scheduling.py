"""What the schedule needs of a newsletter's configuration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.config import load_config
from digest.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """When a newsletter comes out: a cron expression in a zone."""

    title: str
    schedule: str
    zone: ZoneInfo


def load_schedule(config: Path) -> Scheduled:
    """The schedule of a newsletter.

    Raises ``UsageError`` for one without, whose issues are made by hand.
    """
    loaded = load_config(config)
    schedule = loaded.newsletter.schedule
    if schedule is None:
        message = "newsletter.schedule is not set; write one such as 0 7 * * THU"
        raise UsageError(message, where=str(config))
    return Scheduled(title=loaded.newsletter.title, schedule=schedule, zone=loaded.zone)


def first_moment(text: str | None, zone: ZoneInfo, now: datetime) -> datetime:
    """The time ``--from DATE`` means: local midnight of that day; left out, it is now."""
    if text is None:
        return now
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no date; write YYYY-MM-DD", where="--from") from error
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
