"""People at a real browser: signed in, looking closely, with a photo at hand."""

from io import BytesIO
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Page

from makewhole.rooms.identity.models import User


def sign_in(page: Page, address: str, person: User) -> Page:
    """Give the browser the session of a person."""
    client = Client()
    client.force_login(person)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])
    return page


def look_closely(page: Page) -> None:
    """Nothing sticks out sideways, axe finds no violation with everything unfolded, and nothing is in code."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    violations = Axe().run(page).response["violations"]
    found = [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in violations]
    assert not found, f"{page.url}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def small_targets(page: Page) -> list[str]:
    """What a thumb must hit and is lower than 44 pixels, links within sentences apart."""
    found: list[str] = page.eval_on_selector_all(
        "button, .nav-link, .button, summary, .tabs a, select, .choice, .reason-link, .order-link, .order-case",
        "(all) => all.filter((each) => each.offsetParent && each.getBoundingClientRect().height < 43.5)"
        ".map((each) => each.outerHTML.slice(0, 120))",
    )
    return found


def photo(name: str = "photo.jpg") -> Any:
    """A picture straight from the camera, as the browser hands it over."""
    file = BytesIO()
    Image.effect_noise((640, 480), 90).convert("RGB").save(file, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()}
