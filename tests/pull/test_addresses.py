# ruff: noqa: S104 - nothing is bound here
from __future__ import annotations

from ipaddress import ip_address

import pytest

from digest.pull.addresses import inside_name, literal, refusal

DENIED = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.1.2.3
169.254.169.254 168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe
::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1
2001::1 2001:0:7f00:1::1 2001:0:808:808::80ff:fffe 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101::1 2a00::5efe:127.0.0.1 2a00::200:5efe:10.0.0.1
3fff::1 5f00::1 fc00::1 fd00::1 fd12:3456:789a::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1
ff0e::1 4000::1 2620:4f:8000::1
"""

PUBLIC = """
8.8.8.8 1.1.1.1 93.184.216.34 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1
198.17.0.1 223.255.255.255 2606:4700::1111 2a00:1450:4001::200e ::ffff:8.8.8.8 64:ff9b::8.8.8.8
2002:808:808::1 2400:cb00::1
"""

LITERALS = {
    "127.0.0.1": "127.0.0.1",
    "127.0.0.1.": "127.0.0.1",
    "127.1": "127.0.0.1",
    "127.0.1": "127.0.0.1",
    "2130706433": "127.0.0.1",
    "0x7f000001": "127.0.0.1",
    "0X7F.1": "127.0.0.1",
    "0x7f.0x0.0x0.0x1": "127.0.0.1",
    "0177.0.0.1": "127.0.0.1",
    "017700000001": "127.0.0.1",
    "0177.0x0.1": "127.0.0.1",
    "１２７.０.０.１": "127.0.0.1",
    "127。0。0。1": "127.0.0.1",
    "127｡0｡0｡1": "127.0.0.1",
    "①②⑦.0.0.1": "127.0.0.1",
    "%31%32%37.0.0.1": "127.0.0.1",
    "127.0.0.\u200b1": "127.0.0.1",
    "[::1]": "::1",
    "[::ffff:127.0.0.1]": "::ffff:127.0.0.1",
    "[fe80::1%25eth0]": "fe80::1",
    "0": "0.0.0.0",
    "99999999999": "0.0.0.0",
    "1.2.3.4.5": "0.0.0.0",
    "256.1.1.1": "0.0.0.0",
    "0x": "0.0.0.0",
    "134744072": "8.8.8.8",
}


@pytest.mark.parametrize("address", DENIED.split())
def test_an_address_off_the_public_internet_is_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_a_public_address_passes(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize("host", LITERALS)
def test_a_literal_is_read_in_every_notation(host: str) -> None:
    assert literal(host) == ip_address(LITERALS[host])


@pytest.mark.parametrize("host", ["example.org", "localhost", "1a.example", "xn--e1afmkfd", ""])
def test_a_name_is_no_literal(host: str) -> None:
    assert literal(host) is None


def test_what_is_no_address_is_refused() -> None:
    assert refusal("not an address")


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "LOCALHOST.", "a.localhost", "localhost.localdomain", "ip6-loopback",
        "intranet", "a.internal", "printer.local", "nas.home.arpa", "%6cocalhost", "",
    ],
)  # fmt: skip
def test_a_name_of_a_private_network_is_known_by_its_looks(host: str) -> None:
    assert inside_name(host)


@pytest.mark.parametrize(
    "host", ["example.org", "localhost.example.org", "internal.example", "local.com", "a.b."]
)
def test_another_name_may_be_asked(host: str) -> None:
    assert inside_name(host) is None
