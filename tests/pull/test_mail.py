from __future__ import annotations

import base64
import quopri
from datetime import UTC, datetime
from typing import Any

import pytest

from digest.model import Certainty, Problem, RawEntry
from digest.pull.documents import Job, Opened, Piece
from digest.pull.mail import MAX_MESSAGE, read_message
from digest.pull.mailtext import html_text, plain_letter, public_page, unflowed

HEAD = (
    "From: Harbour Gazette <news@gazette.example>\r\n"
    "Subject: The ferry is back\r\n"
    "Date: Tue, 3 May 2022 09:30:00 +0200\r\n"
    "Message-ID: <one@gazette.example>\r\n"
    "MIME-Version: 1.0\r\n"
)
RUSSIAN = "Паром снова ходит через пролив, и билеты стоят десять крон, сообщает портовый вестник."
CHINESE = "港口消息：渡轮在这个月重新开航，成人票价是十元，儿童可以免费乘坐。"
LONG = (
    "After a winter in dock the boats are back on their timetable and carry freight at night. " * 3
)


def message(
    body: str | bytes, kind: str = "text/plain; charset=utf-8", *, head: str = HEAD
) -> bytes:
    body = body if isinstance(body, bytes) else body.encode()
    return head.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + body


def entry_of(data: bytes) -> RawEntry:
    letter = read_message(data, where="m.eml")
    assert letter.entry is not None, letter.problem
    return letter.entry


def problem_of(data: bytes) -> Problem:
    letter = read_message(data, where="m.eml")
    assert letter.entry is None
    assert letter.problem is not None
    return letter.problem


def alternative(*parts: tuple[str, str], kind: str = "alternative") -> bytes:
    inner = "".join(f"--b1\r\nContent-Type: {k}\r\n\r\n{text}\r\n" for k, text in parts)
    return message(f"{inner}--b1--\r\n", f'multipart/{kind}; boundary="b1"')


# --- what a message says of itself ---------------------------------------------------------------


def test_a_message_is_an_entry_with_sender_date_and_id() -> None:
    entry = entry_of(message("The boats sail again.\r\n"))
    assert entry.title == "The ferry is back"
    assert entry.publisher == "Harbour Gazette"
    assert entry.guid == "one@gazette.example"
    assert entry.published == datetime(2022, 5, 3, 7, 30, tzinfo=UTC)
    assert entry.certainty is Certainty.TIME
    assert entry.content == "The boats sail again."
    assert entry.url is None


def subjected(raw: bytes) -> str:
    return entry_of(b"Subject: " + raw + b"\r\nFrom: a@b.example\r\n\r\nText\r\n").title


def encoded(text: str, charset: str, named: str | None = None) -> bytes:
    body = base64.b64encode(text.encode(charset)).decode()
    return f"=?{named or charset}?B?{body}?=".encode()


def test_a_character_may_be_shared_by_two_encoded_words() -> None:
    data = CHINESE.encode("gb18030")
    words = b"\r\n ".join(
        b"=?gb2312?B?" + base64.b64encode(data[at : at + 15]) + b"?="
        for at in range(0, len(data), 15)
    )
    assert subjected(words) == CHINESE


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (encoded(RUSSIAN, "koi8-r"), RUSSIAN),
        (encoded(RUSSIAN, "windows-1251", "koi8-r"), RUSSIAN),
        (encoded(RUSSIAN, "windows-1251", "nonsense"), RUSSIAN),
        (RUSSIAN.encode("windows-1251"), RUSSIAN),
        (RUSSIAN.encode(), RUSSIAN),
        (b"=?UTF-8*ru?Q?=D0=9F=D0=BE=D1=80=D1=82?=", "Порт"),
        (b"=?utf-8?q?Caf=C3=A9_open?= today", "Café open today"),
        (b"=?utf-8?B?Q2FmZQ?= tail", "Cafe tail"),
        (b"Re: Fwd: =?utf-8?Q?Harbour?=\r\n =?utf-8?Q?_news?=", "Harbour news"),
        (b"AW: WG: Hafen", "Hafen"),
        (encoded("回复：港口", "utf-8"), "港口"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"a =?broken", "a =?broken"),
    ],
)
def test_subjects_are_read_however_they_are_written(raw: bytes, title: str) -> None:
    assert subjected(raw) == title


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b"Harbour, Gazette & Sons <a@b.example>", "Harbour, Gazette & Sons"),
        (b'"Gazette \\"The Harbour\\"" <a@b.example>', 'Gazette "The Harbour'),
        (b"=?utf-8?Q?Caf=C3=A9=2C_Hafen?= <a@b.example>", "Café, Hafen"),
        (b"'Jane Roe' via Harbour List <list@b.example>", "Jane Roe"),
        (b"a@b.example (Harbour Gazette)", "Harbour Gazette"),
        (b"a@b.example", None),
        (b"a@b.example <a@b.example>", None),
        (b"", None),
    ],
)
def test_the_sender_is_the_publisher(value: bytes, name: str | None) -> None:
    data = b"From: " + value + b"\r\nSubject: News\r\n\r\nText\r\n"
    assert entry_of(data).publisher == name


