"""The sample weeks end to end: the issue a newcomer sees first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from digest.text.urls import canonical_url

WEEKS = {"2022-04-07": "facts.jsonl", "2023-04-27": "facts-2023-04-28.jsonl"}
SECTIONS = [
    "diplomacy", "military", "energy", "economy", "technology", "cyber", "information",
    "central-asia", "society",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FACTS = SHARED / "sample_week"

needs_facts = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts are not beside us")


def _facts(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FACTS / name).read_text("utf-8").splitlines()]


def _issue(folder: Path, day: str) -> dict[str, Any]:
    text = (folder / "output" / "issues" / day / "issue.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _stories(issue: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in issue["sections"]:
        yield from section["stories"]


@pytest.mark.parametrize("day", WEEKS)
def test_a_week_is_built_and_built_again_the_same(sample: Any, day: str) -> None:
    code, document, _ = sample.run("run", "--offline", "--as-of", day)
    assert code == 0
    assert document["issue"] == day
    assert document["stories"] >= 6
    assert document["sources"]["ok"] == 1
    first = sample.files()
    assert {Path(name).name for name in first if f"issues/{day}" in name} == {
        "index.html", "issue.md", "email.html", "email.txt", "issue.json",
    }  # fmt: skip
    code, again, _ = sample.run("run", "--offline", "--as-of", day)
    assert code == 0
    assert again["entries"]["new"] == 0
    assert sample.files() == first


@pytest.mark.parametrize("day", WEEKS)
def test_the_issue_has_its_form(sample: Any, day: str) -> None:
    sample.run("run", "--offline", "--as-of", day)
    issue = _issue(sample.folder, day)
    assert issue["schema"] == 1
    assert issue["number"] is None
    assert issue["sections"][0]["id"] == "lede"
    shown = [section["id"] for section in issue["sections"][1:]]
    assert shown == [each for each in SECTIONS if each in shown]
    for story in _stories(issue):
        assert story["section"] in SECTIONS
        assert len(story["heading"].split()) >= 3
        assert len(story["heading"]) <= 90
        assert story["citations"]
        assert not re.search(r"<!--|\{\{|None|\ufffd", story["body"])
    page = (sample.folder / "output" / "issues" / day / "index.html").read_text("utf-8")
    assert "sample" in page.lower()


@needs_facts
@pytest.mark.parametrize("day", WEEKS)
def test_every_link_of_the_issue_is_in_the_facts(sample: Any, day: str) -> None:
    sample.run("run", "--offline", "--as-of", day)
    known = {canonical_url(row["url"]) for row in _facts(WEEKS[day]) if row.get("url")}
    for story in _stories(_issue(sample.folder, day)):
        for citation in story["citations"]:
            if citation["url"] is not None:
                assert canonical_url(citation["url"]) in known


def _sample_entries(folder: Path) -> Iterator[dict[str, Any]]:
    """Publisher, date and address of every sample entry, read by other means than ours."""
    for path in sorted(folder.rglob("*")):
        text = path.read_text("utf-8") if path.is_file() else ""
        if path.suffix == ".md":
            yield yaml.safe_load(text.split("---")[1])
        elif path.suffix == ".jsonl":
            yield from map(json.loads, text.splitlines())
        elif path.suffix == ".json":
            yield from json.loads(text)["items"]
        elif path.suffix == ".html":
            yield {"url": re.search(r'rel="canonical" href="([^"]+)"', text)[1]}  # type: ignore[index]
        elif path.suffix == ".xml":
            found = re.findall(r"<item>.*?<link>([^<]+)</link>", text, re.DOTALL)
            yield from ({"url": url.replace("&amp;", "&")} for url in found)


@needs_facts
@pytest.mark.parametrize(
    ("folder", "facts"),
    [("week-2022-04-07", "facts.jsonl"), ("week-2023-04-28", "facts-2023-04-28.jsonl")],
)
def test_no_address_of_the_sample_is_made_up(folder: str, facts: str) -> None:
    known = {row["url"] for row in _facts(facts) if row.get("url")}
    entries = list(_sample_entries(ROOT / "seeds" / folder))
    urls = [entry["url"] for entry in entries if entry.get("url")]
    assert set(urls) <= known
    assert len(urls) == len(set(urls))
    if facts == "facts.jsonl":
        window = {
            row["url"]
            for row in _facts(facts)
            if row["kind"] in ("source", "distractor")
            and "2022-03-31" <= row["date"] <= "2022-04-07"
            and len(row["date"]) == len("2022-04-07")
        }
        assert window <= set(urls)
    else:
        assert len(entries) >= 100
        wanted = {r["url"] for r in _facts(facts) if r["kind"] == "source" and len(r["date"]) == 10}
        assert wanted <= set(urls)
    assert not any(set(entry) & {"section", "weight", "pin", "story"} for entry in entries)


def test_sample_entries_give_way_to_real_ones(sample: Any) -> None:
    (sample.folder / "notes").mkdir()
    front = "---\ntitle: A note of our own\ndate: 2022-04-05\nparaphrase: true\n---\n"
    note = front + "\nChina and Russia talked.\n"
    (sample.folder / "notes" / "a.md").write_text(note, "utf-8")
    with sample.config.open("a") as file:
        file.write("  - {name: Own notes, path: notes/}\n")
    code, document, _ = sample.run("run", "--offline", "--as-of", "2022-04-07")
    assert code == 0
    assert document["stories"] == 1
    issue = _issue(sample.folder, "2022-04-07")
    assert [c["publisher"] for s in _stories(issue) for c in s["citations"]] == ["Own notes"]
