"""House rules that a machine can see: who imports whom, sizes, names, and what must not stand in the tree."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tracked import CHECKOUT, python_files, shown, text_of, tracked_files

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc"}
ROOMS = sorted(path.parent for path in (CHECKOUT / "makewhole" / "rooms").glob("*/__init__.py"))


def test_imports_follow_the_floor_plan() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_files_stay_short() -> None:
    lengths = {shown(path): path.read_text(encoding="utf-8").count("\n") for path in python_files()}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_functions_stay_short() -> None:
    too_long = {
        f"{shown(path)}:{node.lineno} {node.name}": length
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert too_long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    names = {shown(path): {*path.relative_to(CHECKOUT).parent.parts, path.stem} for path in python_files()}
    assert [name for name, parts in names.items() if parts & VAGUE_NAMES] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_says_what_it_owns_promises_and_never_does(room: Path) -> None:
    text = (room / "README.md").read_text(encoding="utf-8").lower()
    for word in ("owns", "promises", "never does"):
        assert word in text


FORBIDDEN = {
    "a machine's path": r"(?<![\w.])/(?:work|root|farm|Users)/|(?<![\w.])/home/\w|(?<![\w.])/tmp/\w",
    "a package registry": r"\b(?:pypi|pythonhosted|npmjs|unpkg|jsdelivr|crates|rubygems)\.(?:org|com|net|io)\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "unfinished work": r"\b(?:TO" + r"DO|FIX" + r"ME)\b",
}
NOT_OURS = {"uv.lock"}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_in_the_tree_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{shown(path)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if path.name not in NOT_OURS and path != Path(__file__) and (text := text_of(path)) is not None
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []
