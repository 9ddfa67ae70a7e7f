"""``digest judge --input``: lines in, lines out, no database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digest.cli import run_command

LINES = (
    '{"id": "a", "title": "Gazprom and CNPC agree on gas supplies through Power of Siberia", '
    '"date": "2024-05-16", "lang": "en", "publisher": "Reuters"}\n'
    '{"title": "Совместные учения флотов России и Китая прошли в Японском море"}\n'
    "not json\n"
    '{"title": "How to bake a cherry pie in twenty minutes", "lang": "en"}\n'
)


def _judged(path: Path, capture: pytest.CaptureFixture[str]) -> tuple[int, list[dict[str, object]]]:
    capture.readouterr()
    code = run_command(["judge", "--input", str(path)])
    return code, [json.loads(line) for line in capture.readouterr().out.splitlines()]


def test_each_line_is_answered_in_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lines.jsonl"
    path.write_text(LINES, "utf-8")
    code, rows = _judged(path, capsys)
    assert code == 1
    assert [row["id"] for row in rows] == ["a", "2", "3", "4"]
    assert set(rows[0]) == {
        "id", "language", "section", "also", "score", "reasons", "names", "story",
    }  # fmt: skip
    assert rows[0]["section"] == "energy"
    assert rows[1]["section"] == "military"
    assert rows[1]["language"] == "ru"
    assert set(rows[2]) == {"id", "error"}
    assert rows[3]["section"] == "off-topic"
    assert all(0 <= float(str(row["score"])) <= 1 for row in rows if "score" in row)
    assert list(tmp_path.iterdir()) == [path]


def test_stories_do_not_depend_on_the_order_of_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": "1", "title": "Xi and Putin meet in Beijing", "date": "2024-05-16"},
        {"id": "2", "title": "Putin meets Xi in Beijing for talks", "date": "2024-05-16"},
        {"id": "3", "title": "Kazakhstan raises oil exports to China", "date": "2024-05-14"},
        {"id": "4", "title": "Си Цзиньпин и Путин встретились в Пекине", "date": "2024-05-16"},
    ]
    path = tmp_path / "lines.jsonl"
    groups = []
    for order in (lines, lines[::-1]):
        path.write_text("\n".join(json.dumps(line) for line in order), "utf-8")
        code, rows = _judged(path, capsys)
        assert code == 0
        by_story: dict[object, set[object]] = {}
        for row in rows:
            by_story.setdefault(row["story"], set()).add(row["id"])
        groups.append(by_story)
    assert groups[0] == groups[1]
    assert any({"1", "2"} <= members for members in groups[0].values())
    assert {"3"} in groups[0].values()
