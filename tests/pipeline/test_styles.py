"""House styles by name, styles of the user's own, and the seed files told in each style."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from digest.write.verbatim import is_verbatim

STYLES = ("column", "roundup", "explainer", "links")
SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
FACTS = """\
    files:
      - {pattern: "000*", publisher: The China Project, date: 2022-04-07}
      - {pattern: "001*", publisher: China Digital Times, date: 2023-04-28}
      - {pattern: "002*", publisher: The China Project}
      - {pattern: "003*", publisher: Tortoise, date: 2022-03-16}
      - {pattern: "004*", publisher: China Digital Times, date: 2023-03-03}
"""
OWN = """\
{% set shape = "roundup" %}
{% macro story(story) %}
{% for paragraph in story.blocks %}
{{ paragraph.markdown }}

{% endfor %}
{% endmacro %}
"""


def _style(letter: Any, text: str, name: str = "ours") -> Path:
    folder: Path = letter.folder / "templates" / "styles"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md.jinja"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("style", STYLES)
def test_the_style_asked_for_outranks_the_newsletters(sample: Any, style: str) -> None:
    code, document, err = sample.run("run", "--offline", "--as-of", "2023-04-27", "--style", style)
    assert code == 0, err
    draft = (sample.folder / "drafts" / "2023-04-27.md").read_text("utf-8")
    assert f"\nstyle: {style}\n" in draft
    code, found, _ = sample.run("check", "2023-04-27")
    assert (code, found["findings"]) == (0, [])
    assert (document["stories"] == 1) == (style == "explainer")


def test_a_style_that_is_not_there_is_named_with_those_that_are(sample: Any) -> None:
    code, _, err = sample.run("draft", "--as-of", "2023-04-27", "--style", "fancy")
    assert code == 2
    assert "column, explainer, links, roundup" in err


def test_a_style_of_ones_own_needs_one_file(sample: Any) -> None:
    _style(sample, OWN)
    code, _, err = sample.run("run", "--offline", "--as-of", "2023-04-27", "--style", "ours")
    assert code == 0, err
    assert "\nstyle: ours\n" in (sample.folder / "drafts" / "2023-04-27.md").read_text("utf-8")


def test_the_shipped_styles_are_without_a_fault(sample: Any) -> None:
    code, document, _ = sample.run("template", "check")
    assert (code, document["problems"]) == (0, [])
    assert len(document["styles"]) == len(STYLES)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("{% macro story(s) %}\n{{ s.nothing }}\n{% endmacro %}", ":2", "nothing"),
        ("{% macro story(s) %}\n{% if %}\n{% endmacro %}", ":2", "Expected an expression"),
        ("{% macro lede(s) %}{% endmacro %}", "ours.md.jinja", "defines the macro story"),
        ("{% macro story(s) %}{{ s.heading }}{% endmacro %}", "", "without any trace"),
        ("{% macro story(s) %}## {{ s.heading }}{% endmacro %}", "", "would begin a section"),
        ("{% macro story(s) %}\nText\n- one\n- two\n{% endmacro %}", "", "CommonMark"),
        ("{% macro story(s) %}{{ s.__class__.__mro__ }}{% endmacro %}", ":1", ""),
        ('{% set shape = "tower" %}\n' + OWN.split("\n", 1)[1], "", "it is one of column"),
    ],
)
def test_a_fault_of_a_style_is_told_with_its_place(
    letter: Any, text: str, where: str, words: str
) -> None:
    letter.configure("sources:\n  - {name: N, path: notes/}\n")
    path = _style(letter, text)
    code, document, _ = letter.run("template", "check", str(path))
    assert code == 1
    [problem, *_] = document["problems"]
    assert problem["where"].startswith(str(path))
    assert where in problem["where"]
    assert words in problem["message"]


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed files are not beside us")
@pytest.mark.parametrize("style", STYLES)
def test_nothing_of_the_seed_files_is_misattributed(letter: Any, style: str) -> None:
    shutil.copytree(SEEDS, letter.folder / "seeds", copy_function=shutil.copyfile)
    letter.configure("sources:\n  - name: Seeds\n    path: seeds/\n" + FACTS)
    text = letter.config.read_text().replace("period: 7d", "period: 800d")
    letter.config.write_text(text, "utf-8")
    code, _, err = letter.run("run", "--offline", "--as-of", "2023-05-04", "--style", style)
    assert code == 0, err
    draft = (letter.folder / "drafts" / "2023-05-04.md").read_text("utf-8")
    code, found, _ = letter.run("check", "2023-05-04")
    assert (code, found["errors"]) == (0, 0), found["findings"]
    entries = r'(?m)^  "?([0-9a-f]{12})"?: \{publisher: "?([^",]+)"?'
    known = dict(re.findall(entries, draft))
    raw = {path.name[:3]: _plain(path.read_text("utf-8")) for path in SEEDS.iterdir()}
    theirs = {
        "The China Project": raw["000"] + raw["002"],
        "China Digital Times": raw["001"] + raw["004"],
        "Tortoise": raw["003"],
    }
    body = draft.split("\n---\n", 1)[1]
    told = re.findall(r"([^\n]*?) <!-- e:([0-9a-f]{12}) -->", body)
    assert told
    for sentence, entry in told:
        for quote in re.findall(r"“([^“”]{20,})”", html.unescape(sentence)):
            source = theirs[known[entry]]
            assert is_verbatim(quote.replace("\\", "").rstrip(",. "), source), quote


def _plain(text: str) -> str:
    return "\n\n" + text.replace("\u00a0", " ")


def test_an_explainer_of_one_story_stands_beside_the_weekly_draft(sample: Any) -> None:
    sample.run("run", "--offline", "--as-of", "2022-04-07")
    weekly = (sample.folder / "drafts" / "2022-04-07.md").read_text("utf-8")
    code, stories, _ = sample.run("judge", "--as-of", "2022-04-07")
    story = stories["stories"][0]["id"]
    code, document, err = sample.run("draft", "--as-of", "2022-04-07", "--storyline", story)
    assert code == 0, err
    text = Path(document["draft"]).read_text("utf-8")
    assert Path(document["draft"]).name == "2022-04-07.explainer.md"
    assert "\nstyle: explainer\n" in text
    assert "#### Timeline" in text
    assert (sample.folder / "drafts" / "2022-04-07.md").read_text("utf-8") == weekly
    code, _, err = sample.run("draft", "--as-of", "2022-04-07", "--storyline", "s-none")
    assert code != 0
    assert "no such storyline" in err
