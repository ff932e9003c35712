"""What a room offers the worker to run again and again: its sweeps, in `jobs.py` as `SWEEPS`."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple


class Sweep(NamedTuple):
    """`run(now, limit)` does at most `limit` pieces of due work, each in its own transaction; returns how many."""

    name: str
    run: Callable[[datetime, int], int]
