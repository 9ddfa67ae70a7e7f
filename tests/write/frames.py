"""What the program may say of its own: fixed sentences around outlets and the words of entries.

``unfounded`` is the oracle of the property "every generated sentence is found in an entry or a
template". It knows the templates as the reader sees them, and nothing of how they are filled.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from digest.model import Entry
from digest.text.markdown import published
from digest.text.mentions import NameFinder
from digest.text.sentences import sentences
from digest.write.attribution import outlet_of

TRACE = re.compile(r"<!-- e:([0-9a-f ]+) -->")
_DAY = r"\d{1,2} [A-Z][a-z]+(?: \d{4})?"
_COUNT = r"(?:one|two|three|four|five|six|seven|eight|nine|\d+)"
_LANGUAGE = r"in [A-Z][a-z]+"
_SAYS = r"(?:reported|said|wrote|stated)"
_SHARES = rf" \({_COUNT} {_LANGUAGE}(?:(?:, | and ){_COUNT} {_LANGUAGE})*\)"
_OTHERS = rf"{_COUNT} others?(?: outlets?)?(?: {_LANGUAGE})?(?:{_SHARES})?"
_LIST = rf"(?:by |{_LANGUAGE} by )*@(?: \(reprint\))?"
_CREDIT = rf"{_LIST}(?:(?:,| and|, and) (?:{_LIST}|(?:by )?{_OTHERS}))*"
_GIVE = rf"@(?:, @)*(?: and @)? gives? {_COUNT}"

# @ is an outlet, ~ words of an entry that are told, % names of whom it names, Q a quotation (held
# to be verbatim elsewhere).
_FRAMES = tuple(
    re.compile(frame.replace("~", "(.+?)").replace("%", "(?P<names>.+?)"), re.DOTALL)
    for frame in (
        r"According to @(?: and @)?, ~(?: Q)?[.,]?",
        rf"~,? @(?: and @)? {_SAYS}(?: on {_DAY})?\.",
        r"~,? according to @\.",
        rf"(?:@|both|and| )+ (?:both |also )?{_SAYS} that ~\.?",
        rf"Citing ~, @ {_SAYS} that ~",
        r"@: ~",
        rf"@(?: also)? {_SAYS} on {_DAY}: ?Q?",
        rf"@ {_SAYS}: ?Q?",
        rf"In a report of {_DAY}, @ {_SAYS}: Q",
        rf"Q,? @ {_SAYS}(?: on {_DAY})?\.",
        r"It goes on: Q",
        r"The report adds: Q",
        r"~, the report says, Q\.?",
        rf"Also reported {_CREDIT}\.",
        rf"The story was (?:also )?carried {_CREDIT}\.",
        r"One source(?:, state media)?: this rests on @ alone\.",
        r"One source(?:, state media)?: among our sources only @ carries this\.",
        r"One source(?:, state media)?: @; no second report was found\.",
        r"Denied: (?:~,? @ reported\.|@: (?:~|Q))",
        rf"Figures differ: {_GIVE}(?: ~)?(?:; {_GIVE})+\.",
        rf"@(?: \[[a-z]{{2}}\])?(?:, {_DAY})?(?:: (?:~|Q))?",
        rf"(?:{_DAY} – )?(?:~|Q)(?: \[[a-z]{{2}}\])? – @(?: \[[a-z]{{2}}\])?",
        r"~",
        r"Q(?: \[[a-z]{2}\])?",
        # A report in another language.
        rf"@ reported {_LANGUAGE}(?: on {_DAY})? under the headline (?:Q|~) \[[a-z]{{2}}\]\.",
        rf"Under the headline (?:Q|~) \[[a-z]{{2}}\], @ reported {_LANGUAGE}(?: on {_DAY})?\.",
        r"The (?:report|text) names %\.",
        r"% said, according to @: Q",
        r"Q,? % said, @ reported\.",
        r"% is quoted as saying: Q \[[a-z]{2}\]\.",
        rf"@ reported {_LANGUAGE}(?: on {_DAY})?\.",
        rf"A report of @ {_LANGUAGE} came(?: on {_DAY})?\.",
        r"The editor’s note is headed ~\.",
        r"It says: ~",
    )
)


def told(body: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every sentence of a body that names entries, as a reader sees it, with their ids.

    Block quotations are left out.
    """
    at = 0
    for mark in TRACE.finditer(body):
        text, at = body[at : mark.start()], mark.end()
        block = text.rsplit("\n\n", 1)[-1]
        if not block.lstrip().startswith(">"):
            yield _last(block), tuple(mark[1].split())


