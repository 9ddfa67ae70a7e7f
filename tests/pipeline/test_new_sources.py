from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

FEED = (
    "<rss version='2.0'><channel><title>The Example</title><item><title>Ports open</title>"
    "<link>http://example.org/a</link><pubDate>Fri, 05 May 2023 10:00:00 GMT</pubDate></item>"
    "</channel></rss>"
)
PAGE = (
    "<!doctype html><html><head><title>Example Office</title></head><body><ul class=news>"
    + "".join(
        f"<li class=row><a href='/2023/{n}'>{words} in the capital today</a>"
        f"<span class=date>0{n}.05.2023</span></li>"
        for n, words in enumerate(("Ministers meet", "Grain leaves", "Bank decides"), 1)
    )
    + "</ul></body></html>"
)
LINKED = PAGE.replace(
    "<title>",
    "<link rel=alternate type=application/rss+xml title='All news' href=/all.rss>"
    "<link rel=alternate type=application/rss+xml title='Comments' href=/c.rss><title>",
)
NEWS = (
    "<urlset><url><loc>http://example.org/{0}</loc><news><title>Title {0}</title>"
    "<publication_date>2023-05-05T10:00:00Z</publication_date></news></url></urlset>"
)
CONFIG = """\
# Our sources, by hand.
network: {{host_gap: 0s, allow_private: ["127.0.0.1:{port}"]}}
sources:
  - {{name: First, url: "http://127.0.0.1:{port}/first", type: page,  # kept
     selectors: {{item: .gone}}}}
  - {{name: Notes, path: notes/}}
"""


class Site:
    """A loopback site of a few pages, and a newsletter that may reach it."""

    def __init__(self, letter: Any, port: int) -> None:
        self.letter = letter
        self.port = port
        letter.configure(CONFIG.format(port=port))
        (letter.folder / "notes").mkdir(exist_ok=True)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def run(self, *words: str) -> tuple[int, Any, str]:
        code, document, said = self.letter.run("sources", *words)
        return code, document, said

    @property
    def text(self) -> str:
        text: str = self.letter.config.read_text(encoding="utf-8")
        return text

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = yaml.safe_load(self.text)["sources"]
        return rows[2:]


@pytest.fixture
def serving(letter: Any, loopback: SimpleNamespace) -> Any:
    @contextmanager
    def serve(pages: Mapping[str, str]) -> Iterator[Site]:
        def script(heard: Any) -> bytes:
            known = heard.path in pages
            body = pages.get(heard.path, "").replace("{port}", str(server.port)).encode()
            answer: bytes = loopback.reply(body, 200 if known else 404)
            return answer

        with loopback.serve(script) as server:
            yield Site(letter, server.port)

    return serve


def test_a_page_leads_to_its_best_feed_and_the_comments_stay(serving: Any) -> None:
    with serving({"/": LINKED, "/all.rss": FEED}) as site:
        code, document, _ = site.run("add", site.url())
        assert code == 0
        assert document["added"] == [site.url("/all.rss")]
        assert "in its head" in document["why"]
        assert [each["title"] for each in document["others"]] == ["Comments"]
        assert site.rows == [{"name": "The Example", "url": site.url("/all.rss")}]
        assert "# Our sources, by hand." in site.text
        assert "# kept" in site.text


def test_a_feed_is_added_under_the_name_given(serving: Any) -> None:
    with serving({"/feed": FEED}) as site:
        assert site.run("add", site.url("/feed"), "--name", "Mine")[0] == 0
        assert site.rows == [{"name": "Mine", "url": site.url("/feed")}]


def test_a_sitemap_of_an_odd_address_gets_its_type(serving: Any) -> None:
    with serving({"/map": NEWS.format("a")}) as site:
        assert site.run("add", site.url("/map"))[0] == 0
        assert site.rows == [{"url": site.url("/map"), "type": "sitemap"}]


def test_a_source_is_not_added_twice(serving: Any) -> None:
    with serving({"/": LINKED, "/all.rss": FEED}) as site:
        assert site.run("add", site.url("/all.rss"))[0] == 0
        before = site.text
        for address in (site.url("/all.rss"), site.url("/all.rss#x"), site.url()):
            code, _, said = site.run("add", address)
            assert code == 2
            assert "a source already" in said
        assert site.text == before


def test_nothing_is_added_where_nothing_is_found(serving: Any) -> None:
    with serving({"/": PAGE}) as site:
        before = site.text
        code, _, said = site.run("add", site.url())
        assert code == 2
        assert "digest sources try" in said
        code, _, said = site.run("add", site.url("/missing"))
        assert code == 1
        assert "404" in said
        assert site.text == before


def test_as_is_asks_nobody(letter: Any) -> None:
    letter.configure("sources:\n  - {name: Notes, path: notes/}\n")
    (letter.folder / "notes").mkdir()
    address = "https://example.org/feed"
    assert letter.run("sources", "add", address, "--as-is")[0] == 0
    assert {"url": address} in yaml.safe_load(letter.config.read_text())["sources"]


def test_a_mailbox_is_added_without_asking(letter: Any) -> None:
    letter.configure("sources:\n  - {name: Notes, path: notes/}\n")
    (letter.folder / "notes").mkdir()
    assert letter.run("sources", "add", "imaps://mail.example.org/News")[0] == 0


