"""The tokens of the look: every text pair passes WCAG AA on paper and on card."""

from __future__ import annotations

import re

import pytest

from tests.render.builders import SHIPPED

WEB = (SHIPPED / "web" / "style.css").read_text("utf-8")
MAIL = (SHIPPED / "email" / "style.css").read_text("utf-8")
TEXTS = (
    *("ink", "muted", "accent", "link", "diplomacy", "military", "energy", "economy"),
    *("technology", "cyber", "information", "central-asia", "society"),
)


def tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", WEB, re.DOTALL)[:2]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light if scheme == "light" else dark))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", TEXTS)
def test_text_is_readable_on_paper_and_card(scheme: str, name: str) -> None:
    known = tokens(scheme)
    assert contrast(known[name], known["paper"]) >= 4.5
    assert contrast(known[name], known["card"]) >= 4.5


def test_the_mail_wears_the_same_colours() -> None:
    known = set(tokens("light").values()) | set(tokens("dark").values())
    assert set(re.findall(r"#[0-9a-f]{6}", MAIL)) <= known
