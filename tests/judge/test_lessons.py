"""What the editor's corrections teach, and what they must not touch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.data.sections import SHIPPED_SECTIONS
from digest.data.training import load_lines
from digest.judge.embed import Embedder, encode_entries, load_embedder
from digest.judge.features import entry_of
from digest.judge.lessons import Lesson
from digest.judge.sections import Classifier
from digest.model import Entry
from digest.text.mentions import NameFinder
from tests.eval.kinds import Remembering
from tests.judge.builders import entry
from tests.shipped import shipped_finder

TAUGHT = (
    "Orchard growers in the valley fear a late frost", "Beekeepers report weak hives this spring",
    "Apple harvest forecast cut after hail", "Cherry blossom came early to the orchards",
    "Beekeepers ask for help after a hard winter", "Plum trees planted along the river",
    "Hail damages pear orchards in the south", "Honey yield falls for a third year",
    "Growers turn to drip watering for apple trees", "Swarms of bees found in an old orchard",
    "Пчеловоды жалуются на гибель ульев", "Садоводы ждут поздних заморозков",
    "Урожай яблок снизится из-за града", "Вишнёвые сады зацвели раньше срока",
    "Сбор мёда упал третий год подряд", "果农担心晚霜冻坏果园", "养蜂人称今春蜂群减少",
    "冰雹毁坏南部梨园", "苹果收成预计下降", "蜂蜜产量连续第三年下滑",
)  # fmt: skip
ALIKE = (
    "Frost threatens apple orchards, growers say", "Beekeepers count their losses after winter",
    "Hail ruins the cherry harvest", "Honey harvest is the poorest in years",
    "Pear growers plant new orchards in the hills", "Bees return to the valley's orchards",
    "Град побил яблоневые сады", "Пчеловоды потеряли половину ульев", "Мёда собрали меньше",
    "果园遭遇霜冻", "养蜂人损失惨重", "樱桃收成因冰雹减少",
)  # fmt: skip
TARGET = "technology"


def entries_of(titles: tuple[str, ...], prefix: str) -> list[Entry]:
    langs = ["zh" if t[0] >= "\u3400" else "ru" if t[0] >= "\u0400" else "en" for t in titles]
    return [
        entry(f"{prefix}{at}", title, lang=lang, fingerprint=title)
        for at, (title, lang) in enumerate(zip(titles, langs, strict=True))
    ]


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return shipped_finder()


@pytest.fixture(scope="module", params=[True, False], ids=["vectors", "words"])
def embedder(request: pytest.FixtureRequest) -> Embedder | None:
    found = load_embedder() if request.param else None
    if request.param and found is None:
        pytest.skip("no sentence encoder")
    return found and Remembering(found)


def test_twenty_corrections_move_their_kind_and_nothing_else(
    finder: NameFinder, embedder: Embedder | None
) -> None:
    taught, alike = entries_of(TAUGHT, "t"), entries_of(ALIKE, "a")
    # Lines the gates are not fitted on.
    others = [entry_of(at, line) for at, line in enumerate(load_lines()) if at % 3 == 0][:200]
    lessons = [Lesson(entry=each, section=TARGET) for each in taught]
    before = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder)
    after = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder, lessons=lessons)
    assert before.version != after.version

    def sections(classifier: Classifier, entries: list[Entry]) -> list[str]:
        placed = classifier.place(entries, encode_entries(entries, embedder))
        return [each.section for each in placed]

    assert sections(before, alike).count(TARGET) == 0
    moved = sections(after, alike).count(TARGET)
    assert moved >= (8 if embedder else 3)
    changed = [
        a != b for a, b in zip(sections(before, others), sections(after, others), strict=True)
    ]
    assert len(others) == 200
    assert sum(changed) <= 1


def test_a_moved_entry_stays_where_it_was_put_and_says_so(
    finder: NameFinder, embedder: Embedder | None
) -> None:
    gas = entry("g", "Gas flows through the pipeline rise", fingerprint="1")
    lesson = Lesson(entry=gas, section="society")
    classifier = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder, lessons=[lesson])
    (placement,) = classifier.place([gas], encode_entries([gas], embedder))
    assert placement.section == "society"
    assert placement.decided_by == "editor"
    assert "you moved it here" in {reason.feature for reason in placement.reasons}
    again = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder, lessons=[lesson])
    assert again.version == classifier.version
    assert again.place([gas], encode_entries([gas], embedder)) == (placement,)
    reworded = replace(lesson, entry=replace(gas, fingerprint="2"))
    other = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder, lessons=[reworded])
    assert other.version != classifier.version


def test_a_reason_names_the_corrections(finder: NameFinder, embedder: Embedder | None) -> None:
    lessons = [Lesson(entry=each, section=TARGET) for each in entries_of(TAUGHT, "t")]
    classifier = Classifier(SHIPPED_SECTIONS, finder, embedder=embedder, lessons=lessons)
    near = entries_of(("Beekeepers report weak hives again this spring",), "n")
    (placement,) = classifier.place(near, encode_entries(near, embedder))
    assert placement.section == TARGET
    assert placement.decided_by == "model"
    assert any("you moved to Technology" in reason.feature for reason in placement.reasons)


def test_a_correction_to_a_section_that_is_gone_teaches_nothing(finder: NameFinder) -> None:
    gas = entry("g", "Gas flows through the pipeline rise")
    lessons = [Lesson(entry=gas, section="society")]
    few = Classifier(SHIPPED_SECTIONS[:3], finder, lessons=lessons)
    assert few.version == Classifier(SHIPPED_SECTIONS[:3], finder).version
    assert few.place([gas])[0].section == "energy"
