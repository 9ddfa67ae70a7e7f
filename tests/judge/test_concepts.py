from __future__ import annotations

from collections import Counter

from digest.data.concepts import load_concepts
from digest.judge.concepts import concepts_in, usual_concepts
from digest.text.words import normal


def test_every_concept_is_said_in_three_languages() -> None:
    spoken: dict[str, set[str]] = {}
    for term in load_concepts():
        spoken.setdefault(term.section, set()).add(term.lang)
    assert len(spoken) > 200
    assert [concept for concept, langs in spoken.items() if not {"en", "ru", "zh"} <= langs] == []


def test_forms_are_written_as_texts_are_read() -> None:
    terms = load_concepts()
    assert [t.text for t in terms if normal(t.text) != t.text] == []
    twice = Counter((t.section, t.text) for t in terms)
    assert [key for key, count in twice.items() if count > 1] == []
    assert [t.text for t in terms if t.text.startswith("*") or not t.text.strip("*")] == []


def test_one_concept_in_three_languages() -> None:
    texts = ("Envoy summoned to the ministry", "Спецпосланника вызвал в МИД", "外交部召見特使")
    assert [{"envoy", "summon"} <= concepts_in(text) for text in texts] == [True, True, True]
    assert concepts_in("") == frozenset()


def test_further_european_languages_say_the_main_concepts_too() -> None:
    texts = (
        "Botschafter einbestellt",
        "L'ambassadeur a été convoqué",
        "El embajador fue convocado",
        "L'ambasciatore convocato",
        "Wezwano ambasadora",
    )
    assert ["ambassador" in concepts_in(text) for text in texts] == [True] * 5
    assert concepts_in("Der Kurs") == frozenset()


def test_words_that_only_begin_alike_are_no_concept() -> None:
    assert "car" not in concepts_in("The cartel cared for its cargo")
    assert "port" not in concepts_in("The report was supported")


def test_usual_concepts_are_counted_once_a_line() -> None:
    counts, lines = usual_concepts()
    assert 0 < max(counts.values()) < lines
