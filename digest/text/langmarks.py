"""Runs of another language in HTML, each in an element that names it (EMAIL and screen readers)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from digest.text.chinese import form_of
from digest.text.language import language_of

_TOKEN = re.compile(r"<!--.*?-->|<[a-zA-Z/!?](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+|<", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_LANG = re.compile(r"\slang\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
_RAW = frozenset(("script", "style", "title", "textarea", "option", "svg"))

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3005\u3007\U00020000-\U0003ffff"
_CJK_MARKS = "\u3001-\u3004\u3008-\u3020\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65·"
_OPENING = "《「『【（〈"
_KANA = "\u3041-\u309f\u30a1-\u30ff"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜĀÁǍÀĒÉĚÈŌÓǑÒ"
_BARE = str.maketrans(
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜĀÁǍÀĒÉĚÈŌÓǑÒ", "aaaaeeeeiiiioooouuuuüüüüaaaaeeeeoooo"
)
_SYLLABLE = (
    "(?:[bpmf](?:a(?:i|n|ng|o)?|ei|eng?|i(?:an|ao|e|n|ng|u)?|ou?|u)|me"
    "|[dtnl](?:a(?:i|n|ng|o)?|e(?:i|ng?)?|i(?:a|an|ang|ao|e|n|ng|u)?|ong|ou|u(?:an|e|i|n|o)?|üe?)"
    "|(?:[gkh]|zh?|ch?|sh?|r)(?:a(?:i|n|ng|o)?|e(?:i|ng?)?|i|ong|ou|u(?:a|ai|an|ang|i|n|o)?)"
    "|[jqx](?:i(?:a|an|ang|ao|e|n|ng|ong|u)?|u(?:an|e|n)?)"
    "|y(?:a(?:n|ng|o)?|e|i(?:n|ng)?|ong?|ou|u(?:an|e|n)?)|w(?:a(?:i|n|ng)?|ei|eng?|o|u)"
    "|a(?:i|n|ng|o)?|e(?:i|n|ng|r)?|ou?)"
)
_PINYIN_WORD = re.compile(f"(?:{_SYLLABLE}['’]?)+r?")
_TONED_WORD = f"(?:[a-zA-Zü’']*[{_TONED}][a-zA-Zü’'{_TONED}]*)"
_HAN_RUN = (
    f"[{_OPENING}]*[{_HAN}{_KANA}]"
    f"(?:[{_HAN}{_KANA}{_CJK_MARKS}]|[“”‘’…—](?=[{_HAN}{_OPENING}“])|[0-9A-Za-z.]+(?=[{_HAN}]))*"
)
_CYRILLIC_RUN = (
    r"[\u0400-\u052f]+(?:[\u0400-\u052f’'\u0301-]"
    r"|[ \u00a0,:;–—«»„“”.\d-]+(?=[«„“]?[\u0400-\u052f]))*"
)
_RUN = re.compile(
    f"(?P<pinyin>\\b{_TONED_WORD}(?: {_TONED_WORD}){{0,3}})(?=[ \u00a0]?[（(]?[{_HAN}])"
    f"|(?P<han>{_HAN_RUN})|(?P<cyrillic>{_CYRILLIC_RUN})"
)
_FOREIGN = re.compile(f"[{_HAN}{_KANA}\u0400-\u052f]")


def mark_languages(html: str, base: str) -> str:
    """The HTML with every run of another script in ``<span lang="…">``.

    Chinese becomes ``zh-Hans`` or ``zh-Hant`` (where its characters are the same in both, what the
    rest of the HTML is), toned pinyin right before it ``zh-Latn-pinyin``, Cyrillic ``ru``, ``uk``
    or what its letters say. Tags, attributes and raw elements are left alone, and so is a run
    whose element, or the page (``base``), already has that language.

    >>> mark_languages("<p>Wáng Yì 王毅 spoke.</p>", "en")  # doctest: +ELLIPSIS
    '<p><span lang="zh-Latn-pinyin">Wáng Yì</span> <span lang="zh-Hans">王毅</span> spoke.</p>'
    """
    if not _FOREIGN.search(html):
        return html
    marker = _Marker(base=base, usual=_usual_form(html))
    return "".join(marker.token(match[0]) for match in _TOKEN.finditer(html))


def _usual_form(html: str) -> str:
    forms = Counter(form_of(run) for run in set(re.findall(f"[{_HAN}]+", html)))
    return "Hant" if forms["Hant"] > forms["Hans"] else "Hans"


@dataclass(slots=True)
class _Marker:
    base: str
    usual: str
    stack: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lang(self) -> str:
        return self.stack[-1][1] if self.stack else self.base

    def token(self, token: str) -> str:
        tag = _TAG.match(token)
        if tag is not None:
            self._enter_or_leave(token, closing=tag[1] == "/", name=tag[2].lower())
            return token
        if token.startswith("<") or any(name in _RAW for name, _ in self.stack):
            return token
        return _RUN.sub(self._marked, token)

    def _enter_or_leave(self, token: str, *, closing: bool, name: str) -> None:
        if closing:
            for at in range(len(self.stack) - 1, -1, -1):
                if self.stack[at][0] == name:
                    del self.stack[at:]
                    break
        elif name not in _VOID and not token.endswith("/>"):
            found = _LANG.search(token)
            self.stack.append(
                (name, next(filter(None, found.groups()), "") if found else self.lang)
            )

    def _marked(self, match: re.Match[str]) -> str:
        run = match[0]
        if match["pinyin"]:
            if not all(map(_PINYIN_WORD.fullmatch, run.translate(_BARE).lower().split())):
                return run
            lang = "zh-Latn-pinyin"
        elif match["cyrillic"]:
            lang = language_of(run)
        elif re.search(f"[{_KANA}]", run):
            lang = "ja"
        else:
            lang = f"zh-{form_of(run) or self.usual}"
        return run if _is_within(lang, self.lang) else f'<span lang="{lang}">{run}</span>'


def _is_within(lang: str, outer: str) -> bool:
    """Whether text in ``outer`` needs no mark to be read as ``lang``."""
    outer = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant"}.get(
        outer.lower(), outer.lower()
    )
    return outer == lang.lower() or outer.split("-")[0] == lang.lower()
