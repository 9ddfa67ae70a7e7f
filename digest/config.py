"""``sources.yaml`` and the environment become a ``Config``; all problems are told at once.

The classes here are the reference of the file: ``docs/configuration.md`` is generated from them.
Secrets never stand in the file: the mail password comes from ``DIGEST_SMTP_PASSWORD`` only.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from digest.data.sections import SHIPPED_SECTIONS
from digest.duration import parse_duration
from digest.errors import ConfigError
from digest.model import FileFacts, Ownership, Problem, Section, Source
from digest.periods import check_schedule
from digest.yamlfile import Place, YamlFile, read_yaml

SIZES = {"B": 1, "KB": 1000, "MB": 1000**2, "KIB": 1024, "MIB": 1024**2}


def _duration(value: object) -> object:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


def _size(value: object) -> object:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KM]?I?B)", str(value).strip().upper())
    if not match:
        message = "write a size such as 500KB or 15MB"
        raise ValueError(message)
    return int(float(match[1]) * SIZES[match[2]])


def _zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:
        message = "write a time zone of the IANA database, such as Europe/London"
        raise ValueError(message) from error
    return value


def _schedule(value: object) -> object:
    if value is not None:
        check_schedule(str(value))
    return value


def _host_port(value: object) -> object:
    match = re.fullmatch(r"(.+):(\d{1,5})", str(value))
    if not match:
        message = "write host:port, such as 127.0.0.1:8799"
        raise ValueError(message)
    return (match[1].strip("[]").lower(), int(match[2]))


def _web_address(value: object) -> object:
    if value is not None and not re.match(r"https?://[^/\s]+", str(value)):
        message = "write a full address beginning with http:// or https://"
        raise ValueError(message)
    return value


def _day(value: object) -> object:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Zone = Annotated[str, BeforeValidator(_zone)]
Schedule = Annotated[str | None, BeforeValidator(_schedule)]
HostPort = Annotated[tuple[str, int], BeforeValidator(_host_port)]
WebAddress = Annotated[str, BeforeValidator(_web_address)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Style = Literal["column"]
SourceType = Literal["feed", "files"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class NewsletterConfig(_Table):
    """What the newsletter is called, how it looks and when it comes out."""

    id: Identifier = Field(description="Short name, part of every key; never change it.")
    title: str = Field(min_length=1, description="The newsletter's name, as in the masthead.")
    subtitle: str = Field("", description="One line under the name.")
    timezone: Zone = Field("UTC", description="IANA zone of the schedule and of all dates.")
    language: str = Field("en", description="Language of the newsletter, ISO 639-1.")
    style: Style = Field("column", description="House style of the issue.")
    schedule: Schedule = Field(
        None, description="Cron expression with weekday names; left out: issues only by hand."
    )
    period: Duration | None = Field(
        None, description="Length of time an issue covers (default: since the fire before; 7d)."
    )
    review: Literal["none", "required"] = Field(
        "none", description="`required`: a run stops after the draft until a person publishes."
    )
    first_issue: date | None = Field(None, description="Date of the first numbered issue.")
    first_number: int = Field(1, ge=0, description="Number of that issue.")
    base_url: WebAddress | None = Field(
        None, description="Where `output/` is served, for links in mail and feeds."
    )


class SectionConfig(_Table):
    """A section; the order of the list is the order on the page."""

    id: Identifier = Field(description="Short name, stays for ever.")
    title: str = Field(min_length=1, description="Heading on the page.")
    limit: int = Field(4, ge=0, le=50, description="At most so many stories an issue.")
    description: str = Field("", description="One sentence that says what belongs here.")
    keywords: tuple[str, ...] = Field((), description="Words that mark the section.")


class FileConfig(_Table):
    """Facts about local files that do not state them, by file name pattern."""

    pattern: str = Field(description="File name pattern within the source's folder.")
    title: str | None = Field(None, description="Title of the text.")
    publisher: str | None = Field(None, description="Who published it.")
    url: WebAddress | None = Field(None, description="Its address.")
    date: Annotated[datetime | None, BeforeValidator(_day)] = Field(None, description="Its date.")
    lang: str | None = Field(None, description="Its language.")
    section: str | None = Field(None, description="Section prior.")
    paraphrase: bool | None = Field(None, description="Whether it is an editor's note.")


class SourceConfig(_Table):
    """A feed (`url`) or local files (`path`); exactly one of the two."""

    name: str | None = Field(None, min_length=1, description="Name shown; default: its address.")
    url: WebAddress | None = Field(None, description="Address of the feed.")
    path: str | None = Field(None, min_length=1, description="Local folder, file or pattern.")
    type: SourceType | None = Field(None, description="Default: found out from the content.")
    publisher: str | None = Field(None, description="Publisher of its entries; default: its name.")
    ownership: Ownership | None = Field(None, description="Who stands behind it.")
    lang: str | None = Field(None, description="Its language, ISO 639-1.")
    country: str | None = Field(None, description="Where it is based, ISO 3166-1 alpha-2.")
    section: str | None = Field(None, description="Section its entries usually belong to: a prior.")
    weight: float = Field(1.0, ge=0, le=10, description="How much its reports count.")
    every: Duration = Field(timedelta(hours=1), description="Not polled more often than this.")
    full_text: bool = Field(False, description="Fetch the linked page where a feed gives a teaser.")
    enabled: bool = Field(True, description="`no` keeps it in the list without reading it.")
    sample: bool = Field(False, description="Its entries serve only when nothing else is there.")
    dates: Literal["content", "file", "none"] = Field(
        "content", description="Whether an undated file may take its modification time."
    )
    files: tuple[FileConfig, ...] = Field((), description="Facts the files do not state.")


class NetworkConfig(_Table):
    """How the program behaves on the network."""

    contact: str | None = Field(None, description="Address or page named in the User-Agent.")
    user_agent: str | None = Field(None, description="Whole User-Agent, instead of the usual.")
    allow_private: tuple[HostPort, ...] = Field(
        (), description="host:port pairs on private networks that may be reached."
    )
    host_gap: Duration = Field(timedelta(seconds=1), description="Pause between calls to a host.")
    timeout: Duration = Field(timedelta(seconds=60), description="Deadline of a whole request.")
    max_body: Size = Field(15_000_000, description="Largest body after decompression.")
    connections: int = Field(64, ge=1, le=1000, description="Requests under way at once.")
    host_connections: int = Field(1, ge=1, le=64, description="Of these, to one host.")
    proxy: WebAddress | None = Field(None, description="HTTP proxy; the environment's is ignored.")


class SmtpConfig(_Table):
    """The server that takes the mail; its password is `DIGEST_SMTP_PASSWORD`."""

    host: str = Field("localhost", description="Host name.")
    port: int = Field(587, ge=1, le=65535, description="Port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`none` is taken only when written, and then no login is tried."
    )
    username: str | None = Field(None, description="Login name.")


class DeliveryConfig(_Table):
    """Who sends, who receives."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    sender: str | None = Field(None, alias="from", description='Sender: "Name <a@b>".')
    reply_to: str | None = Field(None, description="Where answers go.")
    recipients: str = Field("recipients.csv", description="CSV file with the header address,name.")
    postal_address: str | None = Field(None, description="Printed in the footer of the mail.")
    smtp: SmtpConfig = Field(SmtpConfig(), description="The mail server.")


