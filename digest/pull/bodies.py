"""The body of an answer, decompressed as it arrives and stopped at a cap.

The cap counts bytes after decompression (and before it: an endless stream may unfold to nothing),
and the decompressor is asked for no more than fits, so a bomb costs no more memory than the cap.
"""

from __future__ import annotations

from digest.errors import FetchError
from digest.pull.decoders import DamagedError, Decoder, decoder_for, decoders

_NO_CODING = frozenset({"identity", "none", "binary", "utf-8", "utf8"})
"""Labels that say nothing; the last four are mistakes seen in the wild."""

_TELLING = 4
"""Bytes that show what a body is packed in (the longest mark is zstd's)."""


def accepted() -> str:
    """The value of Accept-Encoding: only what can be decompressed with a limit."""
    return ", ".join(decoders())


class Body:
    """Collects one body: ``feed`` every chunk, then ``finish`` gives the whole.

    Raises FetchError from either when the body is larger than ``cap``, cannot be decompressed,
    ends early, or comes in an encoding we did not offer.
    """

    def __init__(self, encoding: str, cap: int) -> None:
        self._cap = cap
        self._coding = _coding(encoding)
        # One growing buffer: a list of pieces costs 40 bytes for each that a server drips.
        self._text = bytearray()
        self._read = 0
        self._head = b""
        self._decoder: Decoder | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire."""
        if not chunk:
            return
        self._read += len(chunk)
        if self._read > self._cap:
            raise self._too_large()
        if self._decoder is None:
            # A few bytes are needed to see what it is; a server may send them one by one.
            chunk = self._head = self._head + chunk
            if len(chunk) < _TELLING:
                return
            self._decoder = decoder_for(self._coding, chunk)
            self._head = b""
        self._unpack(self._decoder, chunk)

    def finish(self) -> bytes:
        """The whole body."""
        if self._decoder is None and self._head:
            self._decoder = decoder_for(self._coding, self._head)
            self._unpack(self._decoder, self._head)
        if self._decoder is not None and not self._decoder.complete:
            raise FetchError("The compressed answer ended early; try again later.")
        return bytes(self._text)

    def _unpack(self, decoder: Decoder, chunk: bytes) -> None:
        try:
            for piece in decoder.pieces(chunk, self._room):
                self._text += piece
                if len(self._text) > self._cap:
                    raise self._too_large()
        except DamagedError as error:
            raise FetchError("The compressed answer is damaged; try again later.") from error

    def _room(self) -> int:
        return self._cap - len(self._text) + 1

    def _too_large(self) -> FetchError:
        self._text.clear()
        return FetchError(
            f"The answer is larger than {self._cap:,} bytes; raise network.max_body to read it."
        )


def _coding(header: str) -> str:
    """The one coding of a body, "" for none; raises FetchError for what we cannot read."""
    parts = [part.strip().lower() for part in header.split(",")]
    codings = [part.removeprefix("x-") for part in parts if part and part not in _NO_CODING]
    if not codings:
        return ""
    if len(codings) > 1 or codings[0] not in decoders():
        message = f'The answer is compressed as "{header[:40]}", which we cannot read.'
        raise FetchError(message)
    return codings[0]