def unfounded(sentence: str, cited: Sequence[Entry], finder: NameFinder) -> str:
    """What of a sentence no template and no entry has; nothing where all is founded."""
    masked = _masked(sentence, cited)
    sources = [_words(f"{each.title}. {each.text}") for each in cited]
    left = masked
    for frame in _FRAMES:
        found = frame.fullmatch(masked)
        if found is None:
            continue
        if "names" in frame.groupindex:
            left = _strangers(found["names"], cited, finder)
        else:
            runs = (run for run in found.groups() if run)
            left = " … ".join(r for r in runs if not any(_within(r, s) for s in sources))
        if not left:
            return ""
    return left


def _strangers(names: str, cited: Sequence[Entry], finder: NameFinder) -> str:
    """Those of a list of names whom no entry names, in its own words or in another language."""
    if any(_within(names, _words(each.text)) for each in cited):
        return ""
    ids = {m.name_id for e in cited for m in finder.find(f"{e.title}\n{e.text}")}
    known = {finder.name(each).name for each in ids}
    told = re.split(r", (?=[A-Z]|the [A-Z])| and ", names)
    return ", ".join(each for each in told if each.removeprefix("the ") not in known)


def _masked(sentence: str, cited: Sequence[Entry]) -> str:
    """The sentence with ``@`` for an outlet and ``Q`` for what stands in quotation marks."""
    outlets = [outlet_of(each) for each in cited]
    names = {_seen(str(name)) for o in outlets for name in (o.full(), o.full(article=""))}
    names |= {_seen(str(name)) for o in outlets for name in (o.linked(), o.name)}
    text = sentence
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"(?<!\w)(?:[Tt]he )?{re.escape(name)}(?!\w)", "@", text)
    own = re.sub(r"“[^“”]*”", "Q", text)
    return own if not _is_theirs(sentence, cited) else text


def _is_theirs(sentence: str, cited: Sequence[Entry]) -> bool:
    """Whether the quotation marks are the entry's own, in a note that is told."""
    inside = re.findall(r"“[^“”]*”", sentence)
    return bool(inside) and all(
        any(_within(q, _words(each.text)) and each.paraphrase for each in cited) for q in inside
    )


def _within(run: str, source: Sequence[str]) -> bool:
    """Whether the words of a run stand in the source in that order, with nothing else between
    them than what was left out.
    """
    words = iter(source)
    return all(word in words for word in _words(run) if word not in ("q", "@"))


def _words(text: str) -> list[str]:
    plain = text.casefold().replace("’", "'").replace("zelenskyy", "zelensky")
    return re.findall(r"[^\W_]+", plain)


def _last(block: str) -> str:
    """The last sentence of a block as a reader sees it; a line of a list without its mark."""
    line = _seen(re.split(r"\n(?=- )", block)[-1].strip().removeprefix("- "))
    line = re.sub(r"(?<=[.!?。！？]) \[[a-z]{2}\]$", "", line)
    hidden = re.sub(r"“[^“”]*”", lambda q: re.sub(r"\w(?=.)|[.!?](?=.)", "x", q[0]), line)
    ends = sentences(hidden, "en")
    return line[hidden.rfind(ends[-1]) :] if len(ends) > 1 else line


def _seen(markdown: str) -> str:
    text = re.sub(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()\s]*\)", r"\1", published(markdown))
    text = html.unescape(re.sub(r"<[^<>]*>|\*\*", "", text))
    return " ".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).split())
