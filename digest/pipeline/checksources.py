"""sources check: every source is asked now, what is wrong is told, and moves can be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches, unified_diff
from pathlib import Path
from urllib.parse import urlsplit

from digest.config import Config, load_config
from digest.errors import UsageError
from digest.fetched import SourceOutcome
from digest.pipeline.lanes import place_of
from digest.pipeline.moves import carry_over
from digest.pipeline.pull import PullOptions, pull
from digest.pipeline.pullreport import all_failed_because, counts, outcome_document
from digest.pipeline.result import Result
from digest.pipeline.sourcehealth import Health, health_of
from digest.pipeline.sourcesfile import with_addresses, write_addresses
from digest.pipeline.sourcetable import document, table
from digest.pipeline.workspace import Workspace, open_workspace
from digest.source import Source
from digest.store.sources import all_states
from digest.text.urls import canonical_url, without_userinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """The words of ``digest sources check``. Those ``named`` are asked whatever they asked of us.

    ``write`` puts permanent moves into ``sources.yaml``; without it they are shown.
    """

    named: tuple[str, ...] = ()
    offline: bool = False
    write: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A source that moved for good; ``kept`` is why its new address is not written for it."""

    source: Source
    to: str
    kept: str | None = None


def check_sources(config: Path, options: CheckOptions, *, now: datetime) -> Result:
    """The result of ``digest sources check``: sources are read now, due or not.

    Not sooner than a server asked for, and none that is gone, but for those named.
    """
    with open_workspace(config, now=now) as ws:
        wanted = _named(ws.config, options.named)
        outcomes = pull(
            ws,
            PullOptions(
                offline=options.offline, force=True, sparing=not options.named, only=wanted
            ),
        )
        healths = [each for each in health_of(ws) if wanted is None or each.source.id in wanted]
        moves = _moves(ws.config, healths)
        diff = _diff(config, moves)
        if options.write and diff:
            _write(ws, config, moves)
        proxied = ws.config.network.proxy is not None
    cause = all_failed_because(outcomes, proxied=proxied)
    lines = [counts(outcomes), *([cause.sentence] if cause else []), ""]
    lines += [table(healths, _notes(outcomes, moves)), *_told(config, options, diff)]
    asked = {each.source_id: outcome_document(each) for each in outcomes}
    return Result(
        text="\n".join(lines),
        document={
            "sources": [document(each) | asked.get(each.source.id, {}) for each in healths],
            "all_failed": {"code": cause.code, "message": cause.sentence} if cause else None,
            "moves": [_move_document(each, options, diff) for each in moves],
            "diff": diff,
        },
        code=1 if cause else 0,
    )


def _named(config: Config, names: Sequence[str]) -> frozenset[str] | None:
    """The ids of the sources meant: by name, address or id. Raises UsageError for one unknown."""
    if not names:
        return None
    found: set[str] = set()
    for name in names:
        meant = {each.id for each in config.sources if name.casefold() in _called(each)}
        if not meant:
            known = {each.name.casefold(): each.name for each in config.sources}
            near = get_close_matches(name.casefold(), known, n=1)
            hint = f"did you mean {known[near[0]]!r}?" if near else "`digest sources list` has them"
            raise UsageError(f"no source is called so; {hint}", where=name)
        found |= meant
    return frozenset(found)


def _called(source: Source) -> set[str]:
    addresses = {source.url or "", without_userinfo(source.url or ""), source.path or ""}
    return {each.casefold() for each in (source.id, source.name, *addresses) if each}


def _notes(outcomes: Sequence[SourceOutcome], moves: Sequence[Move]) -> dict[str, str]:
    """What is to be said of sources beside their state: why they were not asked, or not moved."""
    notes = {
        each.source_id: f"not asked: {each.error}"
        for each in outcomes
        if each.outcome == "skipped" and each.error != "not enabled"
    }
    kept = {each.source.id: each.kept for each in moves if each.kept}
    return {
        key: "; ".join(text for text in (notes.get(key), kept.get(key)) if text)
        for key in notes.keys() | kept.keys()
    }


# --- moves ---------------------------------------------------------------------------------------


def _moves(config: Config, healths: Sequence[Health]) -> list[Move]:
    """The sources that answer well where they moved to."""
    taken = {canonical_url(without_userinfo(each.url)) for each in config.sources if each.url}
    found = []
    for health in healths:
        source, place = health.source, health.state.moved_to
        if source.url is None or place is None or health.state.failures:
            continue
        kept = None
        new, old = canonical_url(place), canonical_url(without_userinfo(source.url))
        if new in taken and new != old:
            kept = "another source stands at the new address, so it is not written: remove one"
        elif (login := _login(source)) and not _same_origin(source.url, place):
            kept = (
                f"its {login} would go to another server, so the new address is not written: "
                "change it by hand where that is right"
            )
        taken.add(new)
        found.append(Move(source=source, to=_with_login(source.url, place), kept=kept))
    return found


def _login(source: Source) -> str | None:
    if source.auth or source.headers:
        return "login" if source.auth else "headers"
    return "login" if "@" in urlsplit(source.url or "").netloc else None


def _same_origin(one: str, other: str) -> bool:
    schemes = {one.partition(":")[0].lower(), other.partition(":")[0].lower()}
    return len(schemes) == 1 and place_of(one) == place_of(other)


def _with_login(old: str, new: str) -> str:
    login, at, _ = urlsplit(old).netloc.rpartition("@")
    if not at or not _same_origin(old, new):
        return new
    return new.replace("://", f"://{login}@", 1)


def _changes(moves: Sequence[Move]) -> dict[str, str]:
    return {each.source.url or "": each.to for each in moves if each.kept is None}


def _diff(config: Path, moves: Sequence[Move]) -> str:
    """The change to the file, as a patch without passwords; "" where there is none."""
    changes = _changes(moves)
    if not changes:
        return ""
    before = config.read_bytes().decode("utf-8")
    after = with_addresses(before, changes)
    lines = unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        fromfile=config.name,
        tofile=config.name,
        n=1,
    )
    shown = "".join(line if line.endswith("\n") else line + "\n" for line in lines)
    for address in (*changes, *changes.values()):
        shown = shown.replace(address, without_userinfo(address))
    return shown


def _write(ws: Workspace, config: Path, moves: Sequence[Move]) -> None:
    """The file and the database know the sources by their new addresses.

    The file comes first: whatever happens between the two, the next pull carries the rest over.
    """
    with ws.lock("pull", timedelta(0)):
        with ws.store.read() as connection:
            states = {state.source_id: state for state in all_states(connection)}
        changes = _changes(moves)
        write_addresses(config, changes)
        ids = {source.url: source.id for source in load_config(config).sources}
        renamed = {ids[each.to]: each.source.id for each in moves if each.kept is None}
        carry_over(ws, states, renamed)


def _told(config: Path, options: CheckOptions, diff: str) -> list[str]:
    if not diff:
        return ["", "No move to write."] if options.write else []
    if options.write:
        return ["", f"Written into {config}:", diff]
    return ["", "`digest sources check --write` would change:", diff]


def _move_document(move: Move, options: CheckOptions, diff: str) -> dict[str, object]:
    return {
        "name": without_userinfo(move.source.name),
        "from": without_userinfo(move.source.url or ""),
        "to": without_userinfo(move.to),
        "written": bool(options.write and diff and move.kept is None),
        "why_not": move.kept,
    }
