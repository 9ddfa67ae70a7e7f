"""Quotations with marked cuts and insertions: what an editor may do, and what alters them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.write.verbatim import is_verbatim

SOURCE = (
    "The minister said the side was ready. “It did not approve the plan,” he told the reporters "
    "in the port, “and they will come back.” "
    "Пошлины снизят в мае. 双方同意继续谈判，但没有签署协议。"
)


@pytest.mark.parametrize(
    "quote",
    [
        "the [Chinese] side was ready",
        "[The officials] will come back",
        "It did not approve the [port’s] plan",
        "[T]he side was ready",
        "[i]t did not approve",
        "[The minister] told the reporters",
        "said the side was ready. […] the plan […] will come back",
        "the side [of Beijing] was ready […] [they] will come back",
        "did not approve [...] told the reporters",
        "the minister [sic]".replace("the", "The"),
        "Пошлины [на зерно] снизят",
        "双方同意[今年]继续谈判",
    ],
)
def test_an_editor_may_cut_and_insert(quote: str) -> None:
    assert is_verbatim(quote, SOURCE)


@pytest.mark.parametrize(
    "quote",
    [
        "the [Chinese] side is ready",
        "It did [approve] the plan",
        "It did [gladly] approve the plan",
        "the side [of Beijing] will come back",
        "[Everybody in the whole country agreed that] it",
        "[the side was ready]",
        "[…]",
        "will come back […] the side was ready",
        "The minister told the [many] reporters",
        "[T]he sides were ready",
        "但[已经]签署协议",
    ],
)
def test_an_altered_quotation_is_caught_whatever_stands_in_brackets(quote: str) -> None:
    assert not is_verbatim(quote, SOURCE)


WORDS = st.lists(
    st.sampled_from(
        [
            "port",
            "ship",
            "grain",
            "border",
            "talks",
            "rail",
            "порт",
            "зерно",
            "and",
            "the",
            "of",
            "港口",
            "谈判",
        ]
    ),
    min_size=4,
    max_size=24,
)


@given(WORDS, st.data())
def test_a_run_with_cuts_and_insertions_holds_and_one_with_another_word_does_not(
    words: list[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(words) - 3))
    kept = words[start : data.draw(st.integers(start + 3, len(words)))]
    cut = data.draw(st.integers(1, len(kept) - 1))
    put = data.draw(st.integers(0, len(kept)))
    source = " ".join(words)
    assert is_verbatim(" ".join([*kept[:put], "[our word]", *kept[put:]]), source)
    assert is_verbatim(" ".join([kept[0], "[…]", *kept[cut:]]), source)
    altered = [*kept[:cut], "bridge", *kept[cut + 1 :]]
    assert not is_verbatim(" ".join([*altered[:put], "[our word]", *altered[put:]]), source)
