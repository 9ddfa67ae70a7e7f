"""Stories with their entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, delete, select

from digest.model import Story
from digest.store.entries import find_id
from digest.store.rows import chunks, upsert
from digest.store.schema import stories, story_entries, story_merges, storyline_stories

_IN_LINE = (storyline_stories.c.newsletter == stories.c.newsletter) & (
    storyline_stories.c.story_id == stories.c.id
)


def save_stories(c: Connection, newsletter: str, found: Iterable[Story]) -> None:
    """The stories are stored whole, each in place of the one of its id.

    Their storylines are told by ``save_storylines`` alone. An entry stands in one story: it leaves
    the story that had it before, and a story that has no entry left is gone (its id still finds
    the story that took it in, see ``find_story``). The entries must be stored already.
    """
    for part in chunks(found):
        _save_part(c, newsletter, part)
    kept = select(story_entries.c.story_id).where(story_entries.c.newsletter == newsletter)
    empty = stories.c.id.not_in(kept)
    c.execute(delete(stories).where(stories.c.newsletter == newsletter, empty))


def stories_touching(c: Connection, newsletter: str, entry_ids: Iterable[str]) -> tuple[Story, ...]:
    """The stories that hold any of these entries, whole, by id."""
    ids: set[str] = set()
    for part in chunks(dict.fromkeys(entry_ids)):
        ids.update(
            c.scalars(
                select(story_entries.c.story_id).where(
                    story_entries.c.newsletter == newsletter, story_entries.c.entry_id.in_(part)
                )
            )
        )
    return tuple(stories_by_id(c, newsletter, sorted(ids)).values())


def stories_by_id(c: Connection, newsletter: str, ids: Iterable[str]) -> dict[str, Story]:
    """The stored ones of these stories by id, in the order asked for."""
    wanted = tuple(dict.fromkeys(ids))
    found: dict[str, Story] = {}
    for part in chunks(wanted):
        entry_ids = _members(c, newsletter, story_entries, "entry_id", part)
        merged = _members(c, newsletter, story_merges, "merged_id", part)
        rows = c.execute(
            select(stories, storyline_stories.c.storyline_id)
            .outerjoin(storyline_stories, _IN_LINE)
            .where(stories.c.newsletter == newsletter, stories.c.id.in_(part))
        )
        for row in rows:
            found[row.id] = Story(
                id=row.id,
                entry_ids=tuple(entry_ids[row.id]),
                section=row.section,
                also=row.also,
                storyline_id=row.storyline_id,
                merged=tuple(merged[row.id]),
            )
    return {story_id: found[story_id] for story_id in wanted if story_id in found}


def find_story(c: Connection, newsletter: str, id_or_prefix: str) -> Story | None:
    """The story of this id, else the one it was merged into, else the only one that begins so.

    Raises:
        NotFoundError: the beginning fits several stories.

    """
    found = _through_merges(c, newsletter, id_or_prefix)
    if found is not None or not id_or_prefix:
        return found
    mine = stories.c.newsletter == newsletter
    story_id = find_id(c, stories.c.id, id_or_prefix, mine)
    return None if story_id is None else stories_by_id(c, newsletter, (story_id,))[story_id]


def _save_part(c: Connection, newsletter: str, part: Sequence[Story]) -> None:
    ids = [story.id for story in part]
    head = [
        {
            "newsletter": newsletter,
            "id": story.id,
            "section": story.section,
            "also": story.also,
        }
        for story in part
    ]
    c.execute(upsert(stories), head)
    _clear(c, newsletter, story_entries, "story_id", ids)
    _clear(c, newsletter, story_merges, "story_id", ids)
    members = [(story.id, story.entry_ids) for story in part]
    merged = [(story.id, story.merged) for story in part]
    # An upsert, since an entry may stand in another story until now.
    _put(c, newsletter, story_entries, "entry_id", members)
    _put(c, newsletter, story_merges, "merged_id", merged)


def _put(
    c: Connection,
    newsletter: str,
    table: Table,
    column: str,
    groups: Sequence[tuple[str, tuple[str, ...]]],
) -> None:
    rows = [
        {"newsletter": newsletter, "story_id": story_id, column: member, "position": position}
        for story_id, members in groups
        for position, member in enumerate(members)
    ]
    for part in chunks(rows):
        c.execute(upsert(table), part)


def _clear(c: Connection, newsletter: str, table: Table, column: str, ids: Sequence[str]) -> None:
    c.execute(delete(table).where(table.c.newsletter == newsletter, table.c[column].in_(ids)))


def _members(
    c: Connection, newsletter: str, table: Table, column: str, ids: Sequence[str]
) -> dict[str, list[str]]:
    rows = c.execute(
        select(table.c.story_id, table.c[column])
        .where(table.c.newsletter == newsletter, table.c.story_id.in_(ids))
        .order_by(table.c.story_id, table.c.position)
    )
    members: dict[str, list[str]] = defaultdict(list)
    for story_id, member in rows:
        members[story_id].append(member)
    return members


def _through_merges(c: Connection, newsletter: str, story_id: str) -> Story | None:
    """The story of this id, or at the end of its chain of merges."""
    seen: set[str] = set()
    following: str | None = story_id
    while following is not None and following not in seen:
        seen.add(following)
        found = stories_by_id(c, newsletter, (following,))
        if found:
            return found[following]
        following = c.execute(
            select(story_merges.c.story_id).where(
                story_merges.c.newsletter == newsletter, story_merges.c.merged_id == following
            )
        ).scalar()
    return None
