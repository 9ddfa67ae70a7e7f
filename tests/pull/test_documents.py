from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
import zipfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from digest.errors import ParseError
from digest.model import Certainty, RawEntry
from digest.pull.documents import Job, Opened, Piece, open_document
from digest.pull.docx import MAX_XML, read_docx
from digest.pull.files import find, read
from digest.pull.mbox import MOST_MESSAGES, messages, steady_name
from digest.pull.pdf import read_pdf
from digest.pull.workers import ParserPool
from digest.source import FileFacts, Source

LOCAL = Source(id="box", name="Box", path="box/")
PROSE = "After a winter in dock the boats are back on their timetable and carry freight at night."


def answered(pool: ParserPool, job: Job) -> Opened:
    """What a worker makes of the pieces of a file."""
    return pool.ask("document", (job,), Opened)


def letter(number: int, text: str = "The boats sail again.") -> bytes:
    return (
        f"From: Harbour Gazette <news@gazette.example>\nSubject: Letter {number}\n"
        f"Date: Tue, 3 May 2022 09:30:00 +0200\nMessage-ID: <{number}@gazette.example>\n"
        f"\n{text}\n"
    ).encode()


def mbox(*letters: bytes) -> bytes:
    return b"".join(
        b"From news@gazette.example Tue May  3 09:30:00 2022\n" + one + b"\n" for one in letters
    )


def opened(path: Path, pool: ParserPool, **source: Any) -> Any:
    values = {"id": "box", "name": "Box", "path": "box/"} | source
    return read(
        path,
        root=path.parent,
        source=Source(**values),
        parser=pool.parse,
        opener=partial(answered, pool),
    )


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# --- mail on disk --------------------------------------------------------------------------------


def test_a_message_file_is_one_entry(tmp_path: Path, pool: ParserPool) -> None:
    entries, problems = opened(written(tmp_path, "a.eml", letter(1)), pool)
    assert problems == ()
    assert [(e.title, e.content, e.publisher, e.path) for e in entries] == [
        ("Letter 1", "The boats sail again.", "Harbour Gazette", "a.eml")
    ]


def test_the_editor_knows_the_publisher_of_a_source_better(
    tmp_path: Path, pool: ParserPool
) -> None:
    path = written(tmp_path, "a.eml", letter(1))
    entries, _ = opened(path, pool, publisher="The Gazette of the Harbour")
    assert entries[0].publisher is None
    facts = FileFacts(pattern="*.eml", section="ports", lang="en")
    entries, _ = opened(path, pool, files=(facts,))
    assert (entries[0].section, entries[0].lang) == ("ports", "en")


def test_an_mbox_gives_its_messages_in_order(tmp_path: Path, pool: ParserPool) -> None:
    data = mbox(letter(1, ">From here on\n>>From there\nFrom now, boats sail."), letter(2))
    entries, problems = opened(written(tmp_path, "a.mbox", data), pool)
    assert problems == ()
    assert [e.title for e in entries] == ["Letter 1", "Letter 2"]
    assert entries[0].content == "From here on\n>From there\nFrom now, boats sail."
    assert [e.guid for e in entries] == ["1@gazette.example", "2@gazette.example"]


def test_a_line_from_somebody_is_no_border_within_a_text() -> None:
    text = "One.\n\nFrom the harbour, we sail.\n\nTwo."
    assert list(messages(io.BytesIO(mbox(letter(1, text))))) == [letter(1, text) + b"\n"]


def test_a_hundred_megabytes_are_read_message_by_message() -> None:
    one = mbox(letter(1, "x" * 70 + "\n" + f"{'The boats sail again. ' * 400}\n" * 12))
    count = 100_000_000 // len(one) + 1

    class Endless(io.RawIOBase):
        """A file that is made while it is read."""

        left = count * len(one)
        at = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left, len(one) - self.at)
            buffer[:size] = one[self.at : self.at + size]
            self.at = (self.at + size) % len(one)
            self.left -= size
            return size

    tracemalloc.start()
    try:
        found = sum(1 for _ in messages(io.BufferedReader(Endless())))  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == count
    assert peak < 4_000_000


