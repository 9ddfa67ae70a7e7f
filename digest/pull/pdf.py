"""A PDF to its parts, by pypdf where it is installed: the extra ``documents``."""

from __future__ import annotations

import importlib
import io
import logging
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from digest.errors import ParseError
from digest.model import Problem
from digest.pull.notes import Paper
from digest.pull.parts import text_parts
from digest.text.clean import clean_text, without_chrome

EXTRA = 'pip install "newsletter-digest-desk[documents]"'
MOST_PAGES = 200
_SECONDS = 6.0  # a worker is stopped at 9
_MOST_TEXT = 2_000_000
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010\u00ad]\n([^\W\d_]+)")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_ENDS = re.compile(r"[.!?:;…。！？：；]['\"”’»）)\]]*$")
_ITEM = re.compile(r"\s*(?:[•‣◦▪●·*–—-]\s+|\d{1,2}[.)]\s+)")
_HAN = re.compile("[\u3000-\u9fff\uff00-\uffef]")
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|seite|стр\.?|第)?\s*\d{1,4}(?:\s*(?:/|of|из|von|页)\s*\d{0,4})?\W*",
    re.IGNORECASE,
)
_EDGE = 2  # lines at the top and bottom of a page that may be repeated on each
_FULL = 0.75  # a line shorter than so much of the usual one ends its paragraph
_USUAL = 0.9
_FEWEST_PAGES = 3


def read_pdf(data: bytes) -> Paper:
    """The text of the document in parts, words that a line end broke made whole.

    What stands at the edge of most pages is left out. Raises ParseError: where pypdf is not
    installed, for a document with a password, a damaged one, and one of pictures only.
    """
    pypdf = _library()
    pages, title, whole = _pages(pypdf, data)
    lines = _without_edges([_lines(page) for page in pages])
    if not any(lines):
        raise ParseError("The PDF holds no text (a scan?); save its text as a note.")
    text = clean_text(_dehyphenated("\n".join(_paragraphs(lines))))
    problems: tuple[Problem, ...] = ()
    if len(pages) < whole:
        message = f"Only {len(pages)} of {whole} pages are read; split the file."
        problems = (Problem(code="too-large", message=message),)
    parts = text_parts(without_chrome(text))
    return Paper(parts=parts, title=_certain(title, text), problems=problems)


def _library() -> Any:
    try:
        library = importlib.import_module("pypdf")
    except ImportError as error:
        raise ParseError(f"PDF files need one more package; install it: {EXTRA}") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells every flaw of a file
    return library


def _pages(pypdf: Any, data: bytes) -> tuple[list[str], str, int]:
    """The text of the pages that time allows, the title of the file's data, all pages counted."""
    end = time.monotonic() + _SECONDS
    pages: list[str] = []
    size = 0
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        whole = 0 if locked else len(reader.pages)
        for page in reader.pages[:MOST_PAGES] if whole else ():
            if time.monotonic() > end or size > _MOST_TEXT:
                break
            pages.append(page.extract_text() or "")
            size += len(pages[-1])
        title = "" if locked else str((reader.metadata or {}).get("/Title") or "")
    except MemoryError:
        raise
    except Exception as error:
        # pypdf raises whatever Python does on what hostile files hold.
        locked = "crypt" in f"{type(error).__name__} {error}".lower()
        if not locked:
            raise ParseError("The PDF is damaged; save it anew.") from error
    if locked:
        raise ParseError("The PDF is locked with a password; save it without one.")
    return pages, title, whole


def _certain(title: str, text: str) -> str | None:
    """The file's title if it is the document's own: programs leave "Microsoft Word - x" there."""
    words = " ".join(clean_text(title).split())
    opening = " ".join(text[: 3 * len(words) + 2_000].split()).casefold()
    return words if len(words) > _EDGE and words.casefold() in opening else None


# --- lines to paragraphs -------------------------------------------------------------------------


def _lines(page: str) -> list[str]:
    return [line.rstrip() for line in page.translate(_LIGATURES).splitlines()]


def _without_edges(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without page numbers and without lines that stand at the edge of most of them."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_edge_key(lines[at]) for at in _edge(lines)})
    often = max(_FEWEST_PAGES, len(pages) // 2 + 1)
    kept: list[list[str]] = []
    for lines in pages:
        edge = _edge(lines)
        kept.append(
            [
                line
                for at, line in enumerate(lines)
                if at not in edge
                or not (_PAGE_NUMBER.fullmatch(line) or edges[_edge_key(line)] >= often)
            ]
        )
    return kept


def _edge(lines: Sequence[str]) -> set[int]:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return {*filled[:_EDGE], *filled[-_EDGE:]}


def _edge_key(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.split()).casefold())


def _paragraphs(pages: Sequence[list[str]]) -> list[str]:
    """Lines with an empty one where a paragraph ends; a paragraph may go on on the next page."""
    lines = [line.strip() for page in pages for line in page]
    lengths = sorted(len(line) for line in lines if line)
    usual = lengths[int((len(lengths) - 1) * _USUAL)] if lengths else 0
    found: list[str] = []
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if not line:
            if found and found[-1]:
                found.append("")
            continue
        found.append(line)
        short = len(line) < usual * _FULL
        if following and (_ITEM.match(following) or (short and _breaks(line, following))):
            found.append("")
    return found


def _breaks(line: str, following: str) -> bool:
    """Whether a short line ends its paragraph: with a full stop, or as a heading."""
    return bool(_ENDS.search(line)) or not (following[0].islower() or line.endswith((",", "-")))


def _dehyphenated(text: str) -> str:
    """The text with one line a paragraph, words that were broken at a line's end whole.

    The hyphen stays where the text spells the word with one elsewhere, and before a capital.
    """
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold()))

    def whole(match: re.Match[str]) -> str:
        one, other = match.groups()
        hyphened = f"{one}-{other}"
        known = f"{one}{other}".casefold() in words
        if not known and (hyphened.casefold() in words or not other[0].islower()):
            return hyphened
        return f"{one}{other}"

    blocks = re.split(r"\n\n+", _HYPHEN.sub(whole, text))
    return "\n\n".join(_joined(block) for block in blocks)


def _joined(block: str) -> str:
    lines = block.split("\n")
    text = lines[0]
    for line in lines[1:]:
        tight = _HAN.match(text[-1:]) and _HAN.match(line[:1])
        text += line if tight else f" {line}"
    return text
