"""Whatever goes wrong: one sentence, the documented exit code, nothing half written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from digest.store.locks import hold

DAY = "2022-04-07"


def _is_one_sentence(said: str) -> bool:
    return "Traceback" not in said and said.startswith("digest: ")


def test_wrong_configuration_names_every_problem_with_its_line(letter: Any) -> None:
    letter.configure("sections: [{id: Bad Id, title: x}]\nsources: [{nmae: x, url: ftp://x}]\n")
    code, document, said = letter.run("run")
    assert code == 2
    assert document["error"]["code"] == "config"
    assert "sources.yaml:4" in said
    assert "did you mean 'name'" in said
    assert not (letter.folder / ".digest").exists()


def test_no_entries_in_the_period_builds_nothing(sample: Any) -> None:
    code, document, _ = sample.run("run", "--offline", "--as-of", "2021-01-07")
    assert code == 1
    assert document["issue"] is None
    assert document["problems"][0]["code"] == "nothing-to-report"
    assert sample.files() == {}


def test_latest_takes_the_newest_period_that_has_entries(sample: Any) -> None:
    code, document, _ = sample.run("run", "--offline", "--latest")
    assert code == 0
    assert document["issue"] == "2023-05-04"


def test_all_feeds_down_is_exit_1_with_the_common_cause(letter: Any) -> None:
    letter.configure(
        'network: {allow_private: ["127.0.0.1:9"], host_gap: 0s, timeout: 2s}\n'
        "sources: [{name: Down, url: http://127.0.0.1:9/feed}]\n"
    )
    code, document, _ = letter.run("run")
    assert code == 1
    assert {p["code"] for p in document["problems"]} >= {"source", "all-sources-failed"}
    code, document, _ = letter.run("pull")
    assert code == 0
    assert document["sources"][0]["outcome"] == "skipped"


def test_a_second_run_says_who_holds_the_lock(sample: Any) -> None:
    (sample.folder / ".digest").mkdir(exist_ok=True)
    with hold(sample.folder / ".digest", "run"):
        code, document, said = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 4
    assert document["error"]["code"] == "busy"
    assert str(os.getpid()) in said


def test_a_template_error_names_file_and_line_and_writes_nothing(sample: Any) -> None:
    own = sample.folder / "templates" / "web"
    own.mkdir(parents=True)
    (own / "issue.html.jinja").write_text("<p>\n{{ no_such_thing }}\n", "utf-8")
    code, document, said = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 1
    assert document["error"]["code"] == "render"
    assert "issue.html.jinja:2" in said
    assert not (sample.folder / "output").exists()


def test_an_output_that_cannot_be_written_is_said(sample: Any) -> None:
    (sample.folder / "output").write_text("a file where a folder belongs", "utf-8")
    code, document, said = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 1
    assert document["error"]["code"] == "output"
    assert _is_one_sentence(said.splitlines()[-1])


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--offline", "--send"),
        ("run", "--latest", "--send"),
        ("run", "--as-of", "soon"),
        ("publish", "soon"),
        ("run", "--wait", "long"),
        ("add",),
        ("schedule", "--print", "at"),
    ],
)
def test_words_that_do_not_fit_are_exit_2(sample: Any, words: tuple[str, ...]) -> None:
    code, document, said = sample.run(*words)
    assert code == 2
    assert document["error"]["message"]
    assert _is_one_sentence(said.splitlines()[-1])


def test_one_bad_source_stops_no_other(sample: Any, tmp_path: Path) -> None:
    broken = sample.folder / "broken"
    broken.mkdir()
    (broken / "a.xml").write_text("<rss><channel><item>", "utf-8")
    (broken / "b.jsonl").write_text('{"title": 5}\n', "utf-8")
    (broken / "link.md").symlink_to(tmp_path / "outside.md")
    (tmp_path / "outside.md").write_text("---\ntitle: x\n---\nsecret\n", "utf-8")
    with sample.config.open("a") as file:
        file.write("  - {name: Broken, path: broken/}\n  - {name: Gone, path: nowhere/}\n")
    code, document, _ = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 0
    assert document["issue"] == DAY
    places = " ".join(str(problem["where"]) for problem in document["problems"])
    assert "b.jsonl" in places
    assert "Gone" in places
    assert not any(b"secret" in content for content in sample.files().values())
