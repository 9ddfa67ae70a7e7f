"""Storylines with their stories, and what is remembered of stories to find what continues them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter

from sqlalchemy import Connection, delete, insert, select

from digest.model import Gist, Storyline
from digest.store.entries import find_id
from digest.store.rows import chunks, upsert
from digest.store.schema import gists, storyline_merges, storyline_stories, storylines

_GIST = tuple(field.name for field in fields(Gist))
_gist_values = attrgetter(*_GIST)


def save_storylines(c: Connection, newsletter: str, found: Iterable[Storyline]) -> None:
    """The storylines are stored whole, each in place of the one of its id.

    A story stands in one storyline: it leaves the one that had it before. A storyline without a
    story is gone; its id still finds the one that took it in, see ``find_storyline``.
    """
    for part in chunks(found):
        ids = [line.id for line in part]
        members = [story_id for line in part for story_id in line.story_ids]
        for table in (storyline_stories, storyline_merges):
            c.execute(
                delete(table).where(table.c.newsletter == newsletter, table.c.storyline_id.in_(ids))
            )
        for some in chunks(members):
            c.execute(
                delete(storyline_stories).where(
                    storyline_stories.c.newsletter == newsletter,
                    storyline_stories.c.story_id.in_(some),
                )
            )
        _put(c, newsletter, part)


def _put(c: Connection, newsletter: str, part: Sequence[Storyline]) -> None:
    gone = [line.id for line in part if not line.story_ids]
    mine = storylines.c.newsletter == newsletter
    c.execute(delete(storylines).where(mine, storylines.c.id.in_(gone)))
    held = [line for line in part if line.story_ids]
    if not held:
        return
    head = [{"newsletter": newsletter, "id": line.id, "title": line.title} for line in held]
    c.execute(upsert(storylines), head)
    rows = [
        {"newsletter": newsletter, "storyline_id": line.id, "story_id": each, "position": at}
        for line in held
        for at, each in enumerate(line.story_ids)
    ]
    c.execute(insert(storyline_stories), rows)
    merged = [
        {"newsletter": newsletter, "storyline_id": line.id, "merged_id": each, "position": at}
        for line in held
        for at, each in enumerate(line.merged)
    ]
    if merged:
        c.execute(upsert(storyline_merges), merged)


def storylines_touching(
    c: Connection, newsletter: str, story_ids: Iterable[str]
) -> tuple[Storyline, ...]:
    """The storylines that hold any of these stories, whole, by id."""
    ids: set[str] = set()
    for part in chunks(dict.fromkeys(story_ids)):
        ids.update(
            c.scalars(
                select(storyline_stories.c.storyline_id).where(
                    storyline_stories.c.newsletter == newsletter,
                    storyline_stories.c.story_id.in_(part),
                )
            )
        )
    return _storylines(c, newsletter, sorted(ids))


def find_storyline(c: Connection, newsletter: str, id_or_prefix: str) -> Storyline | None:
    """The storyline of this id, else the one it was merged into, else the only one that begins so.

    Raises:
        NotFoundError: the beginning fits several storylines.

    """
    seen: set[str] = set()
    following: str | None = id_or_prefix
    while following is not None and following not in seen:
        seen.add(following)
        exact = _storylines(c, newsletter, [following])
        if exact:
            return exact[0]
        following = c.execute(
            select(storyline_merges.c.storyline_id).where(
                storyline_merges.c.newsletter == newsletter,
                storyline_merges.c.merged_id == following,
            )
        ).scalar()
    if not id_or_prefix:
        return None
    found = find_id(c, storylines.c.id, id_or_prefix, storylines.c.newsletter == newsletter)
    return None if found is None else _storylines(c, newsletter, [found])[0]


def _storylines(c: Connection, newsletter: str, ids: Sequence[str]) -> tuple[Storyline, ...]:
    titles: dict[str, str] = {}
    members: dict[str, list[str]] = defaultdict(list)
    merged: dict[str, list[str]] = defaultdict(list)
    for part in chunks(ids):
        rows = c.execute(
            select(storylines.c.id, storylines.c.title).where(
                storylines.c.newsletter == newsletter, storylines.c.id.in_(part)
            )
        )
        titles |= {row.id: row.title for row in rows}
        for table, column, into in (
            (storyline_stories, storyline_stories.c.story_id, members),
            (storyline_merges, storyline_merges.c.merged_id, merged),
        ):
            found = c.execute(
                select(table.c.storyline_id, column)
                .where(table.c.newsletter == newsletter, table.c.storyline_id.in_(part))
                .order_by(table.c.storyline_id, table.c.position)
            )
            for line_id, value in found:
                into[line_id].append(value)
    return tuple(
        Storyline(id=i, title=titles[i], story_ids=tuple(members[i]), merged=tuple(merged[i]))
        for i in ids
        if i in titles
    )


def gists_between(c: Connection, newsletter: str, start: date, end: date) -> tuple[Gist, ...]:
    """What is remembered of the stories that were told of between these days, by story id."""
    rows = c.execute(
        select(*(gists.c[name] for name in _GIST))
        .where(gists.c.newsletter == newsletter, gists.c.last >= start, gists.c.first <= end)
        .order_by(gists.c.story_id)
    )
    return tuple(Gist(**dict(zip(_GIST, row, strict=True))) for row in rows)


def save_gists(c: Connection, newsletter: str, found: Iterable[Gist]) -> None:
    """Each is stored in place of the one of its story."""
    for part in chunks(found):
        rows = [dict(zip(_GIST, _gist_values(gist), strict=True)) for gist in part]
        c.execute(upsert(gists), [{"newsletter": newsletter} | row for row in rows])


def forget_gists(c: Connection, newsletter: str, story_ids: Iterable[str]) -> None:
    """Nothing is remembered of these stories."""
    for part in chunks(story_ids):
        c.execute(delete(gists).where(gists.c.newsletter == newsletter, gists.c.story_id.in_(part)))
