from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from digest.errors import ParseError
from digest.fetched import Failed, Fetched, NotModified, Retrieved
from digest.pull.further import read_further
from digest.pull.parsed import Document, Reading
from digest.pull.reading import read_document
from digest.source import Source

NOW = datetime(2023, 5, 6, tzinfo=UTC)
SOURCE = Source(id="s", name="S", url="https://example.org/sitemap.xml")
INDEX = "<sitemapindex>{}</sitemapindex>"
CHILD = "<sitemap><loc>https://example.org/{}</loc></sitemap>"
NEWS = (
    "<urlset><url><loc>https://example.org/{0}</loc><news><title>Title {0}</title>"
    "<publication_date>2023-05-05</publication_date></news></url></urlset>"
)


def run(first: str, answers: dict[str, Fetched]) -> Reading:
    async def fetch(url: str) -> Fetched:
        return answers[url.rpartition("/")[2]]

    async def read(document: Document) -> Reading:
        return read_document(document, SOURCE, NOW)

    document = Document(body=first.encode(), url=SOURCE.url or "")
    return asyncio.run(read_further(read_document(document, SOURCE, NOW), fetch, read))


def got(text: str) -> Retrieved:
    return Retrieved(url="https://example.org/x", body=text.encode())


def index(*names: str) -> str:
    return INDEX.format("".join(map(CHILD.format, names)))


def test_the_children_of_an_index_are_one_source() -> None:
    both = {"1.xml": got(NEWS.format("a")), "2.xml": got(NEWS.format("b"))}
    reading = run(index("1.xml", "2.xml"), both)
    assert {entry.title for entry in reading.entries} == {"Title a", "Title b"}
    assert reading.said == 2
    assert len(reading.more) == 2


def test_an_entry_in_two_children_counts_once() -> None:
    same = got(NEWS.format("a"))
    assert len(run(index("1.xml", "2.xml"), {"1.xml": same, "2.xml": same}).entries) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Failed(message="The server says 500."), "500"),
        (NotModified(), "nothing was asked"),
        (got("<html></html>"), "web page"),
        (got(index("3.xml")), "index within an index"),
    ],
)
def test_a_child_that_fails_is_a_problem_and_the_others_count(answer: Fetched, said: str) -> None:
    reading = run(index("1.xml", "2.xml"), {"1.xml": answer, "2.xml": got(NEWS.format("b"))})
    assert [entry.title for entry in reading.entries] == ["Title b"]
    assert reading.problems[0].where == "https://example.org/1.xml"
    assert said in reading.problems[0].message
    with pytest.raises(ParseError, match="None of the 1 sitemaps") as caught:
        run(index("1.xml"), {"1.xml": answer})
    assert said in caught.value.message
