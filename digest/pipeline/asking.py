"""Asking one source over the network, feed or mailbox: its validators, its credentials."""

from __future__ import annotations

import os
from collections.abc import Mapping

from digest.config import NetworkConfig
from digest.errors import FetchError
from digest.fetched import Failed, Fetched
from digest.pull.due import question_of
from digest.pull.http import ACCEPT_FEEDS, HttpSettings, Request, Transport
from digest.pull.imapwire import MailboxRequest
from digest.pull.kinds import type_of
from digest.pull.targets import authorization
from digest.source import Source, SourceState

ACCEPT_ANY = f"text/html, application/xhtml+xml, {ACCEPT_FEEDS}"
_PAGES = frozenset({"page", "telegram"})


async def ask(
    source: Source, state: SourceState | None, transport: Transport, network: NetworkConfig
) -> Fetched:
    """What a source answers now; a credential that is not set is a ``Failed`` like any other."""
    try:
        if type_of(source) == "imap":
            from digest.pull.imap import fetch_mailbox  # noqa: PLC0415 - few have a mailbox

            return await fetch_mailbox(mailbox_for(source, state, network))
        request = request_for(source, state, network)
    except FetchError as error:
        return Failed(message=error.message)
    return await transport.fetch(request)


def request_for(
    source: Source,
    state: SourceState | None,
    network: NetworkConfig,
    *,
    environ: Mapping[str, str] = os.environ,
) -> Request:
    """The request for a source that has an address.

    Raises FetchError when the environment variable of its ``auth`` is not there.
    """
    question = question_of(source, state)
    headers = source.headers
    if source.auth is not None:
        headers = (*headers, ("Authorization", _credential(source.auth, environ)))
    return Request(
        url=question.url or "",
        home=source.url,
        etag=question.etag,
        last_modified=question.last_modified,
        headers=headers,
        timeout=network.timeout,
        max_body=network.max_body,
        accept=ACCEPT_ANY if type_of(source) in _PAGES else ACCEPT_FEEDS,
    )


def mailbox_for(
    source: Source,
    state: SourceState | None,
    network: NetworkConfig,
    *,
    environ: Mapping[str, str] = os.environ,
) -> MailboxRequest:
    """The request for a mailbox; its position stands where other sources keep their ETag.

    Raises FetchError when there is no login for it.
    """
    if source.auth is None:
        raise FetchError(
            "A mailbox needs a login; name the environment variable that holds user:password "
            "as `auth` of the source."
        )
    return MailboxRequest(
        url=source.url or "",
        login=_secret(source.auth, environ),
        position=state.etag if state else None,
        allow_private=frozenset(network.allow_private),
        timeout=network.timeout,
    )


def _credential(name: str, environ: Mapping[str, str]) -> str:
    return authorization(_secret(name, environ))


def _secret(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise FetchError(
            f"The environment variable {name} is not set, and the source's login stands in it; "
            "set it to user:password or to a token."
        )
    if not value.isprintable():
        raise FetchError(f"The environment variable {name} holds more than one line of text.")
    return value


def http_settings(network: NetworkConfig) -> HttpSettings:
    """The network part of the configuration, as the transport wants it."""
    contact = f" (+{network.contact})" if network.contact else ""
    return HttpSettings(
        user_agent=network.user_agent or f"digest/0.1{contact}",
        allow_private=frozenset(network.allow_private),
        host_gap=network.host_gap,
        connections=network.connections,
        host_connections=network.host_connections,
        proxy=network.proxy,
    )
