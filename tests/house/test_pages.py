"""The documentation holds what it says: links lead somewhere, commands exist, shown output is what is printed.

In a `console` block a line with `$` is a command and what follows is its output. Those commands need no database and
are run. After a change that is meant, `ACCEPT=1 pytest tests/house/test_pages.py` writes the new output; read the
difference before keeping it. Commands of `sh` blocks are not run, but they and their options must exist.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import jsonschema
import pytest
from django.core.management import get_commands, load_command_class

from makewhole.doors.cli.main import root
from tests.house.tracked import CHECKOUT, shown, tracked_files

DOCS = CHECKOUT / "docs"
PAGES = [path for path in tracked_files() if path.suffix == ".md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)|<img[^>]* src=\"([^\"]+)\"|<a[^>]* href=\"([^\"]+)\"")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT_WIDTH = "96"


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that Markdown renderers make of a page's headings."""
    headings = re.findall(r"^#+ +(.+)$", BLOCK.sub("", text(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> Iterator[str]:
    """Links to other places of the checkout."""
    for found in LINK.finditer(BLOCK.sub("", text(path))):
        target = next(part for part in found.groups() if part)
        if not re.match(r"[a-z]+:", target):
            yield target


def target_of(path: Path, link: str) -> Path:
    name = link.partition("#")[0]
    return (path.parent / name).resolve() if name else path


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(path):
        target, anchor = target_of(path, link), link.partition("#")[2]
        assert target.exists(), f"{shown(path)} links to {link}, which is not there"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{shown(path)} links to {link}; {shown(target)} has no such heading"


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        waiting += [target for link in links(page) if (target := target_of(page, link)).suffix == ".md"]
    assert [shown(path) for path in PAGES if path.is_relative_to(DOCS) and path not in reached] == []


def blocks(kind: str) -> list[tuple[Path, str]]:
    return [(path, body) for path in PAGES for found, body in BLOCK.findall(text(path)) if found == kind]


def commands(body: str) -> Iterator[list[str]]:
    """The simple commands of shell text: words, without what is set before them."""
    written = re.sub(r"\s# .*$", "", body.replace("\\\n", " "), flags=re.MULTILINE)
    words = shlex.shlex(written, posix=True, punctuation_chars=";|&()<>\n")
    words.whitespace, words.commenters, words.whitespace_split = " \t", "", True
    simple: list[str] = []
    for word in [*words, ";"]:
        if set(word) <= set(";|&()<>\n"):
            if simple:
                yield simple
            simple = []
        elif simple or not re.match(r"[A-Z_]+=", word):
            simple.append(word)


def told(body: str) -> str:
    """The commands of a console block."""
    return "".join(line[2:] for line in body.splitlines(keepends=True) if line.startswith("$ "))


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """Place and words of every command of makewhole that a page shows."""
    for kind in ("sh", "console"):
        for path, body in blocks(kind):
            for words in commands(told(body) if kind == "console" else body):
                if words[0].rsplit("/", 1)[-1] == "makewhole":
                    yield shown(path), words


def test_shown_commands_and_their_options_exist() -> None:
    seen = list(shown_commands())
    assert len(seen) > 20
    for place, words in seen:
        command: click.Command = root
        arguments = words[1:]
        while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
            inner = command.get_command(click.Context(command), arguments[0])
            assert inner is not None, f"{place}: makewhole has no command {' '.join(words)}"
            command, arguments = inner, arguments[1:]
        if command.name == "command" and words[1] == "manage":
            known = management_options(place, arguments)
        else:
            known = {name for parameter in command.params for name in parameter.opts} | {"--help", "-h"}
        asked = [word.partition("=")[0] for word in takewhile(lambda word: word != "--", arguments)]
        unknown = [word for word in asked if word.startswith("--") and word not in known]
        assert unknown == [], f"{place}: {' '.join(words)}"


def management_options(place: str, arguments: list[str]) -> set[str]:
    name = arguments[0]
    assert name in get_commands(), f"{place}: Django has no command {name}"
    parser = load_command_class(get_commands()[name], name).create_parser("makewhole manage", name)
    return {option for action in parser._actions for option in action.option_strings}


def printed(command: str, folder: Path) -> str:
    """What a command prints, errors included, cut by `| head -N` when that follows."""
    line, _, cut = command.partition(" | head -")
    program, *arguments = shlex.split(line)
    assert program == "makewhole", command
    done = subprocess.run(
        [sys.executable, "-m", "makewhole", *arguments], cwd=folder, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "COLUMNS": OUTPUT_WIDTH, "LANG": "C.UTF-8", "NO_COLOR": "1", "TERM": "dumb"},
    )  # fmt: skip
    lines = "\n".join(each.rstrip() for each in done.stdout.splitlines()).strip("\n").splitlines()
    return "".join(f"{each}\n" for each in lines[: int(cut) if cut else None])


@pytest.mark.parametrize("path", sorted({path for path, _ in blocks("console")}), ids=shown)
def test_shown_output_is_what_is_printed(path: Path) -> None:
    before = text(path)

    def played(found: re.Match[str]) -> str:
        if found[1] != "console":
            return found[0]
        made = "".join(f"$ {line}\n{printed(line, path.parent)}" for line in told(found[2]).splitlines())
        return f"```console\n{made}```"

    after = BLOCK.sub(played, before)
    if os.environ.get("ACCEPT") == "1":
        path.write_text(after, encoding="utf-8")
    else:
        assert after == before


def requests() -> Iterator[tuple[str, str, str, str | None]]:
    """Place, method, path and body of every request shown as a `curl` command to `$API`."""
    for path, body in blocks("sh"):
        for words in commands(body):
            address = next((word for word in words if word.startswith("$API/")), "")
            if words[0] != "curl" or not address:
                continue
            given = words[words.index("-d") + 1] if "-d" in words else None
            method = words[words.index("-X") + 1] if "-X" in words else "GET" if given is None else "POST"
            yield shown(path), method, address.removeprefix("$API").partition("?")[0], given


def test_shown_requests_fit_the_api() -> None:
    document = json.loads(text(DOCS / "reference" / "openapi.json"))
    seen = list(requests())
    assert len(seen) >= 8
    for place, method, address, given in seen:
        pattern = re.sub(r"\$\w+", "x", f"/v1{address}")
        operation = next(
            (item[method.lower()] for template, item in document["paths"].items()
             if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), pattern) and method.lower() in item),
            None,
        )  # fmt: skip
        assert operation is not None, f"{place}: there is no {method} {address}"
        if given is None or given.startswith("@"):
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = json.loads(re.sub(r"\$\w+", "019ab3c2-7a10-7c11-8f00-5d2f1c9b0a01", given))
        jsonschema.validate(body, {**schema, "components": document["components"]})


def test_files_named_by_the_architecture_are_there() -> None:
    page = text(CHECKOUT / "ARCHITECTURE.md")
    named = set(re.findall(r"`((?:core|doors|rooms|integrations|rulebooks)/[a-z_/]+(?:\.\w+)?)`", page))
    assert len(named) > 25
    missing = [name for name in named
               if not (CHECKOUT / "makewhole" / name).exists() and not (CHECKOUT / name).exists()]  # fmt: skip
    assert missing == []
