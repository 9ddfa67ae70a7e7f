"""What an editor's corrections move: entries of their kind, and entries of other kinds.

    python benchmarks/lessons.py [--corrections 20,10,5,1]

For each kind of ``tests/eval/kinds.txt`` half of its headlines are moved by hand, then the other
way round; the share of the other half that follows is printed, and how many of 200 labelled lines
of other kinds changed their section. Halves are drawn at random, or with ``--apart`` so that
nothing held out is told among the moved ones in another language. Takes half a minute for each
number of corrections.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from digest.data.names import load_names
from digest.judge.embed import load_embedder
from digest.model import Entry
from digest.text.mentions import NameFinder
from tests.eval.kinds import Moved, Remembering, kinds, moved_by


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corrections", default="20,10,5,1")
    parser.add_argument("--words", action="store_true", help="without the sentence encoder")
    parser.add_argument("--apart", action="store_true")
    options = parser.parse_args()
    encoder = None if options.words else load_embedder()
    embedder = None if encoder is None else Remembering(encoder)
    finder = NameFinder(load_names())
    for count in map(int, options.corrections.split(",")):
        everything: list[Moved] = []
        for kind in kinds():
            made = []
            halves = kind.halves() if options.apart else drawn(kind.entries)
            for learned, held_out in (halves, halves[::-1]):
                some = random.Random(7).sample(learned, min(count, len(learned)))
                made.append(moved_by(kind, some, held_out, finder, embedder))
            print(f"{count:3} {kind.name:10} to {kind.section:12} {told(made)}", flush=True)
            for title in sorted({title for each in made for title in each.changed}):
                print(f"      also changed: {title}")
            everything += made
        print(f"{count:3} corrections: {told(everything)}", flush=True)


def drawn(entries: tuple[Entry, ...]) -> tuple[list[Entry], list[Entry]]:
    mixed = random.Random(11).sample(entries, len(entries))
    return mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]


def told(made: list[Moved]) -> str:
    moved, asked = sum(m.moved for m in made), sum(m.asked for m in made)
    changed, others = sum(len(m.changed) for m in made), sum(m.others for m in made)
    return f"{moved / asked:4.0%} of {asked} moved, {200 * changed / others:.2f} of 200 others"


if __name__ == "__main__":
    main()
