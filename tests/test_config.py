"""The configuration: every problem at once, in plain words, with its line."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from digest.config import Config, load_config
from digest.config_reference import reference
from digest.errors import ConfigError
from digest.model import Ownership

HOME = Path(__file__).resolve().parent.parent
FEEDS = HOME.parent / "shared" / "feeds" / "candidate_feeds.yaml"
START = "newsletter: {id: n, title: T}\n"
SOURCE = "sources: [{path: seeds/}]\n"

JARGON = re.compile(
    r"pydantic|Input should|valid (string|list|dict|tuple|integer|number)|extra inputs|NoneType"
    r"|tuple|str_|_type|datetime\.|Traceback|ctx|constrained",
)


def load(tmp_path: Path, text: str | bytes) -> Config:
    path = tmp_path / "sources.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_config(path, environ={})


def said(tmp_path: Path, text: str | bytes) -> list[str]:
    """What is said of a wrong file; each problem is one line of plain words with its place."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    for problem in caught.value.problems:
        assert len(problem.message.splitlines()) == 1
        assert not JARGON.search(problem.message), problem.message
        assert re.fullmatch(r"sources\.yaml:[1-9]\d*", problem.where or "")
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.problems)
    return lines


ALL_AT_ONCE = """\
1: newsletter.title: is required and missing
1: newsletter.titel: unknown key; did you mean 'title'?
1: newsletter.timezone: 'Europe/Berln' is no time zone; did you mean Europe/Berlin?
2: sections.2.id: the section 'energy' stands twice, first in line 2
4: sources.1.ownership: 'stat' is not known here; write one of: state, public, independent, \
official, think-tank, trade, vendor
5: sources.2: this source stands twice, first in line 4: 'https://example.org/a'
5: sources.2.section: there is no section 'enrgy'; did you mean 'energy'?
6: sources.3: a source has either url or path: write exactly one of them
7: sources.4.path: '../elsewhere' leads out of the newsletter's folder; keep local files in it
7: the key 'weight' stands twice, first in line 7; remove one
8: network.timeout: '60' is no length of time; write one such as 30s, 10m, 1h, 7d or 2w
"""


# --- what is right --------------------------------------------------------------------------------


def test_little_is_required(tmp_path: Path) -> None:
    config = load(tmp_path, START + SOURCE)
    assert config.folder == tmp_path.resolve()
    assert len(config.sections) == 9
    assert config.newsletter.schedule is None
    assert config.sources[0].name == "seeds/"
    assert config.smtp_password is None


def test_all_values_are_read(tmp_path: Path) -> None:
    text = """\
newsletter: {id: n, title: T, timezone: Europe/Berlin, schedule: "30 6 * * mon,THU", period: 2w,
             first_issue: 2026-01-01, base_url: "https://example.org/report"}
sections: [{id: energy, title: Oil and gas, limit: 7}]
sources:
  - {url: "https://example.org/feed", ownership: think-tank, lang: no, country: NO, weight: 2,
     every: 90m, full_text: yes, enabled: no, section: energy}
  - path: notes/*.md
    files: [{pattern: "a*", date: 2022-04-07, url: "https://example.org/a", paraphrase: yes}]
network: {allow_private: ["127.0.0.1:8799", "[::1]:80"], host_gap: 0s, max_body: 1.5MiB}
delivery: {from: "Name <a@example.org>", smtp: {port: 25, security: none}}
"""
    config = load(tmp_path, text)
    feed, notes = config.sources
    assert (feed.country, feed.lang, feed.ownership) == ("NO", "no", Ownership.THINK_TANK)
    assert (feed.every, feed.full_text, feed.enabled) == (timedelta(minutes=90), True, False)
    assert notes.files[0].date == datetime(2022, 4, 7, tzinfo=UTC)
    assert config.newsletter.first_issue == date(2026, 1, 1)
    assert config.newsletter.period == timedelta(days=14)
    assert config.network.allow_private == (("127.0.0.1", 8799), ("::1", 80))
    assert config.network.max_body == 1_572_864
    assert config.delivery.sender == "Name <a@example.org>"
    assert [s.title for s in config.sections] == ["Oil and gas"]
    assert config.sections[0].description  # the shipped one


def test_a_key_without_a_value_is_left_out(tmp_path: Path) -> None:
    config = load(
        tmp_path, START + SOURCE + "network:\n  # timeout: 5s\ndelivery: {smtp: ~, recipients: ~}\n"
    )
    assert config.network.timeout == timedelta(seconds=60)
    assert config.delivery.recipients == "recipients.csv"


def test_the_password_comes_from_the_environment_alone(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(START + SOURCE)
    assert load_config(path, environ={"DIGEST_SMTP_PASSWORD": "x"}).smtp_password == "x"  # noqa: S105
    [line] = said(tmp_path, START + SOURCE + "delivery: {smtp: {password: x}}")
    assert line.startswith("sources.yaml:3: delivery.smtp.password: a password never stands in")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + (START + SOURCE).encode()).newsletter.title == "T"


