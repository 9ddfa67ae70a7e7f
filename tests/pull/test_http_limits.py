"""What no answer can do to a run: take its memory, its time, or end it."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from digest.errors import FetchError
from digest.fetched import Failed, Fetched, Retrieved
from digest.pull import decoders as decoding
from digest.pull.bodies import Body, accepted
from digest.pull.http import HttpSettings, HttpTransport, Request

MIB = 1024 * 1024
CAP = 15 * MIB
OK = b"HTTP/1.1 200 OK\r\n"
SHORT = timedelta(seconds=0.3)
TEXT = b"<rss>" + b"".join(b"news %d " % n for n in range(20_000)) + b"</rss>"


def fetch(server: Any, **request: Any) -> Fetched:
    async def run() -> Fetched:
        allowed = frozenset({("127.0.0.1", server.port)})
        values = HttpSettings(user_agent="digest-test", allow_private=allowed)
        async with HttpTransport(values) as http:
            return await http.fetch(Request(url=server.url(), **request))

    return asyncio.run(run())


def heaviest(work: Callable[[], object]) -> int:
    """Most bytes of Python objects alive at once while that was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def of(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def gzip_bomb() -> Iterator[bytes]:
    """1 GiB of zeros in 1 MiB: one block, which stands alone, a thousand times."""
    packer = zlib.compressobj(9, wbits=31)
    yield packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    raw = zlib.compressobj(9, wbits=-15)
    block = raw.compress(bytes(MIB)) + raw.flush(zlib.Z_FULL_FLUSH)
    for _ in range(1024):
        yield block


def plain_bomb() -> Iterator[bytes]:
    while True:
        yield bytes(64 * 1024)


def hollow_bomb() -> Iterator[bytes]:
    """An endless gzip stream that unfolds to nothing: empty stored blocks."""
    yield gzip.compress(b"")[:10]
    while True:
        yield b"\x00\x00\x00\xff\xff" * 10_000


def brotli_bomb() -> Iterator[bytes]:
    packer = import_module("brotli").Compressor(quality=5)
    for _ in range(1024):
        yield packer.process(bytes(MIB))
    yield packer.finish()


def zstd_bomb() -> Iterator[bytes]:
    """1 GiB in 32 KiB: run-length blocks, 4 bytes for 128 KiB (RFC 8878 §3.1.1.2)."""
    yield bytes.fromhex("28b52ffd") + b"\x00\x58"  # no size, a window of 2 MiB
    size = 128 * 1024
    block = (size << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
    for _ in range(64):
        yield block * 128
    yield (1).to_bytes(3, "little")


BOMBS = {
    "gzip": gzip_bomb, "deflate": gzip_bomb, "br": brotli_bomb, "zstd": zstd_bomb,
    "": plain_bomb, "x-gzip": hollow_bomb,
}  # fmt: skip


@pytest.mark.parametrize(
    "coding", [c for c in BOMBS if not c or c.startswith("x-") or c in accepted()]
)
def test_a_bomb_stops_at_the_cap_and_within_its_memory(coding: str, loopback: Any) -> None:
    head = OK + f"Content-Encoding: {coding}\r\n\r\n".encode()

    async def bomb() -> AsyncIterator[bytes]:
        yield head
        for piece in BOMBS[coding]():
            yield piece

    def work() -> None:
        found.append(fetch(server))

    found: list[Fetched] = []
    with loopback.serve(lambda _: bomb()) as server:
        peak = heaviest(work)
    (answer,) = found
    assert isinstance(answer, Failed)
    assert "larger than 15,728,640 bytes" in answer.message
    assert peak < CAP + 8 * MIB


def test_a_bomb_costs_a_process_no_more_than_the_cap(tmp_path: Path, loopback: Any) -> None:
    """By the system's own count, memory that libraries take without telling Python included."""
    script = tmp_path / "one.py"
    script.write_text(
        "import asyncio, resource, sys\n"
        "from digest.pull.http import HttpSettings, HttpTransport, Request\n"
        "async def main(port):\n"
        "    allowed = frozenset({('127.0.0.1', port)})\n"
        "    async with HttpTransport(HttpSettings(user_agent='t', allow_private=allowed)) as h:\n"
        "        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "        print((await h.fetch(Request(url=f'http://127.0.0.1:{port}/'))).message)\n"
        "        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base)\n"
        "asyncio.run(main(int(sys.argv[1])))\n",
        encoding="utf-8",
    )

    async def bomb() -> AsyncIterator[bytes]:
        yield OK + b"Content-Encoding: gzip\r\n\r\n"
        for piece in gzip_bomb():
            yield piece

    root = str(Path(__file__).resolve().parents[2])
    with loopback.serve(lambda _: bomb()) as server:
        done = subprocess.run(
            [sys.executable, str(script), str(server.port)],
            env={"PYTHONPATH": root, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    said, grown = done.stdout.splitlines()
    assert "larger than" in said
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(grown) * unit < 40 * MIB


# --- decompression -------------------------------------------------------------------------------


def packed(coding: str) -> bytes:
    raw = zlib.compressobj(wbits=-15)
    made = {
        "gzip": lambda: gzip.compress(TEXT),
        "members": lambda: gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]) + bytes(7),
        "deflate": lambda: zlib.compress(TEXT),
        "raw": lambda: raw.compress(TEXT) + raw.flush(),
        "br": lambda: bytes(import_module("brotli").compress(TEXT)),
        "zstd": lambda: bytes(
            import_module("zstandard").ZstdCompressor(write_checksum=True).compress(TEXT)
        ),
        "frames": lambda: (
            import_module("zstandard").compress(TEXT[:9])
            + import_module("zstandard").compress(TEXT[9:])
        ),
        "plain": lambda: TEXT,
    }
    return made[coding]()


def unpacked(label: str, body: bytes, step: int = 1000) -> bytes:
    found = Body(label, CAP)
    for start in range(0, len(body), step):
        found.feed(body[start : start + step])
    return found.finish()


CASES = [
    ("gzip", "gzip"), ("x-gzip", "gzip"), ("GZIP ", "gzip"), ("gzip", "members"),
    ("deflate", "deflate"), ("deflate", "raw"), ("identity", "plain"), ("", "plain"),
    # labels that are wrong, as servers send them
    ("gzip", "plain"), ("gzip", "deflate"), ("deflate", "gzip"), ("", "gzip"), ("br", "gzip"),
    ("utf-8", "plain"), ("none", "plain"), ("identity, gzip", "gzip"),
    ("br", "br"), ("zstd", "zstd"), ("zstd", "frames"), ("zstd", "plain"),
]  # fmt: skip
MODULES = {"br": "brotli", "zstd": "zstandard", "frames": "zstandard"}


@pytest.mark.parametrize("step", [1, 1000, 10**9])
@pytest.mark.parametrize(("label", "coding"), CASES)
def test_a_body_is_read_whatever_it_is_packed_in(label: str, coding: str, step: int) -> None:
    if label in {"br", "zstd"} and label not in accepted():
        pytest.skip(f"no library for {label}")
    if coding in MODULES and find_spec(MODULES[coding]) is None:
        pytest.skip(f"nothing to make {coding} with")
    assert unpacked(label, packed(coding), step) == TEXT


@pytest.mark.parametrize("step", [1, 1000, 10**9])
def test_the_older_library_for_zstd_is_as_good(step: int) -> None:
    library = pytest.importorskip("zstandard")
    decoder = decoding.sliced_zstd(library)()
    body, text = packed("frames"), b""
    for start in range(0, len(body), step):
        text += b"".join(decoder.pieces(body[start : start + step], lambda: CAP))
    assert (text, decoder.complete) == (TEXT, True)


def test_the_older_library_for_zstd_gives_little_at_once() -> None:
    library = pytest.importorskip("zstandard")
    decoder = decoding.sliced_zstd(library)()
    largest = 0
    for chunk in zstd_bomb():
        for piece in decoder.pieces(chunk, lambda: CAP):
            largest = max(largest, len(piece))
    assert largest <= 2 * MIB


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_ends_early_or_is_damaged_is_none(coding: str) -> None:
    if coding not in accepted() or (coding in MODULES and find_spec(MODULES[coding]) is None):
        pytest.skip(f"no library for {coding}")
    whole = packed(coding)
    with pytest.raises(FetchError, match="ended early"):
        unpacked(coding, whole[:-20])
    with pytest.raises(FetchError, match=r"ended early|damaged"):
        unpacked(coding, whole[:2000] + b"\xff" * 500 + whole[2500:])


@pytest.mark.parametrize("label", ["compress", "gzip, gzip", "br, gzip", "dcb", "x" * 99])
def test_what_was_not_offered_is_not_guessed(label: str) -> None:
    with pytest.raises(FetchError, match="which we cannot read"):
        Body(label, CAP)


def test_nothing_is_an_empty_body() -> None:
    for label in ("", "gzip", "deflate", *accepted().split(", ")):
        assert Body(label, CAP).finish() == b""


# --- time ----------------------------------------------------------------------------------------


async def drip(start: bytes, piece: bytes) -> AsyncIterator[bytes]:
    yield start
    while True:
        yield piece
        await asyncio.sleep(0.01)


async def silence(start: bytes = b"") -> AsyncIterator[bytes]:
    yield start
    await asyncio.Event().wait()


SLOW: dict[str, Callable[[], AsyncIterator[bytes]]] = {
    "a body byte by byte": lambda: drip(OK + b"\r\n", b"x"),
    "a promised body": lambda: silence(OK + b"Content-Length: 100\r\n\r\nfew"),
    "headers byte by byte": lambda: drip(OK + b"X: ", b"x"),
    "one header after the other": lambda: drip(OK, b"X: y\r\n"),
    "a status line byte by byte": lambda: drip(b"HTTP/1.1 200 ", b"O"),
    "chunks of a byte": lambda: drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a chunk that never comes": lambda: silence(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nx"),
    "continue for ever": lambda: drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "hints for ever": lambda: drip(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    "nothing at all": silence,
}


@pytest.mark.parametrize("kind", SLOW)
def test_nothing_lasts_longer_than_the_deadline(kind: str, loopback: Any) -> None:
    with loopback.serve(lambda _: SLOW[kind]()) as server:
        answer = fetch(server, timeout=SHORT)
    assert isinstance(answer, Failed)
    # A server that drips headers may also run into the limit for them first.
    assert "within 0.3 seconds" in answer.message or "rules of HTTP" in answer.message


def test_the_deadline_is_for_all_hops_together(loopback: Any) -> None:
    async def late(heard: Any) -> AsyncIterator[bytes]:
        await asyncio.sleep(0.1)
        yield loopback.reply(status=302, Location=f"/{heard.number}")

    with loopback.serve(late) as server:
        answer = fetch_without_gap(server, timeout=SHORT)
        assert len(server.requests) <= 4
    assert isinstance(answer, Failed)
    assert "within 0.3 seconds" in answer.message


def fetch_without_gap(server: Any, **request: Any) -> Fetched:
    async def run() -> Fetched:
        allowed = frozenset({("127.0.0.1", server.port)})
        gap = timedelta(0)
        values = HttpSettings(user_agent="digest-test", allow_private=allowed, host_gap=gap)
        async with HttpTransport(values) as http:
            return await http.fetch(Request(url=server.url(), **request))

    return asyncio.run(run())


# --- headers and framing -------------------------------------------------------------------------


def many(size: int, count: int) -> bytes:
    return OK + b"".join(b"X-%d: " % n + b"y" * size + b"\r\n" for n in range(count)) + b"\r\n"


def endless_headers() -> Iterator[bytes]:
    yield OK
    while True:
        yield b"X: " + b"y" * 1000 + b"\r\n"


TOO_MUCH: dict[str, Callable[[], Iterator[bytes]]] = {
    "many large headers": lambda: iter([many(7000, 12)]),
    "one huge header": lambda: iter([many(70_000, 1)]),
    "very many small headers": lambda: iter([many(10, 20_000)]),
    "one header without an end": lambda: iter([OK + b"X: ", *[b"y" * 10_000] * 1000]),
    "a name without an end": lambda: iter([OK, *[b"y" * 10_000] * 1000]),
    "a status without an end": lambda: iter([b"HTTP/1.1 200 ", *[b"y" * 10_000] * 1000]),
    "headers without an end": endless_headers,
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_headers_are_bounded(kind: str, loopback: Any) -> None:
    def work() -> None:
        found.append(fetch(server))

    found: list[Fetched] = []
    with loopback.serve(lambda _: of(TOO_MUCH[kind]())) as server:
        peak = heaviest(work)
    assert isinstance(found[0], Failed)
    assert peak < 6 * MIB


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n"
BROKEN = {
    "no HTTP at all": b"SPQR\r\n\r\n",
    "HTTP/0.9": b"<rss>news</rss>",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a status that is none": b"HTTP/1.1 99999 What\r\n\r\n",
    "a negative length": OK + b"Content-Length: -5\r\n\r\nhello",
    "two lengths": OK + b"Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello",
    "a length in words": OK + b"Content-Length: five\r\n\r\nhello",
    "a body shorter than promised": OK + b"Content-Length: 50\r\n\r\nhello",
    "chunks without an end": CHUNKED + b"\r\n5\r\nhello\r\n",
    "a chunk shorter than promised": CHUNKED + b"\r\nff\r\nhello",
    "a chunk of no size": CHUNKED + b"\r\nxyz\r\nhello\r\n0\r\n\r\n",
    "a chunk of a negative size": CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n",
    "a header without a colon": OK + b"nonsense\r\n\r\nhello",
    "a NUL in a header": OK + b"X: a\0b\r\n\r\nhello",
    "a cut header": OK + b"Content-Le",
    "nothing": b"",
    "only continue": b"HTTP/1.1 100 Continue\r\n\r\n",
    "another protocol, announced": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\0\1",
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "205": b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
    "206": b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\n<rss>",
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "many choices": b"HTTP/1.1 300 Multiple Choices\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_answer_is_a_failure_in_one_sentence(kind: str, loopback: Any) -> None:
    with loopback.serve(lambda _: of(iter([BROKEN[kind]]))) as server:
        answer = fetch(server, timeout=timedelta(seconds=5))
        assert len(server.requests) == 1
    assert isinstance(answer, Failed)
    assert answer.message.endswith(".")
    assert "Error" not in answer.message
    assert "within" not in answer.message, "found out before the deadline"


WHOLE = {
    "after 100": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nhello",
    "after 103": b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n"
    + OK
    + b"Content-Length: 5\r\n\r\nhello",
    "in chunks": CHUNKED + b"\r\n2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\n\r\n",
    "in chunks with trailers": CHUNKED + b"\r\n5\r\nhello\r\n0\r\nETag: x\r\nX: y\r\n\r\n",
    "until the end": OK + b"\r\nhello",
    "of HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "from elsewhere": b"HTTP/1.1 203 Non-Authoritative\r\nContent-Length: 5\r\n\r\nhello",
    "without a reason": b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
    "with bare newlines": b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
}


@pytest.mark.parametrize("kind", WHOLE)
def test_an_odd_but_whole_answer_is_read(kind: str, loopback: Any) -> None:
    with loopback.serve(lambda _: of(iter([WHOLE[kind]]))) as server:
        answer = fetch(server, timeout=timedelta(seconds=5))
    assert isinstance(answer, Retrieved)
    assert answer.body == b"hello"
    assert answer.etag is None  # a trailer is no header
