"""What a polite client does on the wire, one test a criterion: seen by a server that logs bytes.

Numbered with tests/pipeline/test_etiquette.py, which holds what a whole pull must remember. After
Rachel Kroll's published tests of feed readers, RFC 9110 and RFC 9111.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.pull.bodies import accepted
from digest.pull.http import Edges, HttpSettings, HttpTransport, Request
from digest.pull.turns import Clock

AGENT = "digest-test (+https://example.org/contact)"
BODY = b"<rss/>"


def settings(*ports: int, **changes: Any) -> HttpSettings:
    values: dict[str, Any] = {
        "user_agent": AGENT,
        "allow_private": frozenset(("127.0.0.1", port) for port in ports),
        "host_gap": timedelta(0),
    }
    return HttpSettings(**(values | changes))


def fetch(server: Any, *requests: Request, **changes: Any) -> list[Fetched]:
    """The answers to requests made one after the other in one run."""

    async def run() -> list[Fetched]:
        async with HttpTransport(settings(server.port, **changes)) as http:
            return [await http.fetch(request) for request in requests]

    return asyncio.run(run())


def always(answer: bytes) -> Callable[[Any], bytes]:
    return lambda _: answer


@pytest.mark.parametrize(
    "etag",
    [
        b'"plain"', b'W/"weak"', b"w/'odd'", b"no-quotes", b'"a,b \\"c\\" d"', b'""quoted""',
        b'"', b'"a\tb"', b'"1", "2"', b"*", b'"-gzip"',
        '"\u00e9t\u00e9 \u4e2d"'.encode(), b'"caf\xe9 \xff"',
        b'W/"' + b"x" * 3000 + b'"', b"<>{}|^`%41%",
    ],
)  # fmt: skip
def test_01_an_etag_comes_back_byte_for_byte(etag: bytes, loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(BODY, ETag=etag))) as server:
        (first,) = fetch(server, Request(url=server.url()))
        assert isinstance(first, Retrieved)
        fetch(server, Request(url=server.url(), etag=first.etag))
    assert [heard.conditional for heard in server.requests] == [(None, None), (etag, None)]


@pytest.mark.parametrize(
    "date",
    [
        b"Mon, 07 Nov 1994 08:49:37 GMT", b"Mon, 07 Nov 1994 8:49:37 gmt", b"yesterday", b"0",
        b"-1", b"Sunday, 06-Nov-94 08:49:37 GMT", b"2022-04-07T10:00:00+02:00",
        b"Thu, 32 Foo 2099 99:99",
        "\u0441\u0440, 01 \u0438\u044e\u043d\u044f".encode(), b"\xf1\xf0, 01",
    ],
)  # fmt: skip
def test_02_a_last_modified_comes_back_byte_for_byte(date: bytes, loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(BODY, Last_Modified=date))) as server:
        (first,) = fetch(server, Request(url=server.url()))
        assert isinstance(first, Retrieved)
        fetch(server, Request(url=server.url(), last_modified=first.last_modified))
    assert [heard.conditional for heard in server.requests] == [(None, None), (None, date)]


@pytest.mark.parametrize("bad", [b'"a\x7fb"', b'"' + b"x" * 5000 + b'"'], ids=["control", "huge"])
def test_01_what_could_not_be_sent_back_is_not_kept(bad: bytes, loopback: Any) -> None:
    answer = loopback.reply(BODY, ETag=bad, Last_Modified="then")
    with loopback.serve(always(answer)) as server:
        (first,) = fetch(server, Request(url=server.url()))
    assert isinstance(first, Retrieved)
    assert (first.etag, first.last_modified) == (None, "then")


def test_03_both_validators_are_sent(loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(status=304))) as server:
        request = Request(url=server.url(), etag='"1"', last_modified="then")
        assert fetch(server, request, request) == [NotModified(), NotModified()]
    assert [heard.conditional for heard in server.requests] == [(b'"1"', b"then")] * 2


def test_04_nothing_is_invented(loopback: Any) -> None:
    date = "Wed, 01 Jun 2022 12:00:00 GMT"
    with loopback.serve(always(loopback.reply(BODY, Date=date, Expires=date))) as server:
        (first,) = fetch(server, Request(url=server.url()))
    assert isinstance(first, Retrieved)
    assert (first.etag, first.last_modified) == (None, None)


def test_04_a_304_to_a_plain_question_is_no_answer(loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(status=304))) as server:
        (answer,) = fetch(server, Request(url=server.url()))
    assert isinstance(answer, Failed)
    assert "nothing was asked" in answer.message


# --- turns ---------------------------------------------------------------------------------------


@dataclass
class FakeTime:
    """Seconds that pass only when somebody sleeps."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def clock(self) -> Clock:
        return Clock(time=lambda: self.now, sleep=self.sleep)


