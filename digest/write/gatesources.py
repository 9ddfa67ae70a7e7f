"""The gate on faith: what an issue says against the stored words of what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from digest.text.words import normal
from digest.write import blocks
from digest.write.casing import count_words
from digest.write.gatecontext import Cited, Context, Finding, error, shown, warning
from digest.write.gatetext import BREAK, STORY, Part, Piece, quoted_runs
from digest.write.gatewords import (
    Facts,
    facts_in,
    facts_of_entries,
    shared_with,
)
from digest.write.memory import is_marked
from digest.write.quotes import MOST_WORDS
from digest.write.verbatim import is_verbatim

_LEAST_WORDS = 3
_SUPPORTED = 0.5
_NEARLY_ALL = 0.75
_SHORT = 5
_POINTER = re.compile(
    r"\bas (?:we )?(?:noted|reported) in (?:the|our) issue of"
    r" (?:\d{1,2} )?\w+(?: \d{1,2})?(?:,? \d{4})?",
    re.IGNORECASE,
)
"""What points to an earlier issue is no claim about the entry."""


def check_entries(context: Context) -> Iterator[Finding]:
    """Every trace names an entry that is stored and says what it said when it was cited."""
    listed = {each.entry_id for each in context.draft.meta.entries}
    told: set[str] = set()
    for part in context.parts:
        for piece in part.pieces:
            for each in piece.entry_ids:
                if each in told:
                    continue
                told.add(each)
                if each in context.cited:
                    if context.cited[each].changed:
                        message = f"the text of {_called(context, each)} changed since it was cited"
                        yield warning("entry-changed", message, piece.line, part.id)
                elif each in listed:
                    message = f"entry {each} is not in the store, so nothing of it can be checked"
                    yield warning("entry-missing", message, piece.line, part.id)
                else:
                    message = f"a sentence names the entry {each}, which does not exist"
                    yield error("entry-unknown", message, piece.line, part.id)


def check_quotations(context: Context) -> Iterator[Finding]:
    """Every quotation is a verbatim run of the entry its trace names."""
    for part in context.parts:
        for piece in part.pieces:
            known = context.entries(piece)
            for quote in piece.quotes:
                if not count_words(quote):
                    continue
                if known:
                    yield from _traced_quote(context, part, piece, quote)
                elif not piece.entry_ids:
                    yield from _free_quote(context, part, piece, quote)


def _traced_quote(context: Context, part: Part, piece: Piece, quote: str) -> Iterator[Finding]:
    known = context.entries(piece)
    if any(_holds(quote, each) for each in known):
        ours = [each for each in known if each.entry.paraphrase]
        if len(ours) == len(known) and not any(_quotes(quote, each) for each in ours):
            message = f"“{shown(quote)}” are words of an editor’s note, which is never quoted"
            yield error("note-quoted", message, piece.line, part.id)
        return
    other = next((e for e in context.cited.values() if _holds(quote, e)), None)
    if other is not None and count_words(quote) >= _SHORT:
        message = f"“{shown(quote)}” is of {_name(other)}, not of the entry this sentence names"
        yield error("quotation-of-another", message, piece.line, part.id)
        return
    names = ", ".join(_name(each) for each in known[:2])
    message = f"“{shown(quote)}” does not stand in {names} word for word"
    yield error("quotation-altered", message, piece.line, part.id)


def _free_quote(context: Context, part: Part, piece: Piece, quote: str) -> Iterator[Finding]:
    """Words that a person quotes: warned of where no cited entry holds them."""
    if count_words(quote) < _LEAST_WORDS and not piece.quotation:
        return
    headline = normal(quote)
    if any(headline in normal(e.title) or is_verbatim(quote, e.title) for e in context.linked):
        return  # under further reading, where the house style sets the case of headlines
    if not any(_holds(quote, each) for each in context.cited.values()):
        message = f"“{shown(quote)}” stands in no entry the issue cites, so nothing vouches for it"
        yield warning("quotation-unsourced", message, piece.line, part.id)


def _holds(quote: str, cited: Cited) -> bool:
    """Whether a wording of the entry has the quotation; a comma before its mark may be ours."""
    forms = (quote, quote.rstrip(",."), quote.rstrip(",.") + ".")
    texts = [text for w in cited.wordings for text in (w.title, w.text, f"{w.title}\n\n{w.text}")]
    return any(is_verbatim(form, text) for form in forms if form for text in texts)


def _quotes(quote: str, note: Cited) -> bool:
    """Whether an editor's note has the words in quotation marks itself."""
    inside = [run for w in note.wordings for text in (w.title, w.text) for run in quoted_runs(text)]
    bare = normal(quote.rstrip(",."))
    return any(bare in normal(run) for run in inside)


def check_quoted_words(context: Context) -> Iterator[Finding]:
    """No more words of one entry are quoted than ``MOST_WORDS``."""
    counts: dict[str, int] = {}
    for part in context.parts:
        for piece in part.pieces:
            for each in piece.entry_ids[:1]:
                before = counts.get(each, 0)
                counts[each] = before + sum(count_words(quote) for quote in piece.quotes)
                if before <= MOST_WORDS < counts[each]:
                    message = f"more than {MOST_WORDS} words of {_called(context, each)} are quoted"
                    yield warning("quoted-much", message, piece.line, part.id)