def test_without_a_date_the_last_server_says_it() -> None:
    received = (
        "Received: from a.example by b.example\r\n\tid 7; Wed, 4 May 2022 10:00:00 +0000 (UTC)\r\n"
    )
    entry = entry_of(f"{received}Subject: News\r\nDate: soon\r\n\r\nText".encode())
    assert entry.published == datetime(2022, 5, 4, 10, tzinfo=UTC)
    assert entry_of(b"Subject: News\r\n\r\nText").published is None


def test_without_an_id_two_messages_still_differ() -> None:
    one = b"Subject: Weekly\r\nDate: Tue, 3 May 2022 09:30:00 +0200\r\n\r\nText"
    other = one.replace(b"3 May", b"10 May")
    assert entry_of(one).guid == entry_of(one).guid
    assert entry_of(one).guid != entry_of(other).guid


# --- bodies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "written", "named"),
    [
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "windows-1251", "windows-1251"),
        (RUSSIAN, "windows-1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "windows-1251"),
        (RUSSIAN, "utf-8", "windows-1251"),
        (RUSSIAN, "koi8-r", "utf-8"),
        (RUSSIAN, "utf-8", "x-unknown"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE, "gb18030", "us-ascii"),
        (CHINESE, "big5hkscs", "gb2312"),
        (CHINESE, "utf-8", "gb2312"),
        ("Die Fähre fährt über den Sund.", "windows-1252", "iso-8859-1"),
        ("À l’été, la forêt est fermée, dit le maître.", "windows-1252", "utf-8"),
    ],
)
def test_charsets_are_read_right_or_wrong(text: str, written: str, named: str) -> None:
    if written == "big5hkscs":
        text = "港口消息：渡輪在這個月重新開航，成人票價是十元，兒童可以免費乘坐。"
        written = "big5"
    data = message(text.encode(written), f"text/plain; charset={named}")
    assert entry_of(data).content == text


def test_without_a_charset_the_page_says_it() -> None:
    page = f'<html><head><meta charset="koi8-r"></head><body><p>{RUSSIAN}</p></body></html>'
    assert entry_of(message(page.encode("koi8-r"), "text/html")).content == RUSSIAN


def transferred(body: bytes, how: str, charset: str = "utf-8") -> RawEntry:
    head = f"{HEAD}Content-Transfer-Encoding: {how}\r\n"
    return entry_of(message(body, f"text/plain; charset={charset}", head=head))


def test_quoted_printable_and_its_damage() -> None:
    body = quopri.encodestring(f"{RUSSIAN} = {RUSSIAN}".encode())
    assert transferred(body, "quoted-printable").content == f"{RUSSIAN} = {RUSSIAN}"
    padded = body.replace(b"=\n", b"=  \r\n")
    assert b"=  \r\n" in padded
    assert transferred(padded, "quoted-printable").content == f"{RUSSIAN} = {RUSSIAN}"
    assert transferred(body, "7bit").content == f"{RUSSIAN} = {RUSSIAN}"
    assert transferred(b"Rates =XY rose by 5=", "quoted-printable").content == "Rates =XY rose by 5"
    assert transferred(b"a=b and c=3D", "7bit").content == "a=b and c=3D"


def test_base64_and_its_damage() -> None:
    body = base64.encodebytes(CHINESE.encode())
    assert transferred(body, "base64").content == CHINESE
    assert transferred(body.replace(b"\n", b" !\n"), "base64").content == CHINESE
    assert transferred(body.rstrip(b"=\n"), "BASE64").content.startswith(CHINESE[:-1])


def test_html_is_preferred_to_plain_text() -> None:
    entry = entry_of(
        alternative(("text/plain", "Plain words."), ("text/html", "<p>Rich words.</p>"))
    )
    assert entry.content == "Rich words."


def test_plain_text_is_taken_where_the_html_says_little() -> None:
    entry = entry_of(alternative(("text/plain", LONG), ("text/html", "<p>Hello.</p>")))
    assert entry.content == LONG.strip()


