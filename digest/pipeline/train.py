"""train: the labelled lines -> the shipped weights, once no line says what is evaluated on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from digest.data.training import Line, read_training, written
from digest.errors import OutputError, UsageError
from digest.judge.embed import Embedder, Vectors, encode_entries, load_embedder
from digest.judge.features import entry_of
from digest.judge.hygiene import overlaps, repeats
from digest.judge.train import Trained, trained
from digest.pipeline.result import Result

LINES = "training.jsonl"
WEIGHTS = "weights.npz"
SHIPPED = Path(__file__).resolve().parents[1] / "data"
KEPT_APART = (Path("../shared/eval"), Path("../shared/sample_week"))
"""Where evaluation items lie, as seen from the project's folder, when nothing else is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """What to train on: the lines of ``folder`` and those of ``add``; ``check`` writes nothing."""

    add: tuple[Path, ...] = ()
    against: tuple[Path, ...] = ()
    folder: Path = SHIPPED
    check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """An evaluation item: where it stands, and what it says."""

    place: str
    title: str
    text: str


def train(options: TrainOptions) -> Result:
    """The result of ``digest train``: lines and weights are written into the folder.

    Files of ``add`` become batches of their own, in order. Lines that say what an evaluation item
    says are refused: named, nothing is written, exit 1. Of lines that nearly repeat one another
    the first is kept. With ``check`` exit 1 says that the weights are not what training gives.
    """
    embedder = load_embedder()
    if embedder is None:
        raise UsageError("training needs the sentence encoder; install all dependencies")
    lines = _lines(options)
    vectors = _vectors(lines, embedder)
    refused = _refused(lines, vectors, _items(options), embedder)
    if refused:
        rows = [f"{len(refused)} lines say what evaluation items say; remove them:", *refused]
        return Result(text="\n".join(rows), document={"refused": refused}, code=1)
    dropped = repeats(vectors)
    kept = tuple(line for at, line in enumerate(lines) if at not in set(dropped))
    made = trained(kept, embedder)
    same = _held(options.folder / WEIGHTS) == made.content
    if not options.check:
        _write(options.folder / LINES, written(kept).encode())
        _write(options.folder / WEIGHTS, made.content)
    return _told(made, kept, [lines[at] for at in dropped], same=same, check=options.check)


def _told(
    made: Trained, kept: Sequence[Line], dropped: Sequence[Line], *, same: bool, check: bool
) -> Result:
    verdict = f"{WEIGHTS} is what training gives" if same else f"{WEIGHTS} was another"
    rows = [
        f"{len(kept)} lines, {len(dropped)} dropped as near repeats; {verdict}",
        *(f"  near repeat: {line.title}" for line in dropped),
        *(
            f"  {v.model}: loss {v.loss:.3f}, accuracy {v.accuracy:.3f} on batches left out"
            f" (scale {v.scale:g}, C {v.strength:g}, temperature {v.temperature:.2f})"
            for v in made.validations
        ),
    ]
    document = {
        "lines": len(kept),
        "dropped": [line.title for line in dropped],
        "bytes": len(made.content),
        "same": same,
        "validations": [asdict(v) for v in made.validations],
    }
    return Result(text="\n".join(rows), document=document, code=1 if check and not same else 0)


def _lines(options: TrainOptions) -> tuple[Line, ...]:
    path = options.folder / LINES
    lines = list(read_training(_text(path), where=str(path))) if path.exists() else []
    for each in options.add:
        batch = max((line.batch for line in lines), default=0) + 1
        lines += (
            replace(line, batch=batch) for line in read_training(_text(each), where=str(each))
        )
    if not lines:
        raise UsageError("there is no line to train on; --add FILE names some", where=str(path))
    return tuple(lines)


def _refused(
    lines: Sequence[Line], vectors: Vectors, items: Sequence[_Item], embedder: Embedder
) -> list[str]:
    """A sentence for each line that says what an item says."""
    if not items:
        return []
    as_lines = [Line(section="", lang="en", title=item.title, text=item.text) for item in items]
    found = overlaps(
        [f"{line.title}\n{line.text}" for line in lines],
        [f"{item.title}\n{item.text}" for item in items],
        vectors,
        _vectors(as_lines, embedder),
    )
    return [
        f"  “{lines[each.line].title}” shares {each.shared} with {items[each.item].place}"
        for each in found
    ]


def _items(options: TrainOptions) -> list[_Item]:
    """The items of every JSON Lines file in the folders that no line may resemble."""
    folders = options.against
    if not folders:
        root = SHIPPED.parents[1]
        folders = tuple(root / each for each in KEPT_APART if (root / each).is_dir())
    items: list[_Item] = []
    for folder in folders:
        if not folder.is_dir():
            message = "there is no such folder; --against names one that holds JSON Lines"
            raise UsageError(message, where=str(folder))
        for path in sorted(folder.rglob("*.jsonl")):
            items += _items_of(path)
    return items


def _items_of(path: Path) -> Iterator[_Item]:
    for number, row in enumerate(_text(path).split("\n"), start=1):
        if not row.strip():
            continue
        try:
            data = json.loads(row)
        except ValueError as error:
            message = "the line is no JSON object; mend it"
            raise UsageError(message, where=f"{path}:{number}") from error
        if isinstance(data, dict) and data.get("title"):
            yield _Item(
                place=f"{path.name}:{number}",
                title=str(data["title"]),
                text=str(data.get("text") or data.get("summary") or ""),
            )


def _vectors(lines: Sequence[Line], embedder: Embedder) -> Vectors:
    made = encode_entries([entry_of(at, line) for at, line in enumerate(lines)], embedder)
    assert made is not None  # noqa: S101 - there is an encoder
    return np.asarray(made, dtype=np.float32)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot be read as UTF-8 text", where=str(path)) from error


def _held(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        message = f"cannot be written ({error.strerror}); train in a checkout of the project"
        raise OutputError(message, where=str(path)) from error
