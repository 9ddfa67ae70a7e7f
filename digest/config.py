"""``sources.yaml`` and the environment become a ``Config``; all problems are told at once.

The classes here are the reference of the file: ``docs/configuration.md`` is generated from them.
Secrets never stand in the file: the mail password comes from ``DIGEST_SMTP_PASSWORD`` only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from digest.configerrors import (
    Findings,
    add_cross_errors,
    add_style_errors,
    add_value_errors,
)
from digest.configvalues import (
    Country,
    Date,
    Deadline,
    Duration,
    EnvironmentName,
    Headers,
    HostPort,
    Identifier,
    IssueLength,
    Language,
    Line,
    MailAddress,
    Moment,
    Number,
    Port,
    Schedule,
    Size,
    SourceAddress,
    Text,
    WebAddress,
    Whole,
    Zone,
)
from digest.data.sections import SHIPPED_SECTIONS
from digest.errors import ConfigError
from digest.model import Ownership, Problem, Section
from digest.source import FileFacts, Selectors, Source
from digest.yamlfile import read_yaml

SourceType = Literal["feed", "page", "sitemap", "telegram", "imap", "files"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        """A key without a value counts as left out: `network:` with every line commented out."""
        if not isinstance(data, dict) or None not in data.values():
            return data
        known = {info.alias or name for name, info in cls.model_fields.items()}
        return {key: value for key, value in data.items() if value is not None or key not in known}


class NewsletterConfig(_Table):
    """What the newsletter is called, how it looks and when it comes out."""

    id: Identifier = Field(description="Short name, part of every key; never change it.")
    title: Line = Field(description="The newsletter's name, as in the masthead.")
    subtitle: Text = Field("", description="One line under the name.")
    timezone: Zone = Field("UTC", description="IANA zone of the schedule and of all dates.")
    language: Language = Field("en", description="Language of the newsletter.")
    style: Identifier = Field(
        "column",
        description="House style: `column`, `roundup`, `explainer`, `links`, or one of your own, "
        "`templates/styles/NAME.md.jinja`.",
    )
    schedule: Schedule | None = Field(
        None,
        description="Minute, hour, day, month and weekday by name, on the newsletter's clock; at "
        "most one issue a day; day and weekday must both fit. Left out: issues only by hand.",
    )
    period: IssueLength | None = Field(
        None, description="Length of time an issue covers (default: since the fire before; 7d)."
    )
    review: Literal["none", "required"] = Field(
        "none", description="`required`: a run stops after the draft until a person publishes."
    )
    first_issue: Date | None = Field(None, description="Date of the first numbered issue.")
    first_number: Whole = Field(1, ge=0, description="Number of that issue.")
    base_url: WebAddress | None = Field(
        None, description="Where `output/` is served, for links in mail and feeds."
    )


class SectionConfig(_Table):
    """A section; the order of the list is the order on the page."""

    id: Identifier = Field(description="Short name, stays for ever.")
    title: Line = Field(description="Heading on the page.")
    limit: Whole = Field(4, ge=0, le=50, description="At most so many stories an issue.")
    description: Text = Field("", description="One sentence that says what belongs here.")
    keywords: tuple[Text, ...] = Field((), description="Words that mark the section.")
    examples: tuple[Text, ...] = Field((), description="Headlines that belong here, some will do.")


class FileConfig(_Table):
    """Facts about local files that do not state them, by file name pattern."""

    pattern: Line = Field(description="File name pattern within the source's folder.")
    title: Line | None = Field(None, description="Title of the text.")
    publisher: Line | None = Field(None, description="Who published it.")
    url: WebAddress | None = Field(None, description="Its address.")
    date: Moment | None = Field(None, description="Its date.")
    lang: Language | None = Field(None, description="Its language.")
    section: Line | None = Field(None, description="Section prior.")
    paraphrase: bool | None = Field(None, description="Whether it is an editor's note.")


class SelectorsConfig(_Table):
    """CSS selectors for a source of type `page`; all but `item` look inside one item."""

    item: Line | None = Field(None, description="What repeats: one match is one entry.")
    title: Line | None = Field(None, description="Title; default: the link's own text.")
    link: Line | None = Field(None, description="Link; default: the first one of the item.")
    date: Line | None = Field(None, description="Date: its `datetime` attribute or its text.")
    summary: Line | None = Field(None, description="Teaser.")
    text: Line | None = Field(None, description="Body of the linked page (with `full_text`).")


class SourceConfig(_Table):
    """A feed, page or mailbox (`url`) or local files (`path`); exactly one of the two."""

    name: Line | None = Field(None, description="Name shown; default: its address.")
    url: SourceAddress | None = Field(None, description="Address of the feed, page or mailbox.")
    path: Line | None = Field(None, description="Local folder, file or pattern.")
    type: SourceType | None = Field(None, description="Default: found out from the content.")
    publisher: Line | None = Field(None, description="Publisher of its entries; default: its name.")
    ownership: Ownership | None = Field(None, description="Who stands behind it.")
    lang: Language | None = Field(None, description="Its language.")
    country: Country | None = Field(None, description="Where it is based.")
    section: Line | None = Field(
        None, description="Section its entries usually belong to: a prior."
    )
    weight: Number = Field(1.0, ge=0, le=10, description="How much its reports count.")
    every: Duration = Field(timedelta(hours=1), description="Not polled more often than this.")
    full_text: bool = Field(False, description="Fetch the linked page where a feed gives a teaser.")
    enabled: bool = Field(True, description="`no` keeps it in the list without reading it.")
    sample: bool = Field(False, description="Its entries serve only when nothing else is there.")
    dates: Literal["content", "file", "none"] = Field(
        "content", description="Whether an undated file may take its modification time."
    )
    files: tuple[FileConfig, ...] = Field((), description="Facts the files do not state.")
    headers: Headers = Field((), description="Further HTTP headers, to this address's host only.")
    auth: EnvironmentName | None = Field(
        None,
        description="Environment variable that holds `user:password` or a bearer token for it.",
    )
    selectors: SelectorsConfig | None = Field(None, description="Where a page has its entries.")


class NetworkConfig(_Table):
    """How the program behaves on the network."""

    contact: Line | None = Field(None, description="Address or page named in the User-Agent.")
    user_agent: Line | None = Field(None, description="Whole User-Agent, instead of the usual.")
    allow_private: tuple[HostPort, ...] = Field(
        (), description="host:port pairs on private networks that may be reached."
    )
    host_gap: Duration = Field(timedelta(seconds=1), description="Pause between calls to a host.")
    timeout: Deadline = Field(timedelta(seconds=60), description="Deadline of a whole request.")
    max_body: Size = Field(15_000_000, description="Largest body after decompression.")
    connections: Whole = Field(64, ge=1, le=1000, description="Requests under way at once.")
    host_connections: Whole = Field(1, ge=1, le=64, description="Of these, to one host.")
    proxy: WebAddress | None = Field(None, description="HTTP proxy; the environment's is ignored.")


class SmtpConfig(_Table):
    """The server that takes the mail; its password is `DIGEST_SMTP_PASSWORD`."""

    host: Line = Field("localhost", description="Host name.")
    port: Port = Field(587, description="Port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`none` is taken only when written, and then no login is tried."
    )
    username: Line | None = Field(None, description="Login name.")


class DeliveryConfig(_Table):
    """Who sends, who receives."""

    sender: MailAddress | None = Field(None, alias="from", description='Sender: "Name <a@b>".')
    reply_to: MailAddress | None = Field(None, description="Where answers go.")
    recipients: Line = Field("recipients.csv", description="CSV file with the header address,name.")
    postal_address: Text | None = Field(None, description="Printed in the footer of the mail.")
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
    findings = Findings(file=read_yaml(_text(path), name=path.name), name=path.name)
    folder = path.resolve().parent
    table: ConfigFile | None = None
    if not any(problem.code == "yaml" for problem in findings.file.problems):
        table = _validated(findings)
        add_cross_errors(findings, folder, [section.id for section in SHIPPED_SECTIONS])
        add_style_errors(findings, folder)
    if findings.file.problems or table is None:
        raise ConfigError(findings.in_order(), where=str(path))
    return Config(
        path=path.resolve(),
        folder=folder,
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
    if table.selectors is not None:
        values["selectors"] = Selectors(**table.selectors.model_dump())
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
            examples=each.examples,
        )
        for each in table.sections
    )


def _text(path: Path) -> str:
    """The text of the file; what is wrong with the file as a whole is a ``ConfigError``."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        message = "there is no such file; `digest init DIR` makes a newsletter, --config names one"
        problem = Problem(code="no-config", message=message, where=str(path))
        raise ConfigError((problem,), where=str(path)) from error
    except OSError as error:
        problem = Problem(
            code="config", message=f"cannot be read: {error.strerror}", where=str(path)
        )
        raise ConfigError((problem,), where=str(path)) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Problem(
            code="config", message="is not UTF-8; save it as UTF-8", where=f"{path.name}:{line}"
        )
        raise ConfigError((problem,), where=str(path)) from error


def _validated(findings: Findings) -> ConfigFile | None:
    data = findings.file.data
    try:
        return ConfigFile.model_validate({} if data is None else data)
    except ValidationError as error:
        add_value_errors(findings, error.errors(), ConfigFile)
        return None
