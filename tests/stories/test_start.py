"""What the pages in docs/start show is what the commands print. `ACCEPT=1` writes the pages anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

START = Path(__file__).resolve().parents[2] / "docs" / "start"
PAGES = sorted(page.name for page in START.glob("*.md") if "```console" in page.read_text(encoding="utf-8"))
COLUMNS = "96"
_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


def ran(command: str, home: Path) -> str:
    """What the command prints, errors too, in the folder of the pages; without spaces at the ends of lines."""
    shell = f'makewhole() {{ "{sys.executable}" -m makewhole "$@"; }}; {command}'
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("MAKEWHOLE_", "DJANGO_"))}
    done = subprocess.run(
        ["bash", "-c", shell],
        cwd=START, env=surroundings | {"COLUMNS": COLUMNS, "MAKEWHOLE_HOME": str(home), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n") + "\n"


def played(block: str, home: Path) -> str:
    """The block with what its commands print now."""
    commands = re.findall(r"^\$ (.*)$", block, re.MULTILINE)
    return "".join(f"$ {command}\n{ran(command, home)}" for command in commands)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_the_commands_print(name: str, tmp_path: Path) -> None:
    page = START / name
    shown = page.read_text(encoding="utf-8")
    printed = _BLOCK.sub(lambda found: played(found[0], tmp_path), shown)
    if os.environ.get("ACCEPT"):
        page.write_text(printed, encoding="utf-8")
    assert printed == shown
