"""Several statements sent to the database in one round trip, in the transaction of whoever asks."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from makewhole.rooms import prepared


@contextlib.contextmanager
def joined() -> Iterator[None]:
    """Work inside the caller's transaction, or in one of its own.

    Unlike a nested `atomic` it costs no savepoint; so whatever it holds must refuse before it writes anything.
    """
    if connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


class Batch:
    """Writes collected in order and sent together; inside a transaction they stand or fall together."""

    def __init__(self) -> None:
        self._statements: list[tuple[str, Sequence[Any]]] = []

    def add(self, statement: str, values: Sequence[Any]) -> None:
        self._statements.append((statement, values))

    def run(self) -> None:
        if self._statements:
            with prepared.together():
                for statement, values in self._statements:
                    prepared.execute(statement, values)
            self._statements = []
