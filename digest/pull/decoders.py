"""Decompressors that stop at a limit: gzip and deflate always, br and zstd where installed.

Each gives its output piece by piece and never more at once than asked for, so that a bomb is
noticed before it unfolds. A decoder that cannot be bounded is not offered to servers.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, Protocol

PIECE = 1 << 18
"""Most bytes a decoder gives at once."""

_ZSTD_SLICE = 64
"""Input given at once to a decoder without a limit of its own: a zstd block is at most 128 KiB
and takes at least 4 bytes, so that this unfolds to 2 MiB at most."""

_ZSTD_WINDOW_LOG = 23
"""The largest window for HTTP is 8 MiB (RFC 9659)."""

_GZIP = zlib.MAX_WBITS | 16
_RAW_DEFLATE = -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class DamagedError(Exception):
    """The compressed bytes do not decompress."""


class Decoder(Protocol):
    """One compressed stream; ``complete`` once its end was seen, or nothing came at all."""

    @property
    def complete(self) -> bool: ...  # noqa: D102 - see the class

    def pieces(self, chunk: bytes, room: Callable[[], int], /) -> Iterator[bytes]:
        """Decompressed bytes, never more at once than ``room()`` allows. Raises DamagedError."""


class Plain:
    """No compression at all, whatever the label said: seen in the wild, harmless."""

    complete = True

    def pieces(self, chunk: bytes, _: Callable[[], int]) -> Iterator[bytes]:
        """The chunk as it is."""
        yield chunk


class Inflate:
    """gzip (also of several members) or deflate, with or without the zlib wrapper."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._inner = zlib.decompressobj(bits)
        self._started = False

    @property
    def complete(self) -> bool:
        """Whether the last member is whole."""
        return self._inner.eof or not self._started

    def pieces(self, chunk: bytes, room: Callable[[], int]) -> Iterator[bytes]:
        """Decompressed bytes, never more at once than ``room()`` allows. Raises DamagedError."""
        data = chunk
        while data:
            if self._inner.eof:
                # What follows is another member or padding (RFC 1952 §2.2); padding is dropped.
                if self._bits != _GZIP or not data.startswith(b"\x1f"):
                    return
                self._inner = zlib.decompressobj(self._bits)
            self._started = True
            try:
                yield self._inner.decompress(data, _limit(room))
            except zlib.error as error:
                raise DamagedError from error
            data = self._inner.unconsumed_tail or self._inner.unused_data


class Brotli:
    """br (RFC 7932), by a library of version 1.2 or newer: older ones know no limit."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._inner = make()
        self._started = False

    @property
    def complete(self) -> bool:
        """Whether the stream has ended."""
        return not self._started or bool(self._inner.is_finished())

    def pieces(self, chunk: bytes, room: Callable[[], int]) -> Iterator[bytes]:
        """Decompressed bytes, never more at once than ``room()`` allows. Raises DamagedError."""
        data = chunk
        while not self._inner.is_finished():
            self._started = True
            try:
                yield self._inner.process(data, output_buffer_limit=_limit(room))
            except Exception as error:  # each library has an error class of its own
                raise DamagedError from error
            if self._inner.can_accept_more_data():
                return
            data = b""


class Zstd:
    """zstd (RFC 8878) of one or more frames, by a decompressor with the interface of ``bz2``."""

    def __init__(self, make: Callable[[], Any], *, step: int) -> None:
        self._make = make
        self._step = step
        self._inner = make()
        self._started = False

    @property
    def complete(self) -> bool:
        """Whether the last frame is whole."""
        return not self._started or bool(self._inner.eof)

    def pieces(self, chunk: bytes, room: Callable[[], int]) -> Iterator[bytes]:
        """Decompressed bytes, never more at once than ``room()`` allows. Raises DamagedError."""
        for start in range(0, len(chunk), self._step):
            yield from self._slice(chunk[start : start + self._step], room)

    def _slice(self, data: bytes, room: Callable[[], int]) -> Iterator[bytes]:
        while True:
            if self._inner.eof:
                self._inner = self._make()
            self._started = True
            try:
                yield self._inner.decompress(data, _limit(room))
            except Exception as error:
                raise DamagedError from error
            data = self._inner.unused_data if self._inner.eof else b""
            if not data and (self._inner.eof or self._inner.needs_input):
                return


class _Unbounded:
    """A decompressor of the ``zstandard`` package, which takes no limit: given little at once."""

    needs_input = True

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    def decompress(self, data: bytes, _: int) -> bytes:
        return bytes(self._inner.decompress(data))


def _limit(room: Callable[[], int]) -> int:
    return min(max(room(), 1), PIECE)


def _brotli() -> Callable[[], Decoder] | None:
    for name in ("brotli", "brotlicffi"):
        try:
            make = import_module(name).Decompressor
            make().process(b"", output_buffer_limit=1)
        except (ImportError, AttributeError, TypeError):
            continue
        return lambda: Brotli(make)
    return None


def _zstd() -> Callable[[], Decoder] | None:
    for name in ("compression.zstd", "backports.zstd"):
        try:
            library = import_module(name)
        except ImportError:
            continue
        return bounded_zstd(library)
    try:
        older = import_module("zstandard")
    except ImportError:
        return None
    return sliced_zstd(older)


def bounded_zstd(library: Any) -> Callable[[], Decoder]:
    """The maker of a decoder over Python 3.14's ``compression.zstd`` or its backport."""
    options = {library.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}

    def make() -> Any:
        return library.ZstdDecompressor(options=options)

    return lambda: Zstd(make, step=PIECE)


def sliced_zstd(library: Any) -> Callable[[], Decoder]:
    """The maker of a decoder over the ``zstandard`` package."""

    def make() -> _Unbounded:
        inner = library.ZstdDecompressor(max_window_size=1 << _ZSTD_WINDOW_LOG)
        return _Unbounded(inner.decompressobj())

    return lambda: Zstd(make, step=_ZSTD_SLICE)


@cache
def decoders() -> dict[str, Callable[[], Decoder]]:
    """What is offered to servers, by its name in Content-Encoding, best known first."""
    found: dict[str, Callable[[], Decoder] | None] = {
        "gzip": lambda: Inflate(_GZIP),
        "deflate": lambda: Inflate(zlib.MAX_WBITS),
        "br": _brotli(),
        "zstd": _zstd(),
    }
    return {name: make for name, make in found.items() if make is not None}


def decoder_for(coding: str, first: bytes) -> Decoder:
    """The decoder for a body that begins with ``first`` and is labelled ``coding``.

    What the bytes themselves say goes first: servers label gzip what is none, or deflate what is
    gzip, and half of those that say deflate send it without its wrapper (RFC 9110 §8.4.1.2).
    An empty ``coding`` is a body without a label, which may still be a compressed file.
    """
    if first.startswith(_GZIP_MAGIC):
        return Inflate(_GZIP)
    if coding == "gzip":
        return Inflate(zlib.MAX_WBITS) if _zlib_wrapped(first) else Plain()
    if coding == "deflate":
        return Inflate(zlib.MAX_WBITS if _zlib_wrapped(first) else _RAW_DEFLATE)
    if not coding or (coding == "zstd" and not _ZSTD_MAGIC.startswith(first[:4])):
        return Plain()
    return decoders()[coding]()


def _zlib_wrapped(first: bytes) -> bool:
    """Whether this begins like a zlib stream (RFC 1950 §2.2); no XML or JSON does."""
    if first[0] & 0x0F != zlib.DEFLATED or first[0] >> 4 > 7:  # noqa: PLR2004
        return False
    return len(first) == 1 or (first[0] << 8 | first[1]) % 31 == 0
