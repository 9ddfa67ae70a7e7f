from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import markdown
import pytest
from selectolax.lexbor import LexborHTMLParser

from digest.errors import RenderError
from digest.render.environment import Templates
from digest.text.html import sanitise
from digest.text.markdown import Md, to_html
from tests.render.builders import SHIPPED

ACTING = "*a* [b](https://evil.test) <b>c</b> `d`"
CALLING = "{% macro inner() %}{{ caller() }}{% endmacro %}"
ESCAPED = str(Md.escape(ACTING))


@dataclass(frozen=True)
class Story:
    id: str
    title: str = ACTING


@dataclass(frozen=True)
class Issue:
    stories: tuple[Story, ...] = (Story("s-1"),)
    title: str = ACTING


def style(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "styles" / "mine.md.jinja"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return Templates([tmp_path]).style_bodies("mine", Issue())


def told(tmp_path: Path, body: str) -> str:
    return style(tmp_path, "{% macro story(story) %}" + body + "{% endmacro %}")["s-1"]


def test_a_newsletters_own_template_shadows_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "style.css").write_text("mine", "utf-8")
    both = Templates([tmp_path, SHIPPED])
    assert both.text("web/style.css") == "mine"
    assert "doctype" in (SHIPPED / "web" / "base.html.jinja").read_text("utf-8")
    assert both.text("email/style.css") == Templates([SHIPPED]).text("email/style.css")


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("{{ x }}", "utf-8")
    templates = Templates([tmp_path])
    assert templates.page("a", x="<b>&") == "&lt;b&gt;&amp;"
    assert templates.text("a", x="<b>&") == "<b>&"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("one\n{{ missing }}", 2, "missing"),
        ("one\n\n{% if %}", 3, "Expected an expression"),
        ("{{ x.nothing }}", 1, "nothing"),
        ("\n{{ 1 / 0 }}", 2, "division"),
        ("\n{{ x.__class__.__mro__ }}", 2, "__class__"),
        ("{% include 'no/such' %}", 1, "no/such"),
        ("{{ x|nofilter }}", 1, "nofilter"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "bad.jinja"
    path.write_text(text, "utf-8")
    with pytest.raises(RenderError) as caught:
        Templates([tmp_path]).page("bad.jinja", x="text")
    assert caught.value.where == f"{path}:{line}"
    assert words in caught.value.message


def test_a_missing_template_names_the_folders(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"no\.jinja") as caught:
        Templates([tmp_path]).page("no.jinja")
    assert str(tmp_path) in caught.value.message


def test_a_fault_of_ours_is_no_template_error(tmp_path: Path) -> None:
    class Broken:
        def __html__(self) -> str:
            raise OSError("disk")

    (tmp_path / "a").write_text("{{ x }}", "utf-8")
    with pytest.raises(OSError, match="disk"):
        Templates([tmp_path]).page("a", x=Broken())


@pytest.mark.parametrize(
    "body",
    [
        "{{ story.title }}",
        "{{ story.title|e }}",
        "{{ story.title|escape|string }}",
        "{% set x %}{{ story.title }}{% endset %}{{ x }}",
        "{% set x = story.title %}{{ x }}",
        "{{ '' ~ story.title }}",
        "{{ [story.title]|join }}",
        "{{ story.title|trim }}",
        "{% filter trim %}{{ story.title }}{% endfilter %}",
        "{% macro inner(t) %}{{ t }}{% endmacro %}{{ inner(story.title) }}",
        CALLING + "{% call inner() %}{{ story.title }}{% endcall %}",
        "{% for t in [story.title] recursive %}{{ t }}{% endfor %}",
        "{{ '%s'|format(story.title) }}",
        "{{ '{}'.format(story.title) }}",
        "{% if true %}{{ story.title if story.title }}{% endif %}",
        "{{ story.title|default('') }}",
        "{% with t = story.title %}{{ t }}{% endwith %}",
    ],
)
def test_every_way_of_showing_a_value_escapes_it_once(tmp_path: Path, body: str) -> None:
    assert told(tmp_path, body) == ESCAPED


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{ ('**' |safe) ~ story.title }}", f"**{ESCAPED}"),
        ("{{ [story.title, '_x_'|safe]|join(' * ') }}", f"{ESCAPED}{Md.escape(' * ')}_x_"),
        ("{{ 'a*b*'|safe|replace('a', story.title) }}", f"{ESCAPED}*b*"),
        ("{{ '[{}](x)'|safe }}", "[{}](x)"),
        ("{{ ('[{}](https://a.test)'|safe).format(story.title) }}", f"[{ESCAPED}](https://a.test)"),
        ("{{ ('**%s**'|safe) % story.title }}", f"**{ESCAPED}**"),
        ("{{ ('**'|safe) + story.title }}", f"**{ESCAPED}"),
        ("{{ '*x*' }}", str(Md.escape("*x*"))),
        ("{{ 'a\nb'|safe|indent(2) }}", "a\n  b"),
        ("{{ 'a\n\nb'|safe|quote_block }}", "> a\n>\n> b"),
        ("{{ story.title|quote_block }}", f"> {ESCAPED}"),
        ("{{ [story]|map(attribute='title')|join }}", ESCAPED),
        ("{{ [story]|join(attribute='title') }}", ESCAPED),
        ("{{ 3 }} {{ none }} {{ 1.5 }}", "3 None 1.5"),
    ],
)
def test_markdown_stays_and_values_beside_it_are_escaped(
    tmp_path: Path, body: str, expected: str
) -> None:
    assert told(tmp_path, body) == expected


