"""The body of an answer, decompressed as it arrives and stopped at a cap.

The cap counts bytes after decompression, and the decompressor is asked for no more than fits,
so a bomb costs no more memory than the cap.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from digest.errors import FetchError

ACCEPTED = "gzip, deflate"
"""What we offer to read; an entry here needs a decoder that can stop at a limit."""

_GZIP = zlib.MAX_WBITS | 16
_RAW_DEFLATE = -zlib.MAX_WBITS


class Body:
    """Collects one body: ``feed`` every chunk, then ``finish`` gives the whole.

    Raises FetchError from either when the body is larger than ``cap``, cannot be decompressed,
    ends early, or comes in an encoding we did not offer.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self._cap = cap
        self._codings = [c for c in _codings(encoding) if c != "identity"]
        self._chunks: list[bytes] = []
        self._size = 0
        self._decoder: _Inflate | None = None
        if len(self._codings) > 1 or not set(self._codings) <= {"gzip", "x-gzip", "deflate"}:
            raise FetchError(
                f'The answer is compressed as "{encoding[:40]}", which we cannot read.'
            )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire."""
        if not chunk:
            return
        if self._codings and self._decoder is None:
            self._decoder = _Inflate(self._codings[0], chunk)
        if self._decoder is None:
            self._keep(chunk)
            return
        try:
            for piece in self._decoder.pieces(chunk, lambda: self._cap - self._size + 1):
                self._keep(piece)
        except zlib.error as error:
            raise FetchError("The compressed answer is damaged; try again later.") from error

    def finish(self) -> bytes:
        """The whole body."""
        if self._decoder is not None and not self._decoder.complete:
            raise FetchError("The compressed answer ended early; try again later.")
        return b"".join(self._chunks)

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._cap:
            raise FetchError(
                f"The answer is larger than {self._cap:,} bytes; raise network.max_body to read it."
            )
        self._chunks.append(piece)


class _Inflate:
    """gzip (also of several members) or deflate, with or without the zlib wrapper."""

    def __init__(self, coding: str, first: bytes) -> None:
        if coding == "deflate":
            # Half the servers that say "deflate" send it raw (RFC 9110 §8.4.1.2 notes it).
            wrapped = first[0] & 0x0F == zlib.DEFLATED and first[0] >> 4 <= 7  # noqa: PLR2004
            self._bits = zlib.MAX_WBITS if wrapped else _RAW_DEFLATE
        else:
            self._bits = _GZIP
        self._plain = coding != "deflate" and first[0] != 0x1F  # noqa: PLR2004
        self._inner = zlib.decompressobj(self._bits)
        self._started = False

    @property
    def complete(self) -> bool:
        return self._plain or self._inner.eof or not self._started

    def pieces(self, chunk: bytes, room: Callable[[], int]) -> Iterator[bytes]:
        """Decompressed bytes, never more at once than ``room()`` says is left."""
        if self._plain:  # labelled gzip, yet is none: seen in the wild, harmless
            yield chunk
            return
        data = chunk
        while data:
            if self._inner.eof:
                # What follows is another member or padding (RFC 1952 §2.2); padding is dropped.
                if self._bits != _GZIP or not data.lstrip(b"\0"):
                    return
                self._inner = zlib.decompressobj(self._bits)
            self._started = True
            yield self._inner.decompress(data, max(room(), 1))
            data = self._inner.unconsumed_tail or self._inner.unused_data


def _codings(header: str) -> list[str]:
    return [part.strip().lower() for part in header.split(",") if part.strip()]
