"""What belongs to the sending of a letter and not to its text (``mail.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from digest.data.loader import read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRules:
    """Patterns and names; the comments of the data file say what each is for.

    ``archives`` are hosts with the parameters that name a letter there.
    """

    footer: re.Pattern[str]
    footer_word: re.Pattern[str]
    drop: re.Pattern[str]
    browser: re.Pattern[str]
    hidden_class: frozenset[str]
    hidden_style: re.Pattern[str]
    tiny_style: re.Pattern[str]
    personal: frozenset[str]
    archives: Mapping[str, frozenset[str]]
    list_post: re.Pattern[str]


@cache
def load_mail_rules() -> MailRules:
    """The rules of ``mail.yaml``, read once."""
    data = read_yaml("mail.yaml")
    return MailRules(
        footer=_any_of(data["footer"]),
        footer_word=_any_of(data["footer_word"]),
        drop=_any_of(data["drop"]),
        browser=_any_of(data["browser"]),
        hidden_class=frozenset(data["hidden_class"]),
        hidden_style=_any_of(data["hidden_style"]),
        tiny_style=_any_of(data["tiny_style"]),
        personal=frozenset(data["personal"]),
        archives={host: frozenset(names) for host, names in data["archives"].items()},
        list_post=_any_of(data["list_post"]),
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(patterns)})", re.IGNORECASE)