def test_a_style_may_extend_another(tmp_path: Path) -> None:
    base = "{% macro story(story) %}{{ inner(story) }}{% endmacro %}"
    base += "{% macro inner(story) %}{{ story.title }}{% endmacro %}"
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "base.md.jinja").write_text(base, "utf-8")
    mine = "{% import 'styles/base.md.jinja' as base %}"
    mine += "{% macro story(story) %}- {{ base.story(story) }}{% endmacro %}"
    assert style(tmp_path, mine)["s-1"] == f"- {ESCAPED}"


def test_blocks_and_super_give_markdown(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("{% block a %}*a* {{ x }}{% endblock %}", "utf-8")
    (tmp_path / "mine").write_text("{% extends 'base' %}{% block a %}{{ super() }}{% endblock %}")
    templates = Templates([tmp_path])
    assert templates._style.get_template("mine").render(x=ACTING) == f"*a* {ESCAPED}"


def test_filters_that_only_make_html_are_absent(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="urlize"):
        told(tmp_path, "{{ story.title|urlize }}")


def test_a_style_gives_bodies_introduction_and_closing(tmp_path: Path) -> None:
    bodies = style(
        tmp_path,
        "{% macro story(story, issue) %}\n\n\nA {{ story.id }} of {{ issue.stories|length }}\n \n\n"
        "\nB\n{% endmacro %}{% macro closing(issue) %}End{% endmacro %}",
    )
    assert bodies == {"s-1": "A s-1 of 1\n\nB", "introduction": "", "closing": "End"}


def test_a_style_without_a_story_macro_or_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="story"):
        style(tmp_path, "nothing here")
    with pytest.raises(RenderError, match=r"none\.md\.jinja"):
        Templates([tmp_path]).style_bodies("none", Issue())


def test_an_error_in_a_style_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        style(tmp_path, "\n{% macro story(story) %}\n{{ story.nothing }}{% endmacro %}")
    assert caught.value.where == f"{tmp_path / 'styles' / 'mine.md.jinja'}:3"


def acting_parts(html: str) -> list[str]:
    tree = LexborHTMLParser(html)
    found = [
        node.tag or ""
        for node in tree.css("script,iframe,object,embed,svg,math,style,form,base,link,meta,img,a")
        if node.tag != "a" or not (node.attributes.get("href") or "http").startswith(("http", "m"))
    ]
    return found + [
        name for node in tree.css("*") for name in node.attributes if name.lower().startswith("on")
    ]


def test_the_first_wall_alone_lets_nothing_through(
    tmp_path: Path, vectors: tuple[str, ...]
) -> None:
    text = "{% macro story(story) %}- **{{ story.title }}**: {{ 'x ' ~ story.title }}{% endmacro %}"
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "mine.md.jinja").write_text(text, "utf-8")
    stories = tuple(Story(str(at), vector) for at, vector in enumerate(vectors))
    bodies = Templates([tmp_path]).style_bodies("mine", Issue(stories=stories))
    for at, vector in enumerate(vectors):
        assert acting_parts(markdown.markdown(bodies[str(at)])) == [], vector


def test_the_second_wall_alone_lets_nothing_through(vectors: tuple[str, ...]) -> None:
    for vector in vectors:
        assert acting_parts(to_html(vector)) == [], vector
        assert acting_parts(sanitise(vector)) == [], vector
