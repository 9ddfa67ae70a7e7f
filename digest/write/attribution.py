"""Who says so: outlets named and linked, and our own words attributed to them in the sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from digest.data.outlets import credit_of, load_outlets
from digest.data.prose import load_prose
from digest.data.publishers import Facts, Publishers, load_publishers
from digest.model import Certainty, Entry, Ownership
from digest.text.dates import day_text
from digest.text.markdown import Md, link
from digest.write.casing import Casing, count_words, curly, open_end

_SPEECH = "said|says|told|tells|wrote|writes|announced|added|argued|noted|stated|reported|warned"
_SAID_LAST = re.compile(rf", (?:[\w’'-]+ ){{1,4}}(?:{_SPEECH})\b[^,.]*\.$|, according to [^,]+\.$")
_ACCORDING = re.compile(r"\b(?:according to|citing|cited|quoting|as reported by)\b", re.IGNORECASE)
_CITING = re.compile(r"Citing (?P<whom>[^,]+), (?P<rest>.+)", re.DOTALL)
_RELAYED = re.compile(
    r"(?P<rest>.+), (?P<whom>(?:[a-z]+ )?(?:state )?(?:media|press)|[A-Z][^,.“”]{1,40}) reported\.",
    re.DOTALL,
)
_LONG = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """How prose names the publisher of one entry.

    ``name`` is what is linked, ``wire`` the agency it carries, ``note`` what the publisher's name
    says in brackets, ``told`` what kind of state outlet it is, if it is one.
    """

    name: str
    url: str | None
    wire: str | None = None
    note: str | None = None
    told: str | None = None
    official: bool = False
    undated: bool = False

    def plain(self) -> str:
        """The name alone, with its article where it takes one."""
        return f"the {self.name}" if load_outlets().takes_article(self.name) else self.name

    def linked(self) -> Md:
        """The linked name alone."""
        shown = link(self.name, self.url) if self.url else Md.escape(self.name)
        return Md("the ") + shown if load_outlets().takes_article(self.name) else shown

    def full(self, *, article: str | None = None) -> Md:
        """The name as at its first mention in a story, with all that a reader has to know.

        In a list names stand without their article (``article=""``).
        """
        notes = [note for note in (self.wire, self.note) if note]
        notes += ["no link"] * (self.url is None) + ["undated"] * self.undated
        bare = link(self.name, self.url) if self.url else Md.escape(self.name)
        shown = bare if article == "" else self.linked()
        if self.told:
            shown = Md("{} {}").format(self.told, bare)
        return Md("{} ({})").format(shown, "; ".join(notes)) if notes else shown


@lru_cache(maxsize=1)
def _publishers() -> Publishers:
    return load_publishers()


def facts_of(entry: Entry) -> Facts:
    """Who stands behind an entry, and where: as stored, else what is known of the name.

    ``新华社 (pltyw.com 转载)`` is known by the name in front of the brackets.
    """
    if entry.ownership is not None:
        return Facts(ownership=entry.ownership, country=entry.country)
    credit = credit_of(entry.publisher)
    for name in (entry.publisher, credit.wire, credit.name):
        known = _publishers().names.get((name or "").casefold())
        if known is not None:
            return known
    return Facts(country=entry.country)


def outlet_of(entry: Entry) -> Outlet:
    """How an entry's publisher is named: ``Reuters`` of ``Deccan Herald / Reuters`` is its wire."""
    book = load_outlets()
    credit = book.credit(curly(entry.publisher))
    wire = credit.wire
    facts = facts_of(entry)
    state = facts.ownership is Ownership.STATE
    told = _state(book.kind(credit.name), facts.country) if state and not wire else None
    if state and wire:
        wire = f"{_state(book.kind(wire), facts.country)} {wire}"
    return Outlet(
        name=credit.name,
        url=entry.url,
        wire=wire,
        note=credit.note,
        told=told,
        official=facts.ownership is Ownership.OFFICIAL,
        undated=entry.certainty is Certainty.GUESS,
    )


def _state(kind: str | None, country: str | None) -> str:
    adjective = load_prose().adjectives.get(country or "", "")
    noun = {None: "state media outlet", "party newspaper": "party newspaper"}.get(
        kind, f"state {kind}"
    )
    return f"{adjective} {noun}" if adjective else noun


def day_of(entry: Entry) -> str | None:
    """The entry's day in prose ("6 April"), or nothing when it is a guess."""
    if entry.certainty is Certainty.GUESS:
        return None
    return day_text(entry.date.date()).rsplit(" ", 1)[0]


