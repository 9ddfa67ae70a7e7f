"""What a host's robots.txt allows us (RFC 9309): asked for once a host and day."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from protego import Protego

from digest.fetched import Failed, Retrieved
from digest.pull.decode import decode
from digest.pull.http import Request, Transport

AGENT = "digest"
"""The name that a robots.txt calls us by; the User-Agent header begins with it."""

VALID = timedelta(days=1)
LONGEST_DELAY = timedelta(minutes=5)
_LONGEST = 500 * 1024  # RFC 9309, 2.5: at least so much is read
_MOST_BODY = 2 * 1024 * 1024
_TIMEOUT = timedelta(seconds=30)
_REQUEST_ERRORS = range(400, 500)
_TOO_MANY = 429
_ACCEPT = "text/plain, */*;q=0.5"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """The rules of one origin as they were at ``asked_at``.

    ``text`` is ``None`` where they could not be had: nothing is to be fetched there for now.
    """

    origin: str
    asked_at: datetime
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a page may be fetched and how far apart; ``later`` where nobody could say."""

    allowed: bool
    later: bool = False
    delay: timedelta = timedelta(0)


class Robots:
    """The rules of every host of a run; safe to ask from many tasks at once."""

    def __init__(
        self, transport: Transport, *, now: datetime, known: Mapping[str, RobotsFile] | None = None
    ) -> None:
        self._transport = transport
        self._now = now
        fresh = (known or {}).items()
        self._files = {origin: file for origin, file in fresh if _is_fresh(file, now)}
        self._parsed: dict[str, Protego] = {}
        self._doors: dict[str, asyncio.Lock] = {}

    @property
    def files(self) -> Mapping[str, RobotsFile]:
        """What is known by now, for the next run of the day."""
        return self._files

    async def verdict(self, url: str) -> Verdict:
        """What the rules of the address's origin say. 4xx: all is allowed; 5xx, 429: not now."""
        origin = _origin(url)
        async with self._doors.setdefault(origin, asyncio.Lock()):
            file = self._files.get(origin)
            if file is None:
                file = self._files[origin] = await self._ask(origin)
        if file.text is None:
            return Verdict(allowed=False, later=True)
        rules = self._parsed.get(origin)
        if rules is None:
            rules = self._parsed[origin] = Protego.parse(file.text)
        return Verdict(allowed=bool(rules.can_fetch(url, AGENT)), delay=_delay(rules))

    async def _ask(self, origin: str) -> RobotsFile:
        request = Request(
            url=f"{origin}/robots.txt", timeout=_TIMEOUT, max_body=_MOST_BODY, accept=_ACCEPT
        )
        answer = await self._transport.fetch(request)
        text: str | None = None
        if isinstance(answer, Retrieved):
            text = decode(answer.body[:_LONGEST])
        elif isinstance(answer, Failed) and answer.status in _REQUEST_ERRORS:
            text = None if answer.status == _TOO_MANY else ""
        return RobotsFile(origin=origin, asked_at=self._now, text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsStore:
    """A file that keeps the rules from run to run; it may be thrown away at any time."""

    path: Path

    def load(self) -> dict[str, RobotsFile]:
        """The rules by origin; none where the file is missing or broken."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return {row["origin"]: _of_row(row) for row in rows}
        return {}

    def save(self, files: Mapping[str, RobotsFile]) -> None:
        """Nothing; the file then holds these rules and no others. A full disk is no error here."""
        rows = [asdict(f) | {"asked_at": f.asked_at.isoformat()} for f in files.values()]
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            aside = self.path.with_suffix(".new")
            aside.write_text(json.dumps(rows, ensure_ascii=True), encoding="utf-8")
            aside.replace(self.path)


def _of_row(row: dict[str, str | None]) -> RobotsFile:
    asked_at = datetime.fromisoformat(str(row["asked_at"])).astimezone(UTC)
    return RobotsFile(origin=str(row["origin"]), asked_at=asked_at, text=row["text"])


def _is_fresh(file: RobotsFile, now: datetime) -> bool:
    # What could not be had is asked again by the next run.
    return file.text is not None and timedelta(0) <= now - file.asked_at < VALID


def _delay(rules: Protego) -> timedelta:
    seconds = rules.crawl_delay(AGENT)
    if seconds is None or not 0 < seconds < float("inf"):
        return timedelta(0)
    return min(timedelta(seconds=min(seconds, 1e6)), LONGEST_DELAY)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"
