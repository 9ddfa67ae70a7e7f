"""``python -m digest`` and the console script: runs a command, turns failures into one sentence."""

from __future__ import annotations

import sys

from digest.cli import run_command


def main() -> None:
    """Run the command line and leave with its documented exit code."""
    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
