"""YAML: every value with its line, and what a person mistypes said in one line."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.yamlfile import MAX_COPIES, read_yaml


def problem(text: str) -> str:
    found = read_yaml(text, name="f.yaml")
    assert found.data is None
    assert [p.code for p in found.problems] == ["yaml"]
    assert "\n" not in found.problems[0].message
    return f"{found.problems[0].where}: {found.problems[0].message}"


def test_every_place_has_its_line() -> None:
    found = read_yaml("a: 1\nb:\n  - x: 1\n    y: 2\n  - {x: 3,\n     y: 4}\n", name="f.yaml")
    assert found.data == {"a": 1, "b": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}
    assert found.lines[("b",)] == 2
    assert found.lines["b", 0, "y"] == 4
    assert found.lines["b", 1, "y"] == 6
    assert found.line_of(("b", 1, "none", "deeper")) == 5
    assert found.line_of(("none",)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "a: yes\nb: ~\nc:\nd: ''\ne: '1'\nf: 2026-01-01\ng: 0x10\n",
        "h: [1, 1.5, .5, -3]\ni: |\n  x\n  y\n",
        "k: &z 5\nl: *z\nm: !!str 5\no: +1\np: 1:30\nq: .inf\nr: 1_000\ns: On\nt: '~'\n",
        "- 1\n- {a: b}\n- []\n- {}",
        "",
        "# nothing but a comment\n",
        "text",
        "a: &x [1, {b: 2}]\nc: *x\n",
    ],
)  # fmt: skip
def test_the_data_is_what_safe_load_gives(text: str) -> None:
    assert read_yaml(text, name="f.yaml").data == yaml.safe_load(text)


PLAIN = st.none() | st.booleans() | st.integers() | st.dates() | st.text() | st.floats(-9, 9)
KEYS = st.text("abcxyz_", min_size=1)


@given(st.recursive(PLAIN, lambda x: st.lists(x) | st.dictionaries(KEYS, x), max_leaves=20))
def test_whatever_yaml_writes_comes_back(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    found = read_yaml(text, name="f.yaml")
    assert found.problems == []
    assert found.data == yaml.safe_load(text)


def test_norway_and_norwegian_stay_text() -> None:
    found = read_yaml("- {country: NO, lang: no, language: on, enabled: no}\n- lang:", name="f")
    assert found.data == [
        {"country": "NO", "lang": "no", "language": "on", "enabled": False},
        {"lang": None},
    ]


def test_keys_are_text_whatever_they_look_like() -> None:
    assert read_yaml("on: 1\n5: 2\n", name="f").data == {"on": 1, "5": 2}


def test_a_date_that_is_none_stays_text() -> None:
    found = read_yaml("a: 2026-13-01\nb: 2026-12-01\n", name="f")
    assert found.data == {"a": "2026-13-01", "b": date(2026, 12, 1)}


def test_duplicate_keys_are_all_named() -> None:
    found = read_yaml("a: 1\nb: {c: 1, c: 2}\na: 3\n", name="f.yaml")
    assert [(p.where, p.message) for p in found.problems] == [
        ("f.yaml:2", "the key 'c' stands twice, first in line 2; remove one"),
        ("f.yaml:3", "the key 'a' stands twice, first in line 1; remove one"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb:\n  \tc: 1", 3, "indent with spaces"),
        ("a: 1\nschedule: * * * * *", 2, "put quotes around"),
        ("title: China: a report", 1, "with a colon in it"),
        ("a: [1, 2\n", 2, "a bracket or brace is left open"),
        ("a: 'open", 1, "a quotation mark is left open"),
        ("a: 1\n b: 2", 2, "check the indentation"),
        ("a: @home", 1, "put quotes around"),
        ("---\na: 1\n---\nb: 1", 3, "a second document begins"),
        ("a: 1\nb: *nope", 2, "stands for nothing before"),
        ("a: 1\n{b: c}: d", 2, ""),
        ("{a: b}: c", 1, "a key must be one word"),
        ("? " * 50_000, 1, "a key must be one word"),
        ("a: &a {x: 1}\nb: {<<: *a}", 2, "write the keys out"),
        ("a: !!python/object:os.system x", 1, "is not read here"),
        ("a: 1\nb: \x00", 2, "U+0000"),
        ("é: 1\nb: \x07", 2, "U+0007"),
    ],
)
def test_what_is_no_yaml_is_said_with_its_line(text: str, line: int, words: str) -> None:
    said = problem(text)
    assert said.startswith(f"f.yaml:{line}: this is not valid YAML: ")
    assert words in said


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 50_000, "{a: " * 50_000])
def test_deep_nesting_is_refused_before_it_ends_the_process(text: str) -> None:
    assert "nested more than 40 levels deep" in problem(text)


def test_an_alias_cannot_hold_itself() -> None:
    assert "*a stands for nothing before" in problem("a: &a [*a]")


def test_aliases_cannot_blow_up() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert f"copy more than {MAX_COPIES} values" in problem("\n".join(lines))


def test_a_handful_of_aliases_is_fine() -> None:
    text = "a: &a {x: 1}\nb: [" + ", ".join(["*a"] * 100) + "]"
    assert read_yaml(text, name="f").problems == []
