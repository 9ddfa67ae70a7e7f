"""Facts about one piece of HTML: its plain text, its safe form, the languages in it."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from digest.text.langmarks import mark_languages

__all__ = ["mark_languages", "one_line", "plain_text", "sanitise"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- plain text ----------------------------------------------------------------------------------

_SKIPPED = _words(
    "script style head title template noscript iframe object embed svg math canvas audio video "
    "select button textarea figcaption"
)
_BLOCKS = _words(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table "
    "tbody tfoot thead tr ul"
)
_TAG = re.compile(r"<[a-zA-Z!/?]")
_UNSAFE_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_ENCODED_TWICE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_MARK_UP = ("&lt;", "&gt;", "&#60;", "&#62;", "&#x3c;", "&#x3e;", "&#x3C;", "&#x3E;")


def plain_text(markup: str) -> str:
    r"""The text a reader sees, paragraphs apart by a blank line, blanks within them folded.

    Scripts, styles, embedded media, forms and figure captions are left out. A single ``<br>`` is
    a line break. Text without any tag keeps its own blank lines as paragraph borders.

    >>> plain_text("<p>One &amp; <b>two</b></p><p>Three</p>")
    'One & two\n\nThree'
    """
    markup = _UNSAFE_CHARACTERS.sub("", markup)
    if not _TAG.search(markup):
        return _paragraphs(entities.unescape(markup).replace("\r\n", "\n"))
    simple = _simple_text(markup)
    if simple is not None:
        return simple
    body = LexborHTMLParser(markup).body
    return _paragraphs("".join(_pieces(body))) if body is not None else ""


_ATTRIBUTES = r"(?:\s+[a-zA-Z][\w:-]*(?:=(?:\"[^\"<>]*\"|'[^'<>]*'))?)*\s*"
_PARAGRAPH = re.compile(rf"\s*(?:<p{_ATTRIBUTES}>|</p>)\s*")
_INLINE = re.compile(rf"</?(?:a|b|i|em|strong|span){_ATTRIBUTES}>")
_BREAK = re.compile(r"<br\s*/?>")


def _simple_text(markup: str) -> str | None:
    """The text of markup that is nothing but paragraphs, breaks and marked words, else nothing.

    Most of what feeds send is of this kind, and needs no parser: a tenth of the time.
    """
    text = " ".join(markup.split())
    text = _BREAK.sub("\n", _INLINE.sub("", _PARAGRAPH.sub("\n\n", text)))
    return None if "<" in text else _paragraphs(entities.unescape(text))


def one_line(markup: str) -> str:
    r"""A title as one line: no tags, entities decoded (also those encoded twice), blanks folded.

    >>> one_line("Xi &amp;amp; <i>Putin</i>\n meet")
    'Xi & Putin meet'
    """
    if "<" not in markup and "&" not in markup:
        return " ".join(_UNSAFE_CHARACTERS.sub("", markup).split())
    text = " ".join(plain_text(markup).split())
    return _ENCODED_TWICE.sub(_decoded, text) if "&" in text else text


def _decoded(match: re.Match[str]) -> str:
    # "<b>" that was typed as text stays as it was typed; "&amp;#8217;" is a feed's mistake.
    return match[0] if match[0] in _MARK_UP else entities.unescape(match[0])


def _paragraphs(text: str) -> str:
    if "\n" not in text:
        return " ".join(text.split())
    blocks = re.split(r"\n[ \t\r\f\v]*\n\s*", text)
    folded = ("\n".join(" ".join(line.split()) for line in block.split("\n")) for block in blocks)
    return "\n\n".join(block.strip() for block in folded if block.strip())


def _pieces(root: LexborNode) -> Iterator[str]:
    """The text under a node, with line ends where blocks begin and end; any depth will do."""
    top = root.mem_id  # comparing two nodes would write both out
    node: LexborNode | None = root
    while node is not None:
        yield _opening(node)
        child = None if node.tag in _SKIPPED else node.first_child
        if child is not None:
            node = child
            continue
        while node is not None and node.mem_id != top and node.next is None:
            node = node.parent
            if node is not None and node.tag in _BLOCKS:
                yield "\n\n"
        node = None if node is None or node.mem_id == top else node.next


def _opening(node: LexborNode) -> str:
    name = node.tag or ""
    if node.is_text_node:
        return _text_of(node)
    if name == "br":
        return "\n"
    if name in ("td", "th"):
        return " "
    return "\n\n" if name in _BLOCKS else ""


def _text_of(node: LexborNode) -> str:
    text = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag == "pre":
        return text
    return re.sub(r"[ \t\r\n\f]+", " ", text)


# --- the safe form -------------------------------------------------------------------------------

CLASSES = frozenset({"confidence", "note", "quote-source"})
"""The only classes that survive in the body of a story."""

_TAGS = _words(
    "a abbr b bdi blockquote br caption cite code col colgroup dd del div dl dt em h2 h3 h4 h5 h6 "
    "hr i ins kbd li mark ol p pre q rp rt ruby s small span strong sub sup table tbody td tfoot "
    "th thead tr u ul var wbr"
)
_DROPPED_WHOLE = _words(
    "script style title template noscript noembed noframes iframe object embed svg math canvas "
    "audio video textarea select option button xmp plaintext"
)
_ALIGNED = {"align": {"left", "center", "right"}}
_ADDRESS = re.compile(r"(?:https?://[^/\\\s?#]|mailto:[^/\\\s?])", re.IGNORECASE)


def _filter_attribute(_tag: str, name: str, value: str) -> str | None:
    # nh3's schemes let "https:page" through, which a browser takes as a relative address.
    if name in ("href", "cite") and not _ADDRESS.match(value):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED_WHOLE),
    attributes={
        "*": {"lang", "dir"},
        "a": {"href", "title"},
        "abbr": {"title"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    },
    attribute_filter=_filter_attribute,
    tag_attribute_values={"td": _ALIGNED, "th": _ALIGNED},
    allowed_classes={tag: set(CLASSES) for tag in ("p", "div", "span", "li", "blockquote", "cite")},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer",
    strip_comments=True,
)


def sanitise(fragment: str) -> str:
    """The fragment with nothing in it that could run, load or imitate the page around it.

    The one configuration of the program, for the body of a story: text tags and tables; links to
    http, https and mailto, absolute ones only; ``lang`` and ``dir`` stay, ``id``, ``style`` and
    ``data-*`` go, of classes only ``CLASSES`` stay. No images. The result is well formed.

    >>> sanitise('<p onclick="x()">Hi <script>x()</script><a href="//host/">there</a></p>')
    '<p>Hi <a rel="noopener noreferrer">there</a></p>'
    """
    return _CLEANER.clean(_UNSAFE_CHARACTERS.sub("", fragment))
