from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from digest.config import NetworkConfig
from digest.errors import FetchError
from digest.fetched import Failed, Fetched, NotModified
from digest.pipeline.asking import ask, request_for
from digest.pull.http import Request
from digest.source import Source, SourceState

NETWORK = NetworkConfig()
FEED = Source(id="a", name="A", url="https://example.org/feed", auth="A_LOGIN")


@pytest.mark.parametrize(
    ("secret", "sent"), [("me:hush", "Basic bWU6aHVzaA=="), ("token", "Bearer token")]
)
def test_a_login_is_added_to_the_sources_own_headers(secret: str, sent: str) -> None:
    source = replace(FEED, headers=(("X-A", "b"),))
    request = request_for(source, None, NETWORK, environ={"A_LOGIN": secret})
    assert request.headers == (("X-A", "b"), ("Authorization", sent))
    assert "hush" not in repr(request)


@pytest.mark.parametrize("value", [None, "", "  ", "me:hush\r\nX-Evil: 1"])
def test_a_login_that_cannot_be_sent_is_named(value: str | None) -> None:
    environ = {} if value is None else {"A_LOGIN": value}
    with pytest.raises(FetchError, match="A_LOGIN") as raised:
        request_for(FEED, None, NETWORK, environ=environ)
    assert "hush" not in raised.value.message


def test_the_home_of_a_moved_source_is_what_the_editor_wrote() -> None:
    state = SourceState(source_id="a", etag='"1"', moved_to="https://example.com/new")
    request = request_for(replace(FEED, auth=None), state, NETWORK)
    assert (request.url, request.home) == ("https://example.com/new", FEED.url)
    assert request.etag == '"1"'


def test_nothing_is_asked_without_the_login() -> None:
    asked: list[Request] = []

    class Fake:
        async def fetch(self, request: Request) -> Fetched:
            asked.append(request)
            return NotModified()

    unset = replace(FEED, auth="DIGEST_TEST_NEVER_SET")
    answer = asyncio.run(ask(unset, None, Fake(), NETWORK))
    assert isinstance(answer, Failed)
    assert asked == []
    assert asyncio.run(ask(replace(FEED, auth=None), None, Fake(), NETWORK)) == NotModified()
    assert len(asked) == 1
