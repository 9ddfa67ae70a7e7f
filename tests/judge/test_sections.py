from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.data.sections import SHIPPED_SECTIONS
from digest.judge.sections import PRIOR, Classifier
from digest.model import OFF_TOPIC, Certainty, Entry, Section
from digest.text.mentions import NameFinder
from tests.shipped import shipped_finder

NOW = datetime(2022, 4, 7, tzinfo=UTC)


def entry(title: str, text: str = "", lang: str = "en", section: str | None = None) -> Entry:
    return Entry(
        id="e1",
        source_id="s",
        url=None,
        publisher="P",
        title=title,
        text=text,
        lang=lang,
        date=NOW,
        certainty=Certainty.DAY,
        first_seen=NOW,
        fingerprint="f",
        section=section,
    )


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return shipped_finder()


@pytest.fixture(scope="module")
def classifier(finder: NameFinder) -> Classifier:
    return Classifier(SHIPPED_SECTIONS, finder)


@pytest.mark.parametrize(
    ("title", "section"),
    [
        ("Russian crude exports to China by pipeline rise in March", "energy"),
        ("Поставки российской нефти в Китай по трубопроводу выросли", "energy"),
        ("俄罗斯对华原油管道出口增长", "energy"),
        ("俄羅斯對華原油管道出口增長", "energy"),
        ("Hackers tied to Beijing targeted Russian defence institutes with malware", "cyber"),
        ("Токаев встретился с премьером Киргизии в Астане", "central-asia"),
        ("Cyber Monday: the best deals on headphones", OFF_TOPIC),
        ("Рецепт пирога: советы кулинара", OFF_TOPIC),
    ],
)
def test_words_and_names_alone_place_plain_headlines(
    classifier: Classifier, title: str, section: str
) -> None:
    (placement,) = classifier.place([entry(title)])
    assert placement.section == section


def test_reasons_sum_to_the_raw_score_and_the_prior_is_one_of_them(
    classifier: Classifier,
) -> None:
    plain, hinted = classifier.place(
        [entry("Oil pipeline talks"), entry("Oil pipeline talks", section="energy")]
    )
    assert plain.section == hinted.section == "energy"
    gained = sum(r.weight for r in hinted.reasons) - sum(r.weight for r in plain.reasons)
    assert gained == pytest.approx(PRIOR)
    assert "its source’s section" in {reason.feature for reason in hinted.reasons}
    assert any(reason.feature == "the word “pipeline”" for reason in plain.reasons)
    assert 0 < plain.score < hinted.score <= 1


def test_a_section_of_the_editor_works_by_its_keywords(finder: NameFinder) -> None:
    own = Section(id="grain", title="Grain", keywords=("wheat", "grain harvest"))
    classifier = Classifier([own], finder)
    wheat, other = classifier.place([entry("Wheat and grain harvest up"), entry("A new mayor")])
    assert wheat.section == "grain"
    assert other.section == OFF_TOPIC


def test_the_version_follows_the_sections(classifier: Classifier, finder: NameFinder) -> None:
    assert classifier.version == Classifier(SHIPPED_SECTIONS, finder).version
    assert classifier.version != Classifier(SHIPPED_SECTIONS[:3], finder).version
