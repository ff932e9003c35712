"""What the pages are made of: budgets, no inline script or style."""

import re
from pathlib import Path

import pytest

import makewhole.doors.portal

PORTAL = Path(makewhole.doors.portal.__file__).parent
TEMPLATES = sorted(PORTAL.rglob("*.html"))
STYLES = sorted(PORTAL.rglob("*.css"))


def test_the_stylesheets_of_a_page_stay_within_fifty_kilobytes() -> None:
    of_some_pages = {"doors.css", "lists.css", "panel.css"}
    sizes = {path.name: path.stat().st_size for path in STYLES}
    of_all_pages = sum(size for name, size in sizes.items() if name not in of_some_pages)
    assert of_all_pages + max(sizes["lists.css"], sizes["doors.css"] + sizes["panel.css"]) <= 50 * 1024


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_no_stylesheet_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_colours_are_decided_in_the_tokens_alone(path: Path) -> None:
    if path.name in {"tokens.css", "dark.css"}:
        return
    text = path.read_text(encoding="utf-8").split("@media print")[0]
    assert not re.findall(r"#[0-9a-f]{3,8}\b|\brgb\(|\bhsl\(", text)


def test_dark_gives_a_value_to_every_colour_of_the_tokens() -> None:
    light, dark = (
        dict(re.findall(r"--([a-z-]+): ([^;]+);", path.read_text(encoding="utf-8")))
        for name in ("tokens.css", "dark.css")
        for path in STYLES
        if path.name == name
    )
    colours = {name for name, value in light.items() if value.startswith(("#", "0 "))}
    assert colours == set(dark)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PORTAL)))
def test_no_template_holds_inline_script_or_style_or_loads_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"""\sstyle=|<style|\son[a-z]+=["']|<script(?![^>]*\bsrc=)|\bhx-on""", text)
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
