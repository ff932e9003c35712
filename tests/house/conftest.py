"""Programs of the house, run as a person would run them, each in a data folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from makewhole.config.cluster import Cluster
from tests.homes import new_home

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def empty_home() -> Iterator[Path]:
    """A new installation's data folder; its server is stopped and the folder removed afterwards."""
    home = new_home()
    yield home
    Cluster(home).stop()
    shutil.rmtree(home)


def environment(home: Path, **more: str) -> dict[str, str]:
    """What a program of a fresh installation in `home` finds in its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKEWHOLE_", "DATABASE_URL"))}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "MAKEWHOLE_HOME": str(home), "MAKEWHOLE_DATABASE_FSYNC": "0", **more}


def start(home: Path, *arguments: str, stderr: int | IO[str] = subprocess.PIPE, **more: str) -> subprocess.Popen[str]:
    """Start Python with the arguments, as a program of the installation in `home`.

    What runs for long gets a file for its `stderr`: a pipe that nobody reads fills up, and then the program waits.
    """
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(home, **more),
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the arguments to its end, as a program of the installation in `home`."""
    program = start(home, *arguments, **more)
    out, err = program.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, program.returncode, out, err)
