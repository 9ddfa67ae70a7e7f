"""A newsletter about something else: its sections work from their descriptions at once."""

from __future__ import annotations

import pytest

from digest.data.sections import SHIPPED_SECTIONS
from digest.judge.embed import Embedder, encode_entries, load_embedder
from digest.judge.lessons import Lesson
from digest.judge.sections import Classifier
from digest.model import OFF_TOPIC, Section
from digest.text.mentions import NameFinder
from tests.judge.builders import entry
from tests.shipped import shipped_finder

FOOTBALL = Section(
    id="football",
    title="Football",
    description="Matches, transfers, clubs, coaches and results of association football.",
    keywords=("goalkeeper", "transfer fee"),
    examples=("City beat United in the derby", "Striker signs for three years"),
)
CLIMATE = Section(
    id="climate",
    title="Climate",
    description="Warming, emissions, floods, droughts and what governments do about them.",
    examples=("Glaciers lose ice at a record pace",),
)
ENERGY = next(section for section in SHIPPED_SECTIONS if section.id == "energy")
CASES = (
    ("Late goal sends the home side into the cup final", "football"),
    ("Goalkeeper leaves the club for a record transfer fee", "football"),
    ("Нападающий перешёл в другой клуб за рекордную сумму", "football"),
    ("主队在决赛中两球获胜", "football"),
    ("Sea level rise speeds up as ice sheets melt", "climate"),
    ("Carbon emissions reached a new high last year, scientists say", "climate"),
    ("Учёные предупредили о рекордном потеплении", "climate"),
    ("全球气温创下新高", "climate"),
    ("How to iron a shirt in five minutes", OFF_TOPIC),
    ("Museum reopens after repairs to its roof", OFF_TOPIC),
)


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return shipped_finder()


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    found = load_embedder()
    if found is None:
        pytest.skip("no sentence encoder")
    return found


def lang_of(title: str) -> str:
    return "zh" if title[0] >= "\u3400" else "ru" if title[0] >= "\u0400" else "en"


def test_sections_of_another_field_work_at_once(finder: NameFinder, embedder: Embedder) -> None:
    classifier = Classifier((FOOTBALL, CLIMATE), finder, embedder=embedder)
    entries = [entry(str(at), title, lang=lang_of(title)) for at, (title, _) in enumerate(CASES)]
    placed = classifier.place(entries, encode_entries(entries, embedder))
    right = [p.section == section for p, (_, section) in zip(placed, CASES, strict=True)]
    assert sum(right) >= 9, [(c, p.section) for c, p in zip(CASES, placed, strict=True)]


def test_they_stand_beside_shipped_ones(finder: NameFinder, embedder: Embedder) -> None:
    classifier = Classifier((ENERGY, CLIMATE), finder, embedder=embedder)
    titles = ("Crude oil exports by pipeline rise", "Glaciers are melting faster, study finds",
              "Hackers steal data from a defence ministry")  # fmt: skip
    entries = [entry(str(at), title) for at, title in enumerate(titles)]
    placed = classifier.place(entries, encode_entries(entries, embedder))
    assert [each.section for each in placed] == ["energy", "climate", OFF_TOPIC]
    for each in placed:
        assert 0 < each.score <= 1


def test_they_learn_from_corrections(finder: NameFinder, embedder: Embedder) -> None:
    women = [
        entry(f"w{at}", title, fingerprint=title)
        for at, title in enumerate(
            ("Tickets for the stadium tour sell out", "New roof for the city stadium approved",
             "Stadium car park to be rebuilt", "Stadium naming rights sold to a bank")
        )
    ]  # fmt: skip
    near = entry("n", "Council approves a new roof and tours for the stadium")
    lessons = [Lesson(entry=each, section="football") for each in women]
    untaught = Classifier((FOOTBALL, CLIMATE), finder, embedder=embedder)
    taught = Classifier((FOOTBALL, CLIMATE), finder, embedder=embedder, lessons=lessons)
    vectors = encode_entries([near], embedder)
    before, after = untaught.place([near], vectors)[0], taught.place([near], vectors)[0]
    assert after.section == "football"
    assert (after.section, after.score) != (before.section, before.score)


def test_without_an_encoder_keywords_decide(finder: NameFinder) -> None:
    classifier = Classifier((FOOTBALL, CLIMATE), finder)
    titles = ("Goalkeeper signs after the transfer fee is agreed", "Museum reopens")
    placed = classifier.place([entry(str(at), title) for at, title in enumerate(titles)])
    assert [each.section for each in placed] == ["football", OFF_TOPIC]
