"""Work that outlives a database that was killed: it is done again once the database is back."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connections

from makewhole.doors.cli.boot import DatabaseFailed

T = TypeVar("T")
BROKEN = (OperationalError, InterfaceError, DatabaseFailed)
TRIES = 60
PAUSE_SECONDS = 0.5


class Steady:
    """Calls what it is given. When the connection breaks, has the database mended and calls it again.

    What is given must be harmless to repeat: a command names the version of the case it was decided on.
    """

    def __init__(self, mend: Callable[[], object]) -> None:
        self.mend = mend
        self._is_broken = False

    def __call__(self, work: Callable[[], T]) -> T:
        """The work's result. Raises the database's own error when it stays away for half a minute."""
        for left in range(TRIES, 0, -1):
            try:
                if self._is_broken:
                    self.mend()
                    self._is_broken = False
                return work()
            except BROKEN:
                if left == 1:
                    raise
                self._is_broken = True
                connections.close_all()
                time.sleep(PAUSE_SECONDS)
        raise AssertionError("unreachable")
