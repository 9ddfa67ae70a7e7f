"""What the editor wrote about a source, apart from what the program learned about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digest.model import Ownership


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What an editor knows of a local file that does not say it itself (as front matter would)."""

    pattern: str
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    date: datetime | None = None
    lang: str | None = None
    section: str | None = None
    paraphrase: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """CSS selectors of a web page: ``item`` finds its entries, the others look within one.

    ``text`` is the body of a linked page, where the source asks for its full text.
    """

    item: str | None = None
    title: str | None = None
    link: str | None = None
    date: str | None = None
    summary: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the editor wrote about one source; exactly one of ``url`` and ``path`` is set.

    ``headers`` and the credentials in the environment variable ``auth`` go to the scheme, host
    and port of ``url`` only.
    """

    id: str
    name: str
    url: str | None = None
    path: str | None = None
    type: str | None = None
    publisher: str | None = None
    ownership: Ownership | None = None
    lang: str | None = None
    country: str | None = None
    section: str | None = None
    weight: float = 1.0
    every: timedelta = timedelta(hours=1)
    full_text: bool = False
    enabled: bool = True
    sample: bool = False
    dates: str = "content"
    files: tuple[FileFacts, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: str | None = None
    selectors: Selectors | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the program learned about a source; never edited by hand.

    ``etag`` and ``last_modified`` are echoed byte for byte and never invented; ``ttl`` is the
    pause the feed itself asked for when it was last read. ``failed_since`` is the first of the
    ``failures`` in a row; before ``not_before`` the server does not want to be asked, by a person
    neither (Retry-After of a refusal).
    """

    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    ttl: timedelta | None = None
    moved_to: str | None = None
    gone: bool = False
    due_at: datetime | None = None
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    failures: int = 0
    failed_since: datetime | None = None
    not_before: datetime | None = None
    error: str | None = None
