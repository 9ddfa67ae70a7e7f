"""How a Telegram channel's page is read: the selectors and promotion lines of ``telegram.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramPage:
    """CSS selectors by what they find, and what begins a line that advertises the channel."""

    selectors: Mapping[str, str]
    promotion: re.Pattern[str]


@cache
def load_telegram() -> TelegramPage:
    """The shipped set; the same object on every call."""
    data = read_yaml("telegram.yaml")
    return TelegramPage(
        selectors=data["selectors"],
        promotion=re.compile("|".join(data["promotion"]), re.IGNORECASE),
    )