def crowd(servers: list[Any], fake: FakeTime, **changes: Any) -> None:
    """Five requests to each server, all at once."""

    async def run() -> None:
        values = settings(*(server.port for server in servers), **changes)
        async with HttpTransport(values, edges=Edges(clock=fake.clock())) as http:
            urls = [server.url(f"/{n}") for server in servers for n in range(5)]
            answers = await asyncio.gather(*(http.fetch(Request(url=url)) for url in urls))
        assert all(isinstance(answer, Retrieved) for answer in answers)

    asyncio.run(run())


def slowly(loopback: Any) -> Callable[[Any], Any]:
    """Every answer takes a few turns of the server's loop, so that others could come between."""

    async def pieces() -> Any:
        for byte in loopback.reply(BODY, Connection="close"):
            yield bytes([byte])
            await asyncio.sleep(0)

    return lambda _: pieces()


def test_05_one_connection_to_a_host_at_a_time(loopback: Any) -> None:
    with loopback.serve(slowly(loopback)) as one, loopback.serve(slowly(loopback)) as two:
        crowd([one, two], FakeTime(), host_gap=timedelta(seconds=1))
        assert (one.most_open, two.most_open) == (1, 1)
        assert (len(one.requests), len(two.requests)) == (5, 5)


def test_05_more_at_once_only_where_the_configuration_says_so(loopback: Any) -> None:
    second = asyncio.Event()

    async def pieces(heard: Any) -> Any:
        if heard.number > 1:
            second.set()
        await second.wait()  # the first answer is held until somebody else asks
        yield loopback.reply(BODY, Connection="close")

    with loopback.serve(pieces) as server:
        crowd([server], FakeTime(), host_connections=3)
        assert 2 <= server.most_open <= 3


def test_06_a_second_lies_between_two_requests_to_a_host(loopback: Any) -> None:
    fake = FakeTime()
    with loopback.serve(always(loopback.reply(BODY))) as server:
        crowd([server], fake, host_gap=timedelta(seconds=1))
    assert fake.slept == [1.0] * 4
    assert fake.now == 104.0


def test_06_a_redirect_on_one_host_waits_too(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        moved = heard.path == "/feed"
        return loopback.reply(BODY, 302 if moved else 200, Location="/b")

    fake = FakeTime()

    async def run(server: Any) -> None:
        values = settings(server.port, host_gap=timedelta(seconds=1))
        async with HttpTransport(values, edges=Edges(clock=fake.clock())) as http:
            await http.fetch(Request(url=server.url()))

    with loopback.serve(script) as server:
        asyncio.run(run(server))
    assert fake.slept == [1.0]


def test_06_a_cut_connection_is_not_asked_again_at_once(loopback: Any) -> None:
    async def cut() -> Any:
        yield b""

    with loopback.serve(lambda _: cut()) as server:
        (answer,) = fetch(server, Request(url=server.url()))
        assert isinstance(answer, Failed)
        assert len(server.requests) == 1


def test_06_a_kept_connection_found_closed_is_worth_a_second_request(loopback: Any) -> None:
    async def closing() -> Any:
        yield loopback.reply(BODY)  # and closes, without having said so

    fake = FakeTime()

    async def run(server: Any) -> list[Fetched]:
        values = settings(server.port, host_gap=timedelta(seconds=1))
        async with HttpTransport(values, edges=Edges(clock=fake.clock())) as http:
            return [await http.fetch(Request(url=server.url())) for _ in range(3)]

    with loopback.serve(lambda _: closing()) as server:
        answers = asyncio.run(run(server))
    assert all(isinstance(answer, Retrieved) for answer in answers)
    assert all(pause == 1.0 for pause in fake.slept)


# --- what is said --------------------------------------------------------------------------------


def test_07_no_cookie_ever_comes_back(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        moved = heard.path == "/feed"
        return loopback.reply(
            BODY, 302 if moved else 200, Location="/b", Set_Cookie="id=1; Path=/; Max-Age=9999"
        )

    with loopback.serve(script) as server:
        fetch(server, Request(url=server.url()), Request(url=server.url()))
    assert len(server.requests) == 4
    assert all(heard.get("Cookie") is None for heard in server.requests)


def test_08_no_referer_and_nothing_else_that_tells_on_us(loopback: Any) -> None:
    script = always(loopback.reply(BODY))
    with loopback.serve(script) as server:
        fetch(server, Request(url=server.url(), etag='"1"', last_modified="then"))
    names = sorted(name.decode().lower() for name, _ in server.requests[0].fields)
    assert names == [
        "accept", "accept-encoding", "host", "if-modified-since", "if-none-match", "user-agent",
    ]  # fmt: skip


def test_08_no_referer_after_a_redirect(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        return loopback.reply(BODY, 301 if heard.path == "/feed" else 200, Location="/b")

    with loopback.serve(script) as server:
        fetch(server, Request(url=server.url()))
    assert all(heard.get("Referer") is None for heard in server.requests)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/feed", "/feed"),
        ("/feed?x=1&y=%2F%7e+z&&=&q", "/feed?x=1&y=%2F%7e+z&&=&q"),
        ("/a%2fb/%7Euser/;p=1/../c", "/a%2fb/%7Euser/;p=1/../c"),
        ("/feed#top", "/feed"),
        ("", "/"),
        ("?a", "/?a"),
        ("/a b/\u00e9", "/a%20b/%C3%A9"),
        ('/a|b"<>', "/a%7Cb%22%3C%3E"),
    ],
)  # fmt: skip
def test_09_the_address_is_asked_as_it_was_written(written: str, asked: str, loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(BODY))) as server:
        fetch(server, Request(url=server.url(written)))
    assert [heard.path for heard in server.requests] == [asked]


