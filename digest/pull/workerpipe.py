"""What a worker and its pool agree on: how jobs and answers travel between them."""

from __future__ import annotations

import struct

READY = b"+"
LENGTH = struct.Struct("!Q")
TOO_MUCH_MEMORY = "The feed needs too much memory to read, so it was stopped; it may be hostile."
