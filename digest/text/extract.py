"""The text of a whole web page, by a cascade: each step runs where the one before gave too little.

1. the source's own CSS selector, whatever it finds;
2. ``articleBody`` of JSON-LD;
3. trafilatura, told to prefer precision;
4. the ``article`` or ``main`` element without its furniture, else the sentences of the page.

Where none gives a text the feed's own stays (see ``pull/fulltext``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from digest.data.walls import load_walls
from digest.text.clean import clean_text, without_chrome
from digest.text.html import plain_text
from digest.text.pagefacts import PageFacts, read_facts

_ENOUGH = 250  # weight of a text from which on no further step is tried
_SHORT = 900  # weight of a text up to which words of a wall make it one
_WALL_LINE = 300
_SENTENCE = 60
_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "”", "»", ")", "」")
_MOST_FOR_TRAFILATURA = 1_500_000
_MOST = 1_000_000
_FURNITURE = (
    "nav, aside, footer, form, script, style, noscript, template, iframe, button, "
    "[role=navigation], [role=complementary], [aria-hidden=true], [hidden]"
)
_MAIN = ("[itemprop=articleBody]", "article", "main", "[role=main]")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """What a page gave. ``url`` is where it was found; ``step`` names what found the text.

    ``problem`` names what stands there instead of a text: missing, robot, login, paywall,
    cookies, script, empty, or "selector" where the source's own selector is no CSS.
    """

    url: str
    text: str = ""
    step: str = ""
    problem: str = ""
    facts: PageFacts = field(default_factory=PageFacts)


def extract(html: str, *, url: str, selector: str | None = None) -> PageText:
    """The text and the facts of a page. Never raises for what a page holds.

    May take seconds and much memory on a hostile page: for worker processes.
    """
    tree = LexborHTMLParser(html)
    facts = read_facts(tree, url)
    best, step = "", ""
    for name, candidate in _steps(html, tree, facts, selector):
        if candidate is None:
            return PageText(url=url, problem="selector", facts=facts)
        text = without_chrome(clean_text(candidate))[:_MOST].strip()
        if weight(text) > weight(best):
            best, step = text, name
        enough = name == "selector" or weight(best) >= _ENOUGH
        if best and enough and not _wall_in(best):
            break
    problem = _problem(best, facts, html)
    text = _without_walls(best)
    if problem and not (problem == "cookies" and weight(text) >= _ENOUGH):
        return PageText(url=url, problem=problem, facts=facts)
    return PageText(url=url, text=text, step=step, facts=facts)


def is_selector(selector: str) -> bool:
    """Whether the parser knows what to look for.

    >>> is_selector("div.text > p"), is_selector("p[")
    (True, False)
    """
    return _by_selector(LexborHTMLParser(""), selector) is not None


def weight(text: str) -> int:
    """The length of a text, a Chinese character counted as three: it says as much."""
    if text.isascii():
        return len(text)
    return len(text) + 2 * sum("\u3400" <= char <= "\u9fff" for char in text)


def _steps(
    html: str, tree: LexborHTMLParser, facts: PageFacts, selector: str | None
) -> Iterator[tuple[str, str | None]]:
    """The candidates of the cascade, made as they are asked for; ``None`` for a bad selector."""
    if selector:
        yield "selector", _by_selector(tree, selector)
    if facts.body:
        yield "json-ld", plain_text(facts.body)
    if len(html) <= _MOST_FOR_TRAFILATURA:
        yield "trafilatura", _by_trafilatura(html)
    yield "article", _by_element(tree)


def _by_selector(tree: LexborHTMLParser, selector: str) -> str | None:
    try:
        nodes = tree.css(selector)
    except SelectolaxError:
        return None
    ids = {node.mem_id for node in nodes}
    outer = [node for node in nodes if not _inside(node, ids)]
    return "\n\n".join(plain_text(node.html or "") for node in outer)


def _inside(node: LexborNode, ids: set[int]) -> bool:
    """Whether another of the nodes found holds this one: its text must not stand twice."""
    above = node.parent
    while above is not None:
        if above.mem_id in ids:
            return True
        above = above.parent
    return False


def _by_trafilatura(html: str) -> str:
    import trafilatura  # noqa: PLC0415 - 0.3 s and 13 MB, which only a worker that reads pages pays

    read: Callable[..., str | None] = trafilatura.extract
    try:
        text = read(html, favor_precision=True, include_comments=False, include_tables=False)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, the next step is there
        return ""
    return (text or "").replace("\n", "\n\n")


def _by_element(tree: LexborHTMLParser) -> str:
    for selector in _MAIN:
        nodes = tree.css(selector)
        if not nodes:
            continue
        node = max(nodes, key=lambda each: len(each.text() or ""))
        for furniture in node.css(_FURNITURE):
            furniture.decompose()
        return plain_text(node.html or "")
    return _by_sentences(tree)


def _by_sentences(tree: LexborHTMLParser) -> str:
    """The paragraphs of a page without any landmark (a layout of tables) that are sentences."""
    body = tree.body
    if body is None:
        return ""
    for furniture in body.css(f"{_FURNITURE}, header"):
        furniture.decompose()
    paragraphs = plain_text(body.html or "").split("\n\n")
    return "\n\n".join(p for p in paragraphs if weight(p) >= _SENTENCE and p.endswith(_ENDS))


# --- pages that are none -------------------------------------------------------------------------


def _problem(text: str, facts: PageFacts, html: str) -> str:
    walls = load_walls()
    heading = " ".join(facts.heading.lower().split())
    short = weight(text) <= _SHORT
    if short:
        for kind, pattern in walls.titles.items():
            if pattern.match(heading):
                return kind
        if found := _wall_in(text):
            return found
    if not text:
        seen = plain_text(html)
        return (_wall_in(seen) if weight(seen) <= _SHORT else "") or "empty"
    return ""


def _wall_in(text: str) -> str:
    """The kind of wall that a short text is; "" for none."""
    if weight(text) > _SHORT:
        return ""
    low = text.lower().replace("’", "'")
    return next((kind for kind, p in load_walls().texts.items() if p.search(low)), "")


def _without_walls(text: str) -> str:
    """The text without the short paragraphs that ask for a login, a subscription or cookies."""
    paragraphs = text.split("\n\n")
    kept = [p for p in paragraphs if len(p) > _WALL_LINE or not _wall_in(p)]
    return "\n\n".join(kept)
