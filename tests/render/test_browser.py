"""What only a browser can say: nothing overflows, nothing is asked for, the dark is dark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from digest.render.renditions import archive_renditions, renditions
from tests.render.builders import full_issue, long_issue, one_story, sample_issue, site, templates

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and "CI" not in os.environ, reason="no Chromium is installed"
    ),
    # Playwright leaves its own sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

ISSUES = {
    "full": full_issue,
    "long": long_issue,
    "one": one_story,
    "sample": sample_issue,
}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("output")
    for name, make in ISSUES.items():
        folder = root / "issues" / name
        folder.mkdir(parents=True)
        for file in renditions(make(), site(), templates()):
            (folder / file.name).write_bytes(file.content)
    for file in archive_renditions([full_issue()], site(), templates()):
        (root / file.name).write_bytes(file.content)
    return root


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def pages() -> list[str]:
    files = [f"issues/{name}/{kind}.html" for name in ISSUES for kind in ("index", "email")]
    return [*files, "index.html"]


@pytest.mark.parametrize("file", pages())
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_overflows_or_is_fetched(
    chromium: object, output: Path, file: str, width: int
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})  # type: ignore[attr-defined]
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((output / file).as_uri())
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.close()
    assert wide <= 0
    assert asked == [(output / file).as_uri()]
    assert said == []


@pytest.mark.parametrize("file", ["issues/full/index.html", "issues/full/email.html", "index.html"])
@pytest.mark.parametrize(
    ("scheme", "paper"), [("light", "rgb(252, 251, 248)"), ("dark", "rgb(21, 20, 19)")]
)
def test_the_paper_follows_the_readers_scheme(
    chromium: object, output: Path, file: str, scheme: str, paper: str
) -> None:
    page = chromium.new_page(color_scheme=scheme)  # type: ignore[attr-defined]
    page.goto((output / file).as_uri())
    shown = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.close()
    assert shown == paper


def test_the_skip_link_comes_first_and_leads_to_the_content(chromium: object, output: Path) -> None:
    page = chromium.new_page()  # type: ignore[attr-defined]
    page.goto((output / "issues/full/index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")
    page.close()


def test_a_name_and_its_characters_stay_on_one_line(chromium: object, output: Path) -> None:
    page = chromium.new_page()  # type: ignore[attr-defined]
    page.goto((output / "issues/full/index.html").as_uri())
    for width in range(320, 620, 20):
        page.set_viewport_size({"width": width, "height": 800})
        tops = page.evaluate(
            "[...document.querySelectorAll('[lang=\"zh-Latn-pinyin\"]')].flatMap(e =>"
            " [...e.getClientRects(), ...e.nextElementSibling.getClientRects()])"
            ".map(r => Math.round(r.bottom / 12))"
        )
        assert len(set(tops)) == 1, width
    page.close()


def test_print_hides_what_leads_elsewhere(chromium: object, output: Path) -> None:
    page = chromium.new_page()  # type: ignore[attr-defined]
    page.emulate_media(media="print")
    page.goto((output / "issues/long/index.html").as_uri())
    for selector in (".contents", ".skip", ".elsewhere"):
        assert not page.is_visible(selector)
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.close()