class ConfigFile(_Table):
    """The whole file."""

    newsletter: NewsletterConfig = Field(description="The newsletter.")
    sections: tuple[SectionConfig, ...] = Field((), description="Default: the nine shipped.")
    sources: tuple[SourceConfig, ...] = Field(description="Where entries come from.")
    network: NetworkConfig = Field(NetworkConfig(), description="The network.")
    delivery: DeliveryConfig = Field(DeliveryConfig(), description="The mail.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole, valid configuration; ``folder`` is what relative paths are relative to."""

    path: Path
    folder: Path
    newsletter: NewsletterConfig
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    network: NetworkConfig
    delivery: DeliveryConfig
    smtp_password: str | None

    @property
    def zone(self) -> ZoneInfo:
        """The newsletter's time zone."""
        return ZoneInfo(self.newsletter.timezone)


def load_config(path: Path, *, environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration of ``path``.

    Raises ``ConfigError`` with every problem of the file, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = "there is no such file; `digest init DIR` makes a newsletter, --config names one"
        problem = Problem(code="no-config", message=message, where=str(path))
        raise ConfigError((problem,), where=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(code="config", message=f"cannot be read: {error}", where=str(path))
        raise ConfigError((problem,), where=str(path)) from error
    found = read_yaml(text, name=path.name)
    if found.data is None and not found.problems:
        found.data = {}
    table: ConfigFile | None = None
    if not any(problem.code == "yaml" for problem in found.problems):
        table = _validated(found, path.name)
    if table is not None:
        found.problems += _cross_checks(table, found, path)
    if found.problems or table is None:
        raise ConfigError(tuple(found.problems), where=str(path))
    return Config(
        path=path.resolve(),
        folder=path.resolve().parent,
        newsletter=table.newsletter,
        sections=_sections(table),
        sources=tuple(source_of(each) for each in table.sources),
        network=table.network,
        delivery=table.delivery,
        smtp_password=environ.get("DIGEST_SMTP_PASSWORD"),
    )


def source_of(table: SourceConfig) -> Source:
    """The source as the other rooms know it; its id is a hash of its address or path."""
    key = table.url or f"path:{table.path}"
    values = {name: getattr(table, name) for name in SourceConfig.model_fields}
    values["name"] = table.name or table.url or table.path
    values["files"] = tuple(FileFacts(**facts.model_dump()) for facts in table.files)
    return Source(id=hashlib.sha256(key.encode()).hexdigest()[:12], **values)


def _sections(table: ConfigFile) -> tuple[Section, ...]:
    if not table.sections:
        return SHIPPED_SECTIONS
    shipped = {section.id: section for section in SHIPPED_SECTIONS}
    return tuple(
        Section(
            id=each.id,
            title=each.title,
            limit=each.limit,
            description=each.description
            or (shipped[each.id].description if each.id in shipped else ""),
            keywords=each.keywords,
        )
        for each in table.sections
    )


def _validated(found: YamlFile, name: str) -> ConfigFile | None:
    try:
        return ConfigFile.model_validate(found.data)
    except ValidationError as error:
        found.problems += [_problem(details, found, name) for details in error.errors()]
        return None


def _problem(details: ErrorDetails, found: YamlFile, name: str) -> Problem:
    place = tuple(part for part in details["loc"] if part not in ("tuple", "constrained-str"))
    line = next(
        (
            found.lines[place[:end]]
            for end in range(len(place), -1, -1)
            if place[:end] in found.lines
        ),
        1,
    )
    label = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    return Problem(
        code="config", message=f"{label}: {_words(details, place)}", where=f"{name}:{line}"
    )


def _words(details: ErrorDetails, place: Place) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(place)
    if kind == "missing":
        return "is required and missing"
    if kind in ("literal_error", "enum"):
        allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return f"{details['input']!r} is not known here; write one of: {allowed}"
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return "use lower-case letters, digits and hyphens"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]} (found {details['input']!r})"


def _unknown_key(place: Place) -> str:
    known: type[BaseModel] = ConfigFile
    for part in place[:-1]:
        if isinstance(part, int):
            continue
        annotation = _field(known, part)
        models = [known, *(t for t in (annotation, *get_args(annotation)) if _is_table(t))]
        known = models[-1]
    names = [info.alias or name for name, info in known.model_fields.items()]
    close = difflib.get_close_matches(str(place[-1]), names, n=1, cutoff=0.6)
    hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(names)}"
    return f"unknown key; {hint}"


