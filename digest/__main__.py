"""``python -m digest`` and the console script: runs a command, turns failures into one sentence."""

from __future__ import annotations

import gc
import sys

from digest.cli import run_command


def main() -> None:
    """Run the command line and leave with its documented exit code."""
    # Entries are many and form no cycles: to look for some after every 700 of them was an eighth
    # of the time of a large issue.
    gc.set_threshold(50_000, 20, 20)
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
