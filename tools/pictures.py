"""Take the README's pictures of the product's own pages: `python -m tools.pictures ADDRESS`, beside a running demo.

Each is taken at the size people see it, in Chinese and English, and written to `docs/pictures/`.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PHONE, DESK = (390, 844), (1280, 800)
LANGUAGES = {"": ("en", "en-GB"), ".zh": ("zh-hans", "zh-CN")}


class Picture(NamedTuple):
    """One page: who looks at it, how they get there after signing in, and the size of their screen."""

    name: str
    person: str
    size: tuple[int, int]
    go: Callable[[Page], None]


def _answer(page: Page) -> None:
    page.get_by_role("link").filter(has_text="粗陶饭碗").first.click()
    page.locator("a[href*='reason=item_missing']").first.click()


def _case(page: Page) -> None:
    page.get_by_role("link").filter(has_text="红富士苹果").first.click()


def _queue(page: Page) -> None:
    """The first page after signing in is the queue."""


def _ruling(page: Page) -> None:
    """The next case: taken from the desk, or, when an earlier picture took it, the one that lies there."""
    mine = page.locator("main a[href*='/agent/cases/0']")
    (mine if mine.count() else page.locator("main form button")).first.click()


PICTURES = (
    Picture("buyer-answer", "林月", PHONE, _answer),
    Picture("buyer-case", "林月", PHONE, _case),
    Picture("merchant-queue", "清明电器", DESK, _queue),
    Picture("agent-desk", "沈宁", DESK, _ruling),
)


def take(browser: Browser, address: str, picture: Picture, ending: str) -> None:
    """Sign in as the person, go to the page and write what the screen shows."""
    language, locale = LANGUAGES[ending]
    width, height = picture.size
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, device_scale_factor=1.5)
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.get_by_role("button", name=picture.person).first.click()
    page.wait_for_load_state("networkidle")
    picture.go(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{picture.name}{ending}.png")
    print(f"{picture.name}{ending}: {page.url}")
    context.close()


def main(address: str) -> None:
    path = shutil.which("chromium")
    if path is None:
        sys.exit("There is no chromium on this machine to take pictures with.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            for ending in LANGUAGES:
                take(browser, address, picture, ending)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