def _field(table: type[BaseModel], key: str) -> object:
    for name, info in table.model_fields.items():
        if key in (name, info.alias):
            return info.annotation
    return None


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _cross_checks(table: ConfigFile, found: YamlFile, path: Path) -> list[Problem]:
    problems: list[Problem] = []

    def report(place: Place, message: str) -> None:
        line = next(
            (found.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in found.lines),
            1,
        )
        where = f"{path.name}:{line}"
        problems.append(Problem(code="config", message=message, where=where))

    sections = {each.id for each in table.sections or SHIPPED_SECTIONS}
    seen: dict[str, int] = {}
    for position, section in enumerate(table.sections):
        if section.id in seen or section.id in ("lede", "closing", "off-topic"):
            report(("sections", position, "id"), f"the section id {section.id!r} is taken")
        seen[section.id] = position
    keys: set[str] = set()
    for position, source in enumerate(table.sources):
        place: Place = ("sources", position)
        if (source.url is None) == (source.path is None):
            report(place, "a source has either url or path: write exactly one of them")
            continue
        key = source.url or f"path:{source.path}"
        if key in keys:
            report(place, f"this source stands twice: {source.url or source.path}")
        keys.add(key)
        if source.section is not None and source.section not in sections:
            close = difflib.get_close_matches(source.section, sections, n=1)
            hint = (
                f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(sections))}"
            )
            report((*place, "section"), f"no section {source.section!r}; {hint}")
        if source.path is not None and not _inside(path.resolve().parent, source.path):
            message = (
                f"{source.path!r} leads out of the newsletter's folder; keep local files in it"
            )
            report((*place, "path"), message)
    return problems


def _inside(folder: Path, pattern: str) -> bool:
    """Whether a path stays under the folder; links are followed when files are read."""
    fixed = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    target = Path(os.path.normpath(folder / fixed))
    return target == folder or folder in target.parents