def test_parts_of_a_mixed_message_follow_one_another_and_attachments_do_not() -> None:
    attached = 'text/plain; name="a.txt"\r\nContent-Disposition: attachment; filename="a.txt"'
    entry = entry_of(
        alternative(
            ("text/html", "<p>One.</p>"),
            ("image/png", "AAAA"),
            (attached, "Two."),
            ("text/plain; name=letter.txt", "Three."),
            kind="mixed",
        )
    )
    assert entry.content == "One.\n\nThree."


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (alternative(('application/pdf; name="rates.pdf"', "AAAA"), kind="mixed"),
         "attachments-only", "rates.pdf"),
        (message("AAAA", "application/pkcs7-mime"), "encrypted", "The ferry is back"),
        (message(""), "empty-message", "The ferry is back"),
        (b"not a message at all\n", "parse", "no mail message"),
        (b"", "parse", "no mail message"),
        (b"\x00\xff\xfe" * 100, "parse", "no mail message"),
    ],
)  # fmt: skip
def test_a_message_without_text_is_named(data: bytes, code: str, told: str) -> None:
    problem = problem_of(data)
    assert problem.code == code
    assert told in problem.message
    assert problem.where == "m.eml"


# --- what the reader sees ------------------------------------------------------------------------

LETTER = f"""<html><head><style>p {{color: red}}</style><title>x</title></head><body>
<div style="display: none; max-height: 0px">Boats, rates and a bridge &zwnj;&nbsp;&zwnj;&nbsp;</div>
<span class="preheader">Short of it</span>
<table><tr><td style="font-size:0px"><a href="https://gazette.example/2022/05/ferry-back">View this
email in your browser</a></td></tr></table>
<img src="https://track.example/open?u=7" width="1" height="1" alt="pixel">
<h1>The ferry is back</h1><p>{LONG}</p><p>{LONG}</p>
<script>steal()</script>
<p>You are receiving this email because you signed up at our desk.</p>
<p><a href="https://click.example/u?x=1">Unsubscribe</a> | Preferences</p>
<p>Harbour Road 1, Port Town</p></body></html>"""


def test_a_letter_is_read_without_pixels_preheader_and_footer() -> None:
    entry = entry_of(message(LETTER, "text/html; charset=utf-8"))
    assert entry.content == f"The ferry is back\n\n{LONG.strip()}\n\n{LONG.strip()}"
    assert entry.url == "https://gazette.example/2022/05/ferry-back"


def test_what_only_closes_gaps_hides_nothing() -> None:
    markup = '<table style="font-size:0"><tr><td style="font-size:14px">Seen.</td></tr></table>'
    assert html_text(markup) == "Seen."
    assert html_text('<p>Seen.</p><span style="font-size:1px">Not.</span>') == "Seen."


def test_hidden_in_hidden_is_removed_once() -> None:
    inner = '<div hidden><p class="preheader">a<b style="display:none">b</b></p></div>' * 50
    assert html_text(f"<div>{inner}</div><p>Seen.</p>") == "Seen."


def test_a_footer_line_in_the_middle_does_not_end_the_letter() -> None:
    text = f"{LONG}\n\nForwarded this email? Subscribe here.\n\n{LONG}\n\nUnsubscribe here"
    assert plain_letter(text) == f"{LONG.strip()}\n\n{LONG.strip()}"


@pytest.mark.parametrize(
    "line",
    [
        "Отписаться от рассылки",
        "Вы получили это письмо, потому что подписались.",
        "如需退订，请点击这里",
        "Sie erhalten diesen Newsletter, weil Sie ihn bestellt haben.",
        "To stop receiving these letters, write to us.",
        "If you wish, click here to unsubscribe.",
        "© 2022 Harbour Gazette",
    ],
)
def test_footers_end_a_letter(line: str) -> None:
    assert plain_letter(f"{LONG}\n\n{line}\n\nHarbour Road 1") == LONG.strip()


@pytest.mark.parametrize(
    "line",
    [
        "Members who unsubscribe from the union's list lose their vote, the court said on Monday.",
        "The office is open online as well.",
        "Copyright law changes in May.",
        "Вы получили бы место в порту, если бы приехали раньше.",
    ],
)
def test_a_report_about_such_things_stays(line: str) -> None:
    # The pattern of the last one begins alike, so the rule is about what follows.
    assert line in plain_letter(f"{LONG}\n\n{line}\n\n{LONG}")