def test_one_message_never_fills_the_memory() -> None:
    data = mbox(letter(1, "The boats sail again.\n" * 400_000), letter(2))
    sizes = [len(each) for each in messages(io.BytesIO(data))]
    assert len(sizes) == 2
    assert sizes[0] < 4 * 1024 * 1024 + 70_000


def test_a_hostile_message_does_not_stop_its_neighbours(tmp_path: Path, pool: ParserPool) -> None:
    bad = (
        b"Subject: bad\nContent-Type: multipart/mixed; boundary="
        + b"boundary" * 90
        + b"\n" * 90_000
    )
    data = mbox(letter(1), bad, b"no header at all\n", letter(2))
    entries, problems = opened(written(tmp_path, "a.mbox", data), pool)
    assert [e.title for e in entries] == ["Letter 1", "Letter 2"]
    assert [p.where for p in problems] == ["a.mbox, message 2", "a.mbox, message 3"]


def test_a_worker_that_dies_costs_one_message(tmp_path: Path) -> None:
    def opener(job: Job) -> Opened:
        if any(b"Letter 3" in piece.data for piece in job.pieces):
            raise ParseError("The feed took longer than 9 seconds to read, so it was stopped.")
        return open_document(job)

    path = written(tmp_path, "a.mbox", mbox(*(letter(n) for n in range(6))))
    entries, problems = read(path, root=tmp_path, source=LOCAL, opener=opener)
    assert [e.title for e in entries] == [f"Letter {n}" for n in (0, 1, 2, 4, 5)]
    assert [(p.where, p.message[:13]) for p in problems] == [("a.mbox, message 4", "The file took")]


def test_of_a_very_large_mbox_the_newest_are_kept(tmp_path: Path) -> None:
    def opener(job: Job) -> Opened:
        return Opened(entries=tuple(RawEntry(title=piece.where) for piece in job.pieces))

    path = written(tmp_path, "a.mbox", mbox(*[b"A: b\n"] * (MOST_MESSAGES + 3)))
    entries, problems = read(path, root=tmp_path, source=LOCAL, opener=opener)
    assert len(entries) == MOST_MESSAGES
    assert entries[0].title == "a.mbox, message 4"
    assert "first 3 messages" in problems[0].message
    assert problems[0].where == "a.mbox"


def test_what_is_no_mbox_is_named(tmp_path: Path, pool: ParserPool) -> None:
    _, problems = opened(written(tmp_path, "a.mbox", b"hello\n"), pool)
    assert "no mailbox" in problems[0].message
    _, problems = opened(written(tmp_path, "b.mbox", b""), pool)
    assert problems[0].code == "empty-file"


def test_a_maildir_is_read_without_what_is_thrown_away(tmp_path: Path, pool: ParserPool) -> None:
    box = tmp_path / "box"
    written(box, "cur/1.M1.host:2,S", letter(1))
    written(box, "cur/2.M2.host:2,ST", letter(2))
    written(box, "cur/3.M3.host:2,D", letter(3))
    written(box, "new/4.M4.host", letter(4))
    written(box, "tmp/5.M5.host", letter(5))
    written(box, ".Trash/cur/6.M6.host:2,S", letter(6))
    written(box, "dovecot.index.log", b"x")
    found = find(tmp_path, "box/")
    assert [path.name for path in found] == ["1.M1.host:2,S", "4.M4.host"]
    entries, problems = read(
        found[0],
        root=tmp_path,
        source=LOCAL,
        opener=partial(answered, pool),
    )
    assert problems == ()
    assert entries[0].path == "box/1.M1.host"


def test_a_message_keeps_its_name_when_it_is_read() -> None:
    names = ("box/new/4.M4.host", "box/cur/4.M4.host:2,", "box/cur/4.M4.host:2,FS")
    assert {steady_name(name) for name in names} == {"box/4.M4.host"}