def test_09_one_get_a_poll_and_nothing_beside_it(loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(BODY))) as server:
        fetch(server, *[Request(url=server.url())] * 3)
        assert [heard.line for heard in server.requests] == [b"GET /feed HTTP/1.1"] * 3
        assert server.connections == 1


def test_10_one_honest_user_agent_with_a_contact(loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(BODY))) as server:
        fetch(server, Request(url=server.url()), Request(url=server.url("/b"), accept="text/html"))
    assert [heard.get("User-Agent") for heard in server.requests] == [AGENT.encode()] * 2


def test_11_feeds_are_asked_for_first(loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(BODY))) as server:
        fetch(server, Request(url=server.url()))
    accept = server.requests[0].get("Accept").decode()
    kinds = [kind.strip() for kind in accept.split(",")]
    assert {"application/atom+xml", "application/rss+xml", "application/feed+json"} <= set(kinds)
    assert kinds[-1].startswith("*/*;q=")


def test_12_gzip_is_asked_for_and_read(loopback: Any) -> None:
    packed = loopback.reply(gzip.compress(BODY), Content_Encoding="gzip")
    with loopback.serve(always(packed)) as server:
        (answer,) = fetch(server, Request(url=server.url()))
    assert isinstance(answer, Retrieved)
    assert answer.body == BODY
    assert server.requests[0].get("Accept-Encoding").decode() == accepted()
    assert accepted().startswith("gzip, deflate")


# --- redirects -----------------------------------------------------------------------------------


def test_13_five_hops_and_no_more(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        step = int(heard.path.strip("/"))
        return loopback.reply(BODY, 302 if step else 200, Location=f"/{step - 1}")

    with loopback.serve(script) as server:
        enough, many = fetch(server, Request(url=server.url("/5")), Request(url=server.url("/6")))
        assert isinstance(enough, Retrieved)
        assert isinstance(many, Failed)
        assert len(server.requests) == 12


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_13_a_circle_ends(status: int, loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(status=status, Location="/feed#a"))) as server:
        (answer,) = fetch(server, Request(url=server.url()))
    assert isinstance(answer, Failed)
    assert "more than 5 times" in answer.message
    assert len(server.requests) == 6


TARGETS = [
    "file:///etc/passwd", "ftp://127.0.0.1/f", "gopher://127.0.0.1:70/x", "data:text/xml,<rss/>",
    "javascript:alert(1)", "feed:http://127.0.0.1/", "ws://127.0.0.1/", "mailto:a@example.org",
    "http:///nowhere", "http://", "http://[", "http://127.0.0.1:99999/", "http://x\\@127.0.0.1/",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_14_a_redirect_never_leaves_the_web(target: str, loopback: Any) -> None:
    with loopback.serve(always(loopback.reply(status=302, Location=target))) as server:
        (answer,) = fetch(server, Request(url=server.url()))
    assert isinstance(answer, Failed)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        (b"b?x=%2F", "/b?x=%2F"),
        (b"  /b\t", "/b"),
        (b"/b#part", "/b"),
        (b"/caf\xe9", "/caf%E9"),
        ("/\u4e2d".encode(), "/%E4%B8%AD"),
        (b"?page=2", "/feed?page=2"),
    ],
)
def test_14_a_location_is_followed_as_it_was_meant(
    location: bytes, asked: str, loopback: Any
) -> None:
    def script(heard: Any) -> bytes:
        return loopback.reply(BODY, 302 if heard.path == "/feed" else 200, Location=location)

    with loopback.serve(script) as server:
        (answer,) = fetch(server, Request(url=server.url()))
    assert isinstance(answer, Retrieved)
    assert server.requests[1].path == asked


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), 1), ((308,), 1), ((302,), None), ((303,), None), ((307,), None), ((301, 308), 2),
        ((301, 302), 1), ((302, 301), None), ((301, 307, 301), 1),
    ],
)  # fmt: skip
def test_15_only_permanent_redirects_from_the_start_move_a_source(
    statuses: tuple[int, ...], moved: int | None, loopback: Any
) -> None:
    def script(heard: Any) -> bytes:
        step = int(heard.path.strip("/"))
        if step == len(statuses):
            return loopback.reply(BODY)
        return loopback.reply(status=statuses[step], Location=f"/{step + 1}")

    with loopback.serve(script) as server:
        (answer,) = fetch(server, Request(url=server.url("/0")))
    assert isinstance(answer, Retrieved)
    assert answer.moved_to == (server.url(f"/{moved}") if moved else None)


