"""Pulling generated feeds from loopback, beside the readers people use: ratios in one run.

    python benchmarks/pull.py [--sizes 100,1000,5000] [--peers-python PYTHON]

Peers: ``reader`` (from the package index, for the interpreter given or this one), newsboat and
sfeed (packages of Debian); one that is not installed is left out and named. All stand on equal
ground: no pause between calls to the one host, 16 connections at once. Figures are CPU-seconds
of the whole process tree, and the peak memory of the largest process.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
SERVER = Path(__file__).with_name("feedserver.py")


@dataclass(frozen=True)
class Figures:
    """CPU-seconds of a process with all it started; its own peak memory and theirs, in MB."""

    cpu: float
    own: float
    largest: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,5000")
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--only", default="", help="names of peers, or 'none'")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    peers = peer_makers(options.peers_python)
    if options.only:
        peers = {name: make for name, make in peers.items() if name in options.only.split(",")}
    print(f"configuration of 5,000 sources: {configuration(5000):.2f} CPU-seconds, start included")
    rows: dict[tuple[str, int], tuple[Figures, Figures]] = {}
    print(f"no pause between calls to a host, {CONNECTIONS} connections; CPU-seconds and MB")
    print(f"{'':10} {'feeds':>6} {'first':>8} {'again':>8} {'MB own':>7} {'MB any':>7}")
    for size in sizes:
        with server(size) as port:
            urls = [f"http://127.0.0.1:{port}/{n}.xml" for n in range(size)]
            for name, make in {"digest": digest, **peers}.items():
                with tempfile.TemporaryDirectory() as folder:
                    command, environment = make(Path(folder), urls, port)
                    first = measured(command, environment)
                    again = measured(command, environment)
                rows[name, size] = first, again
                print(
                    f"{name:10} {size:6} {first.cpu:8.2f} {again.cpu:8.2f} "
                    f"{first.own:7.0f} {max(first.largest, again.largest):7.0f}",
                    flush=True,
                )
    starts = {name: start(make) for name, make in {"digest": digest, **peers}.items()}
    print("to start: " + ", ".join(f"{name} {cpu:.2f}" for name, cpu in starts.items()))
    for name in peers:
        for size in sizes:
            pairs = list(zip(rows[name, size], rows["digest", size], strict=True))
            whole = [theirs.cpu / ours.cpu for theirs, ours in pairs]
            work = [
                max(theirs.cpu - starts[name], 0.01) / max(ours.cpu - starts["digest"], 0.01)
                for theirs, ours in pairs
            ]
            print(
                f"{name} / digest, {size} feeds: first {whole[0]:.1f}, again {whole[1]:.1f}; "
                f"less the start of each program: first {work[0]:.1f}, again {work[1]:.1f}"
            )
    for name in ("digest", *peers):
        if len(sizes) > 1:
            print(f"growth of {name}: exponent {exponent(name, sizes, rows):.2f}")


def start(make: Callable[[Path, list[str], int], Run]) -> float:
    """CPU-seconds of a program that finds its one feed unchanged."""
    with server(1) as port, tempfile.TemporaryDirectory() as folder:
        command, environment = make(Path(folder), [f"http://127.0.0.1:{port}/0.xml"], port)
        measured(command, environment)
        return measured(command, environment).cpu


def configuration(sources: int) -> float:
    """CPU-seconds to start, read a configuration of so many sources, and end."""
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"https://publisher{n}.example/feed.xml" for n in range(sources)]
        digest(Path(folder), urls, 1)
        code = "import sys, pathlib; from digest.config import load_config\n"
        code += "assert len(load_config(pathlib.Path(sys.argv[1])).sources) > 1"
        return measured([sys.executable, "-c", code, f"{folder}/sources.yaml"], {}).cpu


def exponent(
    name: str, sizes: list[int], rows: dict[tuple[str, int], tuple[Figures, Figures]]
) -> float:
    """How the time of the first pull grows from the smallest to the largest size."""
    low, high = rows[name, sizes[0]][0].cpu, rows[name, sizes[-1]][0].cpu
    return math.log(high / low) / math.log(sizes[-1] / sizes[0])


@contextmanager
def server(feeds: int) -> Iterator[int]:
    """The port of a server with that many feeds."""
    process = subprocess.Popen([sys.executable, str(SERVER), str(feeds)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def measured(command: list[str], environment: dict[str, str]) -> Figures:
    """The figures of one run; RuntimeError with its output where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, env=os.environ | environment, stdout=output, stderr=subprocess.STDOUT
        )
        peak = _Peak(process.pid)
        code = process.wait()
        peak.stop()
        if code:
            output.seek(0)
            raise RuntimeError(f"{command[:3]} ended with {code}: {output.read()[-2000:].decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Figures(cpu=cpu, own=peak.own, largest=peak.largest)


class _Peak(threading.Thread):
    """Watches the peak memory that the kernel keeps of a process and its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._ended = pid, threading.Event()
        self.own = self.largest = 0.0
        self.start()

    def run(self) -> None:
        while not self._ended.wait(0.05):
            self.own = max(self.own, _high_water(self._pid))
            children = Path(f"/proc/{self._pid}/task/{self._pid}/children")
            try:
                pids = children.read_text().split()
            except OSError:
                pids = []
            self.largest = max([self.largest, self.own, *(_high_water(int(pid)) for pid in pids)])

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _high_water(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((each for each in status.splitlines() if each.startswith("VmHWM")), "VmHWM: 0")
    return int(line.split()[1]) / 1024


# --- the programs --------------------------------------------------------------------------------

Run = tuple[list[str], dict[str, str]]


def digest(folder: Path, urls: list[str], port: int) -> Run:
    """This project: ``digest pull`` with every source due."""
    sources = "".join(f"  - {{url: '{url}', every: 1s}}\n" for url in urls)
    (folder / "sources.yaml").write_text(
        "newsletter: {id: bench, title: Benchmark}\n"
        f"network: {{host_gap: 0s, host_connections: {CONNECTIONS}, "
        f'connections: {CONNECTIONS}, allow_private: ["127.0.0.1:{port}"]}}\n'
        f"sources:\n{sources}"
    )
    config = str(folder / "sources.yaml")
    return [sys.executable, "-m", "digest", "pull", "--config", config], {}


READER = """
import sys
from reader import make_reader
folder, *urls = open(sys.argv[1]).read().split()
reader = make_reader(folder + "/reader.sqlite")
known = {feed.url for feed in reader.get_feeds()}
for url in urls:
    if url not in known:
        reader.add_feed(url)
reader.update_feeds(workers=%d, scheduled=False)
"""


def reader_of(python: str) -> Callable[[Path, list[str], int], Run]:
    def make(folder: Path, urls: list[str], _: int) -> Run:
        (folder / "list").write_text("\n".join([str(folder), *urls]))
        return [python, "-c", READER % CONNECTIONS, str(folder / "list")], {}

    return make


def newsboat(folder: Path, urls: list[str], _: int) -> Run:
    (folder / "urls").write_text("\n".join(urls) + "\n")
    (folder / "config").write_text(f"reload-threads {CONNECTIONS}\ncleanup-on-quit no\n")
    command = ["newsboat", "-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"]
    return ["sh", "-c", f"cd {folder} && exec {' '.join(command)}"], {"HOME": str(folder)}


def sfeed(folder: Path, urls: list[str], _: int) -> Run:
    feeds = "\n".join(f'feed "f{n}" "{url}"' for n, url in enumerate(urls))
    (folder / "sfeedrc").write_text(
        f'sfeedpath="{folder}/feeds"\nmaxjobs={CONNECTIONS}\nfeeds() {{\n{feeds}\n}}\n'
    )
    return ["sfeed_update", str(folder / "sfeedrc")], {}


def peer_makers(python: str) -> dict[str, Callable[[Path, list[str], int], Run]]:
    """The peers that are installed; the others are named."""
    found: dict[str, Callable[[Path, list[str], int], Run]] = {}
    if subprocess.run([python, "-c", "import reader"], check=False, capture_output=True).returncode:
        print("reader is not installed: left out")
    else:
        found["reader"] = reader_of(python)
    for name, make in (("newsboat", newsboat), ("sfeed", sfeed)):
        if shutil.which("sfeed_update" if name == "sfeed" else name):
            found[name] = make
        else:
            print(f"{name} is not installed: left out")
    return found


if __name__ == "__main__":
    main()