def test_a_mail_file_outside_the_folder_is_not_read(tmp_path: Path, pool: ParserPool) -> None:
    written(tmp_path, "secret.eml", letter(1))
    (tmp_path / "box").mkdir()
    link = tmp_path / "box" / "a.eml"
    link.symlink_to(tmp_path / "secret.eml")
    entries, problems = opened(link, pool)
    assert entries == ()
    assert problems[0].code == "outside"


# --- Word ----------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
STYLES = f"""<w:styles {W}>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:styleId="A"><w:name w:val="A"/><w:basedOn w:val="B"/></w:style>
<w:style w:styleId="B"><w:name w:val="B"/><w:basedOn w:val="A"/></w:style></w:styles>"""


def paragraph(text: str, style: str = "", more: str = "") -> str:
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:p><w:pPr>{styled}{more}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def docx(*body: str, styles: str = STYLES, head: str = "") -> bytes:
    document = f"{head}<w:document {W} {MC}><w:body>{''.join(body)}</w:body></w:document>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", document)
        archive.writestr("word/styles.xml", styles)
    return stream.getvalue()


def test_a_word_document_has_an_entry_for_each_heading(tmp_path: Path, pool: ParserPool) -> None:
    data = docx(
        paragraph("Notes from the harbour", "T"),
        paragraph("3 May 2022"),
        paragraph("The ferry is back", "berschrift1"),
        paragraph(PROSE),
        paragraph("one", more="<w:numPr/>"),
        paragraph("The bridge", "Own"),
        paragraph("Engineers are split over the ground.", "A"),
    )
    entries, problems = opened(written(tmp_path, "a.docx", data), pool)
    assert problems == ()
    assert [(e.title, e.content) for e in entries] == [
        ("The ferry is back", f"{PROSE}\n\n• one"),
        ("The bridge", "Engineers are split over the ground."),
    ]
    assert {(e.published, e.certainty) for e in entries} == {
        (datetime(2022, 5, 3, tzinfo=UTC), Certainty.DAY)
    }


def test_a_document_without_headings_is_one_entry_with_its_title() -> None:
    paper = read_docx(docx(paragraph("The ferry is back", "T"), paragraph(PROSE)))
    assert paper.title == "The ferry is back"
    assert [part.text for part in paper.parts.parts] == [PROSE]


FALLEN_BACK = "</mc:Fallback></mc:AlternateContent></w:r></w:p>"


def test_what_a_document_does_not_show_is_left_out() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        "<w:p>" + run.format("Boats ") + f"<w:del>{run.format('never ')}</w:del>"
        f"<w:ins>{run.format('always ')}</w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secretly </w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>" + run.format("sail") + "<w:r><w:br/></w:r>"
        + run.format("again.") + "</w:p>"
        "<w:p><w:r><mc:AlternateContent><mc:Choice>" + paragraph("A box.")
        + "</mc:Choice><mc:Fallback>" + paragraph("A box.") + FALLEN_BACK
        + "<w:tbl><w:tr><w:tc>" + paragraph("Adults") + "</w:tc><w:tc>" + paragraph("10")
        + "</w:tc></w:tr></w:tbl>"
    )  # fmt: skip
    parts = read_docx(docx(body)).parts.parts
    assert parts[0].text == "Boats always sail\nagain.\n\nA box.\n\nAdults 10"


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<" + b" " * (MAX_XML + 10))
    return stream.getvalue()


def locked() -> bytes:
    data = bytearray(docx(paragraph(PROSE)))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(sign)
        while start >= 0:
            data[start + at] |= 1  # says "encrypted"
            start = data.find(sign, start + 4)
    return bytes(data)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"no zip", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "password"),
        (docx("<w:p>"), "XML is damaged"),
        (docx("<w:p>" * 400), "deeply"),
        (docx(paragraph("&b;"), head=LAUGHS), "DTD"),
        (docx(paragraph(PROSE))[:-40], "damaged"),
        (bomb(), "unpacked"),
        (locked(), "locked"),
    ],
    ids=["text", "old", "xml", "deep", "laughs", "cut", "bomb", "locked"],
)
def test_a_broken_document_is_told(data: bytes, told: str, pool: ParserPool) -> None:
    with pytest.raises(ParseError, match=told):
        pool.ask(
            "document",
            (Job(kind="docx", pieces=(Piece(data=data, where="a"),), relative="a"),),
            Opened,
        )


