"""A source whose address in ``sources.yaml`` became the one it moved to keeps what it was.

A source's id is a hash of its address, so a new address is a new source to the store; its state
and entries are carried over, whoever changed the file. That also mends a command that was killed
between writing the file and the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.pipeline.workspace import Workspace
from digest.source import SourceState
from digest.store.health import rename_sources
from digest.text.urls import without_userinfo


def adopt_moves(ws: Workspace, states: Mapping[str, SourceState]) -> dict[str, SourceState]:
    """The states by source id, those of sources that are configured at their new address renamed.

    Only where the new address was never read on its own: two histories are not mixed.
    """
    configured = {source.id for source in ws.config.sources}
    fresh = {
        without_userinfo(source.url): source.id
        for source in ws.config.sources
        if source.url and (source.id not in states or states[source.id].succeeded_at is None)
    }
    left = [state for state in states.values() if state.source_id not in configured]
    moves: dict[str, str] = {}
    for state in left:
        new = fresh.get(state.moved_to or "")
        if new is not None:
            moves.setdefault(new, state.source_id)
    return carry_over(ws, states, moves) if moves else dict(states)


def carry_over(
    ws: Workspace, states: Mapping[str, SourceState], moves: Mapping[str, str]
) -> dict[str, SourceState]:
    """The states with these sources renamed (new id from old), in the database too, all at once."""
    with ws.store.write() as connection:
        rename_sources(connection, moves)
    kept = {key: state for key, state in states.items() if key not in moves.values()}
    moved = {new: replace(states[old], source_id=new, moved_to=None) for new, old in moves.items()}
    return kept | moved
