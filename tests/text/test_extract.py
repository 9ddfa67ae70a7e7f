from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Certainty
from digest.text.extract import PageText, extract, weight
from digest.text.html import plain_text

URL = "https://www.example.org/news/pipeline"
ENGLISH = (
    "The pipeline carried oil again on Thursday, after ten days without a tanker at its berths.",
    "Its owners had said that repairs would last two months, and buyers had looked for other oil.",
    "Two of the three moorings are still out of service, a spokeswoman told reporters in the port.",
    "Traders expect that the first cargo will sail on Saturday if the weather stays calm.",
)
RUSSIAN = (
    "Трубопровод снова качает нефть после десяти дней простоя, сообщили владельцы в четверг.",
    "Ранее они говорили, что ремонт займёт два месяца, и покупатели искали замену.",
    "Два из трёх причалов пока закрыты, сказала журналистам представительница порта.",
    "Первый танкер, как ожидают трейдеры, выйдет в море в субботу, если не будет шторма.",
)
CHINESE = (
    "里海管道在停运十天之后于星期四恢复输油，业主此前表示维修需要两个月时间，市场反应平静。",
    "三个泊位当中仍有两个处于关闭状态，港口发言人星期四晚间在记者会上对记者们这样表示。",
    "贸易商预计，如果海湾天气保持平静，第一艘满载原油的油轮将于星期六从港口启航前往欧洲。",
    "分析人士认为，此次停运使买家开始寻找其他来源，长期影响仍然有待观察，价格已经有所回落。",
)
MENU = "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(12))
RELATED = "".join(f'<li><a href="/r{n}">Another report, number {n}</a></li>' for n in range(6))


def page(body: str, *, head: str = "", lang: str = "en") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>Oil flows - Courier</title>{head}</head>'
        f"<body><header><nav><ul>{MENU}</ul></nav></header>{body}"
        f"<aside><h3>Most read</h3><ul>{RELATED}</ul></aside>"
        "<footer><p>© 2022 Example Courier. All rights reserved.</p></footer></body></html>"
    )


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def ld(**values: object) -> str:
    content = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle"} | values)
    return f'<script type="application/ld+json">{content}</script>'


BODIES = {
    "article": "<article><h1>Oil flows</h1>{}</article>",
    "main": "<main><div>{}</div></main>",
    "div": '<div class="content"><div class="story-body">{}</div></div>',
    "table": "<table><tr><td>{}</td><td><ul><li>Left</li></ul></td></tr></table>",
}
TEXTS = {"en": ENGLISH, "ru": RUSSIAN, "zh": CHINESE}


def f1(found: str, meant: str) -> float:
    """Agreement of two texts as bags of words; a Chinese character is one."""
    left, right = (
        Counter("".join(f" {c} " if c > "\u2e80" else c for c in t).split()) for t in (found, meant)
    )
    common = (left & right).total()
    return 2 * common / max(left.total() + right.total(), 1)


SHARE = '<div class="share"><a href="#">Facebook</a> <a href="#">Copy link</a></div>'
LETTER = (
    '<div class="newsletter"><h3>Get our newsletter</h3><p>Sign up for our weekly newsletter and '
    "never miss a story from our desk again.</p><form><input><button>Sign up</button></form></div>"
)
COMMENTS = (
    '<section class="comments" id="comments"><h3>3 comments</h3><div class="comment"><p>I have '
    "always said that it would be repaired sooner than they told us.</p></div></section>"
)
COOKIES = (
    '<div id="cookie-banner"><p>We and our partners use cookies to store and access information '
    "on your device. Accept all cookies or manage preferences.</p></div>"
)
LATER = {"en": "Later that day: ", "ru": "Позже в тот же день: ", "zh": "当天晚些时候，"}


def layouts(texts: tuple[str, ...]) -> dict[str, str]:
    """Pages as programs for sites write them: the text among what it is not."""
    each = [f"<p>{text}</p>" for text in texts]
    related = f'<div class="related"><h3>Related</h3><ul>{RELATED}</ul></div>'
    figure = "<figure><img src=x><figcaption>Tankers. Photo: Agency</figcaption></figure>"
    rest = "".join(each[1:])
    return {
        "blog": f'<article class="post"><div class="entry-meta">By A. Example</div>{SHARE}'
        f'<div class="entry-content">{figure}{each[0]}{LETTER}{rest}</div>{SHARE}</article>'
        f"{COMMENTS}{related}",
        "portal": f'{COOKIES}<div class="wrap">{related}<div class="article__body">{each[0]}'
        f"{related}{rest}</div></div>{COMMENTS}",
        "divs": f'<div id="main"><div>{"".join(f"<div>{t}</div>" for t in texts)}</div></div>'
        f"{related}",
        "breaks": f'<div class="content">{"<br><br>".join(texts)}</div>{SHARE}{related}',
        "table": f"<table><tr><td>{related}</td><td>{''.join(each)}</td></tr></table>",
        "main": f"<main>{SHARE}{''.join(each)}{LETTER}</main>{COMMENTS}",
    }