def listed(items: Sequence[Md]) -> Md:
    """``A, B and C``."""
    if len(items) < 2:  # noqa: PLR2004 - one name needs no "and"
        return items[0] if items else Md("")
    return Md("{} and {}").format(Md(", ").join(items[:-1]), items[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One way to attribute: ``begin`` wants a lowered sentence, the others an open end."""

    id: str
    leads: bool
    make: Callable[[Md, str, str], Md]
    later: bool | None = None


_FORMS = (
    _Form(id="according", leads=True, make=lambda o, _, s: Md("According to {}, {}").format(o, s)),
    _Form(id="trailing", leads=False, make=lambda o, v, s: Md("{} {} {}.").format(s, o, v)),
    _Form(id="that", leads=True, make=lambda o, v, s: Md("{} {} that {}").format(_cap(o), v, s)),
    _Form(id="end", leads=False, make=lambda o, _, s: Md("{} according to {}.").format(s, o)),
    _Form(
        id="also",
        leads=True,
        later=True,
        make=lambda o, v, s: Md("{} also {} that {}").format(_cap(o), v, s),
    ),
)


def _cap(text: Md) -> Md:
    return Md(text[:1].upper() + text[1:]) if text[:1].islower() else text


class Voice:
    """Attributes sentences so that no two in a row, and as few as can be, begin alike.

    Deterministic: of the forms that fit, the one used longest ago is taken. One voice speaks
    through one issue.
    """

    def __init__(self) -> None:
        self._used: dict[str, int] = {}
        self._count = 0

    def pick(self, forms: Sequence[str]) -> str:
        """The least recently used of the forms; ties go to the first."""
        self._count += 1
        chosen = min(forms, key=lambda form: (self._used.get(form, 0), forms.index(form)))
        self._used[chosen] = self._count
        return chosen

    def both(self, one: Outlet, two: Outlet, sentence: str, casing: Casing) -> Md | None:
        """Our own sentence for which two outlets stand; nothing where it does not fit."""
        says_who = any(
            pattern.search(sentence) for pattern in (_ACCORDING, _CITING, _RELAYED, _SAID_LAST)
        )
        inside = any(_named_inside(each, sentence) is not None for each in (one, two))
        if says_who or inside or one.official or two.official:
            return None
        lowered, opened = casing.lowered(sentence), open_end(sentence)
        fits = ["both-according"] * bool(lowered) + ["both-report"] * bool(lowered)
        if opened and count_words(sentence) <= _LONG:
            fits.append("both-trailing")
        if not fits:
            return None
        form = self.pick(fits)
        if form == "both-according":
            return Md("According to {} and {}, {}").format(one.full(), two.full(), lowered)
        if form == "both-report":
            text = Md("{} and {} both reported that {}")
            return text.format(_cap(one.full()), two.full(), lowered)
        return Md("{} {} and {} reported.").format(opened, one.full(), two.full())

    def report(self, outlet: Outlet, sentence: str, casing: Casing, *, later: bool = False) -> Md:
        """Our own sentence with its outlet named in it; ``later``: not the story's first one."""
        inside = _named_inside(outlet, sentence)
        if inside is not None:
            return inside
        verb = "said" if outlet.official else "reported"
        relayed = _relayed(outlet, sentence, casing)
        if relayed is not None:
            return relayed
        lowered, opened = casing.lowered(sentence), open_end(sentence)
        cites = _ACCORDING.search(sentence) is not None
        said_last = _SAID_LAST.search(sentence) is not None
        if outlet.official:  # "the minister said …, the ministry said"
            said_last = said_last or re.search(rf"\b(?:{_SPEECH})\b", sentence) is not None
        fits = [
            form.id for form in _FORMS if form.leads and lowered and form.later in (None, later)
        ]
        if re.search(r"\balso\b", sentence):
            fits = [form for form in fits if form != "also"]
        if cites:
            fits = [form for form in fits if form != "according"]
        elif said_last and "according" in fits:
            # "X reported that …, Y said" would leave open who says what.
            fits = ["according"]
        if opened and not said_last and (count_words(sentence) <= _LONG or not fits):
            fits.append("trailing")
        if opened and not cites and not fits:
            fits.append("end")
        if not fits:
            return Md("{}: {}").format(_cap(outlet.full()), sentence)
        chosen = self.pick(sorted(fits, key=[form.id for form in _FORMS].index))
        form = next(form for form in _FORMS if form.id == chosen)
        return form.make(outlet.full(), verb, (lowered if form.leads else opened) or sentence)


def _relayed(outlet: Outlet, sentence: str, casing: Casing) -> Md | None:
    """A report of a report with both named: ``Citing Xinhua, Kun.uz reported that …``."""
    found = _CITING.match(sentence)
    if found is None:
        found = _RELAYED.fullmatch(sentence)
        if found is None or not _is_press(found["whom"]) or found["whom"] == outlet.name:
            return None
    rest = casing.lowered(found["rest"])
    if rest is None:
        return None
    rest = rest if rest.endswith((".", ".”")) else f"{rest}."
    verb = "said" if outlet.official else "reported"
    return Md("Citing {}, {} {} that {}").format(found["whom"], outlet.full(), verb, rest)


def _is_press(name: str) -> bool:
    book = load_outlets()
    bare = re.sub(r"^[Tt]he ", "", name)
    return book.kind(bare) is not None or book.find_press(bare) == bare or name.endswith("media")


def _named_inside(outlet: Outlet, sentence: str) -> Md | None:
    """The sentence with its own outlet's name linked, where it names it."""
    found = re.search(rf"(?<!\w){re.escape(outlet.name)}(?!\w)", sentence)
    if found is None:
        return None
    if (
        re.match(
            r"(?:’s)?,? (?:reports?|reported|says?|said|writes?|wrote|notes?|noted|cites?)\b",
            sentence[found.end() :],
        )
        is None
    ):
        return None
    before, after = sentence[: found.start()], sentence[found.end() :]
    before = re.sub(r"\b[Tt]he $", "", before) if outlet.linked().startswith("the ") else before
    return Md("{}{}{}").format(before, outlet.full(), after)
