# ruff: noqa: S104 - nothing is bound here
"""No connection to a private address, in whatever form it comes: by address, name or redirect.

Every form goes through the whole transport. A listener on loopback counts connections, the socket
factory counts sockets (and opens none to the outside), the resolver is a table: no test here can
reach anything.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from digest.fetched import Failed, Fetched, Retrieved
from digest.pull.http import Edges, HttpSettings, HttpTransport, Request
from digest.pull.wire import AddressInfo, guarded_socket

HOSTS = """
127.0.0.1 127.0.0.1. 127.0.0.2 127.255.255.254 127.1 127.0.1 127.000.000.001 0127.0.0.1 00.0.0.0
2130706433 02130706433 017700000001 0x7f000001 0X7F000001 0x7f.0.0.1 0x7f.0x0.0x0.0x1 0x7f.1
0177.0.0.1 0177.0.0.01 0177.1 0177.0x0.1 127.0x0.0.1 0x7f.0.1 127.0.0x0.1 127.0.0.0x1 4294967295
0 0.0.0.0 0.0.0.1 0x0 00 10.0.0.1 10.1 0xa.1 012.1 167772161 0x0a000001 10.255.255.255
172.16.0.1 172.31.255.255 172.16.1 2886729729 0xac100001 192.168.0.1 192.168.1 192.168.257
3232235521 0xc0a80001 0300.0250.0.1 100.64.0.1 100.127.255.254 1681915905 169.254.169.254
169.254.43518 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.170.2 168.63.129.16
100.100.100.200 192.0.0.192 192.0.0.1 192.0.0.170 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 192.88.99.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 0xffffffff
[::1] [0:0:0:0:0:0:0:1] [0000::0001] [::] [0::0] [::127.0.0.1] [::7f00:1] [::10.0.0.1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1] [0:0:0:0:0:ffff:7f00:1] [::ffff:10.0.0.1]
[::ffff:169.254.169.254] [::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1]
[64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [64:ff9b:1:ffff::7f00:1] [2002:7f00:1::] [2002:a00:1::1]
[2002:c0a8:1::] [2002:a9fe:a9fe::] [2001:0:7f00:1::1] [2001:0:808:808::80ff:fffe] [2001:db8::1]
[2001:10::1] [2001:2::1] [2a00::5efe:127.0.0.1] [2a00::200:5efe:10.0.0.1] [fe80::1] [fe80::1%25lo]
[fe80::1%25eth0] [febf::1] [fec0::1] [feff::1] [fc00::1] [fd00::1] [fd00:ec2::254] [ff02::1]
[ff0e::1] [100::1] [4000::1] [3fff::1] [5f00::1] [::1%25lo]
%31%32%37.0.0.1 127%2e0%2e0%2e1 %30%78%37%66000001 127.0.0.1%2e
１２７.０.０.１ １２７．０．０．１ 127。0。0。1 127｡0｡0｡1 127．0．0．1 ①②⑦.0.0.1
⑫⑦.0.0.1 𝟏𝟐𝟕.𝟎.𝟎.𝟏 ０ｘ７ｆ.1 134744072 010.8.8.8 8.8.2056
２１３０７０６４３３ 127.0.0.\u00ad1 127.0.0.\u200b1 ¹²⁷.0.0.1
localhost LOCALHOST localhost. LocalHost.LocalDomain a.localhost x.y.localhost. ｌｏｃａｌｈｏｓｔ
%6c%6f%63%61%6chost ip6-localhost ip6-loopback localhost6 ⓛocalhost intranet router wiki.internal
metadata.google.internal printer.local nas.home.arpa box.lan
"""
FORMS = sorted(set(HOSTS.encode().decode("unicode_escape").encode("latin-1").decode().split()))


class Book(AbstractResolver):
    """Names by a table; each lookup of a name takes its next answer, the last one for ever."""

    def __init__(self, **names: Sequence[str]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._names.get(host.rstrip(".").lower())
        if answers is None:
            # As the system would read a number; AI_NUMERICHOST asks no name server.
            found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
            addresses = [str(each[4][0]) for each in found]
        else:
            addresses = (answers.pop(0) if len(answers) > 1 else answers[0]).split()
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """There is nothing to close."""


@dataclass
class Sockets:
    """The real guard; what passes it is written down, and opened on loopback alone."""

    passed: list[str] = field(default_factory=list)

    def make(self, info: AddressInfo) -> socket.socket:
        made = guarded_socket(info)
        made.close()
        self.passed.append(str(info[4][0]))
        raise OSError("no test reaches the outside")


def fetch(url: str, book: Book, sockets: Sockets, **settings: Any) -> Fetched:
    async def run() -> Fetched:
        values = HttpSettings(user_agent="digest-test", **settings)
        edges = Edges(resolver=book, sockets=sockets.make)
        async with HttpTransport(values, edges=edges) as http:
            return await http.fetch(Request(url=url))

    return asyncio.run(run())


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(FORMS) >= 110


@pytest.mark.parametrize("host", FORMS)
def test_no_form_of_a_private_address_is_connected_to(host: str, loopback: Any) -> None:
    sockets = Sockets()
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server:
        answer = fetch(f"http://{host}:{server.port}/", Book(), sockets)
        assert server.connections == 0
    assert isinstance(answer, Failed)
    assert "public internet" in answer.message or "cannot be read" in answer.message
    assert sockets.passed == []


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1111]", "example.org"])
def test_a_public_address_comes_as_far_as_its_socket(host: str) -> None:
    """The wall is no wall for everybody; without this the table above could not fail."""
    sockets = Sockets()
    answer = fetch(f"http://{host}/", Book(example_org=["93.184.216.34"]), sockets)
    assert isinstance(answer, Failed)
    assert "public internet" not in answer.message
    assert len(sockets.passed) == 1


@pytest.mark.parametrize("host", FORMS)
def test_no_redirect_leads_to_one(host: str, loopback: Any) -> None:
    def away(_: Any) -> bytes:
        location = f"http://{host}:{inner.port}/"
        return bytes(loopback.reply(status=302, Location=location))

    sockets = Sockets()
    with (
        loopback.serve(lambda _: loopback.reply(b"<rss/>")) as inner,
        loopback.serve(away) as outer,
    ):
        allowed = frozenset({("127.0.0.1", outer.port)})
        answer = fetch(outer.url(), Book(), sockets, allow_private=allowed)
        assert (outer.connections, inner.connections) == (1, 0)
    assert isinstance(answer, Failed)
    assert sockets.passed == []


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.7", "192.168.1.1", "172.20.0.2", "169.254.169.254", "100.64.1.1",
        "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::",
        "fe80::1%lo", "fd00::1", "fec0::1", "192.0.0.192", "127.0.0.1 ::1",
    ],
)  # fmt: skip
def test_a_public_name_for_a_private_address_is_refused(address: str, loopback: Any) -> None:
    sockets = Sockets()
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server:
        url = f"http://feeds.example.org:{server.port}/"
        answer = fetch(url, Book(feeds_example_org=[address]), sockets)
        assert server.connections == 0
    assert isinstance(answer, Failed)
    assert "public internet" in answer.message
    assert sockets.passed == []


@pytest.mark.parametrize("addresses", ["127.0.0.1 8.8.8.8", "8.8.8.8 127.0.0.1", "::1 8.8.8.8"])
def test_of_a_mixed_name_only_the_public_address_is_tried(addresses: str, loopback: Any) -> None:
    sockets = Sockets()
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server:
        url = f"http://feeds.example.org:{server.port}/"
        assert isinstance(fetch(url, Book(feeds_example_org=[addresses]), sockets), Failed)
        assert server.connections == 0
    assert set(sockets.passed) == {"8.8.8.8"}


def test_a_name_that_changes_its_mind_gains_nothing(loopback: Any) -> None:
    """Rebinding: public when it is looked up first, private when it is looked up again."""
    sockets = Sockets()
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server:
        book = Book(feeds_example_org=["8.8.8.8", "127.0.0.1"])
        url = f"http://feeds.example.org:{server.port}/"
        first, second = fetch(url, book, sockets), fetch(url, book, sockets)
        assert server.connections == 0
    assert len(book.asked) == 2
    assert sockets.passed == ["8.8.8.8"]
    assert isinstance(first, Failed)
    assert isinstance(second, Failed)
    assert "public internet" in second.message


def test_a_redirect_to_a_name_is_judged_by_its_address(loopback: Any) -> None:
    def away(_: Any) -> bytes:
        location = f"http://inner.example.org:{inner.port}/"
        return bytes(loopback.reply(status=301, Location=location))

    with (
        loopback.serve(lambda _: loopback.reply(b"<rss/>")) as inner,
        loopback.serve(away) as outer,
    ):
        allowed = frozenset({("127.0.0.1", outer.port)})
        book = Book(inner_example_org=["127.0.0.1"])
        answer = fetch(outer.url(), book, Sockets(), allow_private=allowed)
        assert inner.connections == 0
    assert isinstance(answer, Failed)


# --- what is allowed -----------------------------------------------------------------------------


def test_an_allowed_pair_opens_exactly_that_pair(loopback: Any) -> None:
    with (
        loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server,
        loopback.serve(lambda _: loopback.reply(b"<rss/>")) as other,
    ):
        allowed = frozenset({("127.0.0.1", server.port)})
        assert isinstance(fetch(server.url(), Book(), Sockets(), allow_private=allowed), Retrieved)
        for host in ("localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]", "feeds.example.org"):
            book = Book(feeds_example_org=["127.0.0.1"])
            url = f"http://{host}:{server.port}/"
            assert isinstance(fetch(url, book, Sockets(), allow_private=allowed), Failed)
        assert isinstance(fetch(other.url(), Book(), Sockets(), allow_private=allowed), Failed)
        assert (server.connections, other.connections) == (1, 0)


@pytest.mark.parametrize("host", ["rsshub", "Feeds.LAN", "feeds.example.org"])
def test_an_allowed_name_may_stand_for_a_private_address(host: str, loopback: Any) -> None:
    book = Book(rsshub=["127.0.0.1"], feeds_lan=["127.0.0.1"], feeds_example_org=["127.0.0.1"])
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server:
        allowed = frozenset({(host, server.port)})
        url = f"http://{host}:{server.port}/"
        assert isinstance(fetch(url, book, Sockets(), allow_private=allowed), Retrieved)
        assert isinstance(fetch(url, book, Sockets()), Failed)
        assert server.connections == 1


# --- a proxy -------------------------------------------------------------------------------------


def test_a_proxy_is_told_the_name_and_resolves_it(loopback: Any) -> None:
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as proxy:
        settings = {"proxy": f"http://127.0.0.1:{proxy.port}"}
        book = Book()
        answer = fetch("http://feeds.example.org/a?b", book, Sockets(), **settings)
    assert isinstance(answer, Retrieved)
    assert [heard.path for heard in proxy.requests] == ["http://feeds.example.org/a?b"]
    assert set(book.asked) <= {"127.0.0.1"}


@pytest.mark.parametrize("host", FORMS)
def test_a_proxy_is_not_asked_for_what_is_private_by_its_looks(host: str, loopback: Any) -> None:
    with loopback.serve(lambda _: loopback.reply(b"<rss/>")) as proxy:
        settings = {"proxy": f"http://127.0.0.1:{proxy.port}"}
        answer = fetch(f"http://{host}/", Book(), Sockets(), **settings)
        assert proxy.connections == 0
    assert isinstance(answer, Failed)


def test_a_proxy_that_is_not_there_is_named(loopback: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    answer = fetch("http://a.example.org/", Book(), Sockets(), proxy=f"http://127.0.0.1:{port}")
    assert isinstance(answer, Failed)
    assert "network.proxy" in answer.message


def test_a_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch, loopback: Any
) -> None:
    with (
        loopback.serve(lambda _: loopback.reply(b"<rss/>")) as proxy,
        loopback.serve(lambda _: loopback.reply(b"<rss/>")) as server,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        allowed = frozenset({("127.0.0.1", server.port)})
        assert isinstance(fetch(server.url(), Book(), Sockets(), allow_private=allowed), Retrieved)
        assert (proxy.connections, server.connections) == (0, 1)
