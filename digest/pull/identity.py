"""Which stored entry an entry of today's document is, where its source changed what it calls it.

Within one document an entry is known by its address, else its guid, else its words
(``pull/entries``). That is not enough over the years: a live blog gives a new report under the
old address, a feed drops its guids one day or writes them anew, an article gets another address.
So an entry is also held against what its source gave before, and neither lost nor doubled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from digest.model import Certainty, Entry, KnownEntry
from digest.pull.ids import hash_id

LEAST_GUID = 6
"""Shorter guids ("1", "post-2") may count places in a list; only from here on is one a name."""

_ROUNDING = timedelta(minutes=1)
"""Times of one report differ by this much at most; those of two reports by more."""

_REVISION = re.compile(r"#\d{1,3}$")


def settled(found: Sequence[Entry], kin: Iterable[KnownEntry]) -> tuple[Entry, ...]:
    """The entries of one document of one source, each under the id it was stored with before.

    ``kin`` are the stored entries of that source with the id, guid or address of one of them. An
    id is given once, in the order of the document; an entry that is nobody's gets one of its own.
    """
    known = _Known(kin)
    taken: set[str] = set()
    result = []
    for entry in found:
        standing = known.of(entry)
        if standing is not None and standing.id not in taken:
            entry_id = standing.id
        elif entry.id in known.by_id or entry.id in taken:
            entry_id = _own(entry)
        else:
            entry_id = entry.id
        if entry_id in taken:
            continue
        taken.add(entry_id)
        result.append(entry if entry_id == entry.id else replace(entry, id=entry_id))
    return tuple(result)


class _Known:
    """The stored entries, found by what they are called."""

    def __init__(self, kin: Iterable[KnownEntry]) -> None:
        self.by_id = {each.id: each for each in kin}
        self._by_guid: dict[str, list[KnownEntry]] = defaultdict(list)
        self._by_url: dict[str | None, list[KnownEntry]] = defaultdict(list)
        for each in self.by_id.values():
            self._by_url[each.url].append(each)
            if each.guid:
                self._by_guid[_name(each.guid)].append(each)

    def of(self, entry: Entry) -> KnownEntry | None:
        """The stored entry that this one is, or nothing."""
        if entry.guid:
            named = self._by_guid.get(_name(entry.guid), [])
            if named and (len(entry.guid) >= LEAST_GUID or entry.url == named[0].url):
                return named[0]
        there = self._by_url.get(entry.url, [])
        alike = [each for each in there if each.title == entry.title]
        return next((each for each in alike or there if _same(entry, each, there)), None)


def _same(entry: Entry, other: KnownEntry, there: Sequence[KnownEntry]) -> bool:
    """Whether two of one address, without a common guid, are one report."""
    if entry.guid and other.guid:
        # Guids written anew leave the times as they were; a live blog moves on. An undated
        # report has only its title. Without an address both must agree: of the letters in a
        # mailbox many are sent at seven sharp.
        if entry.url is None and entry.title != other.title:
            return False
        if Certainty.GUESS in (entry.certainty, other.certainty):
            return entry.title == other.title
        return abs(entry.date - other.date) < _ROUNDING
    # The only one of its address may have changed its title; of several the title tells which.
    return entry.title == other.title or (entry.url is not None and len(there) == 1)


def _name(guid: str) -> str:
    """The guid without the count of revisions that some feeds (the BBC's) put behind it."""
    return _REVISION.sub("", guid)


def _own(entry: Entry) -> str:
    """An id that no address gives: of the guid, else of title and time."""
    words = entry.guid or f"{entry.title}\n{entry.date.isoformat()}"
    return hash_id(f"{entry.source_id}\n{entry.url or ''}\n{words}")