def check_support(context: Context) -> Iterator[Finding]:
    """What a traced sentence says stands in the entries it names."""
    for part in context.parts:
        for piece in part.pieces:
            known = context.entries(piece)
            whole = len(known) == len(piece.entry_ids) and known
            if whole and not piece.quotation and not piece.confidence:
                yield from _support(context, part, piece, known)


def _support(
    context: Context, part: Part, piece: Piece, known: Sequence[Cited]
) -> Iterator[Finding]:
    said = facts_in(_POINTER.sub("", piece.own), context.finder)
    held = facts_of_entries(known, context.finder)
    home = any(each.entry.lang == context.language for each in known)
    remedy = "correct it, or take its trace away if it is yours"
    if _is_invented(said, held, home=home):
        message = f"“{shown(piece.text)}” is not what {_name(known[0])} says: {remedy}"
        yield error("invented", message, piece.line, part.id)
        return
    figures = sorted(said.figures - held.figures)
    if figures:
        grave = error if home else warning
        message = f"{', '.join(figures)} does not stand in {_name(known[0])}: {remedy}"
        yield grave("figure-unsupported", message, piece.line, part.id)
    names = sorted(context.finder.name(each).name for each in said.names - held.names)
    if names:
        message = f"{_name(known[0])} does not name {', '.join(names)}: {remedy}"
        yield warning("name-unsupported", message, piece.line, part.id)


def _is_invented(said: Facts, held: Facts, *, home: bool) -> bool:
    """Whether a sentence shares so little with its entries that it cannot come from them.

    Of what the program writes, every word is in the entry or in its fixed sentences. In another
    language than the entry's only names and figures can be compared.
    """
    firm = said.names | said.figures
    shares = bool(firm & (held.names | held.figures))
    if not home:
        return bool(firm) and not shares
    share = len(said.stems & held.stems) / (len(said.stems) or 1)
    if firm and not shares and share < _NEARLY_ALL:
        return True
    return len(said.stems) >= _LEAST_WORDS and share < _SUPPORTED


def check_runs(context: Context) -> Iterator[Finding]:
    """No long run of a publisher's words stands without quotation marks.

    A heading may be a headline, and where it is said again it points to its story.
    """
    theirs = [each for each in context.cited.values() if not each.entry.paraphrase]
    texts = {each.entry.id: [f"{w.title}\n{w.text}" for w in each.wordings] for each in theirs}
    headings = sorted((part.heading for part in context.stories), key=len, reverse=True)
    for part in context.parts:
        for piece in part.pieces:
            own = piece.own
            for heading in headings if part.kind != STORY else ():
                own = own.replace(heading, BREAK) if heading else own
            for each in theirs:
                run = shared_with(own, texts[each.entry.id]) if own else None
                if run is not None:
                    message = f"“{shown(run)}” are words of {_name(each)} without quotation marks"
                    yield error("unquoted-run", message, piece.line, part.id)
                    break


def check_reuse(context: Context) -> Iterator[Finding]:
    """What an earlier issue linked to or quoted comes again only with a mark."""
    for part in context.parts:
        marked = is_marked(f"{part.heading}\n{part.text}")
        for piece in part.pieces if not marked else ():
            for link in piece.links:
                form = blocks.normal_link(link.url)
                day = next((e.day for e in context.earlier if form in e.links), None)
                if day is not None:
                    message = f"the issue of {day} linked to {shown(link.url)} too: say so"
                    yield warning("link-reused", message, link.line, part.id)
            for quote in piece.quotes:
                known = normal(quote.rstrip(",."))
                day = next((e.day for e in context.earlier if known in e.quotes), None)
                if day is not None and count_words(quote) >= _SHORT:
                    message = f"the issue of {day} quoted “{shown(quote)}” too: say so"
                    yield warning("quotation-reused", message, piece.line, part.id)


def check_repeated_quotations(context: Context) -> Iterator[Finding]:
    """No quotation stands in an issue twice; a headline may be named again, as in a timeline."""
    seen: dict[str, int] = {}
    headlines = {_bare(each.entry.title) for each in context.cited.values()}
    for part in context.parts:
        for piece in part.pieces:
            for quote in piece.quotes:
                known = normal(quote.rstrip(",."))
                if count_words(quote) < _SHORT or _bare(quote) in headlines:
                    continue
                if known in seen:
                    message = f"“{shown(quote)}” is quoted in line {seen[known]} too"
                    yield warning("quotation-repeated", message, piece.line, part.id)
                seen.setdefault(known, piece.line)


def _bare(text: str) -> str:
    """A text to be compared whatever its quotation marks and the mark at its end."""
    return re.sub(r"[“”‘’«»\"']", "", normal(text.rstrip(",.")))


def _called(context: Context, entry_id: str) -> str:
    return _name(context.cited[entry_id]) if entry_id in context.cited else entry_id


def _name(cited: Cited) -> str:
    return f"{cited.entry.publisher} ({cited.entry.id})"