@pytest.mark.parametrize("lang", TEXTS)
def test_the_text_is_found_in_every_layout(lang: str) -> None:
    texts = TEXTS[lang] + tuple(f"{LATER[lang]}{text}" for text in TEXTS[lang])
    meant = "\n\n".join(texts)
    found, naive = [], []
    for body in layouts(texts).values():
        html = page(body, lang=lang)
        found.append(f1(extract(html, url=URL).text, meant))
        naive.append(f1(plain_text(html), meant))
    assert min(found) >= 0.97
    assert sum(found) / len(found) >= sum(naive) / len(naive) + 0.1


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("lang", TEXTS)
def test_the_text_of_a_page_is_found_and_its_furniture_is_not(kind: str, lang: str) -> None:
    html = page(BODIES[kind].format(paragraphs(TEXTS[lang])), lang=lang)
    meant = "\n\n".join(TEXTS[lang])
    found = extract(html, url=URL)
    assert found.problem == ""
    assert f1(found.text, meant) >= 0.95
    assert f1(found.text, meant) >= f1(plain_text(html), meant) + 0.1
    assert found.facts.lang == lang


def test_the_sources_own_selector_comes_first() -> None:
    html = page(
        f'<article><p>{ENGLISH[0]}</p></article><div class="b">{paragraphs(ENGLISH)}</div>',
        head=ld(articleBody=" ".join(ENGLISH[:3])),
    )
    found = extract(html, url=URL, selector=".b, .b p")
    assert (found.step, found.text) == ("selector", "\n\n".join(ENGLISH))


def test_a_selector_that_finds_nothing_leaves_it_to_the_others() -> None:
    found = extract(page(f"<article>{paragraphs(ENGLISH)}</article>"), url=URL, selector=".gone")
    assert (found.step, found.problem) == ("trafilatura", "")


def test_a_selector_that_is_none_is_a_problem_by_name() -> None:
    assert extract(page("<p>x</p>"), url=URL, selector="p[").problem == "selector"


def test_json_ld_comes_second() -> None:
    html = page("<article><p>Short.</p></article>", head=ld(articleBody="\n\n".join(ENGLISH)))
    found = extract(html, url=URL)
    assert (found.step, found.text) == ("json-ld", "\n\n".join(ENGLISH))


def test_a_teaser_in_json_ld_does_not_hide_the_text() -> None:
    html = page(f"<article>{paragraphs(ENGLISH)}</article>", head=ld(articleBody=ENGLISH[0]))
    assert f1(extract(html, url=URL).text, "\n\n".join(ENGLISH)) >= 0.95


WALLS = [
    (
        "missing",
        "<main><h1>Page not found</h1><p>The page you are looking for was moved.</p></main>",
    ),
    ("missing", "<main><p>Такой страницы нет. Вернитесь на главную страницу сайта.</p></main>"),
    ("missing", "<main><p>您访问的页面不存在。请返回首页。</p></main>"),
    ("script", "<div>Please enable JavaScript to view this site.</div>"),
    ("script", "<noscript>x</noscript><main>Для работы сайта включите JavaScript.</main>"),
    ("robot", "<main><p>Verify you are human by completing the action below.</p></main>"),
    ("robot", "<main><p>访问过于频繁，请输入验证码。</p></main>"),
    ("login", "<main><p>Log in to continue reading this report.</p><p>Remember me</p></main>"),
    ("login", "<main><p>Войдите, чтобы прочитать материал полностью.</p></main>"),
    ("paywall", f"<article><p>{ENGLISH[0]}</p><p>Subscribe to continue reading.</p></article>"),
    ("paywall", "<article><p>Оформите подписку, чтобы читать дальше.</p></article>"),
    ("cookies", "<main><p>We and our partners use cookies. Accept all cookies?</p></main>"),
    ("empty", "<div></div>"),
]


