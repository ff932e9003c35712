"""A real browser on the program's own pages.

Debian's chromium is used where it is installed. Where it is not, these tests are skipped with a loud reason, or fail
when `MAKEWHOLE_REQUIRE_BROWSER=1`.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = (390, 844)
DESK = (1280, 900)
PATIENCE_MS = 20_000
"""How long a page may take to show what is expected: machines that run several things at once are slow at times."""

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, started once for a file: while Playwright runs, no other event loop can run in this thread."""
    path = shutil.which("chromium")
    if path is None:
        reason = "no chromium on this machine: apt-get install chromium fonts-noto-cjk to run the browser tests"
        if os.environ.get("MAKEWHOLE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright runs an event loop in this thread; Django would refuse the tests' own database calls beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def demo(settings: Settings) -> None:
    """The demo's doors and the gallery are open."""
    settings.DEMO = True


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Opens pages: `open_page("/sign-in/", size=PHONE, language="zh-hans", theme="dark")`.

    The test fails when a page reports an error on its console, breaks the content security policy or throws.
    """
    faults: list[str] = []
    contexts = []

    def note(message: ConsoleMessage) -> None:
        told_by_browser = "status of 4" in message.text or "ERR_INTERNET_DISCONNECTED" in message.text
        if message.type == "error" and not told_by_browser:
            faults.append(message.text)

    def open_(
        path: str, size: tuple[int, int] = DESK, language: str = "en", theme: str = "light", *, script: bool = True
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults, faults


@pytest.fixture
def browser_page(open_page: OpenPage) -> Page:
    """A desk-sized page in English, on the landing page."""
    return open_page("/")