# --- PDF -----------------------------------------------------------------------------------------


def pdf(*pages: Sequence[str], title: str = "") -> bytes:
    """A PDF of pages of lines, each line set on its own."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
        stream = f"BT /F1 10 Tf 50 800 Td {shown} ET"
        fonts = "/Resources << /Font << /F1 3 0 R >> >>"
        place = f"/Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * at} 0 R"
        objects += [
            f"<< /Type /Page {place} {fonts} >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    objects.append(f"<< /Title ({title}) >>")
    return assembled(objects, info=len(objects))


def assembled(objects: Sequence[str], *, info: int = 0, trailer: str = "") -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{each}\nendobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    named = f"/Info {info} 0 R" if info else ""
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {named} {trailer} >>\n".encode()
    return out + f"startxref\n{start}\n%%EOF\n".encode()


COLUMN = (
    "The Harbour Gazette",
    "The ferry is back",
    "After a winter in dock the boats are back on their time-",
    "table and carry freight at night, as the harbour mas-",
    "ter said on Tuesday, and the low-",
    "cost tickets of last year are there as well.",
    "The timetable will change in June, when the low-cost line",
    "to the islands opens.",
    "1",
)


def test_a_pdf_is_read_with_its_words_whole(tmp_path: Path, pool: ParserPool) -> None:
    pytest.importorskip("pypdf")
    pages = [COLUMN, ("The Harbour Gazette", PROSE, "2"), ("The Harbour Gazette", PROSE, "3")]
    data = pdf(*pages, title="The ferry is back")
    entries, problems = opened(written(tmp_path, "a.pdf", data), pool)
    assert problems == ()
    assert [e.title for e in entries] == ["The ferry is back"]
    text = entries[0].content
    assert "on their timetable and carry freight at night, as the harbour master said" in text
    assert "and the low-cost tickets of last year are there as well.\n\nThe timetable" in text
    assert "Harbour Gazette" not in text
    assert not any(line.strip().isdigit() for line in text.split("\n"))


def test_a_title_that_a_program_left_is_none() -> None:
    pytest.importorskip("pypdf")
    assert read_pdf(pdf([PROSE], title="Microsoft Word - final2.doc")).title is None


ENCRYPTED = assembled(
    ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>",
     f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>"],
    trailer=f"/Encrypt 3 0 R /ID [<{'43' * 16}> <{'43' * 16}>]",
)  # fmt: skip


def inflating() -> bytes:
    """A page whose content is 300 MB when it is unpacked."""
    packer = zlib.compressobj(9)
    body = b"".join([*(packer.compress(b"q " * 500_000) for _ in range(300)), packer.flush()])
    text = body.decode("latin-1")
    return assembled(
        ["<< /Type /Catalog /Pages 2 0 R >>",
         "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
         "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
         f"<< /Length {len(body)} /Filter /FlateDecode >>\nstream\n{text}\nendstream"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: b"%PDF-1.4 nothing", "damaged"),
        (lambda: b"", "damaged"),
        (lambda: pdf([""]), "no text"),
        (lambda: ENCRYPTED, "password"),
        (inflating, "damaged|memory|longer|no text"),
    ],
    ids=["cut", "empty", "scan", "encrypted", "bomb"],
)
def test_a_pdf_that_cannot_be_read_is_told(make: Any, told: str, pool: ParserPool) -> None:
    pytest.importorskip("pypdf")
    job = Job(kind="pdf", pieces=(Piece(data=make(), where="a"),), relative="a")
    with pytest.raises(ParseError, match=told):
        answered(pool, job)


def test_without_the_extra_a_pdf_says_what_to_install() -> None:
    program = """
import sys
sys.modules["pypdf"] = None
from digest.pull.documents import Job, Piece, open_singly, open_document
job = Job(kind="pdf", pieces=(Piece(data=b"%PDF", where="a.pdf"),), relative="a.pdf")
print(open_singly(job, open_document).problems[0].message)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "newsletter-digest-desk[documents]" in done.stdout