@pytest.mark.parametrize(("kind", "body"), WALLS)
def test_a_page_that_is_none_is_known_as_one(kind: str, body: str) -> None:
    bare = f"<html><head><title>Courier</title></head><body>{body}</body></html>"
    found = extract(bare, url=URL)
    assert (found.problem, found.text) == (kind, "")


@pytest.mark.parametrize("title", ["404 - Courier", "Just a moment...", "Access Denied"])
def test_a_title_tells_what_a_short_page_is(title: str) -> None:
    html = (
        f"<html><head><title>{title}</title></head><body><main>Wait a little.</main></body></html>"
    )
    assert extract(html, url=URL).problem in {"missing", "robot"}


def test_a_report_about_walls_is_a_report() -> None:
    more = "The court also ruled on what this site uses cookies for and when to log in to read it."
    html = page(f"<article>{paragraphs((*ENGLISH, more * 4, *RUSSIAN, *ENGLISH[:2]))}</article>")
    assert more in extract(html, url=URL).text


def test_what_asks_for_money_below_a_long_text_goes_alone() -> None:
    body = paragraphs((*ENGLISH, *(f"{n}. {t}" for n in range(3) for t in ENGLISH)))
    html = page(
        f"<article>{body}<p>Already a subscriber? Subscribe now to keep reading.</p></article>"
    )
    found = extract(html, url=URL)
    assert found.problem == ""
    assert "subscriber" not in found.text
    assert found.text.endswith(ENGLISH[3])


def test_the_facts_of_a_page() -> None:
    head = (
        ld(
            datePublished="2022-04-07T10:30:00+03:00",
            author=[{"@type": "Person", "name": "Anna Example"}, "Li Example"],
        )
        + '<meta property="og:title" content="Oil flows again">'
        + '<meta property="article:published_time" content="2020-01-01T00:00:00Z">'
        + '<meta name="author" content="https://www.example.org/anna">'
        + '<link rel="canonical" href="/news/pipeline-oil?utm_source=x">'
    )
    facts = extract(page(f"<article>{paragraphs(ENGLISH)}</article>", head=head), url=URL).facts
    assert facts.title == "Oil flows again"
    assert facts.canonical == "https://www.example.org/news/pipeline-oil"
    assert (facts.date, facts.certainty) == (
        datetime(2022, 4, 7, 7, 30, tzinfo=UTC),
        Certainty.TIME,
    )
    assert facts.authors == ("Anna Example", "Li Example")


def test_json_ld_in_a_graph_and_a_date_in_the_text() -> None:
    graph = json.dumps({"@graph": [{"@type": "WebPage"}, {"@type": ["Article"], "author": "A B"}]})
    head = f'<script type="application/ld+json">{graph}</script>'
    body = f'<article><time datetime="2022-04-07">7 April</time>{paragraphs(ENGLISH)}</article>'
    facts = extract(page(body, head=head), url=URL).facts
    assert facts.authors == ("A B",)
    assert (facts.date, facts.certainty) == (datetime(2022, 4, 7, tzinfo=UTC), Certainty.DAY)


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.test/news/pipeline",
        "https://www.example.org/",
        "https://www.example.org",
        "javascript:alert(1)",
        "http://[bad/",
        "",
    ],
)
def test_a_page_names_only_itself(href: str) -> None:
    html = page(f"<p>{ENGLISH[0]}</p>", head=f'<link rel="canonical" href="{href}">')
    assert extract(html, url=URL).facts.canonical is None


def test_broken_json_ld_is_passed_over() -> None:
    for content in (
        "{",
        "[" * 100_000,
        "null",
        '{"@type": 7}',
        '{"@type":"Article","author":[[1]]}',
    ):
        head = f'<script type="application/ld+json">{content}</script>'
        html = page(f"<article>{paragraphs(ENGLISH)}</article>", head=head)
        assert extract(html, url=URL).text.startswith(ENGLISH[0])


TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<article>", "<main hidden>", "<script>", "</div>", "<!--", "text. "),
        *("<time datetime=x>", "\x00", "中文。", "<table><td>", "&lt;", "<title>404</title>"),
        '<script type="application/ld+json">{"@type":"Article"}</script>',
    ]
)


@given(st.lists(TAGS, max_size=30).map("".join))
def test_no_page_ends_the_reading(html: str) -> None:
    found = extract(html, url=URL)
    assert isinstance(found, PageText)
    assert bool(found.text) != bool(found.problem)


def test_a_chinese_character_weighs_three() -> None:
    assert (weight("oil"), weight("石油"), weight("нефть")) == (3, 6, 5)