# --- the file as a whole --------------------------------------------------------------------------


def test_all_problems_are_told_at_once_by_line(tmp_path: Path) -> None:
    text = """\
newsletter: {id: n, titel: T, timezone: Europe/Berln}
sections: [{id: energy, title: Energy}, {id: energy, title: Again}]
sources:
  - {url: "https://example.org/a", ownership: stat}
  - {url: "https://example.org/a", section: enrgy}
  - {name: Nothing}
  - {path: ../elsewhere, weight: heavy, weight: 1}
network: {timeout: 60}
"""
    lines = said(tmp_path, text)
    assert [line[:15] for line in lines] == sorted(line[:15] for line in lines)
    assert {line.removeprefix("sources.yaml:") for line in lines} == set(ALL_AT_ONCE.splitlines())


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}"])
def test_an_empty_file_names_what_is_required(tmp_path: Path, text: str) -> None:
    assert said(tmp_path, text) == [
        "sources.yaml:1: newsletter: is required and missing",
        "sources.yaml:1: sources: is required and missing",
    ]


@pytest.mark.parametrize(("text", "kind"), [("- a", "a list"), ("words", "'words'"), ("5", "5")])
def test_a_file_that_is_no_table_is_told_so(tmp_path: Path, text: str, kind: str) -> None:
    [line] = said(tmp_path, text)
    assert line.endswith(
        f"this file is a table that begins with newsletter: keys with values, not {kind}"
    )


def test_bad_yaml_is_one_problem_with_its_line(tmp_path: Path) -> None:
    [line] = said(tmp_path, START + "sources:\n  - {name: [a}\n")
    assert line.startswith("sources.yaml:3: this is not valid YAML: ")


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    text = START + "# Ñandú\n" + SOURCE
    assert said(tmp_path, text.encode("latin-1")) == [
        "sources.yaml:2: is not UTF-8; save it as UTF-8"
    ]
    assert "UTF-8" in said(tmp_path, text.encode("utf-16"))[0]


def test_a_missing_file_and_a_folder_are_configuration_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; `digest init DIR`") as caught:
        load_config(tmp_path / "none.yaml")
    assert caught.value.problems[0].code == "no-config"
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path)


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "place", "hint"),
    [
        ("netwrk: {}", "netwrk", "did you mean 'network'?"),
        ("section: []", "section", "did you mean 'sections'?"),
        ("network: {time_out: 5s}", "network.time_out", "did you mean 'timeout'?"),
        ("delivery: {form: a@b}", "delivery.form", "did you mean 'from'?"),
        ("delivery: {smtp: {hots: x}}", "delivery.smtp.hots", "did you mean 'host'?"),
        ("sections: [{id: a, title: A, limt: 3}]", "sections.1.limt", "did you mean 'limit'?"),
        ("smtp: {host: x}", "smtp", "it belongs in delivery"),
        ("schedule: x", "schedule", "it belongs in newsletter"),
        ("network: {sources: []}", "network.sources", "it belongs in the file itself"),
        ("network: {zzz: 1}", "network.zzz", "known here: contact, user_agent, allow_private"),
        ("delivery: {sender: a@b}", "delivery.sender", "known here: from, reply_to"),
        ("delivery: {constr: 1}", "delivery.constr", "known here: from"),
        ("delivery: {smtpp: ~}", "delivery.smtpp", "did you mean 'smtp'?"),
    ],
)
def test_unknown_keys_are_met_with_a_guess(
    tmp_path: Path, more: str, place: str, hint: str
) -> None:
    [line] = said(tmp_path, START + SOURCE + more)
    assert line.startswith(f"sources.yaml:3: {place}: unknown key")
    assert hint in line


def test_unknown_keys_of_sources_are_met_with_a_guess(tmp_path: Path) -> None:
    text = START + "sources:\n- path: a\n  Url: x\n  files: [{pattern: a, titel: b}]\n"
    assert said(tmp_path, text) == [
        "sources.yaml:4: sources.1.Url: unknown key; did you mean 'url'?",
        "sources.yaml:5: sources.1.files.1.titel: unknown key; did you mean 'title'?",
    ]


