"""The health of every source: what is configured, what was learned, what was stored, together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from digest.pipeline.workspace import Workspace
from digest.pull.due import failing_since
from digest.pull.health import HISTORY, WEEKS, Pace, doubles, pace_of
from digest.source import Source, SourceState
from digest.store.health import days_of_sources, sources_of_shared
from digest.store.sources import all_states
from digest.text.urls import canonical_url, without_userinfo

LONG_FAILING = timedelta(days=7)
"""A source that failed for so long is told first."""

ORDER = ("gone", "failing", "moved", "quiet", "double", "new", "well", "off")
"""What a source may be, the worst first; one that is several is the first of them."""

SHOWN = 5
"""Sources of one kind named in what is raised; ``digest sources list`` has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One source as it stands; ``doubles`` are the sources that bring the same."""

    source: Source
    state: SourceState
    pace: Pace
    now: datetime
    doubles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name, fit to be shown."""
        return without_userinfo(self.source.name)

    @property
    def kinds(self) -> tuple[str, ...]:
        """All that the source is, the worst first."""
        state, source = self.state, self.source
        if not source.enabled:
            return ("off",)
        holds = {
            "gone": state.gone,
            "failing": bool(state.error) and not state.gone,
            "moved": state.moved_to is not None,
            "quiet": self.quiet is not None,
            "double": bool(self.doubles),
            # Looked at is not read: its host may have been given up for the run.
            "new": state.succeeded_at is None,
        }
        return tuple(kind for kind in ORDER if holds.get(kind)) or ("well",)

    @property
    def kind(self) -> str:
        """The worst of them."""
        return self.kinds[0]

    @property
    def failing_since(self) -> datetime | None:
        """When its failures in a row began."""
        return failing_since(self.state) if self.state.error else None

    @property
    def long_failing(self) -> bool:
        """Whether it has failed for a week."""
        since = self.failing_since
        return since is not None and self.now - since >= LONG_FAILING

    @property
    def quiet(self) -> str | None:
        """Why its silence is strange. One that cannot be read is not quiet but failing."""
        silent_feed = self.source.url is not None and not self.state.error and not self.state.gone
        return self.pace.quiet if silent_feed and self.state.succeeded_at else None


def health_of(ws: Workspace) -> tuple[Health, ...]:
    """Every source of the configuration, in its order."""
    today = ws.now.astimezone(UTC).date()
    with ws.store.read() as connection:
        states = {state.source_id: state for state in all_states(connection)}
        paces, totals = {}, {}
        recently = today - timedelta(weeks=WEEKS)
        for source_id, days in days_of_sources(connection, _midnight(today - HISTORY)):
            paces[source_id] = pace_of(days, today)
            totals[source_id] = sum(number for day, number in days if day >= recently)
        shared = sources_of_shared(connection, _midnight(recently))
    twins = _twins(ws.config.sources, states, doubles(shared, totals))
    return tuple(
        Health(
            source=source,
            state=states.get(source.id, SourceState(source_id=source.id)),
            pace=paces.get(source.id) or pace_of((), today),
            now=ws.now,
            doubles=tuple(twins.get(source.id, ())),
        )
        for source in ws.config.sources
    )


def raised(healths: Iterable[Health]) -> list[str]:
    """What an operator must not overlook: long failing, gone, moved and strangely quiet sources."""
    kept = [each for each in healths if each.source.enabled]
    failing = sorted(
        (each for each in kept if each.long_failing and not each.state.gone),
        key=lambda each: (each.failing_since or each.now, each.name),
    )
    groups = (
        [
            f"Failing since {each.failing_since:%Y-%m-%d}: {each.name}: {each.state.error}"
            for each in failing
        ],
        [f"Gone (410): {each.name}; {remedy(each, 'gone')}" for each in kept if each.state.gone],
        [f"Strangely quiet: {each.name}: {each.quiet}" for each in kept if each.quiet],
        [f"Moved: {each.name}, to {each.state.moved_to}" for each in kept if each.state.moved_to],
    )
    lines = []
    for group in groups:
        lines += group[:SHOWN]
        if len(group) > SHOWN:
            what = group[0].partition(":")[0].partition(" since")[0]
            lines.append(f"{what}: {len(group) - SHOWN} more; see `digest sources list`")
    return lines


def remedy(health: Health, kind: str) -> str:
    """What a person can do about it."""
    if kind == "failing":
        if not health.long_failing:
            return ""
        return "`digest sources add` finds a new feed of the site; `enabled: no` stops asking"
    return {
        "gone": "remove it from sources.yaml, or ask again: `digest sources check NAME`",
        "moved": "`digest sources check --write` writes the new address into sources.yaml",
        "quiet": "open its page; when it publishes there, `digest sources add` finds its new feed",
        "double": "remove one of them, or set `enabled: no`",
        "new": "`digest pull` reads it",
    }.get(kind, "")


# --- duplicates ----------------------------------------------------------------------------------


def _twins(
    sources: Sequence[Source], states: dict[str, SourceState], pairs: Iterable[tuple[str, str]]
) -> dict[str, list[str]]:
    """For each source the names of those that are it once more: by address, or by what they say."""
    names = {each.id: without_userinfo(each.name) for each in sources if each.enabled}
    found: dict[str, set[str]] = {}
    for one, other in (*pairs, *_same_address(sources, states)):
        if one in names and other in names:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {key: sorted(names[each] for each in others) for key, others in found.items()}


def _same_address(
    sources: Sequence[Source], states: dict[str, SourceState]
) -> Iterable[tuple[str, str]]:
    """Pairs of sources with one canonical address, where they stand or where they moved to."""
    first: dict[str, str] = {}
    for source in sources:
        if source.url is None or not source.enabled:
            continue
        moved = states[source.id].moved_to if source.id in states else None
        for address in {_plain(source.url), _plain(moved or source.url)}:
            if first.setdefault(address, source.id) != source.id:
                yield first[address], source.id


def _plain(url: str) -> str:
    """The address without what does not change where it leads: login, scheme of the web."""
    return canonical_url(without_userinfo(url)).replace("https://", "http://", 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
