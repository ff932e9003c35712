"""Statements of the hot paths: planned once per connection, and sent together where none waits for another.

Measured here: planning the one statement that writes a case took a quarter of opening it. A statement alone costs this
side 23 µs of CPU, one that goes out with others 10 (psycopg's cursors 40 and 21, Django's 80).
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from makewhole.rooms.wire import Parameters, Reply, Wire

_KEPT = "makewhole_wire"
"""Where a psycopg connection keeps its wire, so that they end together."""


class Pending:
    """A statement on its way to the server, whose rows somebody will ask for."""

    __slots__ = ("_reply", "_wire", "_wrapper")

    def __init__(self, wrapper: Any, wire: Wire, reply: Reply) -> None:
        self._wrapper = wrapper
        self._wire = wire
        self._reply = reply

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows it returns: waits for the server. Raises Django's database errors."""
        with self._wrapper.wrap_database_errors:
            return self._wire.rows(self._reply)


def send(statement: str, parameters: Parameters) -> Pending:
    """Send a statement that returns rows, as a prepared one, on Django's connection and in its transaction.

    Within `together` nothing is waited for; elsewhere the server has answered already.
    For statements of a few fixed shapes only: a connection keeps some hundred plans. Raises Django's database errors.
    """
    wrapper, wire = _wire()
    with wrapper.wrap_database_errors:
        reply = wire.send(statement, parameters)
    if wrapper.force_debug_cursor:  # somebody counts statements
        wrapper.queries_log.append({"sql": statement, "time": ""})
    return Pending(wrapper, wire, reply)


def run(statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Send a statement that returns rows, and wait for them. Raises Django's database errors."""
    return send(statement, parameters).rows()


def execute(statement: str, parameters: Parameters) -> None:
    """Send a statement whose rows nobody asks for. Raises Django's database errors, within `together` at its end."""
    send(statement, parameters)


def commit() -> None:
    """Send the COMMIT of the outermost transaction with the statements of `together`: nothing may follow in either.

    Django finds the transaction over when it leaves `atomic`. Its own COMMIT inside `together` would not do: when that
    fails, Django may close the connection while the block still holds it. Within an outer transaction
    this does nothing, as leaving the inner one does nothing. Raises Django's TransactionManagementError where Django
    has marked the transaction to be rolled back.
    """
    wrapper, wire = _wire()
    if len(wrapper.atomic_blocks) == 1:
        wrapper.validate_no_broken_transaction()
        with wrapper.wrap_database_errors:
            wire.tell(b"COMMIT")


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Statements inside the block go to the server in one round trip; ask for their rows after it.

    The server carries them out one after the other, each seeing what the ones before did and what others had committed
    by then. After one that fails it does nothing more; its error is raised at the end of the block, or where rows are
    asked for inside (which costs a round trip more), and must leave the block. Django's own statements are refused
    inside.
    """
    wrapper, wire = _wire()
    with wrapper.wrap_database_errors:
        wire.open()
        try:
            yield
        except BaseException:
            wire.close(failed=True)
            raise
        wire.close(failed=False)


def _wire() -> tuple[Any, Wire]:
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    if not wrapper.health_check_done:
        wrapper.close_if_health_check_failed()
    if wrapper.connection is None:
        wrapper.ensure_connection()
    wire: Wire | None = getattr(wrapper.connection, _KEPT, None)
    if wire is None:
        wire = Wire(wrapper.connection)
        setattr(wrapper.connection, _KEPT, wire)
    return wrapper, wire