# --- values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("sections: energy", "sections: write a list, such as [one, two], not 'energy'"),
        ("sections: {id: a}", "sections: write a list, such as [one, two], not a table"),
        ("sections: [energy]", "sections.1: write a table: keys with values, not 'energy'"),
        ("sections: [~]", "sections.1: write a table: keys with values, not nothing"),
        ("network: [a]", "network: write a table: keys with values, not a list"),
        ("delivery: {smtp: x}", "delivery.smtp: write a table: keys with values, not 'x'"),
        ("sections: [{id: a, title: 1843}]", "1843 is not read as text; put quotes around it"),
        ("sections: [{id: a, title: yes}]", "yes is not read as text; put quotes around it"),
        ("sections: [{id: a, title: ~}]", "sections.1.title: has no value, and needs one"),
        ("sections: [{id: a, title: ''}]", "sections.1.title: write one line of text"),
        ("sections: [{id: a, title: [b]}]", "sections.1.title: write text, not a list"),
        ("sections: [{id: A b, title: A}]", "use lower-case letters, digits and hyphens"),
        ("sections: [{id: a, title: A, limit: 51}]", "51 does not fit; write at most 50"),
        ("sections: [{id: a, title: A, limit: -1}]", "-1 does not fit; write at least 0"),
        ("sections: [{id: a, title: A, limit: yes}]", "limit: write a number"),
        ("sections: [{id: a, title: A, limit: many}]", "write a whole number, not 'many'"),
        ("sections: [{id: a, title: A, limit: 1.5}]", "write a whole number, not 1.5"),
        ("sections: [{id: a, title: A, keywords: b}]", "keywords: write a list"),
        ("sections: [{id: lede, title: A}]", "'lede' means something else in an issue"),
        ("network: {timeout: 0s}", "network.timeout: write a length of time above zero"),
        ("network: {timeout: 999999999w}", "is no length of time"),
        ("network: {host_gap: -1s}", "'-1s' is no length of time"),
        ("network: {max_body: 15}", None),
        ("network: {max_body: 15 tons}", "write a size above zero, such as 500KB or 15MB"),
        ("network: {max_body: 0MB}", "write a size above zero"),
        ("network: {max_body: yes}", "write a size above zero"),
        ("network: {allow_private: ['127.0.0.1']}", "allow_private.1: write host:port"),
        ("network: {allow_private: ['a:99999']}", "allow_private.1: write host:port"),
        ("network: {proxy: 'socks5://a'}", "network.proxy: write a full address"),
        ('network: {contact: "a\\r\\nBcc: b"}', "network.contact: write one line of text"),
        ("delivery: {from: nobody}", 'write an address such as "Name <name@example.org>"'),
        ("delivery: {smtp: {port: 0}}", "0 does not fit; write at least 1"),
        ("delivery: {smtp: {security: ssl}}", "'ssl' is not known here; write one of: starttls"),
    ],
)  # fmt: skip
def test_values_are_refused_in_plain_words(tmp_path: Path, more: str, words: str | None) -> None:
    text = START + SOURCE + more
    if words is None:
        load(tmp_path, text)
        return
    [line] = said(tmp_path, text)
    assert line.startswith("sources.yaml:3: ")
    assert words in line


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{url: example.org}", "write a full address beginning with http:// or https://"),
        ("{url: 'ftp://example.org'}", "write a full address"),
        ("{url: 'https://'}", "write a full address"),
        ("{url: 'https://a:b/c'}", "write a full address"),
        ("{url: 'https://a.b/c d'}", "without spaces"),
        ("{url: 'https://a.b', path: c}", "write exactly one of them"),
        ("{url: ~, path: ~}", "write exactly one of them"),
        ("{path: ../x}", "leads out"),
        ("{path: /etc}", "leads out"),
        ("{path: a/../../b}", "leads out"),
        ("{path: '**/../../b'}", "leads out"),
        ("{path: a, lang: english}", "write a language code in small letters"),
        ("{path: a, country: Norway}", "write a country code of two capital letters"),
        ("{path: a, weight: 11}", "11 does not fit; write at most 10"),
        ("{path: a, weight: .nan}", "does not fit"),
        ("{path: a, enabled: perhaps}", "write yes or no, not 'perhaps'"),
        ("{path: a, every: hourly}", "'hourly' is no length of time"),
        ("{path: a, section: nosuch}", "there is no section 'nosuch'; known: central-asia, cyber"),
        ("{path: a, files: [{pattern: b, section: enrgy}]}", "did you mean 'energy'?"),
        ("{path: a, files: [{pattern: b, date: 20260101}]}", None),
        ("{path: a, files: [{pattern: b, date: 5}]}", "write a date such as 2026-01-01"),
        ("{path: a, files: [{title: b}]}", "sources.1.files.1.pattern: is required and missing"),
        ("just words", "sources.1: write a table: keys with values, not 'just words'"),
        ("~", "not nothing"),
    ],
)
def test_sources_are_refused_in_plain_words(tmp_path: Path, row: str, words: str | None) -> None:
    text = f"{START}sources:\n  - {row}\n"
    if words is None:
        load(tmp_path, text)
        return
    [line] = said(tmp_path, text)
    assert line.startswith("sources.yaml:3: sources.1")
    assert words in line


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("schedule: 0 7 * * 4", "write the weekday by name (MON to SUN), not 4"),
        ("schedule: 0 7 * *", "write five fields"),
        ("schedule: '@weekly'", "write five fields"),
        ("schedule: 0 25 * * THU", "'25' is no hour; write 0 to 23"),
        ("schedule: 0 7 * * THURSDAY", "'THURSDAY' is no weekday; write MON to SUN"),
        ("schedule: 0 7 31 2 *", "has no fire within four years"),
        ("schedule: 7", "write five fields"),
        ("timezone: Moon", "'Moon' is no time zone; write one such as Europe/London"),
        ("timezone: Europe", "is no time zone"),
        ("timezone: ../../etc/passwd", "is no time zone"),
        ("timezone: ''", "is no time zone"),
        ("period: 0d", "write a period between 1h and 3660d"),
        ("period: 20000d", "write a period between 1h and 3660d"),
        ("first_issue: 2026-13-01", "write a date such as 2026-01-01"),
        ("first_issue: 20260101x", "write a date such as 2026-01-01"),
        ("first_issue: 1767225600", "write a date such as 2026-01-01"),
        ("first_number: -1", "-1 does not fit; write at least 0"),
        ("base_url: example.org", "write a full address beginning with http:// or https://"),
        ("style: fancy", "shipped are column, roundup, explainer, links"),
        ("review: maybe", "write one of: none, required"),
    ],
)
def test_the_newsletter_is_refused_in_plain_words(tmp_path: Path, value: str, words: str) -> None:
    [line] = said(tmp_path, f"newsletter:\n  id: n\n  title: T\n  {value}\n{SOURCE}")
    assert line.startswith(f"sources.yaml:4: newsletter.{value.partition(':')[0]}: ")
    assert words in line


