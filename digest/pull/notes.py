"""What a local file says about itself, what the editor knows of it besides, and its entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

import yaml

from digest.model import Certainty, Problem, RawEntry
from digest.pull.fields import yes
from digest.pull.parts import Parts
from digest.source import FileFacts
from digest.text.dates import parse_date
from digest.text.urls import is_web_url

KEYS = ("title", "date", "publisher", "url", "lang", "section", "paraphrase")
_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a file as a whole; None where nobody says."""

    title: str | None = None
    date: tuple[datetime, Certainty] | None = None
    publisher: str | None = None
    url: str | None = None
    lang: str | None = None
    section: str | None = None
    paraphrase: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document as its reader leaves it: its parts, its title, and what a person should know."""

    parts: Parts
    title: str | None = None
    problems: tuple[Problem, ...] = ()


def front_matter(text: str, *, where: str) -> tuple[Facts, str, tuple[Problem, ...]]:
    """The facts between two ``---`` lines at the top, the text below them, and what is wrong.

    A key nobody knows or a value that cannot be read is a problem and is left out; nothing here
    is fatal. YAML is read as plain texts: no tag is honoured.
    """
    text = text.removeprefix("\ufeff").lstrip("\n")
    found = _MATTER.match(text)
    if found is None or len(found.group(1)) > _LONGEST:
        return Facts(), text, ()
    problems: list[Problem] = []
    values: dict[str, str] = {}
    for key, value in _pairs(found.group(1)).items():
        if key in KEYS:
            values[key] = value
        else:
            message = f'Front matter has an unknown key "{key[:40]}"; known are {", ".join(KEYS)}.'
            problems.append(Problem(code="unknown-key", message=message, where=where))
    facts = _facts(values, where, problems)
    return facts, text[found.end() :], tuple(problems)


def _pairs(matter: str) -> Mapping[str, str]:
    try:
        data = yaml.load(matter, Loader=yaml.BaseLoader)  # noqa: S506 - builds only texts
    except (yaml.YAMLError, RecursionError):
        data = None
    if isinstance(data, dict):
        return {str(k): v.strip() if isinstance(v, str) else "" for k, v in data.items()}
    # A title with a colon in it is no YAML, yet everyone can see what is meant.
    pairs = (line.partition(":") for line in matter.split("\n") if ":" in line)
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}


def _facts(values: Mapping[str, str], where: str, problems: list[Problem]) -> Facts:
    date = parse_date(values["date"]) if values.get("date") else None
    if values.get("date") and date is None:
        message = f'The date "{values["date"][:40]}" cannot be read; write it as 2022-04-07.'
        problems.append(Problem(code="bad-date", message=message, where=where))
    url = values.get("url") or None
    if url and not is_web_url(url):
        message = f'The address "{url[:80]}" is not http or https, so it is left out.'
        problems.append(Problem(code="bad-url", message=message, where=where))
        url = None
    return Facts(
        title=values.get("title") or None,
        date=date,
        publisher=values.get("publisher") or None,
        url=url,
        lang=values.get("lang") or None,
        section=values.get("section") or None,
        paraphrase=yes(values["paraphrase"]) if "paraphrase" in values else None,
    )


def with_known(facts: Facts, known: tuple[FileFacts, ...], relative: str) -> Facts:
    """The facts, filled where the file is silent from the editor's ``files`` that match it.

    A pattern is matched against the relative path and against the bare name; of several that
    match, the earlier speaks first.
    """
    name = relative.rpartition("/")[2]
    for fact in known:
        if not (fnmatchcase(relative, fact.pattern) or fnmatchcase(name, fact.pattern)):
            continue
        facts = Facts(
            title=facts.title or fact.title,
            date=facts.date or (_known_date(fact.date) if fact.date else None),
            publisher=facts.publisher or fact.publisher,
            url=facts.url or fact.url,
            lang=facts.lang or fact.lang,
            section=facts.section or fact.section,
            paraphrase=fact.paraphrase if facts.paraphrase is None else facts.paraphrase,
        )
    return facts


def _known_date(date: datetime) -> tuple[datetime, Certainty]:
    midnight = (date.hour, date.minute, date.second) == (0, 0, 0)
    return date, Certainty.DAY if midnight else Certainty.TIME


def entries_of_parts(parts: Parts, facts: Facts, relative: str) -> tuple[RawEntry, ...]:
    """One entry a part; ``facts`` are those of the whole file, the editor's among them."""
    single = len(parts.parts) == 1
    date = facts.date
    entries = []
    for part in parts.parts:
        title = facts.title if (single or not part.heading) and facts.title else part.heading
        if not title and not part.text:
            continue
        entries.append(
            RawEntry(
                title=title or "",
                url=facts.url,
                path=relative,
                heading=part.heading,
                content=part.text,
                published=date[0] if date else None,
                certainty=date[1] if date else Certainty.GUESS,
                authors=part.authors,
                lang=facts.lang,
                publisher=facts.publisher,
                section=facts.section,
                paraphrase=bool(facts.paraphrase),
            )
        )
    return tuple(entries)


def filled(entry: RawEntry, facts: Facts) -> RawEntry:
    """The entry with the file's facts where it is silent itself."""
    date = (entry.published, entry.certainty) if entry.published else facts.date
    return replace(
        entry,
        url=entry.url or facts.url,
        published=date[0] if date else None,
        certainty=date[1] if date else Certainty.GUESS,
        lang=entry.lang or facts.lang,
        publisher=entry.publisher or facts.publisher,
        section=entry.section or facts.section,
        paraphrase=entry.paraphrase or bool(facts.paraphrase),
    )
