"""The files that belong to the project, as git sees them; without git, all but what it would ignore."""

import subprocess
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NEVER_TRACKED = {".git", ".venv", ".tools", "__pycache__", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@cache
def tracked_files() -> tuple[Path, ...]:
    """Paths of all tracked files that exist, absolute."""
    try:
        listed = subprocess.run(
            ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached"],
            cwd=CHECKOUT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        paths = [CHECKOUT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in CHECKOUT.rglob("*") if not NEVER_TRACKED & set(path.relative_to(CHECKOUT).parts)]
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files() -> list[Path]:
    """Tracked Python files that people write: all but the migrations."""
    return [path for path in tracked_files() if path.suffix == ".py" and "migrations" not in path.parts]


def shown(path: Path) -> str:
    """The path as people write it: from the top of the checkout."""
    return path.relative_to(CHECKOUT).as_posix()


def text_of(path: Path) -> str | None:
    """The file's text, or None when it is not text."""
    content = path.read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
