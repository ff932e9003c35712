"""Runs the rooms' sweeps again and again."""

import importlib
import logging
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import close_old_connections
from django.utils.module_loading import module_has_submodule

from makewhole.rooms import clock
from makewhole.rooms.sweeps import Sweep

logger = logging.getLogger(__name__)

LIMIT = 100
"""Pieces of work per call: few enough that a stop is heard within a second or two."""

POLL_SECONDS = 0.5
PAUSE_SECONDS_MAX = 60.0


def registered_sweeps() -> list[Sweep]:
    """The sweeps of every installed app that has a `jobs` module with `SWEEPS`, in the order of the apps."""
    found: list[Sweep] = []
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "jobs"):
            jobs = importlib.import_module(f"{app.name}.jobs")
            offered: Iterable[Sweep] = getattr(jobs, "SWEEPS", ())
            found.extend(offered)
    return found


@dataclass
class _Turn:
    """One sweep and, after a failure, until when and how long it rests."""

    sweep: Sweep
    rests_until: float = 0.0
    rest_seconds: float = 0.0


def run_sweeps(sweeps: Sequence[Sweep], stop: threading.Event) -> None:
    """Run all sweeps in turn until `stop` is set; at once again while there is a backlog, else twice a second."""
    turns = [_Turn(sweep) for sweep in sweeps]
    while not stop.is_set():
        backlog = False
        for turn in turns:
            if stop.is_set():
                break
            if time.monotonic() >= turn.rests_until:
                backlog |= _take(turn)
        close_old_connections()
        if not backlog:
            stop.wait(POLL_SECONDS)


def _take(turn: _Turn) -> bool:
    """Run one sweep once. Whether it did all it was allowed to, so that more is probably waiting."""
    try:
        done = turn.sweep.run(clock.now(), LIMIT)
    except Exception:
        turn.rest_seconds = min(max(1.0, turn.rest_seconds * 2), PAUSE_SECONDS_MAX)
        turn.rests_until = time.monotonic() + turn.rest_seconds
        logger.exception("The sweep %s failed; it rests for %.0f seconds.", turn.sweep.name, turn.rest_seconds)
        close_old_connections()
        return False
    turn.rest_seconds = 0.0
    return done >= LIMIT