def test_the_same_folder_in_other_words_stands_twice(tmp_path: Path) -> None:
    [line] = said(tmp_path, START + "sources:\n- path: seeds/\n- path: ./seeds\n")
    assert line == "sources.yaml:4: sources.2: this source stands twice, first in line 3: 'seeds'"


def test_sources_must_not_be_null(tmp_path: Path) -> None:
    assert said(tmp_path, START + "sources:\n") == [
        "sources.yaml:2: sources: has no value, and needs one"
    ]


def test_long_values_are_cut_short(tmp_path: Path) -> None:
    [line] = said(tmp_path, START + SOURCE + f"network: {{timeout: {'x' * 9000}}}")
    assert len(line) < 200


# --- size and documentation -----------------------------------------------------------------------


def test_five_thousand_sources_load_in_a_second(tmp_path: Path) -> None:
    rows = (
        f'  - {{name: "Outlet {n}", url: "https://e{n}.example/feed", ownership: state, lang: ru, '
        f"country: RU, section: energy, weight: 0.7, every: 1h, full_text: no, enabled: yes}}\n"
        for n in range(5000)
    )
    text = START + "sources:\n" + "".join(rows)
    load(tmp_path, START + SOURCE)  # what is loaded once is not measured
    before = time.process_time()
    assert len(load(tmp_path, text).sources) == 5000
    assert time.process_time() - before < 1


def test_the_reference_is_made_from_the_classes() -> None:
    text = (HOME / "docs" / "configuration.md").read_text(encoding="utf-8")
    remedy = "run: python -m digest.config_reference > docs/configuration.md"
    assert text == reference(), remedy
    assert "python -m digest.config_reference" in text.splitlines()[0]


# --- the shipped newsletter -----------------------------------------------------------------------


def shipped() -> Config:
    return load_config(HOME / "sources.yaml", environ={})


def test_the_shipped_newsletter_has_nine_sections_in_order() -> None:
    assert [section.id for section in shipped().sections] == [
        "diplomacy", "military", "energy", "economy", "technology", "cyber", "information",
        "central-asia", "society",
    ]  # fmt: skip


def test_the_shipped_feeds_are_told_apart_and_marked() -> None:
    sources = shipped().sources
    feeds = [source for source in sources if source.url]
    assert 80 <= len(feeds) <= 120
    assert all(feed.ownership and feed.lang and feed.country for feed in feeds)
    assert len({feed.url for feed in feeds}) == len({feed.name for feed in feeds}) == len(feeds)
    assert [(source.path, source.sample) for source in sources if source.path] == [("seeds/", True)]


@pytest.mark.skipif(not FEEDS.is_file(), reason="the list of candidates is not beside us")
def test_the_shipped_feeds_are_candidates_that_are_not_known_to_fail() -> None:
    rows = yaml.load(FEEDS.read_text(encoding="utf-8"), yaml.CSafeLoader)["feeds"]
    status = {row["url"]: row["status"] for row in rows}
    for feed in shipped().sources:
        if feed.url:
            assert status[feed.url] != "reported failing", feed.url
