"""The text of a letter: what its reader sees, without what belongs to its sending."""

from __future__ import annotations

import re
from collections.abc import Container
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.data.mail import load_mail_rules
from digest.pull.entries import flattened
from digest.text.clean import clean_text
from digest.text.html import plain_text
from digest.text.urls import canonical_url, host_of, is_web_url, without_userinfo

_INVISIBLE = "\u034f\u200b\u200c\u200d\u00ad\u2007\ufeff\u180e\u2800"
_PADDING = re.compile(rf"(?:[{_INVISIBLE}]\s*){{2,}}")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "–": "-", "—": "-", "\u00a0": " "})
_PROSE = 120  # a paragraph of so many characters after a footer's first line says it was none
_MOST_FOOTER = 300
_TAIL = 0.15  # so much of a letter may its footer be, terms of use included
_WIDTH = range(55, 81)
_LIST = re.compile(r"\s*(?:[•‣◦▪●·*+–—-]\s+|\d{1,3}[.)]\s+|>)")
_LINKED = re.compile(r"\s{0,3}[<(\[]\s*(?:https?://|mailto:)[^\s<>()\[\]]{1,2000}\s*[>)\]]")
_OPAQUE = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[A-Za-z0-9_=~+%-]{20,}")
_SLUG_PARTS = 3
_LONG_WORD = 16
_MOST_LINKS = 2_000


# --- HTML ----------------------------------------------------------------------------------------


def html_text(markup: str) -> str:
    """The plain text of an HTML letter; what it hides from its reader is left out."""
    tree = LexborHTMLParser(flattened(markup))
    if tree.body is None:
        return ""
    _drop_hidden(tree)
    text = plain_text(tree.body.html or "")
    return without_sending(clean_text(_PADDING.sub(" ", text)))


def _drop_hidden(tree: LexborHTMLParser) -> None:
    # Found before any is freed, and only the outermost: a freed node's children must not be asked.
    hidden = {
        node.mem_id: node
        for node in tree.css("[style], [class], [hidden]")
        if node.tag not in {"html", "body"} and _is_hidden(node)
    }
    outermost = [node for node in hidden.values() if not _lies_in(node, hidden)]
    for node in outermost:
        node.decompose()


def _lies_in(node: LexborNode, hidden: Container[int]) -> bool:
    above = node.parent
    while above is not None:
        if above.mem_id in hidden:
            return True
        above = above.parent
    return False


def _is_hidden(node: LexborNode) -> bool:
    rules = load_mail_rules()
    attributes = node.attributes
    if "hidden" in attributes:
        return True
    style = re.sub(r"\s+", "", attributes.get("style") or "")[:2_000]
    if style and rules.hidden_style.search(style):
        return True
    if style and rules.tiny_style.search(style) and next(iter(node.iter()), None) is None:
        return True
    classes = (attributes.get("class") or "").lower().split()
    return not rules.hidden_class.isdisjoint(classes)


def page_of(markup: str) -> str | None:
    """The address of an HTML letter as a page, where a link says so and names no reader."""
    rules = load_mail_rules()
    tree = LexborHTMLParser(flattened(markup))
    for link in tree.css("a[href]")[:_MOST_LINKS]:
        words = " ".join(link.text().split()).translate(_PLAIN)
        if len(words) <= _MOST_FOOTER and rules.browser.search(words):
            return public_page(link.attributes.get("href") or "")
    return None


def public_page(url: str) -> str | None:
    """The address if it surely is one letter's own page and holds nothing about its reader.

    A link "view in browser" often carries the reader's number, with which anyone could unsubscribe
    them: such a link is no source to cite. Known archives keep the parameters that name a letter.
    """
    url = url.strip()
    if not is_web_url(url):
        return None
    url = canonical_url(without_userinfo(url))
    host, parts, rules = host_of(url), urlsplit(url), load_mail_rules()
    archive = next((a for a in rules.archives if host == a or host.endswith(f".{a}")), None)
    if archive is not None:
        kept = [(k, v) for k, v in parse_qsl(parts.query) if k in rules.archives[archive]]
        page = urlunsplit(parts._replace(query=urlencode(kept), fragment=""))
        return page if kept or parts.path.strip("/") else None
    if parts.query or parts.fragment or host.partition(".")[0] in rules.personal:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments or any(_is_opaque(segment) for segment in segments):
        return None
    slug = len(re.split(r"[-_]", segments[-1])) >= _SLUG_PARTS
    own = slug or re.search(r"\d", parts.path)
    return url if own or len(segments) >= _SLUG_PARTS else None


