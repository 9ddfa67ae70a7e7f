"""A story that no report tells in the newsletter's language: framed in it, shown in its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.data.outlets import load_outlets
from digest.data.prose import load_prose
from digest.model import Entry, Name
from digest.text.markdown import Md
from digest.text.mentions import NameFinder
from digest.text.sentences import sentences
from digest.write.attribution import Voice, day_of, facts_of, listed, outlet_of
from digest.write.casing import count_words, curly, spelled
from digest.write.composed import Kind, Paragraph
from digest.write.credits import credits_of
from digest.write.pieces import capital, paragraph, source_mark, traced
from digest.write.quotes import MOST_WORDS, chosen, joined, passages
from digest.write.speakers import quoted_in
from digest.write.verbatim import is_verbatim

_LONGEST = 90
_MOST_BLOCKS = 2
_MOST_LANGUAGES = 3
_NAMES = 3
_NAMED = 5
# Scripts that the page marks by itself; a Latin-script language has to be named in the text.
_MARKED = frozenset({"ru", "uk", "kk", "zh", "und"})
_ARTICLE = re.compile(
    r"(?:Ministry|Union|Court|Committee|Council|Commission|Parliament|Organi[sz]ation|Arctic|Sea"
    r"|Service|Agency|Nations|Consortium|Kremlin|White House|State Duma|Bank|Station|plant"
    r"|Administration|Office|Bureau|Institute|Academy|Foundation|Initiative|River|Ocean)"
    r"(?: (?:of|for|on) .+)?$"
)
_SCALES = {"млн": "million", "млрд": "billion", "трлн": "trillion"}
_FIGURE = re.compile(
    r"(?<![\w.,])(?P<n>\d+(?:[.,]\d+)?) ?(?:(?P<percent>%|процент\w*)|(?P<scale>млн|млрд|трлн)\b)"
)


def label_of(section: str, entries: Sequence[Entry], finder: NameFinder | None) -> str:
    """An English line over a story told in other languages: "Russian press on X and Y, 6 April".

    Built only from what is certain: the language, names of the name book in headline or lead,
    figures of the headline, the day; the section where no name is known.
    """
    lead = entries[0]
    names = _names(lead, finder, headline=True)
    if len(names) < 2:  # noqa: PLR2004 - one name alone says little
        names = list(dict.fromkeys([*names, *_names(lead, finder)]))
    # Countries say little in a headline that has other names.
    telling = [name for name in names if name.role != "country"]
    names = telling if len(telling) > 1 else names
    shown = [_with_article(name.name) for name in names[:_NAMES]]
    day = day_of(lead)
    press, when = _press(entries), f", {day}" if day else ""
    figures = "".join(f": {figure}" for figure in _figures(lead.title)[:1])
    languages = len({entry.lang for entry in entries})
    shorter = [f"Press in {spelled(languages)} languages"] * (languages > _MOST_BLOCKS)
    for count in range(len(shown), 0, -1):
        for whose in (press, *shorter):
            told = f"{whose} on {_and(shown[:count])}{figures}{when}"
            if len(told) <= _LONGEST:
                return told
    return f"{section} in the {press[:1].upper() + press[1:]}{figures}{when}"


def foreign_body(
    entries: Sequence[Entry], language: str, finder: NameFinder | None, voice: Voice
) -> list[Paragraph]:
    """The originals, marked with their language, each under a sentence that says what they are.

    The first report of each language leads: its outlet, day and headline, whom it names, whom it
    quotes, and its first sentences in its own words.
    """
    made: list[Paragraph] = []
    shown: set[str] = set()
    for entry in entries:
        if entry.lang not in shown and len(shown) < _MOST_BLOCKS:
            shown.add(entry.lang)
            made += _told(entry, finder, voice)
    cited = {entry_id for part in made for entry_id in part.entry_ids}
    names = [outlet_of(entry).name for entry in entries if entry.id in cited]
    return made + credits_of(entries, names, language, voice)


def in_its_language(text: str, lang: str) -> Md:
    """A text marked with its language, where its script does not show it."""
    shown = curly(text) if lang not in _MARKED else text
    if lang in _MARKED or not re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z]+)?", lang):
        return Md("{}").format(shown)
    return Md('<span lang="{}">{}</span>').format(Md(lang), shown)


# --- inside ------------------------------------------------------------------------------------


def _told(entry: Entry, finder: NameFinder | None, voice: Voice) -> list[Paragraph]:
    outlet, day = outlet_of(entry), day_of(entry)
    on = f" on {day}" if day else ""
    name = load_prose().language(entry.lang)
    title = in_its_language(_bare(entry.title).replace("“", "‘").replace("”", "’"), entry.lang)
    first = voice.pick(["foreign-outlet", "foreign-headline"]) == "foreign-outlet"
    if entry.paraphrase:  # the headline is the editor's own, so it is none of theirs
        form = "{} reported in {}{}." if first else "A report of {} in {} came{}."
        text = Md(form).format(capital(outlet.full()) if first else outlet.full(), name, on)
    elif first:
        text = Md("{} reported in {}{} under the headline “{}” [{}].").format(
            capital(outlet.full()), name, on, title, entry.lang
        )
    else:
        text = Md("Under the headline “{}” [{}], {} reported in {}{}.").format(
            title, entry.lang, outlet.full(), name, on
        )
    lines = [traced(text, entry)]
    named = [Md.escape(_with_article(each.name)) for each in _names(entry, finder)[:_NAMED]]
    if named:
        forms = ["The report names {}.", "The text names {}."]
        lines.append(traced(Md(voice.pick(forms)).format(listed(named)), entry))
    body = _body(entry)
    spoken = _spoken(entry, body, finder)
    if spoken is not None:
        lines.append(traced(spoken, entry))
    made = [paragraph(Kind.PROSE, lines, [entry])]
    original = in_its_language(body, entry.lang)
    if entry.paraphrase:
        # Our own note, so no quotation: a block with [Source] would pass it off as theirs.
        heading = in_its_language(_bare(entry.title), entry.lang)
        note = [traced(Md("The editor’s note is headed {}.").format(heading), entry)]
        if body:
            note.append(traced(Md("It says: {} [{}]").format(original, entry.lang), entry))
        return [*made, paragraph(Kind.PROSE, note, [entry])]
    if not body:
        return made
    block = Md("{} [{}]{}").format(original, entry.lang, source_mark(entry))
    return [*made, paragraph(Kind.QUOTE, [traced(block, entry)], [entry])]


def _spoken(entry: Entry, body: str, finder: NameFinder | None) -> Md | None:
    """Whom the report quotes, with the words in the original, where the body has them not."""
    if entry.paraphrase:
        return None
    room = MOST_WORDS - count_words(body) - count_words(entry.title)
    for quoted in quoted_in(entry, finder):
        fits = count_words(quoted.text) <= room and quoted.text not in body
        if fits and quoted.name is not None and is_verbatim(quoted.text, entry.text):
            return Md("{} is quoted as saying: “{}” [{}].").format(
                quoted.speaker, in_its_language(quoted.text, entry.lang), entry.lang
            )
    return None


def _body(entry: Entry) -> str:
    """The first sentences of a report, in its own language."""
    if not entry.paraphrase:
        room = max(MOST_WORDS - count_words(entry.title), 0)
        return joined(chosen(passages(entry), most=2, words=room))
    parts = [s for p in re.split(r"\n\s*\n", entry.text) for s in sentences(p, entry.lang)]
    body = ""
    for part in parts[:2]:
        if count_words(body + part) <= MOST_WORDS:
            body = (body + ("" if entry.lang == "zh" else " ") + part.strip()).strip()
    return body


def _press(entries: Sequence[Entry]) -> str:
    """``Russian press`` where all outlets are of that country, else ``Russian-language press``."""
    languages = list(dict.fromkeys(load_prose().language(e.lang) for e in entries))
    adjectives = {load_prose().adjectives.get(facts_of(e).country or "", "") for e in entries}
    if len(languages) == 1 and adjectives == {languages[0]}:
        return f"{languages[0]} press"
    if len(languages) > _MOST_LANGUAGES:
        return "Press in other languages"
    *others, last = languages
    return f"{_and([*(f'{name}-' for name in others), f'{last}-language'])} press"


def _with_article(name: str) -> str:
    takes = load_outlets().takes_article(name) or _ARTICLE.search(name)
    return f"the {name}" if takes else name


def _names(entry: Entry, finder: NameFinder | None, *, headline: bool = False) -> list[Name]:
    """Names in headline and lead as this newsletter writes them, people first, no outlets."""
    if finder is None:
        return []
    found = [
        finder.name(mention.name_id)
        for text in (entry.title, "" if headline else entry.text[:400])
        for mention in finder.find(text)
    ]
    book = load_outlets()
    people = [name for name in found if name.kind == "person"]
    others = [
        name
        for name in found
        if name.kind != "person" and not book.kind(name.name) and book.find_press(name.name) is None
    ]
    return list(dict.fromkeys([*people, *others]))


def _figures(text: str) -> list[str]:
    """Figures with a scale or a percent sign, as English writes them; their digits stay."""
    found = []
    for match in _FIGURE.finditer(text):
        number = match["n"].replace(",", ".")
        found.append(f"{number}%" if match["percent"] else f"{number} {_SCALES[match['scale']]}")
    return found


def _bare(title: str) -> str:
    return " ".join(title.split()).removesuffix(".")


def _and(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
