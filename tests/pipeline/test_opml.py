"""A newsletter's sources as a list, and a list as sources."""

from __future__ import annotations

from typing import Any

import pytest

from digest.config import load_config
from digest.pipeline.opml import export_opml, import_opml

SOURCES = """\
sections:
  - {id: one, title: "First, & foremost"}
  - {id: two, title: "first, & FOREMOST"}
  - {id: energy, title: Energy}
sources:
  - {name: Plain, url: "https://a.example/feed"}
  - {name: "Double  blank, : # 1", url: "https://b.example/feed?a=1&b=2", section: two, lang: zh}
  - {name: Восток 东方, url: "http://c.example/", section: one, ownership: think-tank, country: RU}
  - {url: "https://d.example/feed", ownership: state, publisher: "A/B, C", section: energy}
  - {name: Channel, url: "https://t.me/s/example", type: telegram}
"""
LEFT_OUT = """\
  - {name: Notes, path: notes/}
  - {name: Mail, url: "imaps://mail.example.org/INBOX", auth: MAIL_LOGIN}
"""


def test_a_configuration_goes_out_and_comes_back(letter: Any) -> None:
    (letter.folder / "notes").mkdir()
    letter.configure(SOURCES + LEFT_OUT)
    before = load_config(letter.config).sources
    result: Any = export_opml(letter.config)
    assert result.document["left_out"] == ["Notes", "Mail"]
    file = letter.folder / "list.opml"
    file.write_text(result.text, encoding="utf-8")
    head, _, _ = SOURCES.partition("sources:\n")
    letter.configure(head + "sources: []\n")
    import_opml(letter.config, file)
    after = load_config(letter.config).sources
    assert set(after) == set(before[:5])
    again: Any = import_opml(letter.config, file)
    assert again.document == {"added": [], "left_out": []}


def test_what_the_configuration_would_not_take_is_left_out_and_named(letter: Any) -> None:
    letter.configure("sources: []\n")
    file = letter.folder / "list.opml"
    file.write_text(
        """<opml version="2.0"><body><outline text="Nowhere">
        <outline text="A" xmlUrl="https://a.example/" category="/ownership/evil,/type/rocket"
          language="klingon"/>
        <outline text="{name: x}&#10;- url: y" xmlUrl="https://b.example/"/>
        <outline text="&#127;&#x9d;" xmlUrl="https://c.example/"/></outline></body></opml>""",
        encoding="utf-8",
    )
    result: Any = import_opml(letter.config, file)
    sources = load_config(letter.config).sources
    assert [each.name for each in sources[:2]] == ["A", "{name: x} - url: y"]
    assert (sources[0].ownership, sources[0].type, sources[0].lang) == (None, None, None)
    assert len(sources) + len(result.document["left_out"]) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"<opml><body>" + b" " * 15_000_000, "larger"), (b"no", "XML")],
    ids=["large", "none"],
)
def test_a_list_that_cannot_be_read_changes_nothing(letter: Any, body: bytes, words: str) -> None:
    letter.configure("sources: []\n")
    before = letter.config.read_bytes()
    file = letter.folder / "list.opml"
    file.write_bytes(body)
    code, document, said = letter.run("sources", "import", str(file))
    assert code == 1
    assert words in said
    assert document["error"]["code"] == "parse"
    assert letter.config.read_bytes() == before
