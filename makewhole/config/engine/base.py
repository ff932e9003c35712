"""Django's PostgreSQL engine, for connections that last: each thread keeps its own from request to request.

Django does the keeping (`CONN_MAX_AGE` None), and asks whether a connection is usable before each request's first
statement (`CONN_HEALTH_CHECKS`). Here stands what a service needs besides: that question costs no round trip, whoever
comes while the database is away waits for it, and a connection ends with its thread.
"""

import select
import threading
import time
from typing import Any

from django.db.backends.postgresql import base
from psycopg import OperationalError

PATIENCE_SECONDS = 10.0
"""So long a new connection is tried for: a database that was killed is back within a second or two."""
PAUSE_SECONDS = 0.1


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection wrapper that Django makes for each thread."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                connection = super().get_new_connection(conn_params)
            except OperationalError:
                if time.monotonic() >= until:
                    raise
                time.sleep(PAUSE_SECONDS)
            else:
                _ends_with_its_thread(connection)
                return connection

    def is_usable(self) -> bool:
        """Whether the server is at the other end. It is asked only where there was an error, or where it said something
        by itself: one that goes closes its end, which a look at the socket finds in two microseconds."""
        if self.errors_occurred or _has_word(self.connection):
            return bool(super().is_usable())
        return True


def _has_word(connection: Any) -> bool:
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class _Connections(list[Any]):
    """Those that a thread made. It is gone with its thread; Django's wrappers are in a ring of references, which may
    be kept for hours."""

    def __del__(self) -> None:
        for connection in self:
            connection.close()


_of_thread = threading.local()


def _ends_with_its_thread(connection: Any) -> None:
    if not hasattr(_of_thread, "connections"):
        _of_thread.connections = _Connections()
    made = _of_thread.connections
    made[:] = [each for each in made if not each.closed]
    made.append(connection)
