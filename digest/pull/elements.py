"""Single elements of an entry in strict XML, read into what has been found of it so far."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from digest.pull.fields import joined, person, text_as_html
from digest.pull.vocabulary import KNOWN_NAMES, MEANINGS, MOST_TAGS, PREFIXES, is_atom

Found = dict[str, Any]
Reader = Callable[[Found, Any], None]

_DEEPEST = 4  # groups of media within one another
_WHOLE = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN = frozenset({"", "text", "plain", "text/plain"})
_HTML = frozenset({"html", "text/html"})
_XHTML = frozenset({"xhtml", "application/xhtml+xml"})


class UnsureError(Exception):
    """The document holds what only the forgiving parser reads."""


def element_text(element: Any) -> str:
    """The text of an element without others in it; raises UnsureError where it has some."""
    if len(element):
        raise UnsureError
    text: str | None = element.text
    return text.strip() if text else ""


def atom_text(element: Any, *, title: bool = False) -> str:
    """The value of a text construct as HTML (RFC 4287, 3.1; Atom 0.3 names media types)."""
    kind = (element.get("type") or "").lower()
    if kind in _XHTML and len(element):
        return _inner(element)
    mode = element.get("mode", "xml")
    if mode == "base64" or (mode == "escaped" and kind in _XHTML):
        raise UnsureError
    if kind in _PLAIN or kind in _XHTML:
        return text_as_html(element_text(element), title=title)
    if kind in _HTML:
        return element_text(element)
    raise UnsureError


def _inner(element: Any) -> str:
    """The mark-up within an element."""
    from lxml import etree  # noqa: PLC0415 - for workers

    if any(child.prefix for child in element):
        raise UnsureError
    pieces = (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return (escape(element.text or "", quote=False) + "".join(pieces)).strip()


def _read_title(found: Found, element: Any) -> None:
    """Another title: the first that is not empty counts."""
    if not found.get("title", "").strip():
        found["title"] = element_text(element)


def _read_atom_title(found: Found, element: Any) -> None:
    if not found.get("title", "").strip():
        found["title"] = atom_text(element, title=True)


def _read_media_title(found: Found, element: Any) -> None:
    found["media_title"] = element_text(element)


def _read_link(found: Found, element: Any) -> None:
    href = element.get("href") or element.get("url") or element.get("uri")
    if href is None:
        found["link"] = _resolved(found, element, element_text(element))
        return
    rel = (element.get("rel") or "alternate").lower()
    if rel == "enclosure":
        _read_enclosure(found, element)
    elif rel == "alternate" and (element.get("type") or "text/html").lower() in _WHOLE:
        found["link"] = _resolved(found, element, href.strip())


def _resolved(found: Found, element: Any, link: str) -> str:
    return joined(element.base or "", link) if "based" in found and link else link


def _read_enclosure(found: Found, element: Any) -> None:
    href = element.get("url") or element.get("href")
    if href:
        found.setdefault("enclosures", []).append(_resolved(found, element, href.strip()))


def _read_guid(found: Found, element: Any) -> None:
    if len(element):
        raise UnsureError
    found["guid"] = element


def _read_summary(found: Found, element: Any) -> None:
    _add_summary(found, element_text(element))


def _read_atom_summary(found: Found, element: Any) -> None:
    _add_summary(found, atom_text(element))


def _add_summary(found: Found, text: str) -> None:
    """A second summary is a body, but beside a body the last of the outermost is the summary."""
    depth = found.get("depth", 0)
    if "summary" not in found:
        found["summary"], found["summary_depth"] = text, depth
    elif "contents" not in found:
        found["contents"] = [text]
    elif depth <= found.get("summary_depth", 0):
        found["summary"], found["summary_depth"] = text, depth


def _read_content(found: Found, element: Any) -> None:
    found.setdefault("contents", []).append(element_text(element))


def _read_atom_content(found: Found, element: Any) -> None:
    found.setdefault("contents", []).append(atom_text(element))


def _read_again(name: str) -> Reader:
    """A reader of texts of which the last counts."""

    def read(found: Found, element: Any) -> None:
        found[name] = element_text(element)

    return read


def read_author(found: Found, element: Any) -> None:
    """Add the author to those found: a name as a text, or in an element of its own."""
    if len(element):
        name = next((element_text(e) for e in element if KNOWN_NAMES[e.tag] == "name"), "")
    else:
        name = element_text(element)
    found.setdefault("authors", []).append(person(name))


def _read_category(found: Found, element: Any) -> None:
    tags = found.setdefault("tags", [])
    term, label = element.get("term") or element.get("text"), element.get("label")
    if label or term:
        tags.append(label or term)
    for nested in element:  # of a podcast: a category within its category
        _read_category(found, nested)
    if (text := (element.text or "").strip()) and (term or not label):
        tags.append(text)


def _read_words(found: Found, element: Any) -> None:
    found.setdefault("tags", []).extend(word.strip() for word in element_text(element).split(","))


def _read_within(found: Found, element: Any) -> None:
    found["depth"] = found.get("depth", 0) + 1
    if found["depth"] > _DEEPEST:
        raise UnsureError
    for child in element:
        reader = READERS[child.tag]
        if reader is not None:
            READ[reader](found, child)
    found["depth"] -= 1


def _read_source(found: Found, element: Any) -> None:
    if not len(element):
        found["source"] = element_text(element)


def _read_unsure(_found: Found, _element: Any) -> None:
    raise UnsureError


def _read_foreign(_found: Found, element: Any) -> None:
    """An element of another vocabulary says nothing, if it does not only seem to be of another."""
    local = element.tag.rpartition("}")[2].lower()
    if element.prefix in PREFIXES or (element.prefix is None and local in _MEANING):
        raise UnsureError


_BY_MEANING: dict[str, Reader] = {
    "title": _read_title,
    "media_title": _read_media_title,
    "link": _read_link,
    "original": _read_again("original"),
    "guid": _read_guid,
    "enclosure": _read_enclosure,
    "summary": _read_summary,
    "content": _read_content,
    "atom_content": _read_unsure,
    "published": _read_again("published"),
    "updated": _read_again("updated"),
    "created": _read_again("created"),
    "author": read_author,
    "category": _read_category,
    "words": _read_words,
    "within": _read_within,
    "source": _read_source,
    "unsure": _read_unsure,
}
_OF_ATOM: dict[str, Reader] = _BY_MEANING | {
    "title": _read_atom_title,
    "summary": _read_atom_summary,
    "atom_content": _read_atom_content,
}
_MEANING = {name: meaning for meaning, all_names in MEANINGS.items() for name in all_names}
_PLAIN_TEXTS = frozenset({"title", "link", "summary", "published", "updated", "created"})

# Most elements hold one plain text: those are read on the spot, by the name they are kept under.
# All others have a function, as has the second of a name.
READ: dict[str | Reader, Reader] = {name: _BY_MEANING[name] for name in _PLAIN_TEXTS}
READ |= {reader: reader for reader in (*_BY_MEANING.values(), *_OF_ATOM.values(), _read_foreign)}


class _Readers(dict[str, "str | Reader | None"]):
    """How every element met so far is read; None for what says nothing of an entry."""

    def __missing__(self, tag: str) -> str | Reader | None:
        reader = _reader(tag)
        if len(self) < MOST_TAGS:
            self[tag] = reader
        return reader


def _reader(tag: str) -> str | Reader | None:
    name = KNOWN_NAMES[tag]
    if name is None:
        return _read_foreign
    meaning = _MEANING.get(name)
    if meaning is None:
        return None
    readers = _OF_ATOM if is_atom(tag) else _BY_MEANING
    typed = readers is _OF_ATOM and meaning in ("title", "summary", "link")
    return meaning if meaning in _PLAIN_TEXTS and not typed else readers[meaning]


READERS = _Readers()
