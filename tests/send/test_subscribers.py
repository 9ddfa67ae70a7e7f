"""The recipients' file."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.deliveries import Recipient
from digest.errors import ConfigError
from digest.send.subscribers import read_recipients


def _file(folder: Path, content: str | bytes) -> Path:
    path = folder / "recipients.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        "address,name\na@example.org,Ada\nb@example.org,\n",
        "\ufeffaddress,name\r\n\r\na@example.org,Ada\r\n# away: c@example.org\r\nb@example.org,",
        " Address , Name \n  # first\na@example.org, Ada \n\n,\nb@example.org\n",
        "address,name\na@EXAMPLE.org,\nb@example.org,\na@example.org,Ada\na@example.org,Other\n",
    ],
)
def test_recipients_are_read_in_their_order_each_once(tmp_path: Path, content: str) -> None:
    assert read_recipients(_file(tmp_path, content)) == (
        Recipient(address="a@example.org", name="Ada"),
        Recipient(address="b@example.org"),
    )


def test_a_quoted_name_may_hold_a_comma_and_other_letters(tmp_path: Path) -> None:
    path = _file(tmp_path, 'address,name\na@пример.рф,"Иванов, Пётр"\n')
    assert read_recipients(path) == (
        Recipient(address="a@xn--e1afmkfd.xn--p1ai", name="Иванов, Пётр"),
    )


def test_capital_letters_before_the_at_make_another_address(tmp_path: Path) -> None:
    path = _file(tmp_path, "address,name\nA@example.org,\na@example.org,\n")
    assert len(read_recipients(path)) == 2


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        'address,name\n# note\nnobody,X\n\na@example.org,"two\nlines"\nя@example.org,\n'
        "a@b.example,Last, First\n",
    )
    with pytest.raises(ConfigError) as wrong:
        read_recipients(path)
    assert [problem.where for problem in wrong.value.problems] == [
        "recipients.csv:3",
        "recipients.csv:7",
        "recipients.csv:8",
    ]
    assert wrong.value.exit_code == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("\n# nothing\n", "empty"),
        ("a@example.org,Ada\n", "address,name"),
        ("address;name\na@example.org;Ada\n", "commas"),
        ('address,name\n"a@example.org,Ada\n', "no CSV"),
        ("address,name\n".encode("utf-16"), "UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_one_sentence(
    tmp_path: Path, content: str | bytes, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        read_recipients(_file(tmp_path, content))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_recipients(tmp_path / "recipients.csv")


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_recipients(tmp_path)


def test_the_header_alone_means_nobody(tmp_path: Path) -> None:
    assert read_recipients(_file(tmp_path, "address,name\n")) == ()
