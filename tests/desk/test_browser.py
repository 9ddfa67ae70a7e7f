"""What an editor sees in a browser while typing somewhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Running

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and "CI" not in os.environ, reason="no Chromium is installed"
    ),
    # Playwright leaves its own sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


def test_the_page_follows_the_edits_without_a_click(desk: Running, browser: Any) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{desk.address}/?tab=email-375")
    issue = page.frame_locator("#frame")
    issue.get_by_text("first words").wait_for()
    assert page.locator("#frame").bounding_box()["width"] == 377
    assert page.get_by_role("alert").count() == 0

    desk.draft.write("second words")
    issue.get_by_text("second words").wait_for()
    assert page.url.endswith("tab=email-375")

    desk.draft.write("BAD")
    alert = page.get_by_role("alert")
    alert.get_by_text("the draft <cannot> be read").wait_for()
    issue.get_by_text("second words").wait_for()

    desk.draft.write("third words")
    issue.get_by_text("third words").wait_for()
    assert page.get_by_role("alert").count() == 0
    # The draft's own script is named as blocked, and nothing else went wrong.
    assert all("script" in fault.lower() for fault in faults)
    assert page.title() != "ran"
    page.close()


def test_links_of_the_issue_open_beside_the_desk(still: Running, browser: Any) -> None:
    page = browser.new_page()
    page.goto(still.address)
    link = page.frame_locator("#frame").get_by_role("link", name="away")
    link.and_(page.frame_locator("#frame").locator("[target=_blank]")).wait_for()
    assert link.get_attribute("rel") == "noopener noreferrer"
    page.close()


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_fits_its_window_and_is_readable(
    still: Running, browser: Any, width: int, scheme: str
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 720}, color_scheme=scheme, java_script_enabled=True
    )
    page.goto(f"{still.address}/?tab=text")
    page.frame_locator("#frame").get_by_text("first words").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    )
    light = ["rgb(28, 27, 26)", "rgb(252, 251, 248)"]
    dark = ["rgb(235, 231, 224)", "rgb(21, 20, 19)"]
    assert colours == (light if scheme == "light" else dark)
    page.close()
