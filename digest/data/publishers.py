"""What is known of publishers, by name or host: ownership and country.

The editor's own sources say it first; ``publishers.yaml`` fills in for outlets that are cited
without being a source (an editor's note about a report, an aggregator).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.data.loader import read_yaml
from digest.model import Entry, Ownership
from digest.source import Source

SHARED_HOSTS = frozenset({"news.google.com", "feeds.feedburner.com"})
"""Hosts that carry other publishers' entries: an address there says nothing of the publisher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Ownership and country of one publisher."""

    ownership: Ownership | None = None
    country: str | None = None
    weight: float = 1.0


KNOWN = 1.1
"""What a known independent or public outlet weighs beside one nobody listed: it speaks first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishers:
    """Facts by folded name and by host."""

    names: dict[str, Facts]
    hosts: dict[str, Facts]

    def with_sources(self, sources: Iterable[Source]) -> Publishers:
        """The same, with what the editor wrote of the sources before everything else."""
        names, hosts = dict(self.names), dict(self.hosts)
        for source in sources:
            if source.url is None or source.ownership is None:
                continue
            weight = max(source.weight, KNOWN) if source.weight >= 1 else source.weight
            facts = Facts(ownership=source.ownership, country=source.country, weight=weight)
            names[(source.publisher or source.name).casefold()] = facts
            host = _host(source.url)
            if host and host not in SHARED_HOSTS:
                hosts[host] = facts
        return Publishers(names=names, hosts=hosts)

    def completed(self, entry: Entry) -> Entry:
        """The entry with ownership and country where its source did not say them."""
        if entry.ownership is not None:
            return entry
        facts = self._facts(entry.publisher, _host(entry.url) if entry.url else "")
        if facts is None:
            return entry
        return replace(
            entry,
            ownership=facts.ownership,
            country=entry.country or facts.country,
            weight=entry.weight * facts.weight,
        )

    def _facts(self, publisher: str, host: str) -> Facts | None:
        return self.names.get(publisher.casefold()) or self._of_host(host)

    def _of_host(self, host: str) -> Facts | None:
        while host:
            if host in self.hosts:
                return self.hosts[host]
            _, _, host = host.partition(".")
        return None


def load_publishers() -> Publishers:
    """The shipped facts of ``publishers.yaml``."""
    names: dict[str, Facts] = {}
    hosts: dict[str, Facts] = {}
    for row in read_yaml("publishers.yaml"):
        ownership = Ownership(row["ownership"])
        weight = KNOWN if ownership in (Ownership.INDEPENDENT, Ownership.PUBLIC) else 1.0
        facts = Facts(ownership=ownership, country=row.get("country"), weight=weight)
        for name in row["names"]:
            names[name.casefold()] = facts
        for host in row.get("hosts", ()):
            hosts[host] = facts
    return Publishers(names=names, hosts=hosts)


def _host(url: str) -> str:
    # Checked addresses only, so no parser is needed: every entry of every feed comes by here.
    there = url.partition("//")[2].partition("/")[0].rpartition("@")[2]
    return there.partition(":")[0].lower().removeprefix("www.")
