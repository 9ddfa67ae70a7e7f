"""The newsletter's folder with everything a verb needs: configuration, store, templates, names.

A ``Workspace`` is opened once a command. What is slow to load (name book, encoder, classifier)
is loaded, and its libraries imported, when it is first asked for: a pull needs none of it, and
half of a small pull's time would go into numpy and Jinja.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from digest.config import Config, load_config
from digest.errors import OutputError
from digest.model import Name, Period
from digest.periods import number_of, period_at
from digest.render.site import Site
from digest.shipped import shipped_folder
from digest.store.database import Store, copy_database, open_store
from digest.store.locks import hold

if TYPE_CHECKING:
    from digest.judge.sections import Classifier
    from digest.pipeline.vectors import StoredEmbedder
    from digest.render.environment import Templates
    from digest.text.mentions import NameFinder

log = logging.getLogger("digest")


@dataclass(kw_only=True)
class Workspace:
    """One newsletter on disk; ``now`` is the real clock at the start of the command."""

    config: Config
    store: Store
    now: datetime
    base: Path

    @property
    def id(self) -> str:
        """The newsletter's id, part of every key."""
        return self.config.newsletter.id

    @property
    def state(self) -> Path:
        """``.digest/``: database, locks, preview."""
        return self.base / ".digest"

    @property
    def drafts(self) -> Path:
        """``drafts/``: one Markdown file an issue."""
        return self.base / "drafts"

    @property
    def output(self) -> Path:
        """``output/``: only what may be served."""
        return self.base / "output"

    @cached_property
    def templates(self) -> Templates:
        """The newsletter's own templates, before the shipped ones."""
        from digest.render.environment import Templates  # noqa: PLC0415 - see above

        own = self.config.folder / "templates"
        return Templates((own, shipped_folder() / "templates"))

    @cached_property
    def finder(self) -> NameFinder:
        """The name book with the newsletter's own ``names.yaml``, ready to find names in a text."""
        from digest.data.names import load_names  # noqa: PLC0415 - see above
        from digest.pipeline.ownnames import with_own  # noqa: PLC0415 - see above

        return _finder(with_own(load_names(), self.config.folder))

    @cached_property
    def embedder(self) -> StoredEmbedder | None:
        """The sentence encoder by way of the store; nothing where its package is not installed."""
        from digest.pipeline.vectors import (  # noqa: PLC0415 - see above
            StoredEmbedder,
            encoder_installed,
        )

        if encoder_installed():
            return StoredEmbedder(self.store)
        log.warning("no sentence encoder: sections and stories go by words and names only")
        return None

    @cached_property
    def classifier(self) -> Classifier:
        """What places entries in this newsletter's sections, as its editor taught it."""
        from digest.judge.sections import Classifier  # noqa: PLC0415 - see above
        from digest.pipeline.lessons import lessons_of  # noqa: PLC0415 - see above

        lessons = lessons_of(self.store, self.id)
        return Classifier(
            self.config.sections, self.finder, embedder=self.embedder, lessons=lessons
        )

    @property
    def site(self) -> Site:
        """What every page of this newsletter shares."""
        letter = self.config.newsletter
        return Site(
            title=letter.title,
            subtitle=letter.subtitle,
            language=letter.language,
            base_url=letter.base_url,
            postal_address=self.config.delivery.postal_address,
            sections=self.config.sections,
            unsubscribe=self._unsubscribe(),
        )

    def _unsubscribe(self) -> str | None:
        """Where a reader asks to be left out: a mail to whoever reads the answers."""
        delivery = self.config.delivery
        address = parseaddr(delivery.reply_to or delivery.sender or "")[1]
        return f"mailto:{address}?subject=unsubscribe" if address else None

    def period_at(self, as_of: datetime) -> Period:
        """The newest scheduled period at ``as_of``."""
        letter = self.config.newsletter
        return period_at(
            as_of, schedule=letter.schedule, zone=self.config.zone, length=letter.period
        )

    def number_of(self, day: date) -> int | None:
        """The number of the issue of that day, ``None`` before the first."""
        letter = self.config.newsletter
        if letter.first_issue is None:
            return None
        found = number_of(
            day,
            schedule=letter.schedule,
            zone=self.config.zone,
            length=letter.period,
            first=letter.first_issue,
        )
        return None if found is None else letter.first_number + found

    def draft_path(self, day: date) -> Path:
        """Where the draft of an issue is kept."""
        return self.drafts / f"{day.isoformat()}.md"

    def proposal_path(self, day: date) -> Path:
        """Where the program's own draft goes when a person has touched the draft."""
        return self.drafts / f"{day.isoformat()}.proposed.md"

    def issue_folder(self, day: date) -> Path:
        """Where an issue is published."""
        return self.output / "issues" / day.isoformat()

    @contextmanager
    def lock(self, name: str, wait: timedelta) -> Iterator[None]:
        """Nobody else does the same in this folder meanwhile; raises ``BusyError``."""
        with hold(self.state, name, wait=wait, now=self.now):
            yield


@lru_cache(maxsize=2)
def _finder(names: tuple[Name, ...]) -> NameFinder:
    """A finder for these names: half a second to make, and a preview makes issue after issue."""
    from digest.text.mentions import NameFinder  # noqa: PLC0415 - see above

    return NameFinder(names)


@contextmanager
def open_workspace(config_path: Path, *, now: datetime) -> Iterator[Workspace]:
    """The newsletter configured in ``config_path``, its database brought up to date."""
    config = load_config(config_path)
    with _opened(config, config.folder, now) as ws:
        yield ws


@contextmanager
def rehearsal(config_path: Path, *, now: datetime) -> Iterator[Workspace]:
    """The same newsletter on a copy of its state: whatever is done there leaves no mark."""
    config = load_config(config_path)
    with TemporaryDirectory(prefix="digest-dry-run-") as folder:
        base = Path(folder)
        state = config.folder / ".digest"
        if (state / "digest.sqlite3").exists():
            (base / ".digest").mkdir()
            copy_database(state / "digest.sqlite3", base / ".digest" / "digest.sqlite3")
        for part in (".digest/written", "drafts", "output"):
            if (config.folder / part).is_dir():
                shutil.copytree(config.folder / part, base / part)
        with _opened(config, base, now) as ws:
            yield ws


@contextmanager
def _opened(config: Config, base: Path, now: datetime) -> Iterator[Workspace]:
    state = base / ".digest"
    try:
        state.mkdir(exist_ok=True)
    except OSError as error:
        message = f"the folder cannot be made ({error.strerror}); give this user the right to write"
        raise OutputError(message, where=str(state)) from error
    store = open_store(state / "digest.sqlite3")
    try:
        yield Workspace(config=config, store=store, now=now, base=base)
    finally:
        store.close()
