"""One web page to its text and facts: the job ``page`` of a worker process."""

from __future__ import annotations

import re

from digest.pull.decode import decode, decode_named
from digest.pull.entries import flattened
from digest.pull.parsed import Document
from digest.text.extract import PageText, extract

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# Parsers look for each attribute among all others of its tag.
_HUGE_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,30})[^<>]{8000,}>?")


def page_of(document: Document, selector: str | None) -> PageText:
    """The text and facts of one page, whatever its encoding; ``selector`` is the source's own.

    May take seconds and much memory on a hostile page.
    """
    named = _CHARSET.search(document.content_type)
    html = decode_named(document.body, named[1]) if named else decode(document.body)
    html = _HUGE_TAG.sub(r"<\1>", html)
    if flattened(html) != html:  # so deep that no parser of HTML would come back
        return PageText(url=document.url, problem="empty")
    return extract(html, url=document.url, selector=selector)
