"""The language of a text, by its letters and small words; the data is in ``stopwords.yaml``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from digest.data.loader import load_stopwords

_ENOUGH = 1500  # characters looked at: more does not change the answer
_SCRIPTS = {
    "Hani": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "Kana": re.compile(r"[\u3041-\u3096\u30a1-\u30fa]"),
    "Hang": re.compile(r"[\uac00-\ud7a3]"),
    "Latn": re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"),
    "Cyrl": re.compile(r"[\u0400-\u052f]"),
    "Arab": re.compile(r"[\u0620-\u064a\u0671-\u06d3]"),
    "Grek": re.compile(r"[\u0386-\u03ff]"),
    "Hebr": re.compile(r"[\u05d0-\u05ea]"),
    "Deva": re.compile(r"[\u0904-\u0939]"),
    "Thai": re.compile(r"[\u0e01-\u0e30]"),
    "Geor": re.compile(r"[\u10d0-\u10fa]"),
    "Armn": re.compile(r"[\u0531-\u0587]"),
}
# A Han character says as much as some four letters: "G7峰会", "華為 Mate 60 Pro".
_WEIGHTS = {"Hani": 4.0, "Hang": 2.5, "Kana": 2.0}
_BY_SCRIPT = {
    "Jpan": "ja",
    "Hang": "ko",
    "Hani": "zh",
    "Grek": "el",
    "Hebr": "he",
    "Deva": "hi",
    "Thai": "th",
    "Geor": "ka",
    "Armn": "hy",
}
_KANA_SHARE = 0.1
_ENGLISH = frozenset(
    {"the", "of", "and", "with", "that", "from", "which", "were", "this", "their", "would", "been"}
)
_SURELY = 3  # of these words in a text of plain ASCII leave no other language
_NOISE = re.compile(r"https?://\S+|\S+@\S+\.\w+|&[#\w]+;")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ‘-][^\W\d_]+)*")


def script_of(text: str) -> str:
    """The ISO 15924 code of the script that carries the text; "Zyyy" where there are no letters.

    Chinese is ``Hani`` (see ``digest.text.chinese`` for its two forms), Japanese ``Jpan``.

    >>> script_of("G7峰会"), script_of("Лавров"), script_of("2022")
    ('Hani', 'Cyrl', 'Zyyy')
    """
    text = text[:_ENOUGH]
    if text.isascii():
        return "Latn" if _SCRIPTS["Latn"].search(text) else "Zyyy"
    found = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    worth = {name: count * _WEIGHTS.get(name, 1.0) for name, count in found.items()}
    best = max(worth, key=lambda name: worth[name])
    if not worth[best]:
        return "Zyyy"
    if best in ("Hani", "Kana"):
        kana = found["Kana"] - text.count("の")  # which Chinese names of shops like too
        japanese = kana > _KANA_SHARE * found["Hani"]
        return "Jpan" if japanese else "Hani"
    return best


def language_of(text: str) -> str:
    """The ISO 639-1 code of the text's language; "und" where it has no letters.

    Made for headlines: en, ru, zh, uk and kk are told apart surely; other languages in Latin or
    Cyrillic script by small words, and what none claims is English or Russian.

    >>> language_of("Xi meets Putin"), language_of("习近平会见普京"), language_of("12:30")
    ('en', 'zh', 'und')
    """
    text = text[:_ENOUGH]
    if text.isascii() and len(_ENGLISH.intersection(text.lower().split())) >= _SURELY:
        return "en"
    text = _NOISE.sub(" ", text)
    script = script_of(text)
    if script == "Latn":
        return _latin(text)
    if script == "Cyrl":
        return _cyrillic(text)
    if script == "Arab":
        return "fa" if re.search("[پچژگ]", text) else "ar"
    return _BY_SCRIPT.get(script, "und")


# --- Latin ---------------------------------------------------------------------------------------

_LATIN_HINTS = (
    ("de", re.compile("[ßẞ]|[äöü](?!ü)")),
    ("pl", re.compile("[łąęśżź]")),
    ("ro", re.compile("[țșăţş]")),
    ("tr", re.compile("[ğışç]")),
    ("fr", re.compile(r"[êèàçùœ]|\b[ldnqs]'")),
    ("es", re.compile("[ñ¿¡]|ción")),
    ("it", re.compile("[ldn]ell'|[aeiou]zione|à |è ")),
    ("pt", re.compile("[ãõ]|ção")),
    ("fi", re.compile("ää|öö|yö|ssa |llä |sta |ksi ")),
    ("et", re.compile("õ|öö|ää|dab |nud |tud |vad ")),
    ("cs", re.compile("[řěů]")),
    ("hu", re.compile("[őű]")),
    ("lt", re.compile("[ėųįū]")),
    ("lv", re.compile("[āēīķļņģ]")),
    ("vi", re.compile("[ạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđư]")),
    ("az", re.compile("ə")),
)
_TONES = re.compile("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]")
_HINT = 0.3
_MOST_HINTS = 0.9
_CLEAR = 0.8
_LIKELY = 0.5
_LEAD = 0.1


def _latin(text: str) -> str:
    words = _WORD.findall(text.lower().replace("’", "'"))
    votes = _votes(words, load_stopwords("latin"))
    own = votes.pop("en", 0.0)
    plain = " ".join(words) + " "
    if not plain.isascii() or "'" in plain:
        for language, pattern in _LATIN_HINTS:
            votes[language] += min(len(pattern.findall(plain)) * _HINT, _MOST_HINTS)
    ranked = sorted(votes, key=lambda language: (-votes[language], language))
    if not ranked:
        return "en"
    lead = votes[ranked[0]] - (votes[ranked[1]] if len(ranked) > 1 else 0)
    clear = votes[ranked[0]] >= _CLEAR or (
        own == 0 and votes[ranked[0]] >= _LIKELY and lead > _LEAD
    )
    return ranked[0] if clear and votes[ranked[0]] > own else "en"


def _votes(words: list[str], known: Mapping[str, Mapping[str, float]]) -> defaultdict[str, float]:
    votes: defaultdict[str, float] = defaultdict(float)
    for word in words:
        hit = known.get(word)
        if hit is not None:
            for language, weight in hit.items():
                votes[language] += weight
    return votes


# --- Cyrillic ------------------------------------------------------------------------------------

_KAZAKH = re.compile("[әғқұһ]")
_TURKIC = re.compile("[ңөү]")
_UKRAINIAN = re.compile("[іїєґ]")
_RUSSIAN = re.compile("[ыэёъ]")
_TAJIK = re.compile("[ӣӯҳҷ]")
_SERBIAN = re.compile("[ђјљњћџѓќѕ]")
_UKRAINIAN_ENDINGS = re.compile(
    r"(?:ськ(?:ий|а|ого|ому|им|ою|их|у|е)|цьк(?:ий|а|ого|ому|им|их|у)|ння|ться|ття|лля|ував|увал[аио]"
    r"|увано|увати|вся|лася|лися|лося|йшов|йшла|[аяиу]в|уть|ені|ані|ець|кри(?:ли|ла|ло|то))\b"
    r"|\b[а-я]{2,}(?:ори|ати|оди|ини|они|рти|ети|ери)\b|\b(?:впа|трива|добу|закри|відкри)"
    r"|(?<=[бпвмфр])['’ʼ](?=[яюєї])"
)
_RUSSIAN_ENDINGS = re.compile(
    r"(?:ение|ений|ении|ание|ании|ский|ского|ских|ться|лся|лась|лись|лось|ого|его|[аяуеёо]ет|[ую]т|или|ели"
    r"|[аеи]ть|ия|ии|ию|ее|ие|ше|же|ость|тель|ция|ская|ная)\b"
)
_KAZAKH_WORDS = re.compile(
    r"\b\w{2,}(?:лды|йды|[лрнз]ді|[пкс]ті|[ей]ді|[лдт](?:арын|ерін|ері)|[лдт]арды[нң]|ында|інде"
    r"|ып|іп|лық|лік)\b|\bжапты\b"
)
_KYRGYZ = re.compile(r"өө|үү|оо|ээ|уу|\bэл\b|[аеоө]т\b|ч[ыуүиеа]")
_LEAST = 0.02
_CLEARLY = 0.08
_SOUTHERN = ("be", "bg", "mk", "sr")
_SURE = 1.0
_OWN_WORDS = 3  # Kazakh words are shared with no neighbour, and its ы is no sign of Russian


def _cyrillic(text: str) -> str:
    low = text.lower()
    letters = max(len(_SCRIPTS["Cyrl"].findall(low)), 1)
    if by_letters := _by_letters(low, letters):
        return by_letters
    votes = _votes(_WORD.findall(low), load_stopwords("cyrillic"))
    votes["uk"] += _ukrainian(low)
    kazakh = _kazakh(low)
    letter = 0.3 if kazakh else 1.5  # Kazakh has ы and э too
    votes["ru"] += 0.4 * len(_RUSSIAN_ENDINGS.findall(low)) + letter * len(_RUSSIAN.findall(low))
    votes["ru"] += 0.1
    votes["kk"] = votes["kk"] * _OWN_WORDS + kazakh
    if _RUSSIAN.search(low) and not _TURKIC.search(low):
        votes["bg"] = votes["uk"] = 0.0
    best = max(sorted(votes), key=lambda language: votes[language])
    # Bulgarian, Serbian and Macedonian without their own letters need more than shared words.
    return "ru" if best in _SOUTHERN and votes[best] < votes["ru"] + _SURE else best


def _ukrainian(low: str) -> float:
    return 0.6 * len(_UKRAINIAN_ENDINGS.findall(low))


def _kazakh(low: str) -> float:
    """How much the endings of the words say Kazakh: cases and plurals inside, a verb at the end."""
    return 0.8 * sum(len(match[0]) > len("ды") for match in _KAZAKH_WORDS.finditer(low))


def _by_letters(low: str, letters: int) -> str:
    """The language that only its own letters tell, or ""."""
    few = _LEAST * letters
    ukrainian = len(_UKRAINIAN.findall(low))
    russian = len(_RUSSIAN.findall(low))
    votes = _votes(_WORD.findall(low), load_stopwords("cyrillic"))
    found = ""
    if len(_TAJIK.findall(low)) > few:
        found = "tg"
    elif len(_SERBIAN.findall(low)) > few:
        found = "mk" if re.search("[ѓќѕ]", low) else "sr"
    elif (kazakh := len(_KAZAKH.findall(low))) > few and (
        kazakh > _CLEARLY * letters or votes["ru"] < 1 or _kazakh(low) > 0
    ):
        found = "kk"
    elif len(_TURKIC.findall(low)) > few:
        kyrgyz = _KYRGYZ.search(low) is not None or votes["ky"] > votes["kk"]
        turkic = "ң" in low or "ы" in low
        found = "kk" if ukrainian or (turkic and not kyrgyz) else "ky" if turkic else "mn"
    elif "ў" in low:
        found = "be"
    elif ukrainian > few and ukrainian > russian:
        own = _kazakh(low) + votes["kk"]
        more = own > _ukrainian(low) + votes["uk"] and not re.search("[їєґ]", low)
        found = "kk" if more else "uk"
    elif russian and ukrainian and votes["kk"] + _kazakh(low) > 0:
        found = "kk"
    return found
