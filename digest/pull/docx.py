"""A Word document (ECMA-376, ``.docx``) to its parts, by the standard library alone."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from digest.errors import ParseError
from digest.model import Problem
from digest.pull.notes import Paper
from digest.pull.parts import heading_parts
from digest.text.clean import clean_text

MAX_XML = 30 * 1024 * 1024
"""Bytes of one part of the document after decompression: a bomb ends here."""

_MOST_TEXT = 2_000_000
_MOST_MEMBERS = 10_000
_DEEPEST = 256
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SKIPPED = frozenset({"Fallback", "del", "moveFrom", "instrText", "footnote", "endnote"})
_OFF = frozenset({"0", "false", "off"})
_LONG_CELL = 120
_BLANKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_BODY = "word/document.xml"


def read_docx(data: bytes) -> Paper:
    """The parts of the document by its headings; its title where a paragraph is styled so.

    Deleted and hidden text, notes and pictures are left out. Raises ParseError.
    """
    if data.startswith(_OLD_WORD):
        raise ParseError("The file is locked with a password or an old .doc; save it as .docx.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if _BODY not in names or len(names) > _MOST_MEMBERS:
                raise ParseError("The file is no Word document; save it as .docx anew.")
            styles = _styles(archive) if "word/styles.xml" in names else {}
            body = _Body(styles)
            _parse(_member(archive, _BODY), body)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        # RuntimeError is the zip module's word for an encrypted member.
        raise ParseError("The file is damaged or locked; save it as .docx anew.") from error
    except (expat.ExpatError, LookupError, ValueError, EOFError) as error:
        raise ParseError("The document's XML is damaged; save it as .docx anew.") from error
    title = next((text for level, text in body.blocks if level == 0), None)
    parts = heading_parts(tuple(block for block in body.blocks if block[0] != 0))
    problems: tuple[Problem, ...] = ()
    if body.cut:
        message = f"Only the first {_MOST_TEXT:,} characters are read; split the file."
        problems = (Problem(code="too-large", message=message),)
    return Paper(parts=parts, title=title, problems=problems)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(MAX_XML + 1)
    if len(data) > MAX_XML:
        message = f"The document is larger than {MAX_XML:,} bytes when it is unpacked"
        raise ParseError(f"{message}; it is not read, for it may be hostile.")
    return data


# --- XML -----------------------------------------------------------------------------------------


class _Handler:
    """What becomes of the elements of the word-processing namespaces."""

    def opened(self, name: str, values: dict[str, str]) -> None:
        """An element begins; its names and attributes come without namespaces."""

    def closed(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Characters stand in it."""


def _parse(xml: bytes, handler: _Handler) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ParseError("The document nests its elements too deeply; it is not read.")
        handler.opened(_local(name), {_local(k): v for k, v in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.closed(_local(name))

    def doctype(*_: object) -> None:
        raise ParseError("The document declares a DTD, as no Word document does; it is not read.")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(xml, True)


def _local(name: str) -> str:
    """The name, marked where it is none of word processing: drawings have paragraphs too."""
    space, _, local = name.rpartition(" ")
    known = not space or "wordprocessingml" in space or "markup-compatibility" in space
    return local if known else f"-{local}"


# --- styles --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Style:
    level: int | None = None  # 0 is the title of the document, 1 its highest heading
    based_on: str = ""


class _Styles(_Handler):
    def __init__(self) -> None:
        self.found: dict[str, _Style] = {}
        self._style = _Style()

    def opened(self, name: str, values: dict[str, str]) -> None:
        value = values.get("val", "")
        if name == "style":
            self._style = self.found.setdefault(values.get("styleId", ""), _Style())
        elif name == "basedOn":
            self._style.based_on = value
        elif name == "outlineLvl" and value.isdecimal() and int(value) < 9:  # noqa: PLR2004
            self._style.level = int(value) + 1
        elif name == "name":
            heading = _HEADING.match(value)
            if value.lower() == "title":
                self._style.level = 0
            elif heading and self._style.level is None:
                self._style.level = int(heading[1])


def _styles(archive: zipfile.ZipFile) -> dict[str, int]:
    """The level of each style that is a heading, its own or that of the one it is based on."""
    styles = _Styles()
    _parse(_member(archive, "word/styles.xml"), styles)
    levels: dict[str, int] = {}
    for name in styles.found:
        style, seen = styles.found[name], {name}
        while style.level is None and style.based_on in styles.found and style.based_on not in seen:
            seen.add(style.based_on)
            style = styles.found[style.based_on]
        if style.level is not None:
            levels[name] = style.level
    return levels


# --- text ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Paragraph:
    text: list[str] = field(default_factory=list)
    level: int | None = None
    listed: bool = False


class _Body(_Handler):
    """The paragraphs in order, each with its heading level; the cells of a short row are one."""

    def __init__(self, styles: dict[str, int]) -> None:
        self.blocks: list[tuple[int | None, str]] = []
        self.cut = False
        self._styles = styles
        self._open: list[_Paragraph] = []
        self._row: list[str] = []
        self._tables = self._skipped = self._size = 0
        self._hidden = self._inside = False

    def opened(self, name: str, values: dict[str, str]) -> None:
        if self._skipped or name in _SKIPPED:
            self._skipped += 1
            return
        value = values.get("val", "")
        if name == "p":
            self._open.append(_Paragraph())
        elif name == "tbl":
            self._tables += 1
        elif name == "r":
            self._hidden = False
        elif name == "vanish":
            self._hidden = value not in _OFF
        elif name == "t":
            self._inside = True
        elif self._open:
            self._formatted(self._open[-1], name, value)

    def _formatted(self, paragraph: _Paragraph, name: str, value: str) -> None:
        if name == "pStyle":
            paragraph.level = self._styles.get(value, paragraph.level)
        elif name == "outlineLvl" and value.isdecimal() and int(value) < 9:  # noqa: PLR2004
            paragraph.level = int(value) + 1
        elif name == "numPr":
            paragraph.listed = True
        elif name in _BLANKS and not self._hidden:
            paragraph.text.append(_BLANKS[name])

    def closed(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name == "t":
            self._inside = False
        elif name == "p" and self._open:
            self._finish(self._open.pop())
        elif name == "tbl":
            self._tables -= 1
        elif name == "tr" and self._tables == 1:
            self._end_row()

    def text(self, data: str) -> None:
        if not self._inside or self._skipped or self._hidden or not self._open:
            return
        self._size += len(data)
        self.cut = self.cut or self._size > _MOST_TEXT
        if not self.cut:
            self._open[-1].text.append(data)

    def _finish(self, paragraph: _Paragraph) -> None:
        lines = clean_text("".join(paragraph.text)).split("\n")
        text = "\n".join(" ".join(line.split()) for line in lines).strip()
        if not text:
            return
        if self._tables:
            self._row.append(text)
        elif paragraph.level is None:
            self.blocks.append((None, f"• {text}" if paragraph.listed else text))
        else:
            self.blocks.append((paragraph.level, " ".join(text.split())))

    def _end_row(self) -> None:
        short = all(len(cell) <= _LONG_CELL for cell in self._row)
        rows = [" ".join(self._row)] if short else self._row
        self.blocks += [(None, row) for row in rows if row]
        self._row = []
