"""judge: entries -> stories. Places what is new, gathers the open window into stories, ranks them.

Only what changed is judged again: placements are kept by entry, wording and classifier version,
sentence vectors by the hash of their text. Stories are gathered afresh each run over the whole
window, so the same entries give the same stories in any order; then they keep their ids.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.data.names import load_names
from digest.data.sections import SHIPPED_SECTIONS
from digest.judge.embed import Vectors, encode_entries, load_embedder
from digest.judge.keep import keep_ids, stories_of
from digest.judge.rank import Named, rank
from digest.judge.sections import Classifier
from digest.judge.select import select
from digest.judge.stories import cluster, gathered, item_of
from digest.judge.twice import distinct, kin_of
from digest.model import Entry, Judgement, Override, Period, Placement, Selection, Story
from digest.pipeline.asof import period_of
from digest.pipeline.cores import one_core
from digest.pipeline.lines import entries_of_lines, lines_of
from digest.pipeline.result import Result
from digest.pipeline.storylines import Known, followed
from digest.pipeline.window import candidates
from digest.pipeline.workspace import Workspace, open_workspace
from digest.store.issues import told_in
from digest.store.judgements import judgements_for, save_judgements
from digest.store.stories import save_stories, stories_touching
from digest.text.mentions import NameFinder


def judge_command(config: Path, *, as_of: str | None, now: datetime) -> Result:
    """The result of ``digest judge``: the stories of the newest period, the best first."""
    with open_workspace(config, now=now) as ws, ws.lock("run", timedelta(0)):
        period = period_of(as_of, ws)
        entries = candidates(ws, period)
        selection = judge(ws, period, entries, ())
    chosen = [selection.lede] if selection.lede else []
    chosen += [each for _, stories in selection.sections for each in stories]
    lines = [f"{len(entries)} entries, {len(chosen)} stories for the issue of {period.day}"]
    lines += [
        f"  {each.score:5.2f}  {each.story.id}  {each.story.section}: {each.entries[0].title}"
        + (f" ({each.standing}, {each.story.storyline_id})" if each.story.storyline_id else "")
        for each in chosen
    ]
    document = [
        {
            "id": e.story.id,
            "section": e.story.section,
            "score": e.score,
            "title": e.entries[0].title,
            "standing": e.standing,
            "storyline": e.story.storyline_id,
        }
        for e in chosen
    ]
    return Result(
        text="\n".join(lines),
        document={"issue": period.day.isoformat(), "entries": len(entries), "stories": document},
    )


def judge(
    ws: Workspace, period: Period, entries: Sequence[Entry], decided: Sequence[Override]
) -> Selection:
    """The stories of these entries, ranked and selected; what was decided is kept."""
    judged = judgements(ws, entries)
    placed = {entry_id: found.placement for entry_id, found in judged.items()}
    vectors = _stored_vectors(ws, entries)
    items = [
        item_of(entry, judged[entry.id].names, None if vectors is None else vectors[row])
        for row, entry in enumerate(entries)
    ]
    with one_core():
        found = gathered(items)
    groups = [[entries[at] for at in group.members] for group in found]
    closeness = {
        entries[at].id: near
        for group in found
        for at, near in zip(group.members, group.closeness, strict=True)
    }
    language = ws.config.newsletter.language
    fresh = stories_of(groups, placed, language=language, closeness=closeness)
    stories, window = _stored(ws, period, fresh)
    by_id = {entry.id: entry for entry in entries}
    named = Named(finder=ws.finder, known={key: found.names for key, found in judged.items()})
    ranked = rank(stories, by_id, placed, period=period, named=named, language=language)
    rows = None if vectors is None else dict(zip(by_id, vectors, strict=True))
    ranked = followed(ws, period, ranked, Known(window=window, named=named, vectors=rows))
    kin = distinct(ranked, kin_of(found, stories), named)
    return select(ranked, sections=ws.config.sections, overrides=decided, kin=kin)


def _stored(
    ws: Workspace, period: Period, fresh: Sequence[Story]
) -> tuple[tuple[Story, ...], frozenset[str]]:
    """The stories under ids that last, stored where they changed; the ids of now and before.

    A story of which an issue before told stays as it was told: what comes after it is another
    story, which may continue it.
    """
    ids = [entry_id for story in fresh for entry_id in story.entry_ids]
    with ws.store.read() as connection:
        previous = stories_touching(connection, ws.id, ids)
        held = [entry_id for story in previous for entry_id in story.entry_ids]
        told = told_in(connection, ws.id, held, before=period.day)
    mine = tuple(s for s in previous if not any(entry_id in told for entry_id in s.entry_ids))
    closed = frozenset(story.id for story in previous) - {story.id for story in mine}
    stories = keep_ids(fresh, mine, closed=closed)
    known = frozenset(mine)
    changed = [story for story in stories if story not in known]
    if changed:
        with ws.store.write() as connection:
            save_stories(connection, ws.id, changed)
    return stories, frozenset(story.id for story in (*stories, *mine))


def placements(ws: Workspace, entries: Sequence[Entry]) -> dict[str, Placement]:
    """The placement of each entry by id."""
    return {entry_id: found.placement for entry_id, found in judgements(ws, entries).items()}


def judgements(ws: Workspace, entries: Sequence[Entry]) -> dict[str, Judgement]:
    """What is decided about each entry; only what is new or was reworded is judged now."""
    version = ws.classifier.version
    with ws.store.read() as connection:
        known = judgements_for(connection, entries, version)
    fresh = [entry for entry in entries if entry.id not in known]
    if not fresh:
        return known
    vectors = _stored_vectors(ws, fresh)
    with one_core():
        classified = ws.classifier.judged(fresh, vectors)
    made = [
        Judgement(
            entry_id=entry.id,
            fingerprint=entry.fingerprint,
            version=version,
            lang=entry.lang,
            placement=placement,
            names=names,
        )
        for entry, (placement, names) in zip(fresh, classified, strict=True)
    ]
    with ws.store.write() as connection:
        save_judgements(connection, made)
    return known | {each.entry_id: each for each in made}


def _stored_vectors(ws: Workspace, entries: Sequence[Entry]) -> Vectors | None:
    """The sentence vectors of the entries; nothing without an encoder."""
    return None if ws.embedder is None else ws.embedder.of_entries(entries)


def judge_lines(path: Path) -> Result:
    """The result of ``digest judge --input``: one JSON line a line, in order; exit 1 for bad ones.

    Needs no database and no network. ``story`` is equal for lines of one event.
    """
    lines = lines_of(path)
    entries = tuple(entries_of_lines(lines))
    judged = iter(judged_lines(entries))
    rows = [
        {"id": line.id, "error": line.error} if line.entry is None else next(judged)
        for line in lines
    ]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return Result(text=text, document=rows, code=1 if any("error" in row for row in rows) else 0)


def judged_lines(entries: Sequence[Entry]) -> list[dict[str, object]]:
    """What is decided about each entry alone, and the story it stands in among these entries."""
    embedder = load_embedder()
    classifier = Classifier(SHIPPED_SECTIONS, NameFinder(load_names()), embedder=embedder)
    vectors = encode_entries(entries, embedder) if entries else None
    judged = classifier.judged(entries, vectors)
    placed = [placement for placement, _ in judged]
    names = [found for _, found in judged]
    # Ids of lines may repeat and follow the order of lines; stories are made of what lines say.
    unique = [
        replace(entry, id=f"{entry.fingerprint}\n{entry.publisher}\n{entry.url}\n{number}")
        for number, entry in _numbered(entries)
    ]
    items = [
        item_of(entry, names[row], None if vectors is None else vectors[row])
        for row, entry in enumerate(unique)
    ]
    with one_core():
        found = cluster(items)
    by_id = {entry.id: placement for entry, placement in zip(unique, placed, strict=True)}
    groups = [[unique[at] for at in group] for group in found]
    stories = {
        entry_id: story.id for story in stories_of(groups, by_id) for entry_id in story.entry_ids
    }
    return [
        {
            "id": entry.id,
            "language": entry.lang,
            "section": placement.section,
            "also": list(placement.also),
            "score": round(placement.score, 4),
            "reasons": [
                {"feature": r.feature, "weight": round(r.weight, 4)} for r in placement.reasons
            ],
            "names": list(names[row]),
            "story": stories[unique[row].id],
        }
        for row, (entry, placement) in enumerate(zip(entries, placed, strict=True))
    ]


def _numbered(entries: Sequence[Entry]) -> Iterator[tuple[int, Entry]]:
    """Each entry with how many before it say the same."""
    seen: Counter[tuple[str, str, str | None]] = Counter()
    for entry in entries:
        key = (entry.fingerprint, entry.publisher, entry.url)
        yield seen[key], entry
        seen[key] += 1