def _is_opaque(segment: str) -> bool:
    """True for what looks like a token: long, letters and digits mixed, no words apart."""
    words = re.split(r"[-_.]", segment)
    if any(len(word) > _LONG_WORD and not word.islower() for word in words):
        return True
    return any(_OPAQUE.fullmatch(word) for word in words)


# --- plain text ----------------------------------------------------------------------------------


def plain_letter(text: str, *, flowed: bool = False, delsp: bool = False) -> str:
    """The text of a plain letter: lines that a program broke are whole again, no signature."""
    text = clean_text(text)
    text = unflowed(text, delsp=delsp) if flowed else _unwrapped(_unsigned(text))
    text = _LINKED.sub("", _PADDING.sub(" ", text))
    blocks = re.split(r"\n[ \t]*\n", text)
    folded = ("\n".join(" ".join(line.split()) for line in b.split("\n")) for b in blocks)
    return without_sending("\n\n".join(block.strip() for block in folded if block.strip()))


def unflowed(text: str, *, delsp: bool = False) -> str:
    r"""Text of ``format=flowed`` with its paragraphs on one line each (RFC 3676), no signature.

    >>> unflowed("One \nline\n\n from\nhere\n-- \nMe")
    'One line\n\nfrom\nhere'
    """
    lines: list[str] = []
    depth_before, open_line = 0, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if bare == "-- ":
            if depth == 0:
                break
            open_line = False
            continue
        flows = bare.endswith(" ")
        piece = bare[:-1] if flows and delsp else bare
        if open_line and depth == depth_before:
            lines[-1] += piece
        else:
            lines.append((">" * depth + " " if depth else "") + piece)
        open_line, depth_before = flows, depth
    return "\n".join(line.rstrip() for line in lines)


def _unsigned(text: str) -> str:
    return re.split(r"(?:^|\n)-- \n", text, maxsplit=1)[0]


def _unwrapped(text: str) -> str:
    """The text with paragraphs of evenly broken lines on one line each."""
    blocks = re.split(r"\n[ \t]*\n", text)
    return "\n\n".join(_one_line(block) for block in blocks)


def _one_line(block: str) -> str:
    lines = [line.rstrip() for line in block.split("\n")]
    even = all(len(line) in _WIDTH for line in lines[:-1])
    if len(lines) == 1 or not even or any(_LIST.match(line) for line in lines[1:]):
        return block
    return " ".join(line.strip() for line in lines)


# --- what belongs to the sending -----------------------------------------------------------------


def without_sending(text: str) -> str:
    r"""The text without its footer and without lines about browsers, by the rules of ``mail.yaml``.

    The letter ends before the first paragraph that speaks of its sending, unless prose follows
    that is more than a small part of the whole.

    >>> without_sending("View in browser\n\nThe ferry sails.\n\nUnsubscribe\n\nHarbour Road 1")
    'The ferry sails.'
    """
    kept: list[str] = []
    blocks = [b for b in (_without_lines(block) for block in text.split("\n\n")) if b]
    footers = [_is_footer(block) for block in blocks]
    prose = (at for at, block in enumerate(blocks) if len(block) >= _PROSE and not footers[at])
    last = max(prose, default=-1)
    left = whole = sum(map(len, blocks))
    for at, block in enumerate(blocks):
        if not footers[at]:
            kept.append(block)
        elif kept and (at > last or left < whole * _TAIL):
            break
        elif not load_mail_rules().footer.match(_key(block)):
            kept.append(block)  # it only mentions what a footer says
        left -= len(block)
    return "\n\n".join(kept)


def _without_lines(block: str) -> str:
    rules = load_mail_rules()
    lines = (line for line in block.split("\n") if line.strip())
    return "\n".join(line for line in lines if not rules.drop.match(_key(line)))


def _is_footer(block: str) -> bool:
    rules, key = load_mail_rules(), _key(block)
    if len(key) > _MOST_FOOTER * 4:
        return False
    short = len(key) <= _MOST_FOOTER
    return bool(rules.footer.match(key) or (short and rules.footer_word.search(key)))


def _key(line: str) -> str:
    key = " ".join(line.translate(_PLAIN).split())
    stripped = key.lstrip("*#>•·_| ([")
    return stripped or key
