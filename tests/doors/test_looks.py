"""What the pages are made of: budgets, no inline script or style, every text in both languages."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import makewhole.doors.portal
from tests.doors.messages import messages_of

PORTAL = Path(makewhole.doors.portal.__file__).parent
APPS = sorted(path.parent for path in PORTAL.glob("*/locale"))
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


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_text_is_there_in_chinese(app: Path) -> None:
    folder = app / "locale/zh_Hans/LC_MESSAGES"
    with (folder / "django.po").open("rb") as file:
        written = {str_id(message.id): message for message in read_po(file) if message.id}
    wanted = messages_of(app)
    missing = {text: place for text, place in wanted.items() if text not in written or not written[text].string}
    assert not missing, f"not translated: {missing}"
    assert not set(written) - set(wanted), "no longer used"
    assert not [message.id for message in written.values() if message.fuzzy]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_the_compiled_texts_are_those_of_the_source(app: Path) -> None:
    folder = app / "locale/zh_Hans/LC_MESSAGES"
    with (folder / "django.po").open("rb") as source, (folder / "django.mo").open("rb") as compiled:
        written = {(one.context or "", str_id(one.id)): one.string for one in read_po(source) if one.id}
        built = {(context_of(one), str_id(one.id)): one.string for one in read_mo(compiled) if one.id}
    assert {text: first(string) for text, string in built.items()} == {
        text: first(string) for text, string in written.items()
    }


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_translations_keep_every_placeholder(app: Path) -> None:
    with (app / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                longest = message.id if isinstance(message.id, str) else message.id[1]
                holes = sorted(re.findall(r"%\(\w+\)[sd]", longest))
                assert sorted(re.findall(r"%\(\w+\)[sd]", first(message.string))) == holes, message.id


def context_of(message: Message) -> str:
    """The context of a compiled text, which is read as bytes; empty where there is none."""
    return message.context.decode() if isinstance(message.context, bytes) else message.context or ""


def str_id(message_id: str | list[str] | tuple[str, ...]) -> str:
    """The message id; of a plural its singular."""
    return message_id if isinstance(message_id, str) else message_id[0]


def first(string: str | list[str] | tuple[str, ...]) -> str:
    """The translation; of a plural its first form."""
    return string if isinstance(string, str) else string[0]
