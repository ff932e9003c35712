"""A copy of the shipped rulebooks to spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

RULEBOOKS = Path(__file__).parents[3] / "rulebooks"
Spoil = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = tmp_path / "rulebooks"
    shutil.copytree(RULEBOOKS, copied)
    return copied


@pytest.fixture
def spoil(folder: Path) -> Spoil:
    """Writes something else into a file of the copy, once."""

    def change(name: str, old: str, new: str) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change
