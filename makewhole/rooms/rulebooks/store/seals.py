"""The seal of a market: a small file beside its rules that says which files a clean check has seen."""

import os
from pathlib import Path

from makewhole.core.rulebook.check import CHECKER

SEAL = "seal"
_CHARACTERS_MAX = 1_000
_TEXT = """# Written by `makewhole rulebook check {market} --seal`; a book that changes is checked and sealed anew.
checker {checker}
sha256 {digest}
"""


def sealed_digest(folder: Path, market: str) -> str:
    """The digest of the files that were sealed; '' where there is no seal, or none that can be read."""
    try:
        with (folder / market / SEAL).open(encoding="ascii") as opened:
            lines = opened.read(_CHARACTERS_MAX).splitlines()
    except (OSError, ValueError):
        return ""
    found = [line.removeprefix("sha256 ") for line in lines if line.startswith("sha256 ")]
    return found[0] if len(found) == 1 else ""


def write_seal(folder: Path, market: str, digest: str) -> Path:
    """Seal a market's files as they stood when the digest was taken; whole or not at all. Returns the seal's path."""
    path = folder / market / SEAL
    beside = path.with_name(f".{SEAL}.{os.getpid()}")
    beside.write_text(_TEXT.format(market=market, checker=CHECKER, digest=digest), encoding="ascii")
    beside.replace(path)
    return path