def test_a_flowed_letter_has_its_paragraphs_whole() -> None:
    text = "The ferry \r\nsails.\r\n \r\n From here.\r\n>> quoted \r\n>> words\r\n-- \r\nJane\r\n"
    entry = entry_of(message(text, "text/plain; format=flowed"))
    assert entry.content == "The ferry sails.\n\nFrom here.\n>> quoted words"
    assert unflowed("港口 \n消息", delsp=True) == "港口消息"


def test_evenly_broken_lines_are_whole_again_and_lists_are_not() -> None:
    wrapped = (
        "The ferry that links the two towns on the strait sails again after a\n"
        "winter in dock, and it carries freight at night as it did before.\n"
        "The fare stays.\n\n* one\n* two\n\nShort line\nand another"
    )
    text = plain_letter(wrapped)
    assert "after a winter in dock" in text
    assert "* one\n* two" in text
    assert "Short line\nand another" in text


def test_addresses_of_a_plain_letter_go() -> None:
    text = (
        "The ferry sails <https://click.example/abc>.\n\nhttps://click.example/def\n\n=====\n\nEnd."
    )
    assert plain_letter(text) == "The ferry sails.\n\nEnd."


# --- the page of a letter ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("https://gazette.example/2022/ferry?utm_source=mail", "https://gazette.example/2022/ferry"),
        ("https://us1.campaign-archive.com/?u=ab&id=cd&e=reader",
         "https://us1.campaign-archive.com/?u=ab&id=cd"),
        ("https://gazette.substack.com/p/the-ferry?token=reader", "https://gazette.substack.com/p/the-ferry"),
        ("https://gazette.example/view?subscriber=77", None),
        ("https://click.gazette.example/2022/ferry", None),
        ("https://gazette.example/v/a8Fk20dkLq93ndlq02mdAAb", None),
        ("https://gazette.example/", None),
        ("https://gazette.example/newsletter", None),
        ("javascript:alert(1)", None),
        ("mailto:a@b.example", None),
    ],
)  # fmt: skip
def test_only_a_page_that_names_no_reader_is_an_address(link: str, page: str | None) -> None:
    assert public_page(link) == page


def headed(line: str) -> str | None:
    return entry_of(message("Text.", head=f"{HEAD}{line}\r\n")).url


def test_the_header_may_name_the_page() -> None:
    archived = "Archived-At: <https://lists.example/arch/2022-05/msg-00017.html>"
    assert headed(archived) == "https://lists.example/arch/2022-05/msg-00017.html"
    assert headed("List-Post: <https://gazette.example/p/ferry-is-back>") is not None
    assert headed("List-Post: <https://lists.example/list/2022>") is None
    assert headed("List-Post: <mailto:list@lists.example>") is None


# --- hostile -------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="b{at}"\r\n\r\n--b{at}\r\n' for at in range(depth)
    )
    return (HEAD + opening + "Content-Type: text/plain\r\n\r\nDeep.\r\n").encode()


HOSTILE: dict[str, Any] = {
    "nested parts": nested(5_000) + b"\n" * 500_000,
    "nested within bounds": nested(900),
    "header of a megabyte": HEAD.encode()
    + b"Content-Type: text/plain; a="
    + b"(" * 1_000_000
    + b"\n\nText",
    "many parameters": HEAD.encode()
    + b"Content-Type: text/plain"
    + b'; a="b' * 200_000
    + b"\n\nText",
    "subject of words": b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nText",
    "sender of brackets": HEAD.encode() + b"From: " + b"<(" * 300_000 + b"\n\nText",
    "headers without end": HEAD.encode() + b"X: y\n" * 400_000,
    "a bare boundary": message("--\r\n" * 200_000, 'multipart/mixed; boundary=""'),
    "deep markup": message("<div>" * 200_000 + "Deep.", "text/html"),
    "hidden markup": message('<p class="preheader">' * 100_000 + "Deep.", "text/html"),
    "links": message('<a href="x">view in browser</a>' * 50_000 + "Text", "text/html"),
    "padding": message("\u200c\u00a0" * 300_000 + "Text."),
    "blank lines": message("\n \n" * 300_000 + "Text."),
    "quoting marks": message(">" * 1_000_000, "text/plain; format=flowed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_costs_its_own_time_only(name: str, pool: Any) -> None:
    piece = Piece(data=HOSTILE[name][:MAX_MESSAGE], where="m.eml")
    opened = pool.ask("document", (Job(kind="mail", pieces=(piece,), relative="m.eml"),), Opened)
    assert isinstance(opened, Opened)
    assert len(opened.entries) + len(opened.problems) == 1