@pytest.mark.parametrize(("status", "sent"), [(301, False), (308, False), (302, True), (307, True)])
def test_16_validators_stay_with_the_address_they_were_got_from(
    status: int, sent: Any, loopback: Any
) -> None:
    def script(heard: Any) -> bytes:
        return loopback.reply(BODY, status if heard.path == "/feed" else 200, Location="/b")

    with loopback.serve(script) as server:
        fetch(server, Request(url=server.url(), etag='"1"', last_modified="then"))
    first, second = (heard.conditional for heard in server.requests)
    assert first == (b'"1"', b"then")
    assert second == (first if sent else (None, None))


# --- credentials ---------------------------------------------------------------------------------

SECRET = (("Authorization", "Bearer secret"), ("X-Key", "secret"))


def said(heard: Any) -> tuple[bytes | None, bytes | None]:
    return heard.get("Authorization"), heard.get("X-Key")


def test_17_headers_and_credentials_stay_at_home(loopback: Any) -> None:
    def away(heard: Any) -> bytes:
        if heard.path == "/feed":
            return loopback.reply(status=302, Location=f"{other.url('/b')}")
        return loopback.reply(BODY)

    def back(_: Any) -> bytes:
        return loopback.reply(status=302, Location=home.url("/c"))

    async def run() -> Fetched:
        async with HttpTransport(settings(home.port, other.port)) as http:
            return await http.fetch(Request(url=home.url(), headers=SECRET))

    with loopback.serve(away) as home, loopback.serve(back) as other:
        assert isinstance(asyncio.run(run()), Retrieved)
    assert [said(heard) for heard in home.requests] == [(b"Bearer secret", b"secret")] * 2
    assert [said(heard) for heard in other.requests] == [(None, None)]


def test_17_a_place_a_source_moved_to_gets_none(loopback: Any) -> None:
    script = always(loopback.reply(status=401))
    with loopback.serve(script) as server:
        home = "https://example.org/feed"
        (answer,) = fetch(server, Request(url=server.url(), home=home, headers=SECRET))
    assert [said(heard) for heard in server.requests] == [(None, None)]
    assert isinstance(answer, Failed)
    assert "configured address only" in answer.message


def test_17_a_password_in_the_address_is_sent_home_and_told_to_nobody(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        moved = heard.path == "/feed"
        return loopback.reply(
            BODY, 301 if moved else 200, Location=f"http://x:y@127.0.0.1:{port}/b"
        )

    with loopback.serve(script) as server:
        port = server.port
        url = server.url().replace("//", "//me:p%40ss@")
        (answer,) = fetch(server, Request(url=url))
    # base64 of "me:p@ss"; the target's own "x:y" is never used
    assert [heard.get("Authorization") for heard in server.requests] == [b"Basic bWU6cEBzcw=="] * 2
    assert isinstance(answer, Retrieved)
    assert answer.moved_to == answer.url == server.url("/b")


def test_17_a_redirect_cannot_give_credentials(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        moved = heard.path == "/feed"
        return loopback.reply(
            BODY, 302 if moved else 200, Location=f"http://x:y@127.0.0.1:{port}/b"
        )

    with loopback.serve(script) as server:
        port = server.port
        fetch(server, Request(url=server.url()))
    assert [heard.get("Authorization") for heard in server.requests] == [None, None]


def test_18_410_at_the_end_of_a_temporary_redirect_is_not_the_end(loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        moved = heard.path.startswith("/3")
        return loopback.reply(BODY, int(heard.path[1:]) if moved else 410, Location="/b")

    with loopback.serve(script) as server:
        answers = fetch(server, *(Request(url=server.url(f"/{n}")) for n in (302, 301, 410)))
    assert [getattr(answer, "gone", None) for answer in answers] == [False, True, True]
