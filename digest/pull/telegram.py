"""The public page of a Telegram channel (``t.me/s/NAME``): one post, one entry."""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.data.telegram import load_telegram
from digest.errors import ParseError
from digest.model import Certainty, Problem, RawEntry
from digest.pull.kinds import channel_of
from digest.pull.markup import html_tree, text_of
from digest.pull.parsed import ParsedFeed
from digest.text.dates import Parsed, parse_date
from digest.text.html import plain_text
from digest.text.language import language_of

LONGEST_TITLE = 140
"""Characters of a title; a longer first sentence is cut between words, with an ellipsis."""

_LONGEST_HAN = 60
_MOST_TEXT = 20_000  # four times what a post may hold
_MOST_MARKUP = 200_000
_POST = re.compile(r"[A-Za-z0-9_]{4,32}/\d{1,12}")
_HASHTAG = re.compile(r"(?<![\w&#])#(\w*[^\W\d_]\w*)")
_WORDLESS = re.compile(r"(?:[#@]\w+|https?://\S+|[^\w\s])(?:\s+|$)")
# Pictures, their joiners, skin tones and flags; not the typography that text needs.
_EMOJI = (
    r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u23e9-\u23fa\u231a\u231b\u25aa-\u25fe"
    r"\u2190-\u21ff\u2934\u2935\u3030\u303d\u3297\u3299\u203c\u2049\u200d\ufe0f\u20e3"
    r"\U000e0020-\U000e007f]"
)
_EMOJIS = re.compile(rf"(?:[0-9#*]\ufe0f?\u20e3|{_EMOJI})+")
_TITLE_EDGES = " |•·▪–—-:,;…"
_NOT_ONE = (
    "The page shows no posts of a Telegram channel; the address of a public channel is "
    "https://t.me/s/NAME, and a channel may have switched its public page off."
)


def read_channel(body: bytes, *, url: str, content_type: str = "") -> ParsedFeed:
    """The posts in the order of the page (oldest first), each with its own address.

    The first line or sentence is the title, without emoji and hashtags, which become tags. A
    forwarded post has its first publisher as author, and a publisher that says so. Posts
    without words (a picture alone) and notices of the service are left out. Raises ParseError
    where there is no post at all.
    """
    tree = html_tree(body, content_type=content_type)
    found = load_telegram().selectors
    channel = _words(tree, found["channel"]) or channel_of(url) or None
    posts = [
        node
        for node in tree.css(found["post"])
        if not node.css_matches(found["service"]) and _address(node)
    ]
    if not posts:
        raise ParseError(_NOT_ONE)
    entries = tuple(entry for node in posts if (entry := _entry(node, channel)) is not None)
    wordless = len(posts) - len(entries)
    problems: tuple[Problem, ...] = ()
    if not entries:
        message = f"none of the {wordless} posts on the page has words; pictures are not read"
        problems = (Problem(code="telegram", message=message, where=url),)
    return ParsedFeed(title=channel, entries=entries, problems=problems)


def _entry(post: LexborNode, channel: str | None) -> RawEntry | None:
    found = load_telegram().selectors
    for quoted in post.css(found["reply"]):
        quoted.decompose()
    node = post.css_first(found["text"])
    said = plain_text((node.html or "")[:_MOST_MARKUP])[:_MOST_TEXT] if node else ""
    said = said or _first_words(post, ("poll", "document", "preview"))
    text = _without_promotion(said)
    title = _title(text)
    if not title:
        return None
    date = _date(post)
    origin = _words(post, found["forwarded"])
    author = origin or _words(post, found["author"])
    address = _address(post)
    return RawEntry(
        title=html.escape(title, quote=False),
        url=f"https://t.me/{address}",
        guid=f"t.me/{address}",
        content=html.escape(text, quote=False),
        published=date[0] if date else None,
        certainty=date[1] if date else Certainty.GUESS,
        authors=(author,) if author else (),
        tags=tuple(dict.fromkeys(_HASHTAG.findall(said)))[:20],
        publisher=f"{origin}, forwarded by {channel or 'a Telegram channel'}" if origin else None,
    )


def _address(post: LexborNode) -> str:
    """``NAME/NUMBER`` of a post, "" where it has none."""
    address = post.attributes.get("data-post") or ""
    return address if _POST.fullmatch(address) else ""


def _words(node: LexborNode | LexborHTMLParser, selector: str) -> str:
    found = node.css_first(selector)
    return text_of(found) if found else ""


def _first_words(post: LexborNode, kinds: tuple[str, ...]) -> str:
    found = load_telegram().selectors
    return next((words for kind in kinds if (words := _words(post, found[kind]))), "")


def _date(post: LexborNode) -> Parsed | None:
    for node in post.css(load_telegram().selectors["date"])[:3]:
        if date := parse_date(node.attributes.get("datetime") or ""):
            return date
    return None


def _without_promotion(text: str) -> str:
    """The post without its last lines of hashtags, links, emoji and calls to subscribe."""
    promotion = load_telegram().promotion
    lines = text.split("\n")
    while len(lines) > 1:
        bare = _EMOJIS.sub("", lines[-1]).strip(_TITLE_EDGES)
        if bare and not promotion.match(bare) and _WORDLESS.sub("", f"{bare} ").strip():
            break
        lines.pop()
    return "\n".join(lines).strip()


def _title(text: str) -> str:
    """The first line that has words, or its first sentence where the line is long."""
    for line in text.split("\n"):
        bare = _bare(line)
        if not any(char.isalpha() for char in bare):
            continue
        lang = language_of(bare)
        longest = _LONGEST_HAN if lang in ("zh", "ja") else LONGEST_TITLE
        if len(bare) > longest:
            from digest.text.sentences import sentences  # noqa: PLC0415 - slow to load, seldom used

            bare = next(iter(sentences(bare, lang)), bare)
        return _cut(bare.removesuffix("."), longest).removesuffix("。")
    return ""


def _bare(line: str) -> str:
    """The line without emoji, and without hashtags before and after its words."""
    line = " ".join(_EMOJIS.sub(" ", line).split())
    line = re.sub(r"^(?:#\w+\s+)+|(?:\s+[#@]\w+)+$", "", line)
    return (
        line.replace("#", "").strip(_TITLE_EDGES)
        if _HASHTAG.search(line)
        else line.strip(" |•·▪–—-")
    )


def _cut(title: str, longest: int) -> str:
    if len(title) <= longest:
        return title
    head = title[: longest - 1]
    for mark in (" ", "，", "、"):
        if mark in head[longest // 2 :]:
            return f"{head.rpartition(mark)[0].rstrip(' ,;:，、–—-')}…"
    return f"{head}…"
