from __future__ import annotations

import pytest

from digest.errors import ParseError
from digest.pull.pages import read_listing
from digest.pull.suggest import Proposal, propose
from digest.pull.workers import ParserPool

URL = "https://example.org/news/"
WORDS = ("Ministers meet for talks", "Grain leaves the port", "Bank holds its rates", "Rail line")
TEASER = "They spoke for three hours and agreed to meet again in the autumn of the year."


def rows(shape: str) -> str:
    return "".join(
        shape.format(n=n, title=f"{words} in the capital", teaser=TEASER)
        for n, words in enumerate(WORDS, 1)
    )


def best(html: str) -> Proposal:
    proposals = propose(f"<!doctype html><html><body>{html}</body></html>".encode(), URL, "")
    assert proposals
    return proposals[0]


SHAPES = {
    "articles": "<article class='post post-{n}'><h2><a href={n}>{title}</a></h2>"
    "<time datetime=2023-05-0{n}>x</time><p class=lead>{teaser}</p></article>",
    "list": "<li class=row><a href={n}>{title}</a><span class=date>0{n}.05.2023</span></li>",
    "bare list": "<li><a href={n}>{title}</a></li>",
    "cards": "<a class=card href={n}><h3>{title}</h3><i class=when>{n} May 2023</i></a>",
    "table": "<tr><td class=d>2023-05-0{n}</td><td><a href={n}>{title}</a></td></tr>",
    "labels": "<div class=story><a href=/tag/{n}>World</a><a class=head href={n}>{title}</a>"
    "<em class=day>{n} мая 2023</em></div>",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_is_proposed_reads_the_listing(shape: str) -> None:
    body = rows(shape)
    wrapped = {"list": "ul", "bare list": "ul", "table": "table"}
    tag = next((t for name, t in wrapped.items() if SHAPES[name] == shape), "div")
    menu = "<nav><ul><li><a href=/x>A menu with rather long words in it</a></li></ul></nav>"
    html = f"<body>{menu}<{tag} class=listing>{body}</{tag}></body>"
    proposal = best(html)
    feed = read_listing(html.encode(), url=URL, selectors=proposal.selectors)
    assert [entry.title for entry in feed.entries] == [f"{w} in the capital" for w in WORDS]
    assert [entry.url for entry in feed.entries] == [f"{URL}{n}" for n in range(1, 5)]
    dated = [entry.published.day for entry in feed.entries if entry.published]
    assert dated == ([] if shape == SHAPES["bare list"] else [1, 2, 3, 4])
    assert proposal.dated == len(dated)


def test_the_teaser_is_found() -> None:
    selectors = best(rows(SHAPES["articles"])).selectors
    assert (selectors.title, selectors.date, selectors.summary) == ("h2", "time", "p.lead")


def test_the_classes_that_all_share_name_the_item() -> None:
    assert best(rows(SHAPES["articles"])).selectors.item == "article.post"


def test_chinese_headlines_are_long_enough() -> None:
    titles = ("两国部长在首都会晤", "粮食船只离开港口", "央行维持利率不变")
    body = "".join(f"<li><a href={n}>{t}</a></li>" for n, t in enumerate(titles))
    assert best(f"<ul class=list>{body}</ul>").entries == 3


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Nothing repeats here.</p>",
        "<nav>" + rows(SHAPES["bare list"]) + "</nav>",
        rows("<li><a href={n}>More</a></li>"),
        rows("<li><a href='https://example.com/{n}'>{title}</a></li>"),
        rows("<li><a href='#{n}'>{title}</a></li>"),
    ],
)
def test_nothing_is_proposed_where_nothing_is_sure(html: str) -> None:
    assert propose(f"<html><body>{html}</body></html>".encode(), URL, "") == ()


def test_the_worker_proposes_within_its_limits(pool: ParserPool) -> None:
    html = f"<div>{rows(SHAPES['articles'])}</div>"
    assert pool.ask("propose", (html.encode(), URL, ""), tuple)[0].entries == 4
    with pytest.raises(ParseError, match="deeper"):
        pool.ask("propose", (b"<div>" * 200_000, URL, ""), tuple)
