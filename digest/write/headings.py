"""News headlines in the house's form, and the issue's own title and standfirst."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from digest.model import Entry, Period
from digest.text.dates import day_text
from digest.text.words import sentence_case
from digest.write.attribution import outlet_of
from digest.write.casing import Casing, curly, spelled

LONGEST = 90
_SHORT_TITLE = 72
_TITLE = 130
_SOME = 2
_MONTH = range(28, 32)

_PREFIX = re.compile(
    r"(?:(?i:breaking|exclusive|update ?\d*|live|watch|videos?|photos?|opinion|analysis|explainer"
    r"|factbox)"
    r"(?: news)?(?: updates)?\s*[:|\-–—]+\s*)+"
)
_BAIT = re.compile(
    r"you (?:won.t|need to|should)|here(?:.s| is| are)|this is (?:why|how|what)|what (?:you|we) "
    r"|things to know|everything|shocking|stunning|!|^\d+ (?:things|reasons|ways)"
    r"|^(?:why|how|what) ",
    re.IGNORECASE,
)
_SMALL_WORDS = 4


def heading_of(entries: Sequence[Entry], casing: Casing) -> str:
    """The best headline of a story's entries, best entry first, in sentence case.

    Outlet suffixes and labels are cut off. The first plain headline of fitting length wins;
    questions, teasers and lead sentences standing in for headlines come after.
    """
    ranked = sorted(
        ((_weakness(cleaned(entry), place), place, entry) for place, entry in enumerate(entries)),
        key=lambda item: item[:2],
    )
    return _within(headline_of(ranked[0][2], casing), LONGEST)


def headline_of(entry: Entry, casing: Casing) -> str:
    """An entry's headline in house style; an editor's note has it already."""
    title = cleaned(entry)
    return curly(title if entry.paraphrase else cased(title, casing))


def cleaned(entry: Entry) -> str:
    """An entry's title without the outlet's name at its end and labels at its start."""
    title = _PREFIX.sub("", " ".join(entry.title.split()))
    outlet = outlet_of(entry)
    host = re.sub(r"^https?://(?:www\.)?|/.*$", "", entry.url or "")
    for suffix in (entry.publisher, outlet.name, host):
        if suffix:
            pattern = rf"\s+[|–—-]\s+(?:The )?{re.escape(suffix)}(?:\.com)?$"
            title = re.sub(pattern, "", title, flags=re.IGNORECASE)
    title = re.sub(r"\s+\|\s+[^|]{1,40}$", "", title)
    return title.removesuffix(".") if not re.search(r"\b[A-Z]\.[A-Z]?\.$|\.\.$", title) else title


def cased(title: str, casing: Casing) -> str:
    """A headline in sentence case; one that has it already stays as it is."""
    words = re.findall(r"[^\W\d_][\w’'-]*", title)[1:]
    long = [word for word in words if len(word) >= _SMALL_WORDS]
    capital = [word for word in long if word[0].isupper()]
    if len(long) > _SOME and len(capital) > 0.6 * len(long):
        return sentence_case(title, casing.kept(title))
    return title[:1].upper() + title[1:]


def title_of(headings: Sequence[str], casing: Casing) -> str:
    """The issue's title: the first heading, and the second where both are short."""
    if not headings:
        return "Nothing to report"
    first, *rest = headings
    for second in rest[:3]:
        told = f"{first}; {casing.lowered(second) or second}"
        fits = len(second) <= _SHORT_TITLE and len(told) <= _TITLE
        if fits and not set("?:;") & set(first + second):
            return told
    return first


def standfirst_of(
    headings: Sequence[str], title: str, *, outlets: int, period: Period, casing: Casing
) -> str:
    """One sentence of facts: what else the issue holds, and from how many outlets."""
    others = [heading for heading in headings if _bare(heading) not in _bare(title)]
    week = span_of(period)
    if not others:
        return (
            f"{_count(len(headings), 'story', 'stories')} from "
            f"{_count(outlets, 'outlet', 'outlets').lower()} in {week}."
        )
    plain = [heading for heading in others if not set("?:;") & set(heading)]
    named = sorted(plain, key=lambda heading: len(heading) > _SHORT_TITLE)[:_SOME]
    named = [heading for heading in others if heading in named]
    parts = [casing.lowered(heading) or heading for heading in named]
    left = len(others) - len(named)
    if left or not parts:
        more = (
            f"{'and ' if parts else ''}{_count(left, 'further story', 'further stories').lower()}"
        )
        parts.append(f"{more} from {_count(outlets, 'outlet', 'outlets').lower()} in all")
    return f"Also in {week}: {'; '.join(parts)}."


def span_of(period: Period) -> str:
    """The period in words: ``the week to 7 April 2022``."""
    days = round((period.end - period.start) / timedelta(days=1))
    word = {1: "day", 7: "week", 14: "fortnight"}.get(days)
    if days in _MONTH:
        word = "month"
    return f"the {word or f'{days} days'} to {day_text(period.day)}"


def _weakness(title: str, place: int) -> float:
    bad = 0.35 * place
    bad += 3 * (len(title) > LONGEST) + (len(title) > LONGEST * 1.4)
    bad += 2 * (len(title.split()) < _SMALL_WORDS)
    bad += 1.5 * title.endswith("?") + 2 * bool(_BAIT.search(title))
    bad += 1.5 * bool(
        re.search(r"press conference|transcript|live blog|briefing$", title, re.IGNORECASE)
    )
    return bad + 0.5 * (";" in title)


def _within(title: str, most: int) -> str:
    """The title within ``most`` characters, cut at a clause where it has one, else at a word."""
    if len(title) <= most:
        return title
    for border in ("; ", " — ", " – ", " as ", " while ", " after ", " amid ", ", ", ": "):
        head = title[:most].rpartition(border)[0]
        if len(head) > most / 2:
            return head
    return title[: most - 1].rpartition(" ")[0].rstrip(",;:–—-") + "…"


def _bare(text: str) -> str:
    return text.casefold()


def _count(number: int, one: str, many: str) -> str:
    return f"{spelled(number).capitalize()} {one if number == 1 else many}"