def test_a_page_is_tried_with_proposed_selectors_and_nothing_is_stored(serving: Any) -> None:
    with serving({"/": PAGE}) as site:
        before = site.text
        code, document, _ = site.run("try", site.url())
        assert code == 0
        assert [each["title"] for each in document["entries"]] == [
            "Ministers meet in the capital today",
            "Grain leaves in the capital today",
            "Bank decides in the capital today",
        ]
        assert document["entries"][0]["date"] == "2023-05-01T00:00:00+00:00"
        assert document["missing"] == {"a date": 0, "text": 3}
        assert site.text == before
        assert not (site.letter.folder / ".digest").exists()


def test_the_lines_to_paste_make_a_source_that_gives_the_same(serving: Any) -> None:
    with serving({"/": PAGE}) as site:
        _, tried, _ = site.run("try", site.url())
        site.letter.config.write_text(f"{site.text}{tried['yaml']}\n", encoding="utf-8")
        assert site.rows[0]["type"] == "page"
        _, again, _ = site.run("try", site.url())
        assert again["entries"] == tried["entries"]
        code, document, _ = site.letter.run("pull")
        assert code == 0
        by_url = {each["url"]: each for each in document["sources"]}
        assert by_url[site.url()]["new"] == 3


def test_selectors_of_the_command_line_are_used(serving: Any) -> None:
    with serving({"/": PAGE}) as site:
        code, document, _ = site.run("try", site.url(), "--item", ".row", "--date", "a")
        assert code == 0
        assert document["missing"]["a date"] == 3
        assert "no date could be read" in document["problems"][0]
        code, _, said = site.run("try", site.url(), "--item", "li[")
        assert code == 1
        assert "`item: li[`" in said


def test_a_configured_source_is_tried_by_name_and_a_stale_selector_gets_advice(
    serving: Any,
) -> None:
    with serving({"/first": PAGE}) as site:
        code, _, said = site.run("try", "First")
        assert code == 1
        assert "'.gone'" in said
        assert "`item: li.row` finds 3" in said
        code, document, _ = site.run("try", "First", "--item", ".row")
        assert code == 0
        assert len(document["entries"]) == 3


def test_feeds_a_page_names_are_told(serving: Any) -> None:
    with serving({"/": LINKED, "/bare": "<html><a href=/all.rss>RSS</a></html>"}) as site:
        _, document, _ = site.run("try", site.url())
        assert document["feeds"] == [site.url("/all.rss"), site.url("/c.rss")]
        code, document, _ = site.run("try", site.url("/bare"))
        assert code == 1
        assert document["feeds"] == [site.url("/all.rss")]


def test_a_feed_and_an_index_of_sitemaps_are_tried_too(serving: Any) -> None:
    index = (
        "<sitemapindex><sitemap><loc>http://127.0.0.1:{port}/1.xml</loc></sitemap>"
        "<sitemap><loc>http://127.0.0.1:{port}/2.xml</loc></sitemap></sitemapindex>"
    )
    pages = {"/f": FEED, "/m": index, "/1.xml": NEWS.format("a"), "/2.xml": NEWS.format("b")}
    with serving(pages) as site:
        _, document, _ = site.run("try", site.url("/f"))
        assert (document["type"], len(document["entries"])) == ("feed", 1)
        _, document, _ = site.run("try", site.url("/m"))
        assert (document["type"], len(document["entries"])) == ("sitemap", 2)


def test_an_index_that_stays_the_same_is_followed_all_the_same(serving: Any) -> None:
    index = (
        "<sitemapindex><sitemap><loc>http://127.0.0.1:{port}/1.xml</loc></sitemap></sitemapindex>"
    )
    pages = {"/sitemap.xml": index, "/1.xml": NEWS.format("a")}
    with serving(pages) as site:
        site.letter.configure(
            f"network: {{host_gap: 0s, allow_private: ['127.0.0.1:{site.port}']}}\n"
            f"sources:\n  - {{name: Map, url: '{site.url('/sitemap.xml')}'}}\n"
        )
        _, document, _ = site.run("check")
        assert [(s["outcome"], s["new"]) for s in document["sources"]] == [("ok", 1)]
        pages["/1.xml"] = NEWS.format("b")
        _, document, _ = site.run("check")
        assert [(s["outcome"], s["new"]) for s in document["sources"]] == [("ok", 1)]
        pages["/1.xml"] = "gone"
        _, document, _ = site.run("check")
        assert document["sources"][0]["outcome"] == "failed"
        assert "None of the 1 sitemaps" in document["sources"][0]["error"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Notes",), "local files"),
        (("two words",), "no configured source"),
        (("example.org", "--type", "files"), "no type 'files'"),
    ],
)
def test_what_cannot_be_tried_gets_a_sentence(serving: Any, words: tuple[str], said: str) -> None:
    with serving({}) as site:
        code, _, error = site.run("try", *words)
        assert code == 2
        assert said in error


def test_a_person_reads_dates_titles_and_what_is_missing(
    serving: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from digest.cli import run_command  # noqa: PLC0415 - beside the fixture's, with its own output

    with serving({"/": PAGE}) as site:
        capsys.readouterr()
        words = ["sources", "try", site.url(), "--config", str(site.letter.config)]
        assert run_command(words) == 0
        said = capsys.readouterr().out
    assert "as page: 3 entries of 3 read" in said
    assert "2023-05-01" in said
    assert "Missing: 3 without text" in said
    assert "item: li.row" in said
